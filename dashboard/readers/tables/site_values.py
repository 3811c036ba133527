"""Parses cells of sites: places and points in one cell, degrees, site numbers in facilities."""

import re
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from dashboard.readers.common.builder import NO_POINT
from dashboard.readers.common.coded_column import CodedColumn
from dashboard.readers.common.column_names import fold_header
from dashboard.readers.common.degrees import (
    PointRecovery,
    are_off_the_globe,
    are_swapped,
    looks_like_thousands,
)
from dashboard.readers.common.messages import Warn, shorten
from dashboard.readers.common.place_knowledge import is_city, looks_like_institution
from dashboard.readers.common.points import parse_point
from dashboard.readers.tables.address import Address, split_address
from geocache.geo.countries import country_code
from geocache.tables.degrees import BOUNDS, parse_degrees

Values = dict[str, CodedColumn]
"""Columns of sites by target, as text."""

Degrees = dict[str, npt.NDArray[np.float64]]
"""Latitudes and longitudes by target, NaN for none."""

_LONGEST_POINT = 200
_LONGEST_FACILITY = 2_000
_POINT_BEHIND = re.compile(r"[\s,;]{0,20}\([\s\d.,;°+−-]{3,60}\)\s{0,20}$")
_NO_DEGREES = frozenset({"", "-", "na", "n/a", "nan", "none", "null", "unknown", "tbd", "#n/a"})
_SEPARATOR = re.compile(r"(?<=\s)[-–—|/]\s++|[;\n]\s*+|,\s++(?=P\.?I\.?\b)")
_SAMPLE = 60
_TOWN_SAMPLE = 300
_NAME_PARTS = re.compile(r"[,;()/|]|\s[-–—]\s")
_NUMBER = re.compile(
    r"^(?:site|centre|center|zentrum|prüfzentrum|centro|sede|centrum|ośrodek)\s*+"
    r"(?:no\.?|nr\.?|number|id|#|n°|nº)?\s*+[#:]?\s*+([A-Z]{0,3}-?\d[\d-]{0,11})$",
    re.IGNORECASE,
)
_PERSON = re.compile(
    r"^(?:P\.?I\.?|(?:principal|lead|sub|co)?[- ]?investigator|prüfarzt|prüfärztin|hauptprüfer|"
    r"investigat(?:eur|rice)(?: principale?)?|investigadora?(?: principal)?|sperimentatore|"
    r"(?:główny )?badacz)(?:\s*[:.]\s*|\s+(?=\S))\S",
    re.IGNORECASE,
)
# Every list with numbers or people in its facilities has one of these: a cheap first check.
_SIGNS = (
    *("pi ", "pi:", "pi.", "p.i", "investig", "prüf", "sperimentator", "badacz"),
    *("\nsite", "\ncent", "\nzentrum", "\nsede", "\nośrodek"),
)


class PlaceColumn:
    """Splits a column of places or addresses into the columns that a table lacks."""

    def __init__(self, place: Mapping[str, int]) -> None:
        self._at = place.get("place")

    def add(self, columns: Sequence[CodedColumn], values: Values) -> None:
        """Fill city, state, postcode and country if the table has no column for them."""
        if self._at is None:
            return
        written = columns[self._at]
        own_country = "country" in values
        split = [
            _use_as_city(split_address(_POINT_BEHIND.sub("", text[-2_000:])), own_country)
            for text in written.texts
        ]
        for at, target in enumerate(("city", "state", "postcode", "country")):
            values.setdefault(target, written.with_texts([address[at] for address in split]))


class PointColumns:
    """Parses latitude and longitude, and collects the cells that hold something else."""

    def __init__(self, place: Mapping[str, int], header: Sequence[str]) -> None:
        self._point = place.get("point")
        self._unread: dict[str, list[str]] = {}
        self._recovery = PointRecovery()
        self._swapped: bool | None = None
        names = {fold_header(column): at for at, column in enumerate(header)}
        # A table this software exported: only the registry's own points are facts of the list.
        self._source = names.get("source") if "precision" in names and "score" in names else None

    def parse(
        self, columns: Sequence[CodedColumn], values: Values, numbers: Sequence[int]
    ) -> Degrees:
        """The degrees that the rows have; ``numbers`` are the row numbers in the file."""
        written = {target: values[target] for target in BOUNDS if target in values}
        if self._point is not None:
            points = columns[self._point]
            halves = {text: _split_point(text) for text in points.texts}
            if self._are_swapped([halves[text] for text in points[:_SAMPLE]], values):
                halves = {text: (second, first) for text, (first, second) in halves.items()}
            for half, target in enumerate(BOUNDS):
                one = points.with_texts([both[half] for both in halves.values()])
                written.setdefault(target, one)
        degrees = {
            target: {text: parse_degrees(text) for text in column.texts}
            for target, column in written.items()
        }
        unread, lost = {}, {}
        for target, known in degrees.items():
            bound = BOUNDS[target]
            unread[target] = [text for text, one in known.items() if not -bound <= one <= bound]
            lost[target] = [text for text in unread[target] if looks_like_thousands(text, bound)]
        recovered: Mapping[int, tuple[float, float]] = {}
        if any(lost.values()) and len(written) == 2:
            countries = list(values.get("country", [""] * len(numbers)))
            both = written["latitude"], written["longitude"]
            recovered = self._recovery.recover(*both, countries)
        parsed: Degrees = {}
        for half, (target, column) in enumerate(written.items()):
            known = degrees[target]
            known.update(dict.fromkeys(lost[target], NO_POINT))
            found = column.spread([known[text] for text in column.texts])
            for row, point in recovered.items():
                found[row] = point[half]
            self._note_unread(target, column, [t for t in unread[target] if t], found, numbers)
            if self._source is not None:
                sources = columns[self._source]
                own = {source for source in sources.texts if source.strip() == "registry"}
                found[~sources.mask(own)] = NO_POINT
            parsed[target] = found
        return parsed

    def _are_swapped(self, halves: Sequence[tuple[str, str]], values: Values) -> bool:
        """True if the points of the first rows are no points, or in no country, as they are."""
        if self._swapped is None:
            countries = values.get("country", [""] * len(halves))[: len(halves)]
            rows = [[*half, country] for half, country in zip(halves, countries, strict=True)]
            place = {"latitude": 0, "longitude": 1, "country": 2}
            self._swapped = are_swapped(rows, place) or are_off_the_globe(rows, place)
        return self._swapped

    def _note_unread(
        self,
        target: str,
        written: CodedColumn,
        unread: Sequence[str],
        found: npt.NDArray[np.float64],
        numbers: Sequence[int],
    ) -> None:
        texts = {text for text in unread if text.strip().casefold() not in _NO_DEGREES}
        bad = [
            f"row {numbers[row]} ({written[row][:40]!r})"
            for row in written.find_rows(texts)
            if np.isnan(found[row])
        ]
        if bad:
            self._unread.setdefault(target, []).extend(bad)

    def report(self, warn: Warn) -> None:
        """Warn which cells hold no degrees, and which were restored."""
        self._recovery.report(warn)
        if self._swapped:
            warn("points have the longitude first, as latitudes or countries show; read so")
        for target, cells in self._unread.items():
            warn(f"{target} that is not a number of degrees, left empty: {shorten(cells)}")


class TownInName:
    """Fills the towns of a list whose sites are called by their towns: `Melbourne, Australia`."""

    def __init__(self, place: Mapping[str, int]) -> None:
        self._applies: bool | None = None
        self._may = "facility" in place and not {"city", "place", "postcode"} & set(place)
        self._count = 0

    def add(self, values: Values) -> None:
        """Fill the city, and a country that is only in the name; decided by the first rows."""
        if not self._may or self._applies is False:
            return
        names = list(values["facility"])
        countries = list(values.get("country", [""] * len(names)))
        pairs = list(zip(names, countries, strict=True))
        known = {pair: _find_town(*pair) for pair in set(pairs)}
        certain = {pair for pair, found in known.items() if found[2]}
        if self._applies is None:
            first = {pair for pair in pairs[:_TOWN_SAMPLE] if pair[0].strip()}
            found = len(first & certain)
            self._applies = bool(found) and found * 2 >= len(first)
        if self._applies:
            values["city"] = CodedColumn.encode([known[pair][0] for pair in pairs])
            values["country"] = CodedColumn.encode(
                [country or known[name, country][1] for name, country in pairs]
            )
            self._count += sum(bool(known[pair][0]) for pair in pairs)

    def report(self, warn: Warn) -> None:
        """Warn how many towns came from names."""
        if self._count:
            warn(f"no column names towns; {self._count} were taken from the sites' names")


def _find_town(name: str, country: str) -> tuple[str, str, bool]:
    """The town in a site's name, the country there, and whether such a town is known.

    The town is the whole name or its last part; before a country it may be an unknown one.
    """
    parts = [part.strip() for part in _NAME_PARTS.split(name[:200]) if part.strip()]
    named = parts.pop() if len(parts) > 1 and len(parts[-1]) > 1 and country_code(parts[-1]) else ""
    code = country_code(country) or country_code(named)
    if country and named and country_code(named) != country_code(country):
        return "", "", False
    for part in reversed(parts):
        if code and is_city(part, code):
            return part, named, True
    alone = bool(named) and len(parts) == 1 and not looks_like_institution(parts[0])
    return (parts[0], named, False) if alone else ("", "", False)


def _use_as_city(address: Address, own_country: bool) -> Address:
    """Use a country alone (`Singapore`) as the city if the country has its own column."""
    if own_country and not any(address[:3]):
        return address._replace(city=address.country)
    return address


def _split_point(text: str) -> tuple[str, str]:
    """Split latitude and longitude: a usual writing, else at `;`, a comma, or a blank."""
    if point := parse_point(text):
        return point
    plain = text[:_LONGEST_POINT].strip().strip("()[]")
    for sign in (r"\s*[;|]\s*", r"\s*,\s+", r"\s+", r","):
        parts = re.split(sign, plain)
        if len(parts) == 2:
            return parts[0], parts[1]
    return ("", "") if plain.casefold() in _NO_DEGREES else (plain, "")


def split_facilities(texts: Sequence[str], warn: Warn) -> tuple[dict[str, str], dict[str, str]]:
    """The site number, and the facility without number and investigator, by distinct text.

    Both hold only texts that change. A warning says how many named an investigator.
    """
    every = "\n" + "\n".join(map(str.strip, texts)).casefold()
    if not any(sign in every for sign in _SIGNS):
        return {}, {}
    numbers: dict[str, str] = {}
    plain: dict[str, str] = {}
    people = 0
    for text in texts:
        parts = [part.strip() for part in _SEPARATOR.split(text[:_LONGEST_FACILITY].strip())]
        kept = [part for part in parts if not _PERSON.match(part)]
        number = _NUMBER.match(kept[0].strip()) if kept else None
        if len(kept) < len(parts) and kept:
            people += 1
        elif not number or len(parts) < 2:
            continue
        if number:
            numbers[text] = number[1]
            kept = kept[1:]
        plain[text] = " - ".join(kept)
    if people:
        warn(f"{people} facilities included an investigator; people's names are dropped")
    return numbers, plain
