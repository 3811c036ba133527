"""Places in doubt in a site table, few or very many."""

import pytest

from dashboard.sites import doubts
from dashboard.sites.categoricals import to_plain_text
from geocache.place import Alternative, Position, Precision
from harness.site_tables import generate_site_table


def test_places_without_a_position_come_first_and_every_site_is_counted() -> None:
    table = generate_site_table(2_000, places=80)
    found = doubts.find_doubts(table)
    missing = table["latitude"].isna()
    flagged = table["flags"].astype(str).isin(["ambiguous", "approximate"]) & ~missing
    assert (found.missing, found.flagged, found.left_off) == (missing.sum(), flagged.sum(), 0)
    assert {row for one in found.shown for row in one.rows} == set(table.index[missing | flagged])
    placed = [one.latitude is not None for one in found.shown]
    assert placed == sorted(placed)
    assert found.places == len(found.shown)
    assert doubts.find_doubts(to_plain_text(table)) == found


def test_of_very_many_the_first_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    table = generate_site_table(4_000, places=400)
    every = doubts.find_doubts(table)
    monkeypatch.setattr(doubts, "MAX_DOUBTS", 10)
    few = doubts.find_doubts(table.copy(deep=False))  # nothing is remembered of a new table
    assert few.shown == every.shown[:10]
    assert few.places == every.places > 10
    assert len(doubts.build_doubt_table(few.shown)) == 10


def test_nothing_to_doubt() -> None:
    table = generate_site_table(50, places=5)
    sure = table[table["latitude"].notna() & (table["flags"] == "")]
    assert doubts.find_doubts(sure).shown == ()
    assert doubts.find_doubts(sure.iloc[:0]).places == 0


def find_find_doubt_of_one_city() -> doubts.Doubt:
    table = to_plain_text(generate_site_table(4, places=1)).assign(
        latitude=47.0, longitude=15.0, flags="ambiguous"
    )
    (found,) = doubts.find_doubts(table).shown
    assert found.rows == (0, 1, 2, 3)
    return found


def test_the_registrys_own_points_of_a_place_are_listed_once() -> None:
    doubt = find_find_doubt_of_one_city()
    given = to_plain_text(generate_site_table(4, places=1))
    given["latitude"] = [48.1, 48.1, float("nan"), 48.3]
    given["longitude"] = [16.1, 16.1, 16.2, 16.3]
    elsewhere = given.assign(city="Elsewhere")
    assert doubts.find_registry_points([given, elsewhere], doubt) == [(48.1, 16.1), (48.3, 16.3)]


def test_candidates_begin_with_the_present_position_and_list_a_place_once() -> None:
    doubt = find_find_doubt_of_one_city()
    others = (Alternative(50.0, 8.0, "Far", 0.3), Alternative(47.001, 15.001, "Next door", 0.2))
    answer = Position(
        47.002, 15.0, Precision.CITY, "The same", "atlas", 0.9, (), "found", alternatives=others
    )
    found = doubts.list_candidates(doubt, answer, [(49.0, 16.0)])
    assert [one.place_name for one in found] == [doubt.place_name, doubts.REGISTRY_POINT, "Far"]
    assert (found[0].latitude, found[0].longitude) == (47.0, 15.0)
    assert doubts.list_candidates(doubt, Position(), [])[1:] == []


def test_a_candidate_of_the_gazetteer_is_a_city_and_a_door_is_a_door() -> None:
    city = Alternative(47.0, 15.4, "Graz, Styria, Austria", 0.5)
    from_gazetteer = Position(source="gazetteer")
    assert doubts.judge_precision(city, from_gazetteer) == "city"
    own = city._replace(place_name=doubts.REGISTRY_POINT)
    assert doubts.judge_precision(own, from_gazetteer) == ""
    assert doubts.judge_precision(city, Position(source="register:hospitals")) == ""
