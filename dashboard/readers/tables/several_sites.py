"""Cells that name several sites, a trial's all in one row: a site each where that is certain."""

import re
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from typing import NamedTuple

from dashboard.readers.common.address import split_address
from dashboard.readers.common.column_names import folded, names_sites
from dashboard.readers.common.country_text import STATE_CODES
from dashboard.readers.common.job import listed
from dashboard.readers.common.locations_text import LocationParts, split_all
from dashboard.readers.common.place_knowledge import (
    is_city,
    is_city_anywhere,
    is_state,
    like_institution,
)
from geocache.geo.countries import country_code

_SIGNS = re.compile(r"[\n\r;|]")
_BETWEEN = (r"\s*[\n\r]+\s*", r"\s*\|\s*", r"\s*;\s*")
_BULLET = re.compile(r"^(?:[•*·–-]\s*|\(?\d{1,3}[.)]\s+)")
_POSTCODE = re.compile(r"^\d{4,6}\s+")
_PART_OF_ONE = re.compile(
    r"\b(?:dep(?:t|artment|artamento)|division|unit|ward|abteilung|service|klinik für|section)\b",
    re.IGNORECASE,
)
_SHORT_COUNTRIES = frozenset({"USA", "UK", "UAE"})
_MOST_SITES = 2_000
_LONGEST_REPEATED = 80

Columns = list[Sequence[str]]


class _Sites(NamedTuple):
    """What one cell names: sites, or lines that end with a country and are to be divided."""

    sites: tuple[LocationParts, ...] = ()
    lines: tuple[str, ...] = ()
    doubt: bool = False


class SeveralSites:
    """Makes a row a site of rows whose cell of places or facilities names several."""

    def __init__(self, place: Mapping[str, int], header: Sequence[str]) -> None:
        at = place.get("place", place.get("facility"))
        self._at = at
        self._city = place.get("city")
        self._country = place.get("country")
        self._alone = at is not None and names_sites(folded(header[at]))
        self._own = [
            place[one] for one in ("site_number", "latitude", "longitude", "point") if one in place
        ]
        self._status = place.get("status")
        self._parted: list[str] = []
        self._doubtful: list[str] = []
        self._unsure: list[str] = []

    def parted(
        self, columns: Columns, numbers: Sequence[int], country: str
    ) -> tuple[Columns, Sequence[int], dict[int, LocationParts]]:
        """The columns and row numbers, a row a site, and the parts of the sites that were parted.

        ``country`` is that of rows without one. A number or a point of a row is that of none of its
        several sites.
        """
        if self._at is None or not self._may_name_several(columns[self._at]):
            return columns, numbers, {}
        known: dict[tuple[str, str, str], _Sites] = {}
        rows: list[int] = []
        named: dict[int, LocationParts | str] = {}
        several: set[int] = set()
        for row, text in enumerate(columns[self._at]):
            own = columns[self._country][row].strip() if self._country is not None else ""
            city = columns[self._city][row].strip() if self._city is not None else ""
            key = text, city, own or country
            found = known.get(key) or known.setdefault(key, self._sites(*key))
            sites = found.sites or found.lines
            if found.doubt:
                self._doubtful.append(f"row {numbers[row]} ({' '.join(text.split())[:60]!r})")
            if len(sites) > 1:
                self._parted.append(f"row {numbers[row]} ({len(sites)} sites)")
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
        repeated = [self._repeated(at, column, rows, several) for at, column in enumerate(columns)]
        return repeated, [numbers[row] for row in rows], parts

    def report(self, warn: Callable[[str], None]) -> None:
        """Say which rows named several sites, and which perhaps do."""
        if self._parted:
            warn(f"rows that name several sites, made a site each: {listed(self._parted)}")
        if self._doubtful:
            warn(f"cells that may name several sites, kept as one: {listed(self._doubtful)}")
        if self._unsure:
            warn(f"sites that could be divided otherwise: {listed(self._unsure)}")

    def _may_name_several(self, column: Sequence[str]) -> bool:
        return self._alone or _SIGNS.search("\0".join(set(column))) is not None

    def _repeated(
        self, at: int, column: Sequence[str], rows: Sequence[int], several: set[int]
    ) -> Sequence[str]:
        if at in self._own:
            return ["" if row in several else column[row] for row in rows]
        if at == self._status:  # the others are not kept for every site
            return [column[row][:_LONGEST_REPEATED] for row in rows]
        return [column[row] for row in rows]

    def _sites(self, text: str, city: str, country: str) -> _Sites:
        best = _Sites()
        for sign in _BETWEEN:
            lines = _lines(text, sign)
            if not 1 < len(lines) <= _MOST_SITES:
                continue
            towns = _lines(city, sign)
            if city and len(towns) != len(lines):
                continue
            lines = [", ".join(pair) for pair in zip(lines, towns, strict=True)] if city else lines
            found = _judged(lines, country)
            if found.sites or found.lines:
                return found
            best = found if found.doubt else best
        alone = self._alone and not best.doubt and not city
        return _judged(_lines(text, r"\n"), country) if alone else best


def put_parts(
    parts: Mapping[int, LocationParts],
    values: MutableMapping[str, Sequence[str] | Sequence[float]],
    count: int,
) -> None:
    """Fill in the parts of the sites that were parted, by their row of ``count``."""
    for target in ("facility", "city", "state", "postcode", "country") if parts else ():
        column = [str(text) for text in values.get(target, [""] * count)]
        for row, site in parts.items():
            column[row] = getattr(_with_postcode(site), target)
        values[target] = column


def _with_postcode(site: LocationParts) -> LocationParts:
    """The site with the postcode that stands before its city in a place of its own."""
    if site.postcode or not site.city[:1].isdigit():
        return site
    address = split_address(f"{site.city}, {site.country}")
    return site._replace(city=address.city or site.city, postcode=address.postcode)


def _lines(text: str, sign: str) -> list[str]:
    parts = (_BULLET.sub("", part.strip(" ,;|")) for part in re.split(sign, text))
    return [part for part in parts if part]


def _judged(lines: list[str], country: str) -> _Sites:
    """The sites where every line is one; in doubt where several are, or all are hospitals."""
    code = country_code(country)
    cut = [[part.strip() for part in line.split(",") if part.strip()] for line in lines]
    ends = [len(parts) > 1 and _is_country(parts[-1], code) for parts in cut]
    if all(ends):
        return _Sites(lines=tuple(", ".join(parts) for parts in cut))
    sites = [_before_town(parts, code, country) for parts in cut]
    if all(sites):
        return _Sites(tuple(site for site in sites if site))
    if len(lines) < 2:
        return _Sites()
    hospitals = all(like_institution(line) and not _PART_OF_ONE.search(line) for line in lines)
    return _Sites(doubt=hospitals or sum(ends) > 1 or sum(map(bool, sites)) > 1)


def _is_country(text: str, own: str) -> bool:
    code = country_code(text)
    long = len(text) > 3 or text in _SHORT_COUNTRIES  # `DE` is Delaware too
    return bool(code) and long and own in ("", code)


def _before_town(parts: Sequence[str], code: str, country: str) -> LocationParts | None:
    """A site without its country: facility, then a town of ``code``, perhaps with its state."""
    if len(parts) < 2:
        return None
    town = _POSTCODE.sub("", parts[-1])
    if not code:
        named = like_institution(parts[0]) and not parts[0][:1].isdigit()
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
