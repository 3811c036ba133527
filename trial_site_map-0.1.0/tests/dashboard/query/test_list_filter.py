"""The filter ``list``: the rows of one open list, also after another is added or replaced."""

import pandas as pd

from dashboard.library.lists import Library, extend, merge, open_bytes
from dashboard.query.apply import apply
from dashboard.query.facets import facet_counts
from dashboard.query.filters import Filters, parse
from dashboard.sites.decisions import SHORTLISTED, Decision, add_decisions, list_site_keys

HEAD = "Trial,Facility,City,Country\n"
ONE = HEAD + "NCT00000001,LKH Graz,Graz,Austria\nNCT00000002,KH Linz,Linz,Austria\n"
TWO = HEAD + "NCT00000002,KH Linz,Linz,Austria\nNCT00000002,AKH,Wien,Austria\n"
PLAIN = "Facility,City,Country\nCharité,Berlin,Germany\n"


def build_library() -> Library:
    one, plain = open_bytes(ONE.encode(), "one.csv"), open_bytes(PLAIN.encode(), "plain.csv")
    return extend(merge([one, plain], None), [open_bytes(TWO.encode(), "Zwei.csv")], None)


def list_facilities(table: pd.DataFrame, name: str) -> list[str]:
    return apply(table, parse([("list", name)]))["facility"].tolist()


def test_each_list_has_its_rows() -> None:
    table = build_library().table
    assert list_facilities(table, "one.csv") == ["LKH Graz"]  # the newer record is in the other
    assert list_facilities(table, "plain.csv") == ["Charité"]
    assert list_facilities(table, "zwei.csv") == ["KH Linz", "AKH"]
    assert list_facilities(table, "no such") == []
    counts = facet_counts(table, Filters(country=("AT",)))["list"]
    assert counts == {"Zwei.csv": 2, "one.csv": 1}


def test_decisions_and_filters_keep_the_lists() -> None:
    table = build_library().table
    keys = list_site_keys(table, [int(table.index[-1])])
    decided = add_decisions(table, [Decision(keys[0], SHORTLISTED)])
    both = apply(decided, Filters(list=("Zwei.csv",), decision=(SHORTLISTED,)))
    assert both["facility"].tolist() == ["AKH"]
