"""Whatever the bytes, a reader answers with a reading or with its one error.

Each reader gets 2,000 inputs in `make test`, always the same, and 100,000 new ones in `make fuzz`.
"""

import io
import json
import logging
import math
import os
import re
from collections.abc import Callable
from datetime import timedelta
from functools import cache

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboard.errors import ReadError
from dashboard.readers import READ_COLUMNS, read
from tests.dashboard.trial_formats import WRITERS

FUZZ = os.environ.get("HYPOTHESIS_PROFILE") == "fuzz"
EXAMPLES = 100_000 if FUZZ else 2_000

bounded = settings(
    max_examples=EXAMPLES,
    deadline=timedelta(seconds=20),
    derandomize=not FUZZ,
    database=None,
    suppress_health_check=list(HealthCheck),
)


class _Unexpected(logging.Handler):
    """Turns the note of a reader's own mistake into a failure."""

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
    """Read the bytes and hold what comes back to the contract."""
    try:
        reading = read(data, "any.file", contacts=True)
    except ReadError as error:
        if not str(error).startswith("any.file"):
            raise AssertionError(f"the error does not name the file: {error}") from error
        return
    assert tuple(reading.sites.columns) == READ_COLUMNS
    for column in READ_COLUMNS[:-2]:
        assert set(map(type, reading.sites[column])) <= {str}
    for latitude, longitude in zip(
        reading.sites["latitude"], reading.sites["longitude"], strict=True
    ):
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
# One draw of bytes for all changes: four for each, and hypothesis is ten times as fast.
CHANGES = st.binary(min_size=4, max_size=24)


def changed(data: bytes, changes: bytes) -> bytes:
    """The data with stretches replaced; a stretch of none is an insertion. Some are cut short."""
    for at in range(0, len(changes) - 3, 4):
        place = int.from_bytes(changes[at : at + 2]) * len(data) // 65_536
        length, sign = changes[at + 2] % 41, changes[at + 3]
        new = _TELLING[sign] if sign < len(_TELLING) else bytes([sign])
        data = data[:place] + new + data[place + length :]
    return data[: len(data) * changes[-1] // 255] if len(changes) % 4 == 1 else data


@pytest.mark.parametrize("write", WRITERS, ids=lambda write: write.__name__)
def test_a_damaged_file_is_read_or_refused(
    write: Callable[[str, pd.DataFrame], bytes],
) -> None:
    whole = _whole(write)

    @bounded
    @given(CHANGES)
    def damaged(changes: bytes) -> None:
        check(changed(whole, changes))

    damaged()


@cache
def _parquet() -> bytes:
    file = io.BytesIO()
    _sites().rename(columns={"site_number": "trial_id"}).to_parquet(file)
    return file.getvalue()


@bounded
@given(CHANGES)
def test_a_damaged_parquet_file_is_read_or_refused(changes: bytes) -> None:
    check(changed(_parquet(), changes))


@bounded
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    check(data)


@bounded
@given(st.text(max_size=300), st.sampled_from(["utf-8", "utf-16", "utf-16-be", "utf-8-sig"]))
def test_any_text_is_read_or_refused(text: str, encoding: str) -> None:
    check(text.encode(encoding, errors="replace"))


_KEYS = st.sampled_from(
    re.findall(
        r"\w+",
        """protocolSection identificationModule nctId contactsLocationsModule locations facility
        city country geoPoint lat lon statusModule designModule phases studies Study ProtocolSection
        ContactsLocationsModule LocationList Location LocationCity FullStudiesResponse FullStudies
        ctNumber authorizedApplication authorizedPartsII trialSites type features properties
        geometry coordinates contacts name status enrollmentInfo count references maskingInfo
        whoMasked derivedSection miscInfoModule versionHolder sponsorCollaboratorsModule""",
    )
)
_LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=8)
    | st.sampled_from(["NCT01207388", "Austria", "Feature", "Point", "RECRUITING", "2020-01"])
)


def _nested(inner: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.lists(inner, max_size=4) | st.dictionaries(_KEYS, inner, max_size=5)


_JSON = st.recursive(_LEAVES, _nested, max_leaves=25)


@bounded
@given(_JSON)
def test_any_json_is_read_or_refused(document: object) -> None:
    check(json.dumps(document).encode())


_CELLS = st.text(max_size=6) | st.sampled_from(
    ["NCT01207388", "Graz", "Austria", "48.1", "-200", '"', "Facility", "City", "Country", "lat"]
)


@bounded
@given(
    st.lists(st.lists(_CELLS, max_size=6), max_size=8),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_any_table_is_read_or_refused(rows: list[list[str]], delimiter: str, line_end: str) -> None:
    header = delimiter.join(["facility", "city", "country", "lat"])
    lines = [header, *(delimiter.join(row) for row in rows)]
    check(line_end.join(lines).encode("utf-8", errors="replace"))
