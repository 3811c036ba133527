"""Build ``geocache/data/borders.wkb.gz`` from the npm package world-atlas (Natural Earth, 1:10m).

    npm pack world-atlas@2.0.2 && tar xzf world-atlas-2.0.2.tgz
    python scripts/build_borders.py package/countries-10m.json

Each arc is simplified on its own, so that neighbours keep a common border.
"""

import gzip
import json
import sys
from pathlib import Path
from typing import Any

import pycountry
import shapely
from shapely.geometry import GeometryCollection, LineString, MultiPolygon, Polygon, box

TARGET = Path(__file__).parents[1] / "geocache" / "data"
TOLERANCE_DEGREES = 0.01

UNNUMBERED = {
    "Kosovo": "XK", "Somaliland": "SO", "N. Cyprus": "CY", "Cyprus U.N. Buffer Zone": "CY",
    "Dhekelia": "CY", "Akrotiri": "CY", "Baikonur": "KZ", "USNB Guantanamo Bay": "CU",
    "Siachen Glacier": "IN", "Indian Ocean Ter.": "CX",
}  # fmt: skip

PARTS = {
    "GF": ("FR", (-55, 2, -51, 6)),
    "GP": ("FR", (-62, 15.7, -60.9, 16.6)),
    "MQ": ("FR", (-61.4, 14.2, -60.6, 15)),
    "RE": ("FR", (55, -21.6, 56, -20.7)),
    "YT": ("FR", (44.9, -13.2, 45.5, -12.4)),
    "BQ": ("NL", (-69, 11.9, -62, 18)),
    "SJ": ("NO", (5, 70.5, 36, 81)),
}
"""Codes whose land is part of another country in the source: that country, and (west, south, east,
north) in degrees."""


def unwrap_ring(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """A ring with longitudes beyond 180 degrees in place of jumps from 180 to -180."""
    turned = points[:1]
    for x, y in points[1:]:
        turned.append((x - 360 * round((x - turned[-1][0]) / 360), y))
    return turned


def split_at_180(land: Any) -> Any:
    """Land cut at 180 degrees, with what lies beyond moved to the other side."""
    if land.bounds[0] >= -180 and land.bounds[2] <= 180:
        return land
    parts = []
    for turn in (-360, 0, 360):
        cut = shapely.intersection(land, box(turn - 180, -90, turn + 180, 90))
        moved = shapely.transform(cut, lambda points, turn=turn: points - [turn, 0])
        parts += [p for p in shapely.get_parts(moved) if p.geom_type == "Polygon"]
    return MultiPolygon(parts)


def decode(topology: dict[str, Any]) -> dict[str, MultiPolygon]:
    """The land of each country code."""
    (scale_x, scale_y), (shift_x, shift_y) = (
        topology["transform"]["scale"],
        topology["transform"]["translate"],
    )
    arcs = []
    exact = []
    for deltas in topology["arcs"]:
        x = y = 0
        points = []
        for dx, dy in deltas:
            x, y = x + dx, y + dy
            points.append((round(x * scale_x + shift_x, 3), round(y * scale_y + shift_y, 3)))
        line = LineString(points)
        exact.append(points)
        arcs.append(list(line.simplify(TOLERANCE_DEGREES).coords))

    def ring(indices: list[int]) -> list[tuple[float, float]]:
        for source in (arcs, exact):
            points: list[tuple[float, float]] = []
            for index in indices:
                arc = source[index] if index >= 0 else source[~index][::-1]
                points += arc[1:] if points else arc
            if len(points) > 4:
                break
        return unwrap_ring(points)

    land: dict[str, list[Polygon]] = {}
    for shape in topology["objects"]["countries"]["geometries"]:
        known = pycountry.countries.get(numeric=shape.get("id", ""))
        code = known.alpha_2 if known else UNNUMBERED.get(shape["properties"]["name"])
        if not code:
            continue
        rings = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
        for outline, *holes in rings:
            shell, *inner = (ring(indices) for indices in (outline, *holes))
            if len(shell) >= 4:
                made = shapely.make_valid(
                    Polygon(shell, [hole for hole in inner if len(hole) >= 4]),
                    method="structure",
                    keep_collapsed=False,
                )
                land.setdefault(code, []).extend(shapely.get_parts(split_at_180(made)))
    for code, (whole, bounds) in PARTS.items():
        area = box(*bounds)
        land[code] = [p for p in land[whole] if area.contains(p)]
        land[whole] = [p for p in land[whole] if not area.contains(p)]
    return {code: MultiPolygon(parts) for code, parts in sorted(land.items()) if parts}


def main() -> None:
    land = decode(json.loads(Path(sys.argv[1]).read_bytes()))
    collection = shapely.to_wkb(GeometryCollection(list(land.values())))
    target = TARGET / "borders.wkb.gz"
    target.write_bytes(gzip.compress(collection, 9, mtime=0))
    (TARGET / "borders.json").write_text(json.dumps(list(land)) + "\n")
    print(f"{len(land)} countries, {target.stat().st_size / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
