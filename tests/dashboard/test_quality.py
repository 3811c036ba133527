"""What to doubt in a site table, few places or very many."""

import pytest

from benchmarks.generator import site_list
from dashboard import quality
from dashboard.codes import plain


def test_places_without_a_position_come_first_and_every_site_is_counted() -> None:
    table = site_list(2_000, places=80)
    found = quality.doubts(table)
    missing = table["latitude"].isna()
    flagged = table["flags"].astype(str).isin(["ambiguous", "approximate"]) & ~missing
    assert (found.missing, found.flagged, found.left_off) == (missing.sum(), flagged.sum(), 0)
    assert {row for one in found.shown for row in one.rows} == set(table.index[missing | flagged])
    placed = [one.latitude is not None for one in found.shown]
    assert placed == sorted(placed)
    assert found.places == len(found.shown)
    assert quality.doubts(plain(table)) == found


def test_of_very_many_the_first_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    table = site_list(4_000, places=400)
    every = quality.doubts(table)
    monkeypatch.setattr(quality, "MOST_DOUBTS", 10)
    few = quality.doubts(table)
    assert few.shown == every.shown[:10]
    assert few.places == every.places > 10
    assert len(quality.doubt_table(few.shown)) == 10


def test_nothing_to_doubt() -> None:
    table = site_list(50, places=5)
    sure = table[table["latitude"].notna() & (table["flags"] == "")]
    assert quality.doubts(sure).shown == ()
    assert quality.doubts(sure.iloc[:0]).places == 0
