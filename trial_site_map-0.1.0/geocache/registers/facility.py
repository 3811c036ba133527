"""What a register says of a facility, before and after it is checked."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

Warn = Callable[[str], None]
"""Takes a sentence about what is wrong with a file."""


class Row(NamedTuple):
    """A row of a register as read.

    ``number`` is what people count: the row of a table with its header, the record of a JSON file.
    ``names`` are not empty; ``latitude`` and ``longitude`` are degrees, NaN if there are none.
    """

    number: int
    names: tuple[str, ...]
    city: str
    state: str
    postcode: str
    country: str
    latitude: float
    longitude: float


class Facility(NamedTuple):
    """A facility of an index; ``country`` is its alpha-2 code, the point WGS 84 degrees.

    ``shared`` tells that many facilities have this point: it is a town's, and no door.
    """

    number: int
    names: tuple[str, ...]
    city: str
    state: str
    postcode: str
    country: str
    latitude: float
    longitude: float
    shared: bool


class Reading(NamedTuple):
    """The rows of a register, its licence as far as the file names it, and about how many rows."""

    rows: Iterator[Row]
    licence: str
    about: int | None
