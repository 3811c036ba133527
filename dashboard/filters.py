"""Filters: the same words in the page's address bar, the API's query and the command line.

:class:`Filters` holds what is asked, :func:`parse` reads it from a query string's pairs,
:func:`to_query` writes it back, :func:`dashboard.selection.apply` carries it out.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from typing import NamedTuple

from rapidfuzz import process

from dashboard.errors import FilterError
from dashboard.vocabulary import NOT_STATED, SITE_STATUSES
from geocache.countries import country_code, country_name
from geocache.place import Flag, Precision

MAX_TEXT = 500
VIEW_PREFIX = "view_"


class BBox(NamedTuple):
    """A box in WGS 84 degrees; ``west`` greater than ``east`` crosses the antimeridian."""

    west: float
    south: float
    east: float
    north: float

    def __str__(self) -> str:
        return ",".join(f"{value:g}" for value in self)


@dataclass(frozen=True, slots=True)
class Filters:
    """What to keep: values of one field are alternatives, different fields all apply.

    ``country`` holds alpha-2 codes, or the registry's text where no code is known; an empty
    string in ``status`` means "not stated". ``near`` is a place name or ``LAT,LON``;
    ``radius_km`` without it means nothing. The default keeps everything.
    """

    trial: tuple[str, ...] = ()
    country: tuple[str, ...] = ()
    state: tuple[str, ...] = ()
    city: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    phase: tuple[str, ...] = ()
    sponsor: tuple[str, ...] = ()
    precision: tuple[str, ...] = ()
    flag: tuple[str, ...] = ()
    q: str = ""
    bbox: BBox | None = None
    near: str = ""
    radius_km: float | None = None

    def __bool__(self) -> bool:
        return self != Filters()


LIST_NAMES = tuple(f.name for f in fields(Filters) if str(f.type).startswith("tuple"))
NAMES = tuple(f.name for f in fields(Filters))
CLOSED_SETS: dict[str, tuple[str, ...]] = {
    "status": (*SITE_STATUSES, NOT_STATED),
    "precision": tuple(Precision),
    "flag": tuple(Flag),
}
"""Filters whose values are known beforehand."""

_POINT = re.compile(r"^\s*(-?\d+(?:\.\d+)?)\s*[,;]\s*(-?\d+(?:\.\d+)?)\s*$")


def nearest_first(value: str, allowed: Iterable[str]) -> tuple[str, ...]:
    """The allowed values, nearest spelling first."""
    choices = list(allowed)
    ranked = process.extract(value.casefold(), [c.casefold() for c in choices], limit=None)
    return tuple(choices[index] for _, _, index in ranked)


def point_of(text: str) -> tuple[float, float] | None:
    """``LAT,LON`` as two numbers, ``None`` where the text is something else.

    Raises:
        FilterError: two numbers that are no coordinates.
    """
    found = _POINT.match(text)
    if not found:
        return None
    latitude, longitude = float(found[1]), float(found[2])
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise FilterError(
            "near", text, f"near={text}: latitude is -90 to 90, longitude -180 to 180"
        )
    return latitude, longitude


def _closed(name: str, value: str) -> str:
    allowed = CLOSED_SETS[name]
    by_key = {a.casefold(): a for a in allowed}
    found = by_key.get(value.strip().casefold())
    if found is None:
        raise FilterError(
            name, value, f"{name}={value}: unknown {name}", nearest_first(value, allowed)
        )
    return found


def _country(value: str) -> str:
    code = country_code(value)
    if code:
        return code
    names = all_country_names()
    near = [names[n] for n in nearest_first(value, names)[:8]]
    raise FilterError("country", value, f"country={value}: unknown country", tuple(near))


def all_country_names() -> dict[str, str]:
    """Short English names of all countries with their codes."""
    import pycountry  # noqa: PLC0415 - 30 ms, only for an error or a form

    return {country_name(c.alpha_2): c.alpha_2 for c in pycountry.countries}


def _bbox(value: str) -> BBox:
    try:
        west, south, east, north = (float(part) for part in value.split(","))
    except ValueError:
        raise FilterError("bbox", value, f"bbox={value}: give W,S,E,N in degrees") from None
    in_range = -180 <= west <= 180 and -180 <= east <= 180 and -90 <= south <= north <= 90
    if not in_range:
        raise FilterError(
            "bbox", value, f"bbox={value}: W and E are -180 to 180, S and N -90 to 90, S below N"
        )
    return BBox(west, south, east, north)


def _radius(value: str) -> float:
    try:
        radius = float(value)
    except ValueError:
        radius = -1.0
    if not 0 < radius <= 20_040:
        raise FilterError("radius_km", value, f"radius_km={value}: give 0 to 20040 kilometres")
    return radius


def parse(pairs: Iterable[tuple[str, str]], *, also: Sequence[str] = ()) -> Filters:
    """The filters a query string asks for.

    Args:
        pairs: names and values in order, a name may repeat; ``view_…`` names are passed over.
        also: further names the caller reads itself.

    Raises:
        FilterError: an unknown name, an unknown value of a closed set, a malformed number.
    """
    lists: dict[str, list[str]] = {}
    single: dict[str, object] = {}
    for name, value in pairs:
        if name.startswith(VIEW_PREFIX) or name in also:
            continue
        if name not in NAMES:
            allowed = nearest_first(name, (*NAMES, *also))
            raise FilterError(name, value, f"{name}: unknown parameter", allowed)
        if len(value) > MAX_TEXT:
            raise FilterError(name, value[:40], f"{name}: longer than {MAX_TEXT} characters")
        if not value.strip():
            continue
        if name in LIST_NAMES:
            checked = _country(value) if name == "country" else value.strip()
            if name in CLOSED_SETS:
                checked = _closed(name, value)
            lists.setdefault(name, []).append(checked)
        elif name == "bbox":
            single[name] = _bbox(value)
        elif name == "radius_km":
            single[name] = _radius(value)
        else:
            single[name] = value.strip()
    if "near" in single:
        point_of(str(single["near"]))
    elif "radius_km" in single:
        raise FilterError("radius_km", str(single["radius_km"]), "radius_km needs near=…")
    unique = {name: tuple(dict.fromkeys(values)) for name, values in lists.items()}
    return replace(Filters(), **unique, **single)  # type: ignore[arg-type]


def parse_leniently(pairs: Iterable[tuple[str, str]]) -> tuple[Filters, tuple[str, ...]]:
    """As :func:`parse`, but what cannot be used is dropped with a note instead of raising."""
    kept: list[tuple[str, str]] = []
    notes: list[str] = []
    pairs = list(pairs)
    has_near = any(name == "near" and value.strip() for name, value in pairs)
    for name, value in pairs:
        alone = [(name, value)]
        if name == "radius_km" and has_near:
            alone.append(("near", "0,0"))
        try:
            parse(alone)
        except FilterError as error:
            notes.append(str(error))
        else:
            kept.append((name, value))
    return parse(kept), tuple(notes)


def to_query(filters: Filters) -> list[tuple[str, str]]:
    """The pairs :func:`parse` reads back to equal filters, in a fixed order."""
    pairs: list[tuple[str, str]] = []
    for name in NAMES:
        value = getattr(filters, name)
        if name in LIST_NAMES:
            pairs += [(name, item) for item in value]
        elif name == "radius_km":
            pairs += [(name, f"{value:g}")] if value is not None else []
        elif value:
            pairs.append((name, str(value)))
    return pairs
