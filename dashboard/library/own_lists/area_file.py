"""Areas that a session saved by name: a file beside its lists, which no other session sees."""

import json
import logging
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from dashboard.errors import FilterError
from dashboard.library.atomic_files import read_lines, write_records
from dashboard.query.filters import FILTERS

log = logging.getLogger(__name__)

MAX_AREAS = 50
"""Areas of one owner."""
MAX_NAME = 60
"""Characters of an area's name."""

_NAME = "areas.jsonl"


@dataclass(frozen=True, slots=True)
class NamedArea:
    """An area with a name; ``line`` is an encoded polyline, as in the filter ``within``."""

    name: str
    line: str


def check_area(name: str, line: str) -> NamedArea:
    """An area with its name without outer blanks.

    Raises:
        ValueError: the name is empty or too long, or the line is no area.
    """
    plain = " ".join(name.split())
    if not plain:
        raise ValueError("an area needs a name")
    if len(plain) > MAX_NAME:
        raise ValueError(f"an area's name has at most {MAX_NAME} characters, not {len(plain)}")
    try:
        return NamedArea(plain, FILTERS["within"].convert(line))
    except FilterError as error:
        raise ValueError(str(error)) from None


def read_areas(folder: Path) -> tuple[NamedArea, ...]:
    """The areas in a session's folder, by name; what is damaged is left out.

    Raises:
        OSError: the file cannot be read.
    """
    found = {}
    for line in read_lines(folder / _NAME):
        try:
            record = json.loads(line)
            one = check_area(str(record["name"]), str(record["line"]))
        except (ValueError, TypeError, KeyError):
            log.warning("A saved area cannot be read and is left out")
        else:
            found[one.name] = one
    return tuple(sorted(found.values(), key=lambda one: one.name.casefold()))


def write_areas(folder: Path, areas: Iterable[NamedArea]) -> None:
    """Replace the areas in a session's folder; without any, their file is deleted.

    Raises:
        OSError: the file cannot be written.
    """
    write_records(folder / _NAME, map(asdict, areas))
