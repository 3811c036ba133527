"""Writes the files of the index."""

import json
from array import array
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from geocache.gazetteer.builder import tables
from geocache.gazetteer.builder.index_data import IndexData
from geocache.gazetteer.builder.regions import Region
from geocache.gazetteer.hashing import BUCKET_BITS
from geocache.gazetteer.ranking import compute_prior
from geocache.gazetteer.region_names import normalize_region


def write_index(data: IndexData, folder: Path) -> None:
    """Write every file of the index; :class:`geocache.gazetteer.index.Index` reads them."""
    hashes = np.frombuffer(data.hashes, dtype="<u8").astype(np.uint64)
    rows = np.frombuffer(data.rows, dtype=np.uint32)
    kinds = np.frombuffer(data.kinds, dtype=np.uint8)
    people = np.frombuffer(data.populations, dtype=np.uint32)
    order = np.lexsort((rows, -people[rows].astype(np.int64), kinds, hashes))
    hashes = hashes[order]
    _write_array(folder, "hashes", hashes)
    edges = np.arange(1 << BUCKET_BITS, dtype=np.uint64) << np.uint64(64 - BUCKET_BITS)
    buckets = np.append(np.searchsorted(hashes, edges), len(hashes))
    _write_array(folder, "buckets", buckets.astype(np.uint32))
    _write_array(folder, "rows", rows[order])
    _write_array(folder, "kinds", kinds[order])
    for name in ("populations", "latitudes", "longitudes", "first", "second", "hosts", "fame"):
        (folder / name).write_bytes(getattr(data, name).tobytes())
    (folder / "priors").write_bytes(_compute_priors(data).tobytes())
    (folder / "country_of").write_bytes(data.country_of.tobytes())
    texts = [name.encode() for name in data.names]
    _write_array(folder, "text_starts", np.cumsum([0, *map(len, texts)], dtype=np.uint32))
    (folder / "texts").write_bytes(b"".join(texts))
    _write_json(folder, "countries", list(data.countries))
    _write_regions(data, folder)
    _write_spellings(data, folder)
    _write_json(folder, "areas", _build_areas(data))
    for name, values in data.codes.items():
        _write_array(folder, name, values)
    _write_json(folder, "code_ranges", data.code_ranges)


def _compute_priors(data: IndexData) -> "array[float]":
    """The weight of each place regardless of its name."""
    each = islice(zip(data.populations, data.fame, data.hosts, strict=True), data.counted)
    priors = array(
        "d",
        (compute_prior(people, fame, host != row) for row, (people, fame, host) in enumerate(each)),
    )
    others = len(data.names) - data.counted
    return priors + array("d", [compute_prior(0, 0, suburb=False)]) * others


def _write_regions(data: IndexData, folder: Path) -> None:
    _write_json(
        folder,
        "regions",
        {
            country: _to_json([_build_region_row(one) for one in regions])
            for country, regions in data.regions.group_by_country().items()
        },
    )
    _write_json(folder, "region_names", [region.name for region in data.regions.regions])
    first = np.frombuffer(data.first, dtype=np.int32)[: data.counted]
    second = np.frombuffer(data.second, dtype=np.int32)[: data.counted]
    both = np.concatenate((first, second))
    latitudes = np.frombuffer(data.latitudes, dtype=np.int32)[: data.counted]
    order = np.lexsort((np.concatenate((latitudes, latitudes)), both))
    starts = np.searchsorted(both[order], np.arange(len(data.regions.regions) + 1))
    _write_array(folder, "region_starts", starts.astype(np.uint32))
    _write_array(folder, "region_rows", (order % len(first)).astype(np.uint32))
    longitudes = np.tile(np.frombuffer(data.longitudes, dtype=np.int32)[: data.counted], 2)
    in_one = both >= 0
    for name, edge, furthest in (
        ("region_west", np.iinfo(np.int32).max, np.minimum),
        ("region_east", np.iinfo(np.int32).min, np.maximum),
    ):
        edges = np.full(len(data.regions.regions), edge, dtype=np.int32)
        furthest.at(edges, both[in_one], longitudes[in_one])
        _write_array(folder, name, edges)


def _build_region_row(one: Region) -> list[Any]:
    names = sorted(one.names)
    return [one.number, one.name, one.level, one.parent, one.population, one.main_place, names]


def _write_spellings(data: IndexData, folder: Path) -> None:
    """Write the spellings of each country, for similar names."""
    places: dict[str, list[int]] = {}
    with (folder / "spellings").open("wb") as opened:
        for country, spelt in data.spellings.items():
            latin = sorted(filter(str.isascii, spelt))
            latin.sort(key=len)
            text = "\n".join(latin).encode()
            places[country] = [opened.tell(), len(text)]
            opened.write(text)
    _write_json(folder, "spelling_places", places)


def _build_areas(data: IndexData) -> dict[str, dict[str, list[int]]]:
    """Country, prefix, then ``[row of the main city, -1]`` or ``[row, region number]``."""
    areas: dict[str, dict[str, list[int]]] = {}
    by_country = data.regions.group_by_country()
    for country, prefixes, place in tables.read_rows("postcode-areas.csv"):
        if place.startswith("="):
            found = [
                r
                for r in by_country.get(country, ())
                if r.level == 1 and normalize_region(place[1:]) in r.names and r.main_place >= 0
            ]
            value = [found[0].main_place, found[0].number] if found else None
        else:
            row = data.find(country, place)
            value = [row, -1] if row >= 0 else None
        if value:
            areas.setdefault(country, {}).update(dict.fromkeys(prefixes.split(), value))
    for country in ("TR",):
        for region in by_country.get(country, ()):
            for name in region.names:
                if name.startswith("#") and region.main_place >= 0:
                    areas.setdefault(country, {})[name[1:]] = [region.main_place, region.number]
    return areas


def _write_json(folder: Path, name: str, value: Any) -> None:
    (folder / f"{name}.json").write_text(_to_json(value), encoding="utf-8")


def _to_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _write_array(folder: Path, name: str, values: Any) -> None:
    (folder / name).write_bytes(np.ascontiguousarray(values).tobytes())
