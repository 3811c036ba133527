"""The names a query may use: one definition for the check, the documentation and the command line.

Each :class:`Parameter` reads one value and says in JSON Schema what it takes; the schema may be
narrower than the reader (a place name is open, case does not matter), never wider.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from rapidfuzz import process

from dashboard.errors import FilterError
from dashboard.query.coordinates import (
    EARTH_HALF_ROUND_KM,
    LATITUDE,
    LONGITUDE,
    parse_box,
    parse_point,
    parse_radius,
)
from dashboard.sites.vocabulary import NOT_STATED, SITE_STATUSES
from geocache.geo.countries import country_code, country_name
from geocache.place import Flag, Precision

MAX_TEXT = 500
MAX_NAME = 100
MAX_VALUES = 100
MAX_TRIALS = 500
MAX_ROWS = 2**31 - 1
MAX_QUERY = 60_000
"""Bytes of a query string."""

CLOSED_SETS: dict[str, tuple[str, ...]] = {
    "status": (*SITE_STATUSES, NOT_STATED),
    "precision": tuple(Precision),
    "flag": tuple(Flag),
}
"""Filters whose values are known beforehand."""

NEAR_FORMS = ("LAT,LON in degrees", "CITY, COUNTRY", "CITY, STATE", "a US ZIP code")
"""What ``near`` takes, in words."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One name of a query.

    ``read`` turns the text of one value into what is used and raises :class:`FilterError`;
    ``schema`` is the JSON Schema of one value; ``most`` is how often it may be given,
    ``longest`` how many characters a value may have.
    """

    name: str
    read: Callable[[str], Any]
    about: str
    schema: dict[str, Any] = field(default_factory=lambda: {"type": "string"})
    most: int = 1
    longest: int = MAX_TEXT
    example: str = ""

    @property
    def many(self) -> bool:
        """Whether it may be given more than once."""
        return self.most > 1

    def checked(self, value: str, given: int) -> Any:
        """The value read, unless it is too long or one too many.

        Args:
            value: as written.
            given: how many values there are already.

        Raises:
            FilterError: names the parameter, the value and what is allowed.
        """
        if len(value) > self.longest:
            message = f"{self.name}: longer than {self.longest} characters"
            raise FilterError(self.name, value[:40], message)
        if given >= self.most:
            often = f"more than {self.most} values" if self.many else "give it once"
            raise FilterError(self.name, value, f"{self.name}: {often}")
        return self.read(value)


def nearest_first(value: str, allowed: Iterable[str]) -> tuple[str, ...]:
    """The allowed values, nearest spelling first."""
    choices = list(allowed)
    ranked = process.extract(value.casefold(), [c.casefold() for c in choices], limit=None)
    return tuple(choices[index] for _, _, index in ranked)


@cache
def all_country_names() -> dict[str, str]:
    """Short English names of all countries with their codes."""
    import pycountry  # noqa: PLC0415 - 30 ms, only for an error or a form

    codes = [*(c.alpha_2 for c in pycountry.countries), "XK"]
    return {country_name(code): code for code in codes}


def _text(value: str) -> str:
    return value.strip()


def _closed(name: str) -> Callable[[str], str]:
    def read(value: str) -> str:
        allowed = CLOSED_SETS[name]
        by_key = {a.casefold(): a for a in allowed}
        found = by_key.get(value.strip().casefold())
        if found is None:
            near = nearest_first(value, allowed)
            raise FilterError(name, value, f"{name}={value}: unknown {name}", near)
        return found

    return read


def _country(value: str) -> str:
    names = all_country_names()
    code = country_code(value) or value.strip().upper()
    if code in names.values():
        return code
    near = tuple(names[n] for n in nearest_first(value, names))
    raise FilterError("country", value, f"country={value}: unknown country", near)


def _near(value: str) -> str:
    if not value.strip():
        raise FilterError("near", value, "near: empty", NEAR_FORMS)
    parse_point(value)
    return value.strip()


def _rows(name: str) -> Callable[[str], int]:
    def read(value: str) -> int:
        if not re.fullmatch("[0-9]{1,10}", value) or int(value) > MAX_ROWS:
            allowed = f"0 to {MAX_ROWS}"
            raise FilterError(name, value, f"{name}={value}: give {allowed} rows", (allowed,))
        return int(value)

    return read


_COUNT = {"type": "integer", "minimum": 0, "maximum": MAX_ROWS}


def _open(name: str, about: str, example: str, most: int = MAX_VALUES) -> Parameter:
    schema = {"type": "string", "maxLength": MAX_NAME}
    return Parameter(name, _text, about, schema, most, MAX_NAME, example)


def _one_of(name: str, about: str, example: str) -> Parameter:
    schema = {"type": "string", "enum": list(CLOSED_SETS[name])}
    return Parameter(name, _closed(name), about, schema, most=MAX_VALUES, example=example)


FILTERS: dict[str, Parameter] = {
    p.name: p
    for p in (
        _open("trial", "Registry id of a trial.", "NCT01207388", MAX_TRIALS),
        Parameter(
            "country",
            _country,
            "Country: its alpha-2 code, or else any name the country list knows.",
            {"type": "string", "enum": sorted(all_country_names().values())},
            most=MAX_VALUES,
            example="DE",
        ),
        _open("state", "State or province as the registry wrote it.", "Bavaria"),
        _open("city", "City as the registry wrote it.", "Berlin"),
        _one_of("status", "Recruitment status of the site.", "Recruiting"),
        _open("phase", "Phase of the trial.", "Phase 2"),
        _open("sponsor", "Lead sponsor.", "Amgen"),
        _one_of("precision", "How exact the position is.", "city"),
        _one_of("flag", "What a reader should doubt about the position.", "ambiguous"),
        Parameter(
            "q",
            _text,
            "Words that must all stand in trial, title, site number, facility, city, state or "
            "country; case and accents do not matter.",
            {"type": "string", "maxLength": MAX_TEXT},
            most=10,
            example="university",
        ),
        Parameter(
            "bbox",
            parse_box,
            "Box W,S,E,N in degrees (WGS 84); W greater than E crosses the antimeridian.",
            {"type": "string", "pattern": f"^{LONGITUDE},{LATITUDE},{LONGITUDE},{LATITUDE}$"},
            example="5.9,47.3,15,55.1",
        ),
        Parameter(
            "near",
            _near,
            "LAT,LON in degrees, a US ZIP code, a city with its country after a comma, or a bare "
            "city that the sites have or that is the only one of its name. "
            "Rows come by distance, with a last column distance_km.",
            {
                "type": "string",
                "anyOf": [
                    {"pattern": f"^{LATITUDE},{LONGITUDE}$"},
                    {"enum": ["Graz, Austria", "Munich, Germany", "Rochester, Minnesota", "02115"]},
                ],
            },
            example="Munich, Germany",
        ),
        Parameter(
            "radius_km",
            parse_radius,
            "With near: no farther than this many kilometres.",
            {"type": "number", "exclusiveMinimum": 0, "maximum": EARTH_HALF_ROUND_KM},
            example="100",
        ),
    )
}
"""Every filter, in the order of links."""

LIMIT = Parameter("limit", _rows("limit"), "No more rows than this.", _COUNT, example="100")
OFFSET = Parameter("offset", _rows("offset"), "Leave out this many rows first.", _COUNT)


def columns_parameter(names: tuple[str, ...], also: tuple[str, ...] = ()) -> Parameter:
    """``columns`` over these names; ``also`` are taken but not promised."""

    def read(value: str) -> tuple[str, ...]:
        asked = tuple(part.strip() for part in value.split(",") if part.strip())
        if len(asked) > MAX_VALUES:
            raise FilterError("columns", value[:40], f"columns: more than {MAX_VALUES} names")
        for name in asked:
            if name not in names and name not in also:
                near = nearest_first(name, (*names, *also))
                raise FilterError("columns", name, f"columns={name}: unknown column", near)
        return asked

    return Parameter(
        "columns",
        read,
        "Only these columns, in this order, separated by commas.",
        {"type": "string", "enum": list(names)},
        most=MAX_VALUES,
        longest=MAX_TEXT * 5,
        example=",".join(names[:3]),
    )
