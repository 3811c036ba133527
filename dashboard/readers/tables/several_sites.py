"""Splits cells that hold several sites into one row per site, where that is certain."""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from dashboard.readers.common.coded_column import CodedColumn
from dashboard.readers.common.column_names import fold_header, is_site_list_header
from dashboard.readers.common.country_text import STATE_CODES
from dashboard.readers.common.locations_text import LocationParts, split_all
from dashboard.readers.common.messages import Warn, shorten
from dashboard.readers.common.place_knowledge import (
    is_city,
    is_city_anywhere,
    is_state,
    looks_like_institution,
)
from dashboard.readers.tables.address import split_address
from geocache.geo.countries import country_code

_SIGNS = re.compile(r"[\n\r;|]")
_BETWEEN = (r"[\n\r]\s*+", r"\|\s*+", r";\s*+")
_BULLET = re.compile(r"^(?:[•*·–-]\s*|\(?\d{1,3}[.)]\s+)")
_POSTCODE = re.compile(r"^\d{4,6}\s+")
_PART_OF_ONE = re.compile(
    r"\b(?:dep(?:t|artment|artamento)|division|unit|ward|abteilung|service|klinik für|section)\b",
    re.IGNORECASE,
)
_SHORT_COUNTRIES = frozenset({"USA", "UK", "UAE"})
_MAX_SITES = 2_000
_LONGEST_REPEATED = 80


class _CellSites(NamedTuple):
    """The sites of a cell, or its lines that end with a country and are split later."""

    sites: tuple[LocationParts, ...] = ()
    lines: tuple[str, ...] = ()
    doubt: bool = False


class SiteSplitter:
    """Splits rows whose cell of places or facilities holds several sites."""

    def __init__(self, place: Mapping[str, int], header: Sequence[str]) -> None:
        at = place.get("place", place.get("facility"))
        self._at = at
        self._city = place.get("city")
        self._country = place.get("country")
        self._alone = at is not None and is_site_list_header(fold_header(header[at]))
        self._own = [
            place[one] for one in ("site_number", "latitude", "longitude", "point") if one in place
        ]
        self._status = place.get("status")
        self._split_rows: list[str] = []
        self._doubtful: list[str] = []
        self._unsure: list[str] = []

    def split(
        self, columns: list[CodedColumn], numbers: Sequence[int], country: str
    ) -> tuple[list[CodedColumn], Sequence[int], dict[int, LocationParts]]:
        """The columns and row numbers with one row per site, and the parts of split sites by row.

        ``country`` applies to rows without one. A split row's number and point are dropped: they
        belong to none of its sites.
        """
        if self._at is None or not self._may_hold_several(columns[self._at]):
            return columns, numbers, {}
        countries = list(columns[self._country]) if self._country is not None else None
        cities = list(columns[self._city]) if self._city is not None else None
        known: dict[tuple[str, str, str], _CellSites] = {}
        rows: list[int] = []
        named: dict[int, LocationParts | str] = {}
        several: set[int] = set()
        for row, text in enumerate(columns[self._at]):
            own = countries[row].strip() if countries is not None else ""
            city = cities[row].strip() if cities is not None else ""
            key = text, city, own or country
            found = known.get(key) or known.setdefault(key, self._find_sites(*key))
            sites = found.sites or found.lines
            if found.doubt:
                self._doubtful.append(f"row {numbers[row]} ({' '.join(text.split())[:60]!r})")
            if len(sites) > 1:
                self._split_rows.append(f"row {numbers[row]} ({len(sites)} sites)")
                several.add(row)
            named.update(enumerate(sites, len(rows)))
            rows.extend([row] * max(1, len(sites)))
        if not named:
            return columns, numbers, {}
        split = split_all(line for line in named.values() if isinstance(line, str))
        parts = {at: split[one] if isinstance(one, str) else one for at, one in named.items()}
        self._unsure += [
            f"row {numbers[rows[at]]} ({site.facility[:60]!r})"
            for at, site in parts.items()
            if not site.sure
        ]
        repeated = [
            CodedColumn.encode(self._repeat(at, list(column), rows, several))
            for at, column in enumerate(columns)
        ]
        return repeated, [numbers[row] for row in rows], parts

    def report(self, warn: Warn) -> None:
        """Warn which rows were split, and which may hold several sites."""
        if self._split_rows:
            warn(f"rows with several sites, split: {shorten(self._split_rows)}")
        if self._doubtful:
            warn(f"cells that may hold several sites, kept as one: {shorten(self._doubtful)}")
        if self._unsure:
            warn(f"sites that could be split differently: {shorten(self._unsure)}")

    def _may_hold_several(self, column: CodedColumn) -> bool:
        return self._alone or _SIGNS.search("\0".join(column.texts)) is not None

    def _repeat(
        self, at: int, column: Sequence[str], rows: Sequence[int], several: set[int]
    ) -> list[str]:
        if at in self._own:
            return ["" if row in several else column[row] for row in rows]
        if at == self._status:  # longer texts are not repeated
            return [column[row][:_LONGEST_REPEATED] for row in rows]
        return [column[row] for row in rows]

    def _find_sites(self, text: str, city: str, country: str) -> _CellSites:
        best = _CellSites()
        for sign in _BETWEEN:
            lines = _split_lines(text, sign)
            if not 1 < len(lines) <= _MAX_SITES:
                continue
            towns = _split_lines(city, sign)
            if city and len(towns) != len(lines):
                continue
            lines = [", ".join(pair) for pair in zip(lines, towns, strict=True)] if city else lines
            found = _find_in_lines(lines, country)
            if found.sites or found.lines:
                return found
            best = found if found.doubt else best
        alone = self._alone and not best.doubt and not city
        return _find_in_lines(_split_lines(text, r"\n"), country) if alone else best


def fill_parts(
    parts: Mapping[int, LocationParts], values: dict[str, CodedColumn], count: int
) -> None:
    """Fill the columns of ``count`` rows with the parts of split sites."""
    for target in ("facility", "city", "state", "postcode", "country") if parts else ():
        column = list(values.get(target, [""] * count))
        for row, site in parts.items():
            column[row] = getattr(_split_postcode(site), target)
        values[target] = CodedColumn.encode(column)


def _split_postcode(site: LocationParts) -> LocationParts:
    """Split a postcode off the site's city."""
    if site.postcode or not site.city[:1].isdigit():
        return site
    address = split_address(f"{site.city}, {site.country}")
    return site._replace(city=address.city or site.city, postcode=address.postcode)


def _split_lines(text: str, sign: str) -> list[str]:
    parts = (_BULLET.sub("", part.strip(" ,;|\t\r\n")) for part in re.split(sign, text))
    return [part for part in parts if part]


def _find_in_lines(lines: list[str], country: str) -> _CellSites:
    """The sites if every line is one; in doubt if several are, or all are hospitals."""
    code = country_code(country)
    cut = [[part.strip() for part in line.split(",") if part.strip()] for line in lines]
    ends = [len(parts) > 1 and _is_country(parts[-1], code) for parts in cut]
    if all(ends):
        return _CellSites(lines=tuple(", ".join(parts) for parts in cut))
    sites = [_parse_without_country(parts, code, country) for parts in cut]
    if all(sites):
        return _CellSites(tuple(site for site in sites if site))
    if len(lines) < 2:
        return _CellSites()
    hospitals = all(
        looks_like_institution(line) and not _PART_OF_ONE.search(line) for line in lines
    )
    return _CellSites(doubt=hospitals or sum(ends) > 1 or sum(map(bool, sites)) > 1)


def _is_country(text: str, own: str) -> bool:
    code = country_code(text)
    long = len(text) > 3 or text in _SHORT_COUNTRIES  # `DE` is Delaware too
    return bool(code) and long and own in ("", code)


def _parse_without_country(parts: Sequence[str], code: str, country: str) -> LocationParts | None:
    """Parse a facility with its town, and perhaps its state, in the country ``code``."""
    if len(parts) < 2:
        return None
    town = _POSTCODE.sub("", parts[-1])
    if not code:
        named = looks_like_institution(parts[0]) and not parts[0][:1].isdigit()
        at = 1 if named and is_city_anywhere(town) else 0
    elif is_city(town, code):
        at = 1
    else:
        state = (code == "US" and parts[-1] in STATE_CODES) or is_state(parts[-1], code)
        at = 2 if len(parts) > 2 and state and is_city(parts[-2], code) else 0
    if not at:
        return None
    facility, (city, *states) = ", ".join(parts[:-at]), parts[-at:]
    return LocationParts(facility, city, "".join(states), "", country)
