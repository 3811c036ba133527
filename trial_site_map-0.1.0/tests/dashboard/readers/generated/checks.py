"""Compares what was read with what a draft wants: every column, every row, own columns too."""

import math
from collections.abc import Sequence

from dashboard.errors import ReadError
from dashboard.readers import READ_COLUMNS, read
from dashboard.sites.reading import Reading
from tests.dashboard.readers.generated.quirks import Draft


def find_fault(data: bytes, change: Draft) -> str:
    """Read a file; what differs from what is wanted, in words, or an empty text."""
    try:
        reading = read(data, change.file_name)
    except ReadError as error:
        return f"refused: {error.reason}"
    return compare_sites(reading, change.wanted) or compare_fields(reading, change.own)


def compare_sites(reading: Reading, wanted: dict[str, list[object]]) -> str:
    """The first difference of the sites from the wanted columns."""
    sites = reading.sites
    count = len(wanted["city"])
    if len(sites) != count:
        return f"{len(sites)} sites, not {count}: {sites['facility'].tolist()[:8]}"
    for name in READ_COLUMNS:
        found = sites[name].tolist()
        if not _are_equal(found, wanted[name]):
            return f"{name} is {found}, not {wanted[name]}"
    return ""


def compare_fields(reading: Reading, own: dict[str, list[object]]) -> str:
    """The first difference of the list's own columns from those wanted."""
    fields = (
        {} if reading.fields is None else {str(k): v.tolist() for k, v in reading.fields.items()}
    )
    if list(fields) != list(own):
        return f"own columns {list(fields)}, not {list(own)}"
    for name, values in own.items():
        if not _are_equal(fields[name], values):
            return f"own column {name} is {fields[name]}, not {values}"
    return ""


def _are_equal(found: Sequence[object], wanted: Sequence[object]) -> bool:
    return len(found) == len(wanted) and all(
        _is_equal(one, other) for one, other in zip(found, wanted, strict=True)
    )


def _is_equal(one: object, other: object) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isnan(one) == math.isnan(other) and not abs(one - other) > 1e-5
    return one == other
