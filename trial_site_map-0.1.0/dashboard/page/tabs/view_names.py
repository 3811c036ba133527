"""Names of files of what is shown."""

from datetime import datetime
from pathlib import PurePath

import pandas as pd

from dashboard.exports.file_names import name_file
from dashboard.page.state import address
from dashboard.sites import list_rows, summary

_MOST_SUBJECTS = 3


def name_view(sites: pd.DataFrame, suffix: str) -> str:
    """The name of a file of the filtered sites: their trial or list, the filters and the day."""
    subjects = [name for name in summary.first_trials(sites, _MOST_SUBJECTS) if name]
    lists = [PurePath(name).stem for name in list_rows.count_sites(sites)]
    parts = [
        part.text for one, value in address.current().pairs() for part in one.list_parts(value)
    ]
    return name_file(subjects or lists, parts, suffix, datetime.now().astimezone().date())
