"""Decisions find their sites again: by what the list says, also among equal sites."""

import pandas as pd

from dashboard.library.decision_file import format_decision, parse_decision
from dashboard.query.apply import apply
from dashboard.query.facets import facet_counts
from dashboard.query.filters import Filters, parse, to_query
from dashboard.sites.categoricals import concat_tables
from dashboard.sites.decisions import (
    DECLINED,
    ON_HOLD,
    SHORTLISTED,
    Decision,
    SiteKey,
    add_decisions,
    list_site_keys,
    select_shortlisted,
)
from dashboard.sites.table import COLUMNS


def test_a_decision_is_shown_counted_and_filtered(seed: pd.DataFrame) -> None:
    keys = list_site_keys(seed, [3, 5, 7])
    made = [
        Decision(keys[0], SHORTLISTED, "strong team"),
        Decision(keys[1], ON_HOLD),
        Decision(keys[2], note="call again"),
    ]
    table = add_decisions(seed, made)
    assert tuple(table.columns) == COLUMNS
    assert table.index.equals(seed.index)
    assert table.loc[[3, 5, 7], ["decision", "note"]].to_numpy().tolist() == [
        [SHORTLISTED, "strong team"],
        [ON_HOLD, ""],
        ["", "call again"],
    ]
    assert (table["decision"] != "").sum() == 2
    filters = parse([("decision", "shortlisted"), ("decision", "On hold")])
    assert to_query(filters) == [("decision", SHORTLISTED), ("decision", ON_HOLD)]
    assert apply(table, filters).index.tolist() == [3, 5]
    assert len(apply(table, Filters(decision=("undecided",)))) == len(seed) - 2
    counts = facet_counts(table, Filters())["decision"]
    assert counts == {"undecided": len(seed) - 2, SHORTLISTED: 1, ON_HOLD: 1}


def test_equal_sites_are_told_apart_by_their_number(seed: pd.DataFrame) -> None:
    twice = concat_tables([seed.iloc[[4, 9]], seed.iloc[[4]]])
    keys = list_site_keys(twice, [0, 2])
    assert [key.number for key in keys] == [0, 1]
    table = add_decisions(twice, [Decision(keys[1], DECLINED)])
    assert table["decision"].tolist() == ["", "", DECLINED]


def test_it_stays_with_its_site_in_another_version(seed: pd.DataFrame) -> None:
    (key,) = list_site_keys(seed, [10])
    newer = seed.iloc[::-1].assign(status="Completed").reset_index(drop=True)
    table = add_decisions(newer, [Decision(key, SHORTLISTED), Decision(SiteKey("gone"), DECLINED)])
    decided = table[table["decision"] != ""]
    assert decided["facility"].tolist() == [seed["facility"][10]]


def test_the_shortlist_comes_in_its_order(seed: pd.DataFrame) -> None:
    keys = list_site_keys(seed, [1, 2, 3, 4])
    ranks = (2, 0, 1)
    made = [Decision(key, SHORTLISTED, rank=rank) for key, rank in zip(keys, ranks, strict=False)]
    listed = select_shortlisted(seed, [*made, Decision(keys[3], DECLINED, rank=1)])
    assert listed.index.tolist() == [3, 1, 2]


def test_it_is_written_and_read_again() -> None:
    hostile = "=cmd|'/C calc'!A0 <script>\n`${x}` \u202e\ud800"
    one = Decision(SiteKey("NCT1", facility=hostile, number=2), ON_HOLD, hostile, 3, 1_700_000_000)
    assert parse_decision(format_decision(one)) == one
