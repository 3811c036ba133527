"""Reads the postal table of the world: codes with their points, and localities by name.

``geocache/data/postcodes.parquet``, which ``scripts/build_postcodes.py`` makes from GeoNames'
postal table (CC BY 4.0). A row is a locality of a code, sorted by country and code.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
from scipy.spatial import cKDTree

from geocache.errors import IndexBuildError
from geocache.gazetteer.builder.regions import Region
from geocache.gazetteer.builder.suburbs import project_degrees
from geocache.gazetteer.hashing import name_digest
from geocache.gazetteer.postcode_forms import CODE_LENGTH, ZIP_COUNTRIES
from geocache.gazetteer.region_names import normalize_region, split_spellings
from geocache.geo.names import fold_once, make_key
from geocache.paths import DATA

FILE = DATA / "postcodes.parquet"

_SCALE = 10
"""From the table's ten-thousandths of a degree to the index's hundred-thousandths."""

_CELL = 1_500
"""Localities of one name in one cell are one; in ten-thousandths of a degree."""

WIDE_COUNTRIES = ZIP_COUNTRIES | {"CA"}
"""Where a code may be large, and a name stands for one locality of a state."""

SAME_KM, SAME_STATE_KM = 15.0, 400.0
"""A locality within this of a place of its name is that place; the second within wide states."""

_SIGNS = np.zeros(256, dtype=np.uint64)
for _number, _sign in enumerate(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", 1):
    _SIGNS[_sign] = _number
_POWERS = np.array([37 ** (CODE_LENGTH - 1 - n) for n in range(CODE_LENGTH)], dtype=np.uint64)


class PostalTable(NamedTuple):
    """The table's columns; texts as numbers into lists."""

    countries: list[str]
    names: list[str]
    states: list[str]
    country: Any
    name: Any
    state: Any
    code: Any
    cedex: Any
    spread: Any
    latitude: Any
    longitude: Any


def read_postal_table() -> PostalTable:
    """The columns of the table; ``code`` as :func:`geocache.gazetteer.postcode_forms.encode`.

    Raises:
        IndexBuildError: the file is damaged.
    """
    import pyarrow as pa  # noqa: PLC0415 - only for building
    import pyarrow.compute as pc  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    texts = ("country", "name", "state")
    try:
        table = pq.read_table(FILE, read_dictionary=list(texts), memory_map=True)
        lists, numbers = {}, {}
        for column in texts:
            encoded = table[column].combine_chunks()
            lists[column] = encoded.dictionary.to_pylist()
            numbers[column] = encoded.indices.to_numpy()
        padded = pc.utf8_rpad(table["code"].combine_chunks(), CODE_LENGTH)
        signs = np.frombuffer(padded.buffers()[2], dtype=np.uint8)
        signs = signs[: CODE_LENGTH * table.num_rows].reshape(-1, CODE_LENGTH)
        plain = {
            column: table[column].to_numpy()
            for column in ("cedex", "spread", "latitude", "longitude")
        }
    except (OSError, KeyError, pa.ArrowException) as error:
        raise IndexBuildError(f"{FILE} cannot be read: {error}") from error
    codes = np.zeros(len(signs), dtype=np.uint64)
    for place in range(CODE_LENGTH):
        codes += _SIGNS[signs[:, place]] * _POWERS[place]
    return PostalTable(
        countries=lists["country"],
        names=lists["name"],
        states=lists["state"],
        country=numbers["country"],
        name=numbers["name"],
        state=numbers["state"],
        code=codes,
        cedex=plain["cedex"],
        spread=plain["spread"],
        latitude=plain["latitude"].astype(np.int64),
        longitude=plain["longitude"].astype(np.int64),
    )


class Localities(NamedTuple):
    """Distinct localities: a name in a country and a cell of 15 km, or a state of a wide country.

    ``of_row`` has the number of each of the table's rows, -1 for one without a name; ``hashes`` are
    of the country and the name's key.
    """

    of_row: Any
    hashes: Any
    country: Any
    name: Any
    region: Any
    latitude: Any
    longitude: Any


def collect_localities(table: PostalTable, regions: Any) -> Localities:
    """The localities of the table, with their states of ``regions``, which has a value per row."""
    empty = table.names.index("") if "" in table.names else -1
    named = np.flatnonzero(table.name != empty)
    by_state = select_countries(table, WIDE_COUNTRIES)[table.country[named]]
    cells = table.country[named].astype(np.int64) * len(table.names) + table.name[named]
    north, east = table.latitude[named] // _CELL + 600, table.longitude[named] // _CELL + 1_200
    cells = (cells << 24) + np.where(by_state, table.state[named], (north << 12) + east)
    _, first, inverse = np.unique(cells, return_index=True, return_inverse=True)
    rows = named[first]
    of_row = np.full(len(table.name), -1, dtype=np.int64)
    of_row[named] = inverse
    keys = [make_key(fold_once(name)) for name in table.names]
    countries, names = table.country[rows], table.name[rows]
    several = np.bincount(inverse) > 2  # halfway between two codes is no place
    latitude, longitude = (
        np.where(several, find_medians(inverse, column[named]), column[rows])
        for column in (table.latitude, table.longitude)
    )
    digests = [
        name_digest(table.countries[country], keys[name])
        for country, name in zip(countries.tolist(), names.tolist(), strict=True)
    ]
    return Localities(
        of_row,
        np.frombuffer(b"".join(digests), dtype="<u8").astype(np.uint64),
        countries,
        names,
        regions[rows],
        latitude * _SCALE,
        longitude * _SCALE,
    )


def find_medians(groups: Any, values: Any) -> Any:
    """The median of the values of each group; ``groups`` are the values' numbers from 0."""
    ordered = values[np.lexsort((values, groups))]
    counts = np.bincount(groups)
    starts = np.cumsum(counts) - counts
    return (ordered[starts + (counts - 1) // 2] + ordered[starts + counts // 2]) // 2


def select_countries(table: PostalTable, countries: Iterable[str]) -> Any:
    """For each of the table's countries whether it is one of those given."""
    wanted = frozenset(countries)
    return np.array([country in wanted for country in table.countries])


def find_same_places(
    localities: Localities, wide: Any, *, known: Any, rows: Any, points: Any, first: Any
) -> Any:
    """For each locality the row of the place of its name within reach, -1 if there is none.

    ``wide`` says whether any place of the state will do. ``known`` are the sorted hashes of names,
    ``rows`` their places, ``points`` where those lie and ``first`` their states.
    """
    start = np.searchsorted(known, localities.hashes, side="left")
    stop = np.searchsorted(known, localities.hashes, side="right")
    found = np.full(len(start), -1, dtype=np.int64)
    here = project_degrees(localities.latitude, localities.longitude)
    for step in range(int((stop - start).max(initial=0))):
        open_ = np.flatnonzero((start + step < stop) & (found < 0))
        other = rows[start[open_] + step]
        far = ((points[other] - here[open_]) ** 2).sum(axis=1) ** 0.5
        in_state = wide[open_] & (first[other] == localities.region[open_])
        same = far <= np.where(in_state, SAME_STATE_KM, SAME_KM)
        found[open_[same]] = other[same]
    return found


def find_regions(table: PostalTable, regions: Iterable[Region]) -> Any:
    """The number of the state that the table names, for each of its rows, -1 if unknown."""
    by_name: dict[tuple[str, str], int] = {}
    for region in regions:
        for name in region.names if region.level == 1 else ():
            several = (region.country, name) in by_name  # Buenos Aires, city and province
            by_name[region.country, name] = -1 if several else region.number
    pairs = table.country.astype(np.int64) * len(table.states) + table.state
    kinds, inverse = np.unique(pairs, return_inverse=True)
    numbers = []
    for pair in kinds.tolist():
        country, state = table.countries[pair // len(table.states)], pair % len(table.states)
        spellings = split_spellings(table.states[state].rpartition(" / ")[2])
        names = [normalize_region(spelling) for spelling in spellings]
        numbers.append(next((by_name[country, n] for n in names if (country, n) in by_name), -1))
    return np.array(numbers, dtype=np.int64)[inverse]


class Codes(NamedTuple):
    """The codes, sorted by country and code; ``starts`` are the first rows in the table."""

    starts: Any
    keys: Any
    country: Any
    latitude: Any
    longitude: Any
    spread: Any
    cedex: Any


def collect_codes(table: PostalTable) -> Codes:
    """The codes of the table, each at the median of its rows."""
    new = np.ones(len(table.code), dtype=bool)
    new[1:] = (table.code[1:] != table.code[:-1]) | (table.country[1:] != table.country[:-1])
    starts = np.flatnonzero(new)
    code_of_row = np.cumsum(new) - 1
    return Codes(
        starts,
        table.code[starts],
        table.country[starts],
        find_medians(code_of_row, table.latitude) * _SCALE,
        find_medians(code_of_row, table.longitude) * _SCALE,
        table.spread[starts],
        table.cedex[starts],
    )


def find_nearest(points: Any, latitude: Any, longitude: Any) -> Any:
    """The row of the place nearest to each point."""
    _, nearest = cKDTree(points).query(project_degrees(latitude, longitude), k=1)
    return nearest
