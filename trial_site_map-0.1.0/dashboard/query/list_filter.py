"""The filter ``list``: the sites of one open list."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from dashboard.query.filter_kinds import ChoiceFilter
from dashboard.query.parameters import Parameter
from dashboard.sites.categoricals import Codes
from dashboard.sites.list_rows import number_lists


@dataclass(frozen=True, kw_only=True)
class ListFilter(ChoiceFilter):
    """A list by its name; case and accents do not matter."""

    longest: int = Parameter.longest

    def factorize(self, sites: pd.DataFrame) -> tuple[Codes, pd.Index]:
        """For each row the code of its list's name, and the names; lists may share one."""
        numbers, names = number_lists(sites)
        codes, distinct = pd.factorize(np.array(names, dtype=object))
        return codes[numbers], pd.Index(distinct, dtype="str")
