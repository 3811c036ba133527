"""What is asked of a geocoder, and what it answers."""

from enum import StrEnum
from typing import NamedTuple


class Precision(StrEnum):
    """How exact a position is, finest first."""

    FACILITY = "facility"
    POSTCODE = "postcode"
    CITY = "city"
    REGION = "region"
    COUNTRY = "country"
    UNRESOLVED = "unresolved"


class Flag(StrEnum):
    """What a reader of a position should doubt."""

    AMBIGUOUS = "ambiguous"
    APPROXIMATE = "approximate"
    CONFLICTING_STATE = "conflicting_state"
    CONFLICTING_POINT = "conflicting_point"
    OUTSIDE_COUNTRY = "outside_country"
    PLACEHOLDER_FACILITY = "placeholder_facility"


DOUBTFUL_FLAGS = frozenset(Flag) - {Flag.PLACEHOLDER_FACILITY}
"""The flags that speak against a position."""


class Place(NamedTuple):
    """A place as a site list writes it; every part is text and may be empty."""

    facility: str = ""
    city: str = ""
    state: str = ""
    postcode: str = ""
    country: str = ""


class Alternative(NamedTuple):
    """Another place the same words could mean."""

    latitude: float
    longitude: float
    place_name: str
    score: float


class Position(NamedTuple):
    """Where a place is, how exactly, and who said so.

    ``latitude`` and ``longitude`` are WGS 84 degrees with 5 decimals, ``None`` when unresolved.
    ``score`` is 0-1. ``flags`` are :class:`Flag` values. ``reason`` says which name matched by
    which rule, or why there is no position. ``alternatives`` are best first.
    """

    latitude: float | None = None
    longitude: float | None = None
    precision: Precision = Precision.UNRESOLVED
    place_name: str = ""
    source: str = ""
    score: float = 0.0
    flags: tuple[Flag, ...] = ()
    reason: str = ""
    alternatives: tuple[Alternative, ...] = ()

    @property
    def resolved(self) -> bool:
        """True when there are coordinates."""
        return self.latitude is not None


POSITION_COLUMNS = Position._fields[: Position._fields.index("alternatives")]
"""What a table says of a position, in this order."""
