"""No text makes a pattern or a reader take more than linear time."""

import contextlib
import json
import re
import time
from collections.abc import Callable

import pytest

from dashboard.errors import ReadError
from dashboard.readers import read
from dashboard.readers.common.column_names import TARGETS
from tests.attacks.pumps import Found, find_slow_pump, is_superlinear, list_patterns

_MANY = 200
"""Fewer patterns than the packages have: the walk over their modules finds them."""


def test_every_pattern_of_both_packages_takes_linear_time() -> None:
    patterns = list_patterns()
    assert len(patterns) > _MANY
    slow = {found.where: text for found in patterns if (text := find_slow_pump(found))}
    assert slow == {}


@pytest.mark.parametrize("pattern", [r"<[^>]*>", r"[^\s@]+@[^\s@]+"])
def test_a_bad_pattern_is_found(pattern: str) -> None:
    assert find_slow_pump(Found("here", re.compile(pattern), at_start=False))


_NAMES = {
    "trial_id": "NCT Number",
    "trial_title": "Title",
    "trial_status": "Overall status",
    "phase": "Phase",
    "sponsor": "Sponsor",
    "site_number": "Site number",
    "place": "Location",
    "point": "Coordinates",
}
_PLAIN = {"facility": "LKH", "city": "Graz", "country": "Austria"}
_CELLS = (
    *(" ", "a", "1", "é", "-", ".", ", ", "; ", "|", "(", "[[[", "<aaaa", "a|", "a, ", "1 ", "- "),
    *('{"a":', "['a', ", "Dr. ", "Site 1 - ", "NCT01207388 ", "\n", "Graz, Austria; ", "°", "'"),
)


def _write_csv(record: dict[str, str]) -> bytes:
    quoted = (cell.replace('"', '""') for cell in record.values())
    cells = '","'.join(quoted)
    return f'{",".join(record)}\n"{cells}"\n'.encode()


def _write_json(record: dict[str, str]) -> bytes:
    return json.dumps([record]).encode()


def _write_page(record: dict[str, str]) -> bytes:
    cells = [cell.replace("<", "&lt;") for cell in record.values()]
    rows = ("".join(f"<td>{cell}</td>" for cell in row) for row in (record, cells))
    return ("<table>" + "".join(f"<tr>{row}</tr>" for row in rows) + "</table>").encode()


@pytest.mark.parametrize("write", [_write_csv, _write_json, _write_page])
@pytest.mark.parametrize("target", TARGETS)
def test_a_long_cell_in_any_column_is_read_in_linear_time(
    target: str, write: Callable[[dict[str, str]], bytes]
) -> None:
    slow = []
    for unit in _CELLS:

        def measure(length: int, unit: str = unit) -> float:
            cell = unit * (8 * length // len(unit)) + "!"
            return _measure_reading(write({**_PLAIN, _NAMES.get(target, target): cell}))

        if measure(3_000) > 0.03 and is_superlinear(measure):
            slow.append(unit)
    assert slow == []


def _measure_reading(data: bytes) -> float:
    began = time.process_time()
    with contextlib.suppress(ReadError):
        read(data, "list")
    return time.process_time() - began
