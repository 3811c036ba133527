"""Filters parsed from query strings and written back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.errors import FilterError
from dashboard.query.coordinates import BBox, parse_distance
from dashboard.query.filters import Filters, parse, parse_leniently, to_query
from dashboard.sites.vocabulary import NOT_STATED, SITE_STATUSES
from geocache.place import Flag, Precision

text = st.text(min_size=1, max_size=20).map(str.strip).filter(bool)
some = st.lists(text, unique=True, max_size=3).map(tuple)


@given(
    st.builds(
        Filters,
        trial=some,
        city=some,
        sponsor=some,
        country=st.lists(st.sampled_from(["DE", "IT", "US"]), unique=True).map(tuple),
        status=st.lists(st.sampled_from([*SITE_STATUSES, NOT_STATED]), unique=True).map(tuple),
        precision=st.lists(st.sampled_from([str(p) for p in Precision]), unique=True).map(tuple),
        flag=st.lists(st.sampled_from([str(f) for f in Flag]), unique=True).map(tuple),
        q=st.one_of(st.just(""), text),
        bbox=st.one_of(st.none(), st.just(BBox(-10, 35.5, 30, 60))),
    )
)
def test_a_query_written_is_read_back(filters: Filters) -> None:
    assert parse(to_query(filters)) == filters


@pytest.mark.parametrize(
    ("given_name", "code"),
    [("DE", "DE"), ("de", "DE"), ("Germany", "DE"), ("Deutschland", "DE"), ("South Korea", "KR")],
)
def test_a_country_is_a_code_or_any_name(given_name: str, code: str) -> None:
    assert parse([("country", given_name)]).country == (code,)


@pytest.mark.parametrize(
    ("name", "value", "first_allowed"),
    [
        ("status", "recruting", "Recruiting"),
        ("precision", "citty", "city"),
        ("flag", "ambigous", "ambiguous"),
        ("contry", "DE", "country"),
        ("country", "Germny", "DE"),
    ],
)
def test_an_unknown_name_or_value_is_refused_with_the_most_similar_allowed(
    name: str, value: str, first_allowed: str
) -> None:
    with pytest.raises(FilterError) as raised:
        parse([(name, value)])
    assert raised.value.parameter == name
    assert raised.value.allowed[0] == first_allowed


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("bbox", "1,2,3"),
        ("bbox", "a,b,c,d"),
        ("bbox", "-190,0,10,10"),
        ("bbox", "nan,nan,nan,nan"),
        ("near", "91,0"),
        ("near", "0,-181"),
        ("radius_km", "far"),
        ("radius_km", "-1"),
        ("radius_km", "nan"),
        ("q", "x" * 501),
    ],
)
def test_malformed_values_are_refused(name: str, value: str) -> None:
    pairs = [(name, value)] + ([("near", "0,0")] if name == "radius_km" else [])
    with pytest.raises(FilterError) as raised:
        parse(pairs)
    assert raised.value.parameter == name


def test_the_latitudes_of_a_box_may_stand_in_either_order() -> None:
    assert parse([("bbox", "0,20,10,10")]) == parse([("bbox", "0,10,10,20")])


def test_a_radius_without_near_is_dropped_and_a_link_notes_it() -> None:
    assert parse([("radius_km", "50")]) == Filters()
    assert parse_leniently([("radius_km", "50")])[1] == ("radius_km needs near=…",)


def test_several_searches_are_one() -> None:
    assert parse([("q", "klinikum"), ("q", "berlin")]) == Filters(q="klinikum berlin")


@pytest.mark.parametrize("name", ["bbox", "near", "radius_km"])
def test_a_parameter_that_is_not_repeatable_is_refused_twice(name: str) -> None:
    value = {"bbox": "0,0,1,1", "near": "0,0", "radius_km": "5"}[name]
    with pytest.raises(FilterError, match="once"):
        parse([(name, value), (name, value)])


def test_a_box_is_written_with_all_its_digits() -> None:
    box = parse([("bbox", "-10.123456,0.00001,30,60")]).bbox
    assert str(box) == "-10.123456,0.00001,30,60"


def test_a_link_drops_what_is_not_allowed_and_notes_it() -> None:
    filters, notes = parse_leniently(
        [("country", "DE"), ("status", "Sleeping"), ("bogus", "1"), ("view_tab", "x")]
    )
    assert filters == Filters(country=("DE",))
    assert len(notes) == 2
    assert "Sleeping" in notes[0]
    assert "bogus" in notes[1]


@given(st.lists(st.tuples(st.text(max_size=12), st.text(max_size=30)), max_size=6))
def test_any_link_opens(pairs: list[tuple[str, str]]) -> None:
    filters, _ = parse_leniently(pairs)
    assert parse(to_query(filters)) == filters


def test_a_distance_is_read_as_people_type_it() -> None:
    assert parse_distance("40 km") == (40.0, "km")
    assert parse_distance("25mi") == (25.0, "miles")
    assert parse_distance("2,5 Miles") == (2.5, "miles")
    assert parse_distance("40", "miles") == (40.0, "miles")
    for wrong in ("far", "", "40 stones", "99999 km", "0"):
        with pytest.raises(FilterError):
            parse_distance(wrong)
