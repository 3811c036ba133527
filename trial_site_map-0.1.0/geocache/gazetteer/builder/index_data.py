"""Collects the places, names and regions of all sources in arrays."""

import re
from array import array
from collections.abc import Callable
from typing import Any

import numpy as np

from geocache.gazetteer.builder import postal, sources, tables
from geocache.gazetteer.builder.regions import RegionTable
from geocache.gazetteer.builder.suburbs import find_counties, find_hosts, project_points
from geocache.gazetteer.hashing import LOCALITY_MASK, name_digest, name_hash
from geocache.gazetteer.name_kinds import NameKind
from geocache.gazetteer.postcode_forms import ZIP_COUNTRIES
from geocache.gazetteer.region_names import split_spellings
from geocache.gazetteer.sounds import make_sound_keys
from geocache.geo.names import expand_umlauts, fold, fold_once, make_key

ProgressCallback = Callable[[str, float], None]
"""Called with the current stage and the fraction done, 0-1."""

_JOIN_DECIMALS = 3
_USUAL_COUNT = 235_000
_SPELLING_POPULATION = 5_000
_SOUND_POPULATION = 1_000

_SHORT_LENGTH = 4
_LINK = re.compile(
    "[ -](?:am|an|auf|bei|beim|im|in|ob|unter|under|upon|on|next|by|near|le|la|les|lez|sur|sous|"
    "en|de|del|della|di|da|do|dos|das|aan|nad|pod|pri|sul|sull|sulla|u|v)[ '’-]"
)
"""A linking word, before which a name may end: ``Newcastle under Lyme``."""

# Constants, because looking up a member of an enumeration is slow, and there are a million names.
_OFFICIAL, _PART, _ALTERNATE, _OTHER_SCRIPT = (
    NameKind.OFFICIAL,
    NameKind.PART,
    NameKind.ALTERNATE,
    NameKind.OTHER_SCRIPT,
)


class IndexData:
    """Places, their names and regions, as they go into the index.

    A place is a row in every array; coordinates are in hundred-thousandths of a degree.
    """

    def __init__(self) -> None:
        self.regions = RegionTable()
        self.latitudes, self.longitudes = array("i"), array("i")
        self.populations, self.first, self.second = array("I"), array("i"), array("i")
        self.admin1: list[str] = []
        self.countries: dict[str, int] = {}
        self.country_of = array("H")
        self.names: list[str] = []
        self.hashes, self.rows, self.kinds = bytearray(), array("I"), array("B")
        self._names_by_country: dict[str, list[tuple[str, int]]] = {}
        self.spellings: dict[str, dict[str, int]] = {}
        self.counted = 0
        self.codes: dict[str, Any] = {}
        self.code_ranges: dict[str, tuple[int, int]] = {}
        self._short_names: list[tuple[int, int]] = []
        self.hosts, self.fame = array("I"), array("B")

    def collect(self, progress: ProgressCallback) -> None:
        """Read all sources."""
        progress("Reading states and counties", 0.0)
        named = {
            _round_point(r.country, r.latitude, r.longitude): r for r in sources.read_regions()
        }
        for place in sources.read_places():
            if len(self.names) % 5_000 == 0:
                progress("Reading places", 0.1 + 0.6 * min(1.0, len(self.names) / _USUAL_COUNT))
            region = named.get(_round_point(place.country, place.latitude, place.longitude))
            self.add(place, region.state if region else "", region.county if region else "")
        named.clear()
        self._add_sounds()
        self._add_short_names()
        progress("Finding suburbs and counties", 0.75)
        points = project_points(self.latitudes, self.longitudes)
        self.hosts = find_hosts(points, self.populations)
        counties = find_counties(self.regions.regions, self.names, self.first, self.second, points)
        for row, county in enumerate(counties):
            self.second[row] = county
            for number in (self.first[row], county):
                if number >= 0:
                    self.regions.count(number, row, self.populations[row])
        progress("Naming states", 0.8)
        self.regions.finish(self._find_capital_region)
        progress("Adding post offices and districts", 0.85)
        self._add_postal_table(points)
        self._add_tables()

    def _add_short_names(self) -> None:
        """Add the first words of names such as ``Newcastle under Lyme``, as localities are."""
        self.hashes += np.array([key for key, _ in self._short_names], dtype="<u8").tobytes()
        self.rows.extend([row for _, row in self._short_names])
        self.kinds.extend([_PART] * len(self._short_names))
        self._short_names.clear()

    def _add_tables(self) -> None:
        """Add the names of our own tables."""
        for country, city, name in tables.read_names("aliases.csv"):
            self._add_table_name(self.find(country, city), country, name, NameKind.ALIAS)
        points = tables.read_district_points()
        for country, city, name in tables.read_names("districts.csv"):
            row = self.find(country, city)
            point = points.get((country, fold(name)))
            if row >= 0 and point:
                row = self._add_part(row, name, *point)
            self._add_table_name(row, country, name, NameKind.DISTRICT)

    def _add_table_name(self, row: int, country: str, name: str, kind: NameKind) -> None:
        if row >= 0:
            self.add_name(country, make_key(fold(name)), row, kind)

    def _add_part(self, city: int, name: str, latitude: float, longitude: float) -> int:
        """Add a city's district with its own coordinates; returns its row."""
        regions = (self.admin1[city], self.first[city], self.second[city])
        row = self._append(name, latitude, longitude, self.country_of[city], *regions)
        self.hosts.append(city)
        return row

    def _append(  # noqa: PLR0917 # the values of a row
        self,
        name: str,
        latitude: float,
        longitude: float,
        country: int,
        admin1: str,
        first: int,
        second: int,
        population: int = 0,
        fame: int = 0,
    ) -> int:
        """Append a row to all arrays but ``hosts``; returns its number."""
        self.names.append(name)
        self.latitudes.append(round(latitude * 100_000))
        self.longitudes.append(round(longitude * 100_000))
        self.country_of.append(country)
        self.admin1.append(admin1)
        self.first.append(first)
        self.second.append(second)
        self.populations.append(population)
        self.fame.append(fame)
        return len(self.names) - 1

    def add(self, place: sources.SourcePlace, state: str, county: str) -> int:
        """Add a place with all its names; returns its row."""
        name, latitude, longitude, country, population, admin1, alternates = place
        first = self.regions.add_state(country, admin1, state)
        row = self._append(
            name,
            latitude,
            longitude,
            self.countries.setdefault(country, len(self.countries)),
            admin1,
            first,
            self.regions.add_county(country, admin1, county, first),
            population,
            min(255, len(alternates)),
        )
        link = _LINK.search(name, _SHORT_LENGTH)
        if link:
            key = make_key(fold_once(name[: link.start()]))
            self._short_names.append((name_hash(country, key) ^ LOCALITY_MASK, row))
        names = collect_names(name, alternates)
        self.hashes += b"".join([name_digest(country, name) for name in names])
        self.rows.extend([row] * len(names))
        self.kinds.extend(names.values())
        if population >= _SPELLING_POPULATION:
            spelt = [name for name, kind in names.items() if kind < _OTHER_SCRIPT]
        else:
            spelt = [name for name, kind in names.items() if kind is _OFFICIAL]
        self.add_spellings(country, spelt, row)
        if population >= _SOUND_POPULATION:
            self._names_by_country.setdefault(country, []).extend([(name, row) for name in spelt])
        return row

    def _add_sounds(self) -> None:
        """Add the sound keys of names, by country."""
        for country, names in self._names_by_country.items():
            alike = make_sound_keys(country, [name for name, _ in names])
            rows = [row for _, row in names]
            for sound, row in dict.fromkeys(zip(alike, rows, strict=True)):
                if sound:
                    self.add_name("~" + country, sound, row, NameKind.SOUND)
        self._names_by_country.clear()

    def add_spellings(self, country: str, names: list[str], row: int) -> None:
        """Add spellings, for similar names and for :meth:`find`."""
        spelt, people = self.spellings.setdefault(country, {}), self.populations[row]
        for name in names:
            other = spelt.setdefault(name, row)
            if other != row and self.populations[other] < people:
                spelt[name] = row

    def add_name(self, country: str, name: str, row: int, kind: NameKind) -> None:
        """Add a name of a place for exact lookup."""
        self.hashes += name_digest(country, name)
        self.rows.append(row)
        self.kinds.append(kind)

    def find(self, country: str, name: str) -> int:
        """The row of the most populous place with a name, ``-1`` if there is none."""
        return self.spellings.get(country, {}).get(make_key(fold(name)), -1)

    def _find_capital_region(self, country: str, name: str, level: int) -> int:
        for spelling in split_spellings(name):
            row = self.find(country, spelling)
            if row >= 0 and self.populations[row] > 10_000:
                return self.first[row] if level == 1 else self.second[row]
        return -1

    def _add_postal_table(self, points: Any) -> None:
        """Add the localities and codes of the postal table; ``points`` are the places'."""
        self.counted = len(self.names)
        table = postal.read_postal_table()
        listed = postal.find_regions(table, self.regions.regions)
        localities = postal.collect_localities(table, listed)
        rows = self._add_localities(table, localities, points)
        codes = postal.collect_codes(table)
        found = np.where(localities.of_row >= 0, rows[localities.of_row], -1)
        people = np.array(self.populations).astype(np.int64)
        size = np.where(found >= 0, people[found], -1)
        code_of_row = np.repeat(
            np.arange(len(codes.starts)), np.diff(np.append(codes.starts, len(found)))
        )
        order = np.lexsort((-size, code_of_row))
        row = found[order[codes.starts]]
        first = np.array(self.first)
        region = listed[codes.starts]
        self.codes = {
            "code_keys": codes.keys,
            "code_latitudes": codes.latitude.astype(np.int32),
            "code_longitudes": codes.longitude.astype(np.int32),
            "code_spreads": codes.spread,
            "code_cedex": codes.cedex.astype(np.uint8),
            "code_rows": row.astype(np.int32),
            "code_regions": np.where(
                (region < 0) & (row >= 0), first[np.maximum(row, 0)], region
            ).astype(np.int32),
        }
        edges = np.searchsorted(codes.country, np.arange(len(table.countries) + 1))
        self.code_ranges = {
            country: (int(edges[n]), int(edges[n + 1])) for n, country in enumerate(table.countries)
        }

    def _add_localities(
        self, table: postal.PostalTable, localities: postal.Localities, points: Any
    ) -> Any:
        """Add the localities that are no places yet; returns the row of each."""
        kinds = np.array(self.kinds)
        plain = np.flatnonzero(kinds < _OTHER_SCRIPT)
        known = np.frombuffer(bytes(self.hashes), dtype="<u8").astype(np.uint64)[plain]
        order = np.argsort(known, kind="stable")
        owners = np.array(self.rows)[plain[order]].astype(np.int64)
        wide = postal.select_countries(table, postal.WIDE_COUNTRIES)[localities.country]
        american = postal.select_countries(table, ZIP_COUNTRIES)[localities.country]
        first = np.array(self.first)
        rows = postal.find_same_places(
            localities, wide, known=known[order], rows=owners, points=points, first=first
        )
        new = np.flatnonzero(rows < 0)
        rows[new] = len(self.names) + np.arange(len(new))
        country_of = np.array(
            [self.countries.setdefault(one, len(self.countries)) for one in table.countries]
        )[localities.country[new]]
        nearest = postal.find_nearest(points, localities.latitude[new], localities.longitude[new])
        abroad = np.array(self.country_of)[nearest] != country_of
        state = np.where(abroad, -1, first[nearest])
        first = np.where(localities.region[new] >= 0, localities.region[new], state)
        second = np.where(first == state, np.array(self.second)[nearest], -1)
        american = american[new]
        hashes = np.where(american, localities.hashes[new], localities.hashes[new] ^ LOCALITY_MASK)
        kind = np.where(american, NameKind.POST_OFFICE, NameKind.LOCALITY)
        names = [table.names[name] for name in localities.name[new].tolist()]
        for at in np.flatnonzero(american).tolist():
            country = table.countries[int(localities.country[new[at]])]
            self.spellings.setdefault(country, {}).setdefault(
                make_key(fold_once(names[at])), int(rows[new[at]])
            )
        self.names += names
        self.admin1 += [""] * len(new)
        for target, values in (
            (self.latitudes, localities.latitude[new]),
            (self.longitudes, localities.longitude[new]),
            (self.country_of, country_of),
            (self.first, first),
            (self.second, second),
            (self.populations, np.zeros(len(new))),
            (self.fame, np.zeros(len(new))),
            (self.hosts, rows[new]),
            (self.rows, rows[new]),
            (self.kinds, kind),
        ):
            target.frombytes(values.astype(target.typecode).tobytes())
        self.hashes += hashes.astype("<u8").tobytes()
        return rows


def _round_point(country: str, latitude: float, longitude: float) -> tuple[str, float, float]:
    return country, round(latitude, _JOIN_DECIMALS), round(longitude, _JOIN_DECIMALS)


def collect_names(name: str, alternates: list[str]) -> dict[str, NameKind]:
    """The keys under which a place is found, each with its best kind of name."""
    official = fold_once(name)
    found: dict[str, NameKind] = {make_key(official): _OFFICIAL}
    if "(" in name or " / " in name:
        outside, _, inside = name.replace(" / ", " (").partition("(")
        found.setdefault(make_key(fold(outside)), _PART)
        found.setdefault(make_key(fold(inside)), _ALTERNATE)
    wide = expand_umlauts(name)
    if wide:
        found.setdefault(make_key(fold(wide)), _OFFICIAL)
    for alternate in dict.fromkeys(alternates):
        folded = fold_once(alternate)
        if not folded.isascii():
            found.setdefault(make_key(folded), _OTHER_SCRIPT)
            continue
        short = make_key(folded)
        if short not in found:
            first_words = official.startswith(folded + " ")
            found[short] = _PART if first_words else _ALTERNATE
        wide = expand_umlauts(alternate)
        if wide:
            found.setdefault(make_key(fold(wide)), _ALTERNATE)
    found.pop("", None)
    return found
