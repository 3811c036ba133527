"""Every format × every encoding × every quirk: the whole table that was described is read.

In `make test` each format meets each encoding and each quirk, but not all three at once; in `make
fuzz` they do, and quirks in pairs. A failure names format, encoding, language and quirk.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from itertools import combinations

import pytest

from tests.dashboard.readers.generated import binaries, documents
from tests.dashboard.readers.generated.checks import find_fault
from tests.dashboard.readers.generated.description import LISTS, UNICODE, SiteList
from tests.dashboard.readers.generated.quirks import (
    APART,
    ASPECTS,
    OF_CELLS,
    OF_RECORDS,
    SINGLE,
    Draft,
    Quirk,
    draft,
    plain,
    snake_header,
)
from tests.dashboard.readers.generated.text_files import DELIMITERS, encode, write_text

FUZZ = os.environ.get("HYPOTHESIS_PROFILE") == "fuzz"
PART = 1 if FUZZ else 53
"""Of the combinations of all three every so many-th is tried."""

Case = tuple[str, bytes, Draft]
"""What it is called, the file, and what must be read from it."""


def check(cases: Iterable[Case], at_least: int) -> None:
    """Read all files; fail with the first faults, and where there are fewer files than thought."""
    tried = 0
    faults = []
    for name, data, change in cases:
        tried += 1
        if fault := find_fault(data, change):
            faults.append(f"{name}: {fault}")
    assert not faults, f"{len(faults)} of {tried}:\n" + "\n".join(faults[:20])
    assert tried >= at_least, f"only {tried} files"


def make(sites: SiteList, *quirks: Quirk) -> Draft:
    """The draft of a list with quirks."""
    change = draft(sites)
    for quirk in quirks:
        quirk(change)
    return change


def get_name(one: object) -> str:
    return getattr(one, "__name__", "quirks")


def name_case(sites: SiteList, encoding: str, *what: Callable[..., object]) -> str:
    return " ".join([sites.language, encoding, *(one.__name__ for one in what)])


@pytest.mark.parametrize("delimiter", DELIMITERS)
def test_text_in_every_encoding(delimiter: str) -> None:
    def cases() -> Iterator[Case]:
        at = list(DELIMITERS).index(delimiter)
        for sites in LISTS:
            for encoding in (*UNICODE, *sites.encodings):
                for quirk in SINGLE:
                    at += 1
                    if quirk is not plain and at % PART:
                        continue
                    change = make(sites, quirk)
                    data = encode(write_text(change, DELIMITERS[delimiter]), encoding)
                    if data is not None:
                        yield name_case(sites, encoding, quirk), data, change

    check(cases(), 150)


@pytest.mark.parametrize("sites", LISTS, ids=lambda sites: sites.language)
def test_text_with_every_quirk(sites: SiteList) -> None:
    def cases() -> Iterator[Case]:
        for quirk in SINGLE:
            for delimiter, sign in list(DELIMITERS.items())[:: 1 if FUZZ else 5]:
                change = make(sites, quirk)
                data = write_text(change, sign).encode()
                yield f"{delimiter} {name_case(sites, 'utf-8', quirk)}", data, change

    check(cases(), 140)


@pytest.mark.parametrize(("first", "second"), list(combinations(ASPECTS, 2)), ids=str)
def test_text_with_two_quirks(first: str, second: str) -> None:
    def cases() -> Iterator[Case]:
        for at, one in enumerate(ASPECTS[first]):
            for other in ASPECTS[second]:
                if {one, other} in APART:
                    continue
                for sites in LISTS if FUZZ else LISTS[at % len(LISTS) :: len(LISTS)]:
                    change = make(sites, one, other)
                    sign = list(DELIMITERS.values())[at % len(DELIMITERS)]
                    data = write_text(change, sign).encode()
                    yield name_case(sites, "utf-8", one, other), data, change

    check(cases(), 5)


TEXTS = (
    *((write, OF_RECORDS) for write in documents.JSON_TABLES),
    *((write, ()) for write in documents.JSON_TREES),
    *((write, ()) for write in documents.GEOJSON),
    *((write, OF_CELLS) for write in documents.WEB_PAGES),
)


@pytest.mark.parametrize(
    ("write", "quirks"), TEXTS, ids=lambda one: getattr(one, "__name__", "quirks")
)
def test_documents(write: documents.Write, quirks: tuple[Quirk, ...]) -> None:
    def cases() -> Iterator[Case]:
        at = 0
        for sites in LISTS:
            for encoding in UNICODE:
                change = make(sites)
                data = encode(write(change).replace("{}", encoding[:6]), encoding)
                assert data is not None
                yield name_case(sites, encoding, write), data, change
            for quirk in quirks:
                at += 1
                if at % PART == 0:
                    change = make(sites, quirk)
                    data = write(change).replace("{}", "utf-8").encode()
                    yield name_case(sites, "utf-8", write, quirk), data, change

    check(cases(), 100)


@pytest.mark.parametrize(
    "write", [*documents.XML, *documents.KML, documents.web_page], ids=lambda write: write.__name__
)
def test_documents_that_declare_their_encoding(write: documents.Write) -> None:
    declared = {"utf-8": "UTF-8", "utf-8-sig": "utf-8", "utf-16": "UTF-16", "ascii": "US-ASCII"}

    def cases() -> Iterator[Case]:
        for sites in LISTS:
            own = [encoding for encoding in sites.encodings if encoding in _KNOWN_TO_XML]
            for encoding in ("utf-8", "utf-8-sig", "utf-16", *own):
                change = make(sites)
                text = write(change).replace("{}", declared.get(encoding, _name(encoding)))
                data = encode(text, encoding)
                if data is not None:
                    yield name_case(sites, encoding, write), data, change

    check(cases(), 50)


_KNOWN_TO_XML = (
    *("ascii", "cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256"),
    *("iso8859_2", "iso8859_7"),
)
"""Encodings of one byte a letter: the parser has no others."""


def _name(encoding: str) -> str:
    """The name by which pages and documents call an encoding."""
    plain_name = encoding.replace("cp", "windows-").replace("_", "-")
    return plain_name.replace("iso8859", "ISO-8859")


def test_waypoints() -> None:
    def cases() -> Iterator[Case]:
        for sites in LISTS:
            if sites.language not in ("taiwanese", "hebrew"):  # borders there are disputed
                change = make(sites)
                data = documents.waypoints(change).format("utf-8").encode()
                yield sites.language, data, change

    check(cases(), 15)


BINARIES = (
    *((write, OF_CELLS) for write in binaries.WORKBOOKS),
    *((write, OF_RECORDS) for write in (*binaries.COLUMNAR, binaries.sqlite)),
    *((write, (plain,)) for write in (*binaries.STATISTICS, documents.write_kmz)),
    (binaries.shapefile_zip, (plain, snake_header)),
)


@pytest.mark.parametrize(("write", "quirks"), BINARIES, ids=get_name)
def test_binary_files(write: binaries.Write, quirks: tuple[Quirk, ...]) -> None:
    def cases() -> Iterator[Case]:
        at = 0
        for sites in LISTS:
            for quirk in quirks:
                at += 1
                if len(quirks) < 3 or at % PART == 0 or FUZZ:
                    change = make(sites, quirk)
                    yield name_case(sites, "", write, quirk), write(change), change

    check(cases(), 15)


INNER: tuple[tuple[str, binaries.Write], ...] = (
    ("csv", lambda change: write_text(change, ",").encode()),
    ("semicolons", lambda change: write_text(change, ";").encode("utf-16")),
    ("json", lambda change: documents.records(change).encode()),
    ("lines", lambda change: documents.lines(change).encode()),
    ("geojson", lambda change: documents.feature_collection(change).encode()),
    ("kml", lambda change: documents.placemarks(change).format("utf-8").encode()),
    ("xml", lambda change: documents.elements(change).format("utf-8").encode()),
    ("page", lambda change: documents.bare_table(change).encode()),
    ("xlsx", binaries.xlsx),
    ("ods", binaries.ods),
    ("parquet", binaries.parquet),
    ("sqlite", binaries.sqlite),
)


@pytest.mark.parametrize("packing", binaries.PACKINGS)
def test_packed_files(packing: str) -> None:
    def cases() -> Iterator[Case]:
        for kind, write in INNER:
            for sites in LISTS[:: 1 if FUZZ else 6]:
                change = make(sites)
                data = binaries.PACKINGS[packing](write(change))
                yield f"{packing} of {kind} {sites.language}", data, change

    check(cases(), 30)
