"""A comparison of two sides as a table or as one JSON document, for API, page and command line."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import orjson
import pandas as pd

from dashboard.errors import FilterError
from dashboard.exports.content import About, Content, Provenance
from dashboard.library.sides import LoadView, Side, are_versions, find_side
from dashboard.query.coordinates import MAX_RADIUS_KM, format_number, parse_radius
from dashboard.query.near import LocatePlace
from dashboard.query.parameters import (
    MAX_QUERY,
    VIEW_PREFIX,
    Parameter,
    sort_by_similarity,
)
from dashboard.sites.changes import CHANGE_COLUMNS, find_changes
from dashboard.sites.comparison import (
    COUNTRY_COLUMNS,
    SITE_COLUMNS,
    STATE_COLUMNS,
    Comparison,
    compare_sites,
)
from dashboard.sites.positions import LocateMany
from geocache.version import __version__

MAX_SITES = 500_000
"""The most sites of both sides together."""

TABLES: dict[str, tuple[str, ...]] = {
    "sites": SITE_COLUMNS,
    "changes": CHANGE_COLUMNS,
    "countries": COUNTRY_COLUMNS,
    "states": STATE_COLUMNS,
}
"""Every table of a comparison, with its columns."""

_EXAMPLES = ("country=DE", "country=FR&status=Completed", "status=Recruiting")


@dataclass(frozen=True, kw_only=True)
class SideParameter(Parameter):
    """A list, a trial or a filter; names are open, the schema has examples."""

    longest: int = MAX_QUERY

    @property
    def schema(self) -> dict[str, Any]:
        """The JSON Schema of the value."""
        return {"type": "string", "enum": list(_EXAMPLES)}


@dataclass(frozen=True, kw_only=True)
class TableParameter(Parameter):
    """One of :data:`TABLES`."""

    @property
    def schema(self) -> dict[str, Any]:
        """The JSON Schema of the value."""
        return {"type": "string", "enum": list(TABLES)}

    def convert(self, text: str) -> str:
        """The table's name."""
        name = text.strip().casefold()
        if name not in TABLES:
            message = f"{self.name}={text}: unknown table"
            raise FilterError(self.name, text, message, sort_by_similarity(name, TABLES))
        return name


@dataclass(frozen=True, kw_only=True)
class DistanceParameter(Parameter):
    """A distance in km."""

    @property
    def schema(self) -> dict[str, Any]:
        """The JSON Schema of the value."""
        return {"type": "number", "exclusiveMinimum": 0, "maximum": MAX_RADIUS_KM}

    def convert(self, text: str) -> float:
        """Kilometres."""
        return parse_radius(text, self.name)


_SIDE = (
    "the name of an open list, the id of a trial, a filter as in a link, or view=KEY of a saved "
    "one, percent-encoded"
)
PARAMETERS: dict[str, Parameter] = {
    one.name: one
    for one in (
        SideParameter(name="a", about=f"What is compared: {_SIDE}.", example=_EXAMPLES[0]),
        SideParameter(name="b", about=f"What it is compared with: {_SIDE}.", example=_EXAMPLES[1]),
        DistanceParameter(
            name="within_km",
            about="Only sites with a site of the other side no farther away than this.",
            example="50",
        ),
        TableParameter(
            name="table",
            about="Which table. By default the changes between two versions of a trial or list, "
            "else the sites of both sides.",
            example="countries",
        ),
    )
}
"""Every parameter of a comparison by its name."""


@dataclass(frozen=True, slots=True)
class CompareQuery:
    """What is compared; no ``table`` means the default one."""

    a: str
    b: str
    within_km: float | None = None
    table: str = ""

    def to_pairs(self) -> list[tuple[str, str]]:
        """The pairs that :func:`parse_compare_query` reads back."""
        pairs = [("a", self.a), ("b", self.b)]
        pairs += [("within_km", format_number(self.within_km))] if self.within_km else []
        return pairs + ([("table", self.table)] if self.table else [])


def parse_compare_query(pairs: Iterable[tuple[str, str]]) -> CompareQuery:
    """The query of a query string's names and values; ``view_…`` is ignored.

    Raises:
        FilterError: a side is missing, a name is unknown, or a value is not allowed.
    """
    found: dict[str, Any] = {}
    for name, text in pairs:
        if name.startswith(VIEW_PREFIX):
            continue
        parameter = PARAMETERS.get(name)
        if parameter is None:
            allowed = sort_by_similarity(name, PARAMETERS)
            raise FilterError(name[:40], text[:40], f"{name[:40]}: unknown parameter", allowed)
        found[name] = parameter.parse(text, int(name in found))
    for name in ("a", "b"):
        if not found.get(name):
            raise FilterError(name, "", f"{name}: give {_SIDE}", _EXAMPLES)
    return CompareQuery(**found)


@dataclass(frozen=True)
class Compared:
    """Two sides with what their comparison found, and whose data it is.

    ``versions`` says whether they are two versions of one list or trial.
    """

    a: Side
    b: Side
    comparison: Comparison
    versions: bool
    attribution: tuple[str, ...] = ()

    @cached_property
    def changes(self) -> pd.DataFrame:
        """What changed from A to B: :func:`dashboard.sites.changes.find_changes`."""
        return find_changes(self.a.sites, self.b.sites, self.a.dates, self.b.dates)

    def table(self, name: str = "") -> tuple[str, pd.DataFrame]:
        """A table's name and its rows; without a name the default one."""
        name = name or ("changes" if self.versions else "sites")
        if name == "changes":
            return name, self.changes
        rows: pd.DataFrame = getattr(self.comparison, name)
        return name, rows


def compare(
    query: CompareQuery,
    provenance: Provenance,
    locate_many: LocateMany | None,
    search: LocatePlace | None = None,
    load_view: LoadView | None = None,
) -> Compared:
    """The comparison that a query asks for, over the open lists.

    Args:
        query: what is compared.
        provenance: that of the library.
        locate_many: finds places, for the sites of a list.
        search: finds the place of ``near`` in a filter.
        load_view: loads stored views.

    Raises:
        FilterError: a side is unknown, or both together have more than :data:`MAX_SITES` sites.
    """
    library = provenance.library
    a = find_side("a", query.a, library, locate_many, search, load_view=load_view)
    b = find_side("b", query.b, library, locate_many, search, load_view=load_view)
    return compare_sides(a, b, provenance, query.within_km)


def compare_sides(
    a: Side, b: Side, provenance: Provenance, within_km: float | None = None
) -> Compared:
    """Two sides compared.

    Raises:
        FilterError: more than :data:`MAX_SITES` sites.
    """
    if len(a.sites) + len(b.sites) > MAX_SITES:
        message = f"A and B have more than {MAX_SITES:,} sites together: narrow them by a filter"
        raise FilterError("a", a.name, message)
    origins = (provenance.describe(side.sites).attribution for side in (a, b))
    attribution = tuple(dict.fromkeys(line for lines in origins for line in lines))
    comparison = compare_sites(a.sites, b.sites, within_km)
    return Compared(a, b, comparison, are_versions(a, b), attribution)


def build_compare_content(compared: Compared, query: CompareQuery) -> Content:
    """The table that a query asks for, as the content of a file."""
    name, rows = compared.table(query.table)
    dates = sorted(filter(None, (compared.a.as_of, compared.b.as_of)))
    about = About(
        as_of=dates[-1] if dates else "",
        as_of_oldest=dates[0] if dates else "",
        lists=(f"A: {compared.a.name}", f"B: {compared.b.name}"),
        attribution=compared.attribution,
        total=len(rows),
        rows=len(rows),
    )
    return Content(name, rows, about, TABLES[name] if set(TABLES[name]) <= set(rows) else ())


def build_compare_document(compared: Compared, query: CompareQuery) -> bytes:
    """The comparison as one JSON document: both sides, counts, and under ``data`` the table."""
    content = build_compare_content(compared, query)
    document = {
        "title": "Trial site map: comparison",
        "version": __version__,
        "attribution": list(compared.attribution),
        "a": _describe_side(compared.a),
        "b": _describe_side(compared.b),
        "versions": compared.versions,
        "facilities": compared.comparison.facilities,
        "countries": _build_records(compared.comparison.countries),
        "states": _build_records(compared.comparison.states),
        "table": content.name,
        "data": _build_records(content.table),
    }
    return orjson.dumps(document, option=orjson.OPT_SERIALIZE_NUMPY) + b"\n"


def _describe_side(side: Side) -> dict[str, Any]:
    return {"name": side.name, "as_of": side.as_of, "sites": len(side.sites)}


def _build_records(table: pd.DataFrame) -> list[dict[str, Any]]:
    names = [str(name) for name in table.columns]
    columns = [table[name].tolist() for name in names]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]
