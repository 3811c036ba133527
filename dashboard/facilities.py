"""The same facility across trials: one row where the spellings agree."""

import re
from functools import lru_cache

import pandas as pd

from dashboard.selection import folded
from dashboard.summary import country_label
from geocache.facilities import is_placeholder

FACILITY_COLUMNS = ("facility", "city", "country", "sites", "trials", "trial_ids")

_JOINED = re.compile(r"['’´`.]")
_BETWEEN = re.compile(r"[^\w]+")


@lru_cache(maxsize=65536)
def facility_key(name: str) -> str:
    """One key for spellings that differ in case, accents, punctuation, dashes or "the".

    ``Dana-Farber Cancer Institute`` and ``dana farber cancer institute`` agree; names that differ
    in any other word do not.
    """
    words = _BETWEEN.sub(" ", _JOINED.sub("", folded(name))).split()
    return " ".join(word for word in words if word not in {"the", "and", "of"})


def by_facility(sites: pd.DataFrame) -> pd.DataFrame:
    """A row a facility with :data:`FACILITY_COLUMNS`, most trials first, then most sites.

    Facilities are told apart by name, city and country; those that name nobody are left out. The
    name shown is the most frequent spelling; ``trial_ids`` is a list.
    """
    names = sites["facility"].unique()
    keys = {str(n): "" if is_placeholder(str(n)) else facility_key(str(n)) for n in names}
    frame = pd.DataFrame(
        {
            "key": sites["facility"].map(keys),
            "place": sites["city"].map({str(c): folded(str(c)) for c in sites["city"].unique()}),
            "facility": sites["facility"],
            "city": sites["city"],
            "code": sites["country_code"],
            "text": sites["country"],
            "trial_id": sites["trial_id"],
        }
    )
    frame = frame[frame["key"] != ""]
    if frame.empty:
        return pd.DataFrame(columns=list(FACILITY_COLUMNS))
    grouped = frame.groupby(["key", "place", "code"], sort=False, observed=True)
    counts = grouped.agg(
        facility=("facility", lambda names: names.mode().iloc[0]),
        city=("city", "first"),
        text=("text", "first"),
        sites=("trial_id", "size"),
        trials=("trial_id", "nunique"),
        trial_ids=("trial_id", lambda ids: sorted(set(ids))),
    ).reset_index()
    counts["country"] = [
        country_label(code, text) for code, text in zip(counts["code"], counts["text"], strict=True)
    ]
    counts = counts.sort_values(
        ["trials", "sites", "facility"], ascending=[False, False, True], kind="stable"
    )
    return counts[list(FACILITY_COLUMNS)].reset_index(drop=True)
