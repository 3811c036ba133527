"""Any text gets an answer or a reason, in limited time, without an exception."""

import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geocache.gazetteer import Gazetteer
from geocache.place import Place, Position, Precision

SLOW_SECONDS = 2.0
"""Processor time, which does not depend on other processes."""

ODD = [
    "",
    "a",
    "?" * 50,
    "a" * 1_000_000,
    "ab " * 400_000,
    "-" * 1_000_000,
    "(" * 10_000,
    "\x00\x01\x1b[31m",
    "🏥🧪",
    "مستشفى القاهرة",
    "\u202eniloK",
    "Robert'); DROP TABLE places;--",
    "$(rm -rf /) `id` ; cat /etc/passwd",
    "../../../etc/passwd",
    "{{7*7}} ${jndi:ldap://x}",
    "\ud800",
    "%s%n%x",
    "&#x110000; &#0; &bogus; \\uD800\\u0000",
    "Ｂｅｒｌｉｎ",
]


@pytest.fixture(scope="session")
def gazetteer(place_index: Path) -> Gazetteer:
    return Gazetteer(place_index)


def check(position: Position) -> None:
    if position.resolved:
        assert position.latitude is not None
        assert position.longitude is not None
        assert -90 <= position.latitude <= 90
        assert -180 <= position.longitude <= 180
        assert 0 < position.score <= 1
        assert position.place_name
    else:
        assert position.precision is Precision.UNRESOLVED
        assert position.longitude is None
    assert position.reason


@pytest.mark.parametrize("text", ODD, ids=lambda text: repr(text[:20]))
@pytest.mark.parametrize("country", ["Germany", "United States", "Japan", "", "odd"])
def test_odd_text_in_every_part(gazetteer: Gazetteer, text: str, country: str) -> None:
    where = text if country == "odd" else country
    start = time.thread_time()
    check(gazetteer.locate(Place(text, text, text, text, where)))
    check(gazetteer.locate(Place(city="Berlin", state=text, postcode=text, country=where)))
    assert time.thread_time() - start < SLOW_SECONDS


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    city=st.text(max_size=200),
    state=st.text(max_size=50),
    postcode=st.text(max_size=20),
    country=st.sampled_from(["Germany", "US", "Japan", "India", "Hong Kong", "", "Nowhere"]),
)
def test_any_text(gazetteer: Gazetteer, city: str, state: str, postcode: str, country: str) -> None:
    check(gazetteer.locate(Place("", city, state, postcode, country)))


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    city=st.sampled_from(["Wien", "São Paulo", "New York", "Kyoto", "Saint-Étienne"]),
    country=st.sampled_from(["Austria", "Brazil", "US", "Japan", "France"]),
    before=st.sampled_from(["", " ", "\t", "\ufeff"]),
    after=st.sampled_from(["", " ", "  ", "\n", "."]),
    change=st.sampled_from([str, str.upper, str.lower, str.title]),
)
def test_case_and_space_do_not_matter(  # noqa: PLR0917 - one argument a kind of change
    gazetteer: Gazetteer, city: str, country: str, before: str, after: str, change: type[str]
) -> None:
    plain = gazetteer.locate(Place(city=city, country=country))
    other = gazetteer.locate(Place(city=before + change(city) + after, country=country))
    assert (plain.latitude, plain.flags) == (other.latitude, other.flags)
