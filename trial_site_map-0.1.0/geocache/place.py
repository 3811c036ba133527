"""Places, as asked of a geocoder, and positions, its answers."""

from enum import StrEnum
from typing import NamedTuple, Self


class Precision(StrEnum):
    """How exact a position is, finest first."""

    FACILITY = "facility"
    POSTCODE = "postcode"
    CITY = "city"
    REGION = "region"
    COUNTRY = "country"
    UNRESOLVED = "unresolved"


class Flag(StrEnum):
    """Reasons to doubt a position."""

    AMBIGUOUS = "ambiguous"
    APPROXIMATE = "approximate"
    CONFLICTING_STATE = "conflicting_state"
    CONFLICTING_POINT = "conflicting_point"
    OUTSIDE_COUNTRY = "outside_country"
    PLACEHOLDER_FACILITY = "placeholder_facility"


DOUBTFUL_FLAGS = frozenset(Flag) - {Flag.PLACEHOLDER_FACILITY}
"""The flags that speak against a position."""


POSTCODE_LABEL = "postcode "
"""The start of an alternative's name that is a postcode's point, far from the town it names."""


class Status(StrEnum):
    """What asking for a position came to."""

    RESOLVED = "resolved"
    """There are coordinates."""

    KNOWN_MISS = "known miss"
    """Every provider was asked, and none knows the place."""

    LEFT_OFF = "left off"
    """A person left the place off the map."""

    NOT_ASKED = "not asked"
    """A provider was not or could not be asked: it may know the place, or know it better."""


REGISTER_PREFIX = "register:"
"""Begins the source of positions from a register of facilities, before the register's name."""


class Place(NamedTuple):
    """A place as written in a site list; every part may be empty."""

    facility: str = ""
    city: str = ""
    state: str = ""
    postcode: str = ""
    country: str = ""


class Alternative(NamedTuple):
    """Another place that the same words could mean."""

    latitude: float
    longitude: float
    place_name: str
    score: float


class NotAsked(str):
    """The reason of a position for which a provider was not asked, and ``cause``, why not.

    Being the reason's type, it makes the status independent of the reason's words: a pin's note may
    contain "not asked" as well.
    """

    __slots__ = ("cause",)

    cause: str
    """In a few words: ``403 from nominatim``; only the provider's name if nobody tried."""

    def __new__(cls, text: str, cause: str) -> Self:
        """A reason that reads ``text``."""
        reason = super().__new__(cls, text)
        reason.cause = cause
        return reason

    def __reduce__(self) -> tuple[type[Self], tuple[str, str]]:
        """Keeps the cause when a position is pickled for another process."""
        return type(self), (str(self), self.cause)


class Position(NamedTuple):
    """Where a place is, how precisely, and according to whom.

    ``latitude`` and ``longitude`` are WGS 84 degrees with 5 decimals, ``None`` when unresolved.
    ``score`` is 0-1. ``flags`` are :class:`Flag` values. ``reason`` says which name matched by
    which rule, or why there is no position. ``alternatives`` are best first. ``uncertainty_km`` is
    the radius in which 90 % of hospitals of such answers lie, ``None`` if nobody can tell.
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
    uncertainty_km: float | None = None

    @property
    def resolved(self) -> bool:
        """True when there are coordinates."""
        return self.latitude is not None

    @property
    def status(self) -> Status:
        """What asking came to; ``NOT_ASKED`` also for a doubtful position that could be better."""
        if isinstance(self.reason, NotAsked):
            return Status.NOT_ASKED
        if self.resolved:
            return Status.RESOLVED
        return Status.LEFT_OFF if self.source == "pin" else Status.KNOWN_MISS


def is_on_earth(latitude: float, longitude: float) -> bool:
    """Whether two numbers are degrees of latitude and longitude."""
    return -90 <= latitude <= 90 and -180 <= longitude <= 180


def is_possible(found: Position) -> bool:
    """Whether a position has a point on Earth, or none."""
    latitude, longitude = found[:2]
    if latitude is None or longitude is None:
        return latitude is longitude
    return is_on_earth(latitude, longitude)


def drop_impossible_points(found: Position) -> Position:
    """The position without points that are nowhere on Earth, whoever said them."""
    if not is_possible(found):
        wrong = f"{found.latitude}, {found.longitude}"
        reason = f"{found.source or 'a provider'} answered with no point on Earth: {wrong}"
        found = Position(reason=reason, alternatives=found.alternatives)
    if not found.alternatives or all(is_on_earth(*one[:2]) for one in found.alternatives):
        return found
    kept = tuple(one for one in found.alternatives if is_on_earth(*one[:2]))
    return found._replace(alternatives=kept)


POSITION_COLUMNS = tuple(name for name in Position._fields if name != "alternatives")
"""The columns of a position in a table, in this order."""
