"""Any bytes give a reading or a ReadError.

Each reader gets 1,000 inputs or more in `make test`, always the same: files that one reader reads
share them. In `make fuzz` each test gets 100,000 new ones.
Hypothesis draws bytes, and inputs are made of them: drawing texts, tables and documents piece by
piece took five times as long as reading them.
"""

import io
import json
import logging
import math
import os
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import cache
from itertools import islice

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboard.errors import ReadError
from dashboard.readers import READ_COLUMNS, read
from tests.dashboard.readers.trial_formats import WRITERS

FUZZ = os.environ.get("HYPOTHESIS_PROFILE") == "fuzz"
AT_ONCE = 20
"""Inputs made of one draw of bytes: drawing each alone costs more than reading it."""


def inputs(count: int) -> settings:
    """So many inputs in `make test`."""
    return settings(
        max_examples=(100_000 if FUZZ else count) // AT_ONCE,
        deadline=timedelta(seconds=20 * AT_ONCE),
        derandomize=not FUZZ,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


class _Unexpected(logging.Handler):
    """Fails the test for an error of the reader's own that was logged."""

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        raise AssertionError(record.getMessage()) from error


@pytest.fixture(autouse=True, scope="module")
def _mistakes_fail() -> object:
    handler = _Unexpected()
    logger = logging.getLogger("dashboard.readers")
    logger.addHandler(handler)
    yield
    logger.removeHandler(handler)


def check(data: bytes) -> None:
    """Read the bytes and check the reading against the contract."""
    try:
        reading = read(data, "any.file")
    except ReadError as error:
        if not str(error).startswith("any.file"):
            raise AssertionError(f"the error does not name the file: {error}") from error
        return
    assert tuple(reading.sites.columns) == READ_COLUMNS
    columns = {name: column.tolist() for name, column in reading.sites.items()}
    points = zip(columns.pop("latitude"), columns.pop("longitude"), strict=True)
    assert {type(text) for column in columns.values() for text in column} <= {str}
    for latitude, longitude in points:
        assert math.isnan(latitude) == math.isnan(longitude)
        assert math.isnan(latitude) or (abs(latitude) <= 90 and abs(longitude) <= 180)
    assert len({trial.trial_id for trial in reading.trials}) == len(reading.trials)
    assert reading.format


@cache
def _sites() -> pd.DataFrame:
    rows = [
        ("1102", "LKH Graz", "Graz", "", "Austria"),
        ("1106", "", "Salzburg", "", "Austria"),
        ("", 'Clinic "A", Ward 2 | B', "São Paulo", "São Paulo", "Brazil"),
        ("", "City of Hope", "Duarte", "California", "United States"),
    ]
    return pd.DataFrame(rows, columns=["site_number", "facility", "city", "state", "country"])


@cache
def _whole(write: Callable[[str, pd.DataFrame], bytes]) -> bytes:
    return write("NCT01207388", _sites())


# Signs that mean something to one format or another.
_TELLING = (
    *(sign.encode() for sign in "\"'|,;\t\n\r<>[]{}&:\\/ -"),
    *(b"null", b"true", b"-1", b"1e999", b"NaN", b"\x00", b"\xff", b"\xef\xbb\xbf", b"\xff\xfe"),
    *(b"&x;", b"<!DOCTYPE a>", b"]]>", b"\\ud800", b'""', b"[[[", b"NCT ID:", b"Site Status"),
    *(b"Locations", b"9" * 400, b"\xe2\x80\xa8", b"\xc3\x83\xc2\xbc", b"PK\x03\x04", b""),
)


def changed(data: bytes, changes: bytes) -> bytes:
    """The data with stretches replaced; a stretch of none is an insertion. Some are cut short."""
    for at in range(0, len(changes) - 3, 4):
        place = int.from_bytes(changes[at : at + 2]) * len(data) // 65_536
        length, sign = changes[at + 2] % 41, changes[at + 3]
        new = _TELLING[sign] if sign < len(_TELLING) else bytes([sign])
        data = data[:place] + new + data[place + length :]
    return data[: len(data) * changes[-1] // 255] if len(changes) % 4 == 1 else data


def _draws(size: int) -> st.SearchStrategy[bytes]:
    """Bytes for :data:`AT_ONCE` inputs of up to ``size`` each."""
    return st.binary(min_size=AT_ONCE * (size + 2), max_size=AT_ONCE * (size + 2))


def _some(drawn: bytes, size: int) -> Iterator[bytes]:
    """The inputs: two bytes say how long each is, those after them are its own."""
    for start in range(0, len(drawn), size + 2):
        length = int.from_bytes(drawn[start : start + 2]) % (size + 1)
        yield drawn[start + 2 : start + 2 + length]


READ_ALIKE = (
    {"api_v2", "api_v2_list", "api_v2_page", "api_v2_modules_on_top", "json_lines", "gzipped"},
    {"download", "download_tsv", "old_download", "old_download_csv"},
    {"legacy_xml", "several_xml"},
    {"aact", "german_list", "french_list", "web_page"},
    {"geojson", "records"},
)
"""Writers whose files one reader reads."""


@pytest.mark.parametrize("write", WRITERS, ids=lambda write: write.__name__)
def test_a_damaged_file_is_read_or_refused(
    write: Callable[[str, pd.DataFrame], bytes],
) -> None:
    whole = _whole(write)
    alike = next((names for names in READ_ALIKE if write.__name__ in names), {write.__name__})

    @inputs(-(-1_000 // len(alike) // AT_ONCE) * AT_ONCE)
    @given(_draws(25))
    def damaged(drawn: bytes) -> None:
        for changes in _some(drawn, 25):
            check(changed(whole, changes))

    damaged()


@cache
def _parquet() -> bytes:
    file = io.BytesIO()
    _sites().rename(columns={"site_number": "trial_id"}).to_parquet(file)
    return file.getvalue()


@inputs(1_000)
@given(_draws(25))
def test_a_damaged_parquet_file_is_read_or_refused(drawn: bytes) -> None:
    for changes in _some(drawn, 25):
        check(changed(_parquet(), changes))


@inputs(1_000)
@given(_draws(300))
def test_any_bytes_are_read_or_refused(drawn: bytes) -> None:
    for data in _some(drawn, 300):
        check(data)


@inputs(1_000)
@given(_draws(300))
def test_any_text_is_read_or_refused(drawn: bytes) -> None:
    for at, data in enumerate(_some(drawn, 300)):
        check(_text(data).encode(_ENCODINGS[at % len(_ENCODINGS)], errors="replace"))


_ENCODINGS = ("utf-8", "utf-16", "utf-16-be", "utf-8-sig")
_ALPHABETS = (32, 0x80, 0x370, 0x3000, 0xAC00, 0x2000, 0xD800, 0xFE00, 0x1F300, 0)


def _text(data: bytes) -> str:
    """Text in which stretches of signs of one alphabet follow each other, most of them Latin."""
    letters = []
    start = 32
    for byte in data:
        if byte >= 246:
            start = _ALPHABETS[byte - 246]
        letters.append(chr(start + byte % (95 if start == 32 else 128)))
    return "".join(letters)


_KEYS = re.findall(
    r"\w+",
    """protocolSection identificationModule nctId contactsLocationsModule locations facility
    city country geoPoint lat lon statusModule designModule phases studies Study ProtocolSection
    ContactsLocationsModule LocationList Location LocationCity FullStudiesResponse FullStudies
    ctNumber authorizedApplication authorizedPartsII trialSites type features properties
    geometry coordinates contacts name status enrollmentInfo count references maskingInfo
    whoMasked derivedSection miscInfoModule versionHolder sponsorCollaboratorsModule""",
)
_LEAVES = (
    *(None, True, False, 0, 1, -1, 2**70, 0.5, -200.0, 1e300, float("inf"), "", "x", "\ud800"),
    *(
        "NCT01207388",
        "Austria",
        "Feature",
        "Point",
        "RECRUITING",
        "2020-01",
        "München",
        "[",
        {},
        [],
    ),
)


def _document(data: Iterator[int], depth: int = 0) -> object:
    """A JSON document: a byte says what comes, and how much of it."""
    byte = next(data, 0)
    if byte < 96 or depth > 12:
        return _LEAVES[byte % len(_LEAVES)]
    size = byte % 6
    if byte < 150:
        return [_document(data, depth + 1) for _ in range(size)]
    return {_KEYS[next(data, 0) % len(_KEYS)]: _document(data, depth + 1) for _ in range(size)}


@inputs(1_000)
@given(_draws(80))
def test_any_json_is_read_or_refused(drawn: bytes) -> None:
    for data in _some(drawn, 80):
        check(json.dumps(_document(iter(data))).encode())


_CELLS = (
    "NCT01207388",
    "Graz",
    "Austria",
    "48.1",
    "-200",
    '"',
    "Facility",
    "City",
    "Country",
    "lat",
)


@inputs(1_000)
@given(_draws(120))
def test_any_table_is_read_or_refused(drawn: bytes) -> None:
    for data in _some(drawn, 120):
        signs = iter(data)
        delimiter, line_end = ",;\t|"[next(signs, 0) % 4], ("\n", "\r\n", "\r")[next(signs, 0) % 3]
        lines = [delimiter.join(["facility", "city", "country", "lat"])]
        lines += [delimiter.join(_cell(signs) for _ in range(width % 7)) for width in signs]
        check(line_end.join(lines).encode("utf-8", errors="replace"))


def _cell(signs: Iterator[int]) -> str:
    byte = next(signs, 0)
    if byte < 128:
        return _CELLS[byte % len(_CELLS)]
    return _text(bytes(islice(signs, byte % 7)))
