"""Lists of sites, described once, that the generated tests write in every format and encoding."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

TRIAL_ID = "NCT01207388"
UNICODE = (
    *("utf-8", "utf-8-sig", "utf-16", "utf-16-be-bom"),
    *("utf-16-le", "utf-16-be", "utf-32", "utf-32-be-bom"),
)
"""Encodings of every language; those with `bom` begin with a mark, as `utf-8-sig` does."""


class Site(NamedTuple):
    """One row as it must be read. Points have two decimals, so that seconds write them exactly."""

    number: str
    facility: str
    city: str
    state: str
    postcode: str
    country: str
    status: str
    latitude: float
    longitude: float


class SiteList(NamedTuple):
    """Sites in one language, what its columns are called there, and its usual encodings.

    ``header`` names, in this order: trial, number, facility, city, state, postcode, country,
    status, latitude, longitude, and a column that is none of ours. ``words`` are the statuses as
    the language writes them.
    """

    language: str
    encodings: tuple[str, ...]
    header: str
    sites: tuple[Site, ...]
    words: dict[str, str]


def _read_lists() -> Iterator[SiteList]:
    text = Path(__file__).with_name("lists.txt").read_text(encoding="utf-8")
    for section in text.split("\n# ")[1:]:
        title, header, *lines = section.strip().splitlines()
        language, _, encodings = title.partition(": ")
        rows = [line.split("|") for line in lines]
        sites = tuple(
            Site(*row[:7], float(row[7]), float(row[8]))  # type: ignore[call-arg]
            for row in rows
            if row[0] != "words"
        )
        words = dict(pair.split("=") for row in rows if row[0] == "words" for pair in row[1:])
        yield SiteList(language, tuple(encodings.split()), header, sites, words)


LISTS = tuple(_read_lists())
