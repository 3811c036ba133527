"""Filters: the same words in the page's address bar, the API's query and the command line.

:class:`Filters` holds what is asked, :func:`parse` reads it from a query string's pairs,
:func:`to_query` writes it back, :func:`dashboard.query.apply.apply` carries it out.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace

from dashboard.errors import FilterError
from dashboard.query.coordinates import BBox, format_number
from dashboard.query.parameters import CLOSED_SETS, FILTERS, MAX_QUERY, nearest_first

__all__ = [
    "CLOSED_SETS",
    "LIST_NAMES",
    "NAMES",
    "VIEW_PREFIX",
    "BBox",
    "Filters",
    "parse",
    "parse_leniently",
    "to_query",
]

VIEW_PREFIX = "view_"
MOST_NOTES = 10


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
NAMES = tuple(FILTERS)


def read_value(name: str, value: str, given: int, also: Sequence[str] = ()) -> object:
    """One value of a query as it is used.

    Args:
        name: the filter's name.
        value: as written.
        given: how many values that filter already has.
        also: further names the caller knows.

    Raises:
        FilterError: an unknown name, one value too many, too long, or none of those allowed.
    """
    if name not in FILTERS:
        allowed = nearest_first(name, (*NAMES, *also))
        raise FilterError(name[:40], value[:40], f"{name[:40]}: unknown parameter", allowed)
    return FILTERS[name].checked(value, given)


def parse(pairs: Iterable[tuple[str, str]], *, also: Sequence[str] = ()) -> Filters:
    """The filters a query string asks for.

    Several ``q`` are words of one search; ``radius_km`` without ``near`` asks nothing.

    Args:
        pairs: names and values in order, a name may repeat; ``view_…`` names are passed over.
        also: further names the caller reads itself.

    Raises:
        FilterError: an unknown name, an unknown value of a closed set, a malformed number.
    """
    found: dict[str, list[object]] = {}
    for name, value in pairs:
        if not name.startswith(VIEW_PREFIX) and name not in also:
            values = found.setdefault(name, [])
            values.append(read_value(name, value, len(values), also))
    return _filters(found)


def _filters(found: dict[str, list[object]]) -> Filters:
    kept: dict[str, object] = {}
    for name, values in found.items():
        if name in LIST_NAMES:
            kept[name] = tuple(value for value in dict.fromkeys(values) if value)
        elif name == "q":
            kept[name] = " ".join(str(words) for words in values if words)
        elif values:
            kept[name] = values[0]
    if "near" not in kept:
        kept.pop("radius_km", None)
    return replace(Filters(), **kept)  # type: ignore[arg-type]


def parse_leniently(pairs: Iterable[tuple[str, str]]) -> tuple[Filters, tuple[str, ...]]:
    """As :func:`parse`, but what cannot be used is dropped with a note instead of raising."""
    pairs = list(pairs)
    if sum(len(name) + len(value) + 2 for name, value in pairs) > MAX_QUERY:
        return Filters(), (f"it is longer than {MAX_QUERY:,} characters",)
    found: dict[str, list[object]] = {}
    notes: list[str] = []
    for name, value in pairs:
        if name.startswith(VIEW_PREFIX) or not value.strip():
            continue
        values = found.get(name, [])
        try:
            read = read_value(name, value, len(values))
        except FilterError as error:
            notes.append(str(error))
        else:
            found[name] = [*values, read]
    if "radius_km" in found and "near" not in found:
        notes.append("radius_km needs near=…")
    if len(notes) > MOST_NOTES:
        notes[MOST_NOTES:] = [f"… and {len(notes) - MOST_NOTES:,} more"]
    return _filters(found), tuple(notes)


def to_query(filters: Filters) -> list[tuple[str, str]]:
    """The pairs :func:`parse` reads back to equal filters, in a fixed order."""
    pairs: list[tuple[str, str]] = []
    for name in NAMES:
        value = getattr(filters, name)
        if name in LIST_NAMES:
            pairs += [(name, item) for item in value]
        elif name == "radius_km":
            pairs += [(name, format_number(value))] if value is not None else []
        elif value:
            pairs.append((name, str(value)))
    return pairs
