"""The records of the store: pins and answers, and their serialization."""

from collections.abc import Iterable, Sequence
from math import isfinite
from typing import Any, NamedTuple

import orjson

from geocache.errors import InputError
from geocache.place import Alternative, Flag, Place, Position, Precision

NEVER = 1 << 53
"""Expiry time of what does not expire, in seconds since 1970."""

PIN_KM = 0.1
"""How far off a pin may be: a person set it."""

CHOSEN_KM = 7.4
"""The same of a pin that is only as exact as a city: nine of ten hospitals of the world lie no
farther from their city's centre."""

_new = tuple.__new__  # three times as fast as Position(*...), and most of a lookup's time


_PIN_PRECISIONS = tuple(one.value for one in Precision if one is not Precision.UNRESOLVED)


class Pin(NamedTuple):
    """A position set by a person; without coordinates, a place left off the map.

    ``pinned_at`` is in seconds since 1970. ``precision`` says how exact the point is; empty is as
    exact as the place: the facility's if one is named, else the city's.
    """

    place: Place
    latitude: float | None = None
    longitude: float | None = None
    note: str = ""
    who: str = ""
    pinned_at: int = 0
    precision: str = ""

    @property
    def left_off(self) -> bool:
        """True if the place was left off the map."""
        return self.latitude is None and self.longitude is None

    def check(self) -> None:
        """Check that the pin can be set.

        Raises:
            InputError: a coordinate is missing or not a number of degrees on Earth, or the
                place is empty.
        """
        if not any(part.strip() for part in self.place):
            raise InputError("a pin needs a place: facility, city, state, postcode or country")
        if self.precision and self.precision not in _PIN_PRECISIONS:
            allowed = ", ".join(_PIN_PRECISIONS)
            raise InputError(f"precision {self.precision!r} of a pin is none of {allowed}")
        if self.left_off:
            return
        for name, value, most in (
            ("latitude", self.latitude, 90.0),
            ("longitude", self.longitude, 180.0),
        ):
            if value is None:
                raise InputError(f"no {name}: give both coordinates, or none to leave it off")
            if not isfinite(value) or abs(value) > most:
                raise InputError(f"{name} {value} is not between -{most:g} and {most:g}")

    def position(self) -> Position:
        """The pin as a position, with a score of 1."""
        who = f" by {self.who}" if self.who else ""
        note = f": {self.note}" if self.note else ""
        if self.left_off:
            return Position(source="pin", reason=f"left off{who}{note}")
        whole = Precision.FACILITY if self.place.facility else Precision.CITY
        fine = Precision(self.precision) if self.precision else whole
        is_chosen = fine is not whole
        return Position(
            self.latitude,
            self.longitude,
            fine,
            self.place.city if is_chosen else self.place.facility or self.place.city,
            "pin",
            1.0,
            (),
            f"{fine}, chosen{who or ' by a person'}{note}" if is_chosen else f"pinned{who}{note}",
            uncertainty_km=CHOSEN_KM if is_chosen else PIN_KM,
        )


class Answer(NamedTuple):
    """A provider's answer for a key: a hit, or a known miss.

    ``version`` is that of the provider's data and rules; ``query`` is the text sent, ``reply`` the
    main values of the reply as JSON; times are in seconds since 1970.
    """

    key: str
    provider: str
    version: str
    position: Position
    expires_at: int
    query: str = ""
    reply: str = ""
    asked_at: int = 0


def format_alternatives(alternatives: Sequence[Alternative]) -> str:
    """The alternatives as one line of JSON; empty if there are none."""
    return orjson.dumps([tuple(one) for one in alternatives]).decode() if alternatives else ""


def parse_alternatives(text: str) -> tuple[Alternative, ...]:
    """The inverse of :func:`format_alternatives`."""
    return tuple(Alternative(*each) for each in orjson.loads(text)) if text else ()


class _AboutCache(dict[str, tuple[Any, ...]]):
    """Caches parsed texts of ``about``; cleared when full."""

    def __missing__(self, text: str) -> tuple[Any, ...]:
        precision, score, flags, reason, others, *radius = orjson.loads(text)
        if len(self) >= _MAX_ABOUTS:
            self.clear()
        self[text] = found = (
            Precision(precision),
            score,
            tuple(Flag(word) for word in flags),
            reason,
            tuple(Alternative(*each) for each in others),
            radius[0] if radius else None,
        )
        return found


_MAX_ABOUTS = 8192
_about_cache = _AboutCache()


def format_about(position: Position) -> str:
    """The part of a position that many places share, as JSON."""
    parts = (
        position.precision.value,
        position.score,
        position.flags,
        position.reason,
        [tuple(each) for each in position.alternatives],
        position.uncertainty_km,
    )
    return orjson.dumps(parts).decode()


def parse_positions(rows: Iterable[tuple[Any, ...]], source: str) -> dict[str, Position]:
    """Positions by key, from rows of key, latitude, longitude, place_name and about."""
    abouts = _about_cache
    found = {}
    for key, latitude, longitude, place_name, about in rows:
        precision, score, flags, reason, others, radius = abouts[about]
        found[key] = _new(
            Position,
            (
                latitude,
                longitude,
                precision,
                place_name,
                source,
                score,
                flags,
                reason,
                others,
                radius,
            ),
        )
    return found
