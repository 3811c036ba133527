"""States, provinces and countries as one coverage, and the lines between them.

Coordinates are those of Web Mercator from 0 to 1: x from 180° W, y from 85° N downwards.
"""

import csv
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from math import log2
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import shape

from geocache.gazetteer.builder.sources import SourcePlace

MAX_LATITUDE = 85.0511
LANGUAGES = ("ar", "de", "es", "fr", "it", "ja", "ko", "nl", "pl", "pt", "ru", "zh")
"""Languages that names of countries are kept in, beside English."""

REGION_COUNTRIES = ("GB", "FR", "IT", "ES")
"""Countries whose units in the source are finer than regions; ``regions.csv`` has their regions."""

_COUNTRY_BY_STATE = {
    "FR-GF": "GF", "FR-GP": "GP", "FR-MQ": "MQ", "FR-RE": "RE", "FR-YT": "YT", "FR-CLP": "",
    "NO-21": "SJ", "NO-22": "SJ", "UA-43": "UA", "UA-40": "UA",
    "NL-BQ1": "BQ", "NL-BQ2": "BQ", "NL-BQ3": "BQ", "SH-AC": "SH", "SH-TA": "SH",
}  # fmt: skip
"""ISO 3166-1 codes of units that the source has under another country."""

_COUNTRY_BY_ADM0 = {"KAS": "", "CLP": "", "PGA": "", "IOA": "CX"}
_STATE_BY_SOURCE = {
    "FR-GF": "FR-973", "FR-GP": "FR-971", "FR-MQ": "FR-972", "FR-RE": "FR-974", "FR-YT": "FR-976",
    "LR-X1~": "LR-GP", "LR-X2~": "LR-RG", "TJ-X01~": "TJ-RA", "TD-X01~": "TD-EE",
    "BA-X01~": "BA-SRP", "BA-X02~": "BA-SRP", "BA-X03~": "BA-SRP", "BA-X04~": "BA-SRP",
    "BA-X05~": "BA-SRP", "BA-X06~": "BA-SRP", "BA-X07~": "BA-SRP",
}  # fmt: skip
"""Codes of ISO 3166-2 where the source has one of its own, a country's or none; ``codes.csv`` has
those that became others since, or that the source confused (Moscow and its oblast), with names
where the source's name two states alike."""

_DISPUTED = ("Disputed", "Line of control", "Indefinite", "Indeterminant", "Unrecognized")
_ON_LINE = 0.03 / 360  # about 3 km


@dataclass(slots=True)
class Unit:
    """A state or province, or the part of a country that has none.

    ``country`` is ISO 3166-1 alpha-2, ``state`` ISO 3166-2, both may be empty; ``adm0`` is the
    source's own code of the land, which also tells disputed land apart.
    """

    adm0: str
    country: str
    state: str
    name: str = ""
    local: str = ""
    names: dict[str, str] = field(default_factory=dict)
    area: Any = None


def project(geometry: Any) -> Any:
    """A geometry in degrees as Web Mercator from 0 to 1."""
    return shapely.transform(geometry, project_points)


def project_points(points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Longitude and latitude as x and y."""
    latitude = np.radians(np.clip(points[:, 1], -MAX_LATITUDE, MAX_LATITUDE))
    y = 0.5 - np.arcsinh(np.tan(latitude)) / (2 * np.pi)
    return np.column_stack([points[:, 0] / 360 + 0.5, y])


def build_units(features: list[dict[str, Any]], places: list[SourcePlace]) -> list[Unit]:
    """The units of the world in degrees, one for each code."""
    parts: dict[tuple[str, str, str], list[tuple[float, Any, dict[str, Any]]]] = defaultdict(list)
    regions = _read_regions()
    current = _read_codes()
    by_region = _find_regions(features, places)
    for number, feature in enumerate(features):
        facts = feature["properties"]
        source = facts.get("iso_3166_2") or ""
        country = _COUNTRY_BY_STATE.get(source, facts["iso_a2"])
        country = _COUNTRY_BY_ADM0.get(facts["adm0_a3"], country)
        state = _STATE_BY_SOURCE.get(source, "" if "~" in source else source)
        region = regions.get((country, by_region.get(number, "")))
        if region is not None:
            state = region["code"]
        elif state in current:
            state = current[state]["code"]
        area = shapely.make_valid(shape(feature["geometry"]))
        parts[facts["adm0_a3"], country, state].append((area.area, area, facts))
    codes = {row["code"]: row for row in (*regions.values(), *current.values()) if row["name"]}
    units = []
    for (adm0, country, state), found in sorted(parts.items()):
        facts = max(found, key=lambda part: part[0])[2]
        unit = Unit(adm0, country, state, area=_join([area for _, area, _ in found]))
        if state in codes:
            unit.name = codes[state]["name"]
            unit.local = codes[state]["local"] or facts.get("name") or ""
        elif state:
            unit.name = facts.get("name_en") or facts.get("name") or ""
            unit.local = facts.get("name") or ""
            unit.names = {
                name.removeprefix("name_"): text
                for name, text in facts.items()
                if name.startswith("name_") and isinstance(text, str) and text
            }
        units.append(unit)
    _tell_namesakes_apart(units)
    return units


def _tell_namesakes_apart(units: list[Unit]) -> None:
    """States of a country that share an English name get their local one."""
    counts = Counter((unit.country, unit.name) for unit in units)
    for unit in units:
        if unit.state and counts[unit.country, unit.name] > 1 and unit.local:
            unit.name = unit.local


def _join(areas: list[Any]) -> Any:
    joined = areas[0] if len(areas) == 1 else shapely.union_all(areas)
    return keep_polygons(joined)


def keep_polygons(shape: Any) -> Any:
    """The polygons of a shape, without lines and points."""
    parts = shapely.get_parts(shape)
    polygons = [part for part in parts if part.geom_type == "Polygon"]
    polygons += [
        inner
        for part in parts
        if part.geom_type == "MultiPolygon"
        for inner in shapely.get_parts(part)
    ]
    return shapely.MultiPolygon(polygons)


def _read_regions() -> dict[tuple[str, str], dict[str, str]]:
    with (Path(__file__).parent / "regions.csv").open(encoding="utf-8", newline="") as file:
        return {(row["country"], row["admin1"]): row for row in csv.DictReader(file)}


def _read_codes() -> dict[str, dict[str, str]]:
    with (Path(__file__).parent / "codes.csv").open(encoding="utf-8", newline="") as file:
        return {row["source"]: row for row in csv.DictReader(file)}


def _find_regions(features: list[dict[str, Any]], places: list[SourcePlace]) -> dict[int, str]:
    """GeoNames' admin-1 code of units by number: that of most places inside."""
    inside = [place for place in places if place.country in REGION_COUNTRIES]
    tree = shapely.STRtree(shapely.points([(p.longitude, p.latitude) for p in inside]))
    found = {}
    for number, feature in enumerate(features):
        country = feature["properties"]["iso_a2"]
        if country not in REGION_COUNTRIES:
            continue
        area = shapely.make_valid(shape(feature["geometry"]))
        hits = tree.query(area, predicate="contains")
        votes = Counter(inside[i].admin1 for i in hits if inside[i].country == country)
        if not votes:  # an island without a place
            near = int(tree.nearest(area))
            votes = Counter([inside[near].admin1])
        found[number] = votes.most_common(1)[0][0]
    return found


def simplify(areas: npt.NDArray[Any], zoom: int, pixels: float) -> npt.NDArray[Any]:
    """Areas whose common borders stay common; ``pixels`` of a map 512 wide at zoom 0."""
    return shapely.coverage_simplify(areas, pixels / (512 * 2**zoom))


def join_small(
    units: list[Unit], areas: npt.NDArray[Any], least: float
) -> tuple[list[Unit], npt.NDArray[Any]]:
    """Countries whose states are smaller than ``least`` on average as one unit each."""
    groups: dict[tuple[str, str], list[int]] = defaultdict(list)
    for number, unit in enumerate(units):
        groups[unit.adm0, unit.country].append(number)
    joined, shapes = [], []
    for (adm0, country), numbers in groups.items():
        if len(numbers) > 1 and shapely.area(areas[numbers]).mean() < least:
            joined.append(Unit(adm0, country, ""))
            shapes.append(_join([shapely.coverage_union_all(areas[numbers])]))
        else:
            joined += [units[number] for number in numbers]
            shapes += [areas[number] for number in numbers]
    return joined, np.array(shapes, dtype=object)


def list_parts(area: Any, smallest: float) -> list[Any]:
    """The polygons of an area that are large enough, and always the largest."""
    parts = sorted(shapely.get_parts(area), key=lambda part: -part.area)
    return [part for i, part in enumerate(parts) if i == 0 or part.area >= smallest]


def find_borders(
    units: list[Unit], areas: npt.NDArray[Any], disputed: npt.NDArray[Any], slack: float
) -> dict[str, Any]:
    """Lines that two units share: ``country``, ``disputed`` and ``state``, each a geometry."""
    coordinates, owner = _list_segments(areas)
    swapped = (coordinates[:, 0] > coordinates[:, 2]) | (
        (coordinates[:, 0] == coordinates[:, 2]) & (coordinates[:, 1] > coordinates[:, 3])
    )
    low = np.where(swapped[:, None], coordinates[:, [2, 3, 0, 1]], coordinates)
    keys = np.round(low * 1e9).astype(np.int64)
    order = np.lexsort(keys.T[::-1])
    same = (keys[order][1:] == keys[order][:-1]).all(axis=1)
    first, second = order[:-1][same], order[1:][same]
    apart = owner[first] != owner[second]
    first, second = first[apart], second[apart]
    _, land = np.unique([f"{unit.adm0} {unit.country}" for unit in units], return_inverse=True)
    is_border = land[owner[first]] != land[owner[second]]
    lines = shapely.linestrings(low[first].reshape(-1, 2, 2))
    near = shapely.STRtree(disputed).query(
        shapely.centroid(lines), predicate="dwithin", distance=_ON_LINE + slack
    )
    is_disputed = np.zeros(len(lines), dtype=bool)
    is_disputed[near[0]] = True
    kinds = {
        "country": is_border & ~is_disputed,
        "disputed": is_border & is_disputed,
        "state": ~is_border,
    }
    return {
        kind: shapely.line_merge(shapely.multilinestrings(lines[kept]))
        for kind, kept in kinds.items()
    }


def _list_segments(
    areas: npt.NDArray[Any],
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    """All edges as x, y, x, y, and the number of the area of each."""
    polygons, of_polygon = shapely.get_parts(areas, return_index=True)
    rings, of_ring = shapely.get_rings(polygons, return_index=True)
    points, of_point = shapely.get_coordinates(rings, return_index=True)
    inner = of_point[1:] == of_point[:-1]
    edges = np.hstack([points[:-1], points[1:]])[inner]
    return edges, of_polygon[of_ring[of_point[:-1][inner]]]


def find_disputed(lines: gpd.GeoDataFrame) -> npt.NDArray[Any]:
    """Borders that are disputed or not agreed, of Natural Earth's boundary lines."""
    chosen = lines[lines["featurecla"].str.startswith(_DISPUTED)]
    return np.array(list(project(chosen.geometry.to_numpy())), dtype=object)


def find_label_point(area: Any) -> tuple[Any, float]:
    """The middle of an area's widest part, and how far the border is from there."""
    widest = max(shapely.get_parts(area), key=lambda part: part.area)
    line = shapely.maximum_inscribed_circle(widest, tolerance=widest.length / 2000)
    middle, edge = shapely.get_point(line, 0), shapely.get_point(line, -1)
    return middle, float(shapely.distance(middle, edge))


def choose_zoom(radius: float, pixels: float) -> int:
    """The zoom of the map (256 pixels wide at zoom 0) at which a radius has so many pixels."""
    return max(0, round(log2(pixels / (256 * max(radius, 1e-9)))))
