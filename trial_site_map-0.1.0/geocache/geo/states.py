"""States and provinces: which one a point lies in, and what they are called.

Data: Natural Earth 1:10m, public domain; see ``data/README.md``. Codes are ISO 3166-2.
"""

import json
import unicodedata
from functools import cache
from math import cos, radians
from typing import Any, NamedTuple

from geocache.geo.distance import KM_PER_DEGREE
from geocache.paths import DATA

COAST_KM = 12.0
"""How far outside every outline a point may lie: they are simplified, and lack small islands."""


class State(NamedTuple):
    """A state or province.

    ``country`` is ISO 3166-1 alpha-2; ``name`` is English, ``local`` as people there write it.
    """

    code: str
    country: str
    name: str
    local: str


@cache
def list_states() -> tuple[State, ...]:
    """All states and provinces, by their codes."""
    return tuple(State(*row) for row in json.loads((DATA / "states.json").read_bytes()))


@cache
def _index_by_code() -> dict[str, State]:
    return {state.code: state for state in list_states()}


def state_name(code: str) -> str:
    """The English name of a state; empty if unknown."""
    found = _index_by_code().get(code)
    return found.name if found else ""


def state_country(code: str) -> str:
    """The country of a state, alpha-2; empty if unknown."""
    found = _index_by_code().get(code)
    return found.country if found else ""


@cache
def _index_by_name() -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for state in list_states():
        for name in (state.code, state.name, state.local):
            found.setdefault(_fold(name), {})[state.code] = None
    return {name: tuple(codes) for name, codes in found.items()}


def find_codes(text: str) -> tuple[str, ...]:
    """The codes of the states that a code or a name stands for; case and accents do not matter.

    ``Bayern``, ``bavaria`` and ``DE-BY`` give ``("DE-BY",)``; a name of several states gives all.
    """
    return _index_by_name().get(_fold(text), ())


def _fold(text: str) -> str:
    parts = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(part for part in parts if not unicodedata.combining(part)).split())


@cache
def _read_outlines(country: str) -> tuple[Any, Any, tuple[str, ...]] | None:
    """The outlines of a country's states, an index of them, and their codes."""
    import numpy as np  # noqa: PLC0415 - keeps `import geocache` light
    import shapely  # noqa: PLC0415

    with np.load(DATA / "states.npz") as data:
        if country not in data.files:
            return None
        packed = data[country]
    counts, at = [], 3
    for size in packed[:3]:
        counts.append(packed[at : at + size])
        at += int(size)
    steps = packed[at:].reshape(2, -1)
    points = np.ascontiguousarray(np.cumsum(steps, axis=1, dtype=np.int64).T / 1000.0)
    offsets = tuple(np.concatenate([[0], np.cumsum(c, dtype=np.int64)]) for c in reversed(counts))
    shapes = shapely.from_ragged_array(shapely.GeometryType.MULTIPOLYGON, points, offsets)
    shapely.prepare(shapes)
    codes = tuple(state.code for state in list_states() if state.country == country)
    return shapes, shapely.STRtree(shapes), codes


def read_state_outlines(country: str) -> dict[str, Any]:
    """The outline of each state of a country (alpha-2) as a shapely MultiPolygon in degrees."""
    outlines = _read_outlines(country)
    if outlines is None:
        return {}
    shapes, _, codes = outlines
    return dict(zip(codes, shapes, strict=True))


def find_states(latitudes: Any, longitudes: Any, country: str) -> list[str]:
    """The code of the state that each point lies in, empty if it is in none.

    Args:
        latitudes: degrees, an array.
        longitudes: degrees, an array of that length.
        country: alpha-2; its states alone are looked at. On the coast the nearest within
            :data:`COAST_KM` counts.
    """
    import numpy as np  # noqa: PLC0415
    import shapely  # noqa: PLC0415

    outlines = _read_outlines(country)
    if outlines is None:
        return [""] * len(latitudes)
    shapes, tree, codes = outlines
    points = shapely.points(np.asarray(longitudes, float), np.asarray(latitudes, float))
    found = np.full(len(points), -1)
    numbers, near = tree.query(points)
    inside = shapely.intersects(shapes[near], points[numbers])
    found[numbers[inside]] = near[inside]
    missing = np.flatnonzero(found < 0)
    if len(missing):
        nearest = tree.nearest(points[missing])
        wide = [COAST_KM / KM_PER_DEGREE / max(0.02, cos(radians(p.y))) for p in points[missing]]
        is_near = shapely.distance(points[missing], shapes[nearest]) <= wide
        found[missing[is_near]] = nearest[is_near]
    return [codes[number] if number >= 0 else "" for number in found.tolist()]
