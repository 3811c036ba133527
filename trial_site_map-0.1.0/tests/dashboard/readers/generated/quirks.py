"""What people do to a table of sites, a function each, with what must be read all the same.

Every quirk belongs to an aspect of the table; quirks of different aspects can be combined.
"""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from dashboard.readers import READ_COLUMNS
from tests.dashboard.readers.generated.description import TRIAL_ID, SiteList

NAN = float("nan")
TARGETS = (
    *("trial_id", "site_number", "facility", "city", "state", "postcode", "country", "status"),
    *("latitude", "longitude", "own"),
)
_PLACE = ("facility", "city", "state", "postcode", "country")


@dataclass
class Draft:
    """A table before it is written, and what must be read from it.

    ``columns`` has the cells and ``names`` the headers, by target in the file's order; ``wanted``
    and ``own`` are the site table's and the list's own columns; ``above``, ``below`` and ``before``
    (by number of the site) are rows that are no sites.
    """

    sites: SiteList
    columns: dict[str, list[str]]
    names: dict[str, str]
    wanted: dict[str, list[object]]
    own: dict[str, list[object]]
    header: Callable[["Draft"], list[list[str]]] | None = None
    above: list[list[str]] = field(default_factory=list)
    below: list[list[str]] = field(default_factory=list)
    before: dict[int, list[list[str]]] = field(default_factory=dict)
    file_name: str = "list"
    line_end: str = "\n"
    quote_all: bool = False
    first_line: str = ""
    line_tail: str = ""

    def rows(self) -> list[list[str]]:
        """All rows of the table, the header among them."""
        body = [list(row) for row in zip(*self.columns.values(), strict=True)]
        inserted = [one for at, row in enumerate(body) for one in (*self.before.get(at, ()), row)]
        header = self.header(self) if self.header else [self.list_names()]
        return [*self.above, *header, *inserted, *self.below]

    def list_names(self) -> list[str]:
        """The names of the columns, in order."""
        return [self.names[target] for target in self.columns]

    def rename(self, names: dict[str, str]) -> None:
        """Call columns otherwise."""
        if "own" in names and self.own:
            last = list(self.own)[-1]
            self.own = {names["own"] if name == last else name: self.own[name] for name in self.own}
        self.names |= names

    def drop(self, *targets: str) -> None:
        """Leave out columns, in the file and in what is wanted."""
        for target in targets:
            self.columns.pop(target, None)
            if target in ("latitude", "longitude"):
                self.wanted[target] = [NAN] * len(self.wanted[target])
            elif target == "own":
                self.own = {}
            else:
                self.wanted[target] = [""] * len(self.wanted[target])

    def replace(self, targets: Iterable[str], new: str, name: str, cells: list[str]) -> None:
        """Put one column in the place of others."""
        gone = list(targets)
        columns: dict[str, list[str]] = {}
        for target, column in self.columns.items():
            if target == gone[0]:
                columns[new] = cells
            elif target not in gone:
                columns[target] = column
        self.columns = columns
        self.names[new] = name


def draft(sites: SiteList) -> Draft:
    """The plain table of a list."""
    names = dict(zip(TARGETS, sites.header.split("|"), strict=True))
    rows = [
        (TRIAL_ID, *site[:7], f"{site.latitude:g}", f"{site.longitude:g}", str(100 + at))
        for at, site in enumerate(sites.sites)
    ]
    columns = {
        target: list(column)
        for target, column in zip(TARGETS, zip(*rows, strict=True), strict=True)
    }
    wanted: dict[str, list[object]] = {name: list(columns[name]) for name in READ_COLUMNS}
    wanted["latitude"] = [site.latitude for site in sites.sites]
    wanted["longitude"] = [site.longitude for site in sites.sites]
    return Draft(sites, columns, names, wanted, {names["own"]: [float(x) for x in columns["own"]]})


Quirk = Callable[[Draft], None]


def plain(_: Draft) -> None:
    """Nothing odd."""


# The header

_ENGLISH = (
    *("NCT Number", "Site Number", "Facility Name", "City", "State", "Postal Code", "Country"),
    *("Site Status", "Latitude", "Longitude", "Beds"),
)


def _english(change: Draft, write: Callable[[str], str]) -> None:
    change.rename({t: write(name) for t, name in zip(TARGETS, _ENGLISH, strict=True)})


def english_header(change: Draft) -> None:
    _english(change, str)


def upper_header(change: Draft) -> None:
    change.rename({target: name.upper() for target, name in change.names.items()})


def lower_header(change: Draft) -> None:
    change.rename({target: name.lower() for target, name in change.names.items()})


def snake_header(change: Draft) -> None:
    _english(change, lambda name: name.lower().replace(" ", "_"))


def camel_header(change: Draft) -> None:
    _english(change, lambda name: name[0].lower() + name[1:].replace(" ", ""))


def prefixed_header(change: Draft) -> None:
    names = ("nct_id", "site_number", "site_name", "site_city", "site_state", "site_zip")
    more = ("site_country", "site_status", "site_lat", "site_lng", "site_beds")
    change.rename(dict(zip(TARGETS, (*names, *more), strict=True)))


def dotted_header(change: Draft) -> None:
    names = ("study.nct_id", "facility.number", "facility.name", "facility.city", "facility.state")
    more = ("facility.zip", "facility.country", "facility.status", "facility.geo.lat")
    change.rename(dict(zip(TARGETS, (*names, *more, "facility.geo.lon", "beds"), strict=True)))


def numbered_points(change: Draft) -> None:
    change.rename({"latitude": "GPS_1", "longitude": "GPS_2"})


def padded_header(change: Draft) -> None:
    change.header = lambda end: [[f" {name}\xa0 " for name in end.list_names()]]


def broken_header(change: Draft) -> None:
    """A line break inside the names of Excel's narrow columns."""
    change.header = lambda end: [[name.replace(" ", "\n") for name in end.list_names()]]


def header_with_notes(change: Draft) -> None:
    marks = {"country": "*", "city": " *", "facility": " (1)", "state": "²"}
    change.header = lambda end: [
        [end.names[target] + marks.get(target, "") for target in end.columns]
    ]


_GROUPS = {
    **dict.fromkeys(("site_number", "facility"), "Site"),
    **dict.fromkeys(("city", "state", "postcode", "country"), "Address"),
    **dict.fromkeys(("latitude", "longitude"), "Position"),
    "trial_id": "Trial",
    "status": "Status",
    "own": "Capacity",
    "place": "Location",
    "point": "Coordinates",
}
_UNDER_GROUPS = {
    "trial_id": "ID",
    "site_number": "Number",
    "facility": "Name",
    "city": "City",
    "state": "State",
    "postcode": "Postcode",
    "country": "Country",
    "status": "",
    "latitude": "Latitude",
    "longitude": "Longitude",
    "own": "Beds",
    "place": "",
    "point": "",
}


def two_row_header(change: Draft) -> None:
    """A group above the names: `Site` over `Number` and `Name`."""
    change.rename({"own": "Capacity Beds"})
    change.header = _write_two_rows


def _write_two_rows(end: Draft) -> list[list[str]]:
    groups = [_GROUPS.get(target, "") for target in end.columns]
    shown = [group if at == 0 or groups[at - 1] != group else "" for at, group in enumerate(groups)]
    return [shown, [_UNDER_GROUPS.get(target, "") for target in end.columns]]


_TAGS = {
    "trial_id": "#meta+id",
    "site_number": "#loc+code",
    "facility": "#loc+name",
    "city": "#adm2+name",
    "state": "#adm1+name",
    "postcode": "#geo+zip",
    "country": "#country+name",
    "status": "#status",
    "latitude": "#geo+lat",
    "longitude": "#geo+lon",
    "own": "#capacity+beds",
    "place": "#loc",
    "point": "#geo",
}


def tags_row(change: Draft) -> None:
    """The tags of the Humanitarian Exchange Language under the header."""
    change.before[0] = [
        [_TAGS.get(target, "") for target in change.columns],
        *change.before.get(0, ()),
    ]


# Points


def _points(change: Draft, write: Callable[[float, float], str], name: str = "Coordinates") -> None:
    cells = [write(site.latitude, site.longitude) for site in change.sites.sites]
    change.replace(("latitude", "longitude"), "point", name, cells)


def _halves(change: Draft, write: Callable[[float, str], str]) -> None:
    for target, letters in (("latitude", "NS"), ("longitude", "EW")):
        values = [getattr(site, target) for site in change.sites.sites]
        change.columns[target] = [write(value, letters[value < 0]) for value in values]


def decimal_comma(change: Draft) -> None:
    _halves(change, lambda value, _: f"{value:g}".replace(".", ","))


def many_decimals(change: Draft) -> None:
    _halves(change, lambda value, _: f"{value:.12f}")


def hemisphere_letters(change: Draft) -> None:
    _halves(change, lambda value, letter: f"{abs(value):g} {letter}")


def degree_signs(change: Draft) -> None:
    _halves(change, lambda value, _: f"{value:g}°")


def minutes_and_seconds(change: Draft) -> None:
    _halves(change, _write_minutes)


def _write_minutes(value: float, letter: str) -> str:
    seconds = round(abs(value) * 3600)
    return f"{seconds // 3600}°{seconds // 60 % 60}'{seconds % 60}\"{letter}"


def minus_sign(change: Draft) -> None:
    """A typographical minus."""
    _halves(change, lambda value, _: f"{value:g}".replace("-", "\u2212"))


def pair(change: Draft) -> None:
    _points(change, lambda lat, lon: f"{lat:g}, {lon:g}")


def pair_of_blanks(change: Draft) -> None:
    _points(change, lambda lat, lon: f"{lat:g} {lon:g}", "LatLon")


def pair_of_semicolons(change: Draft) -> None:
    _points(change, lambda lat, lon: f"{lat:g};{lon:g}", "GPS")


def pair_in_brackets(change: Draft) -> None:
    _points(change, lambda lat, lon: f"({lat:g}, {lon:g})", "Geolocation")


def well_known_text(change: Draft) -> None:
    _points(change, lambda lat, lon: f"POINT ({lon:g} {lat:g})", "geometry")


def extended_well_known_text(change: Draft) -> None:
    _points(change, lambda lat, lon: f"SRID=4326;POINT({lon:g} {lat:g})", "geom")


def dict_of_point(change: Draft) -> None:
    _points(change, lambda lat, lon: str({"lat": lat, "lng": lon}), "geo")


def json_of_point(change: Draft) -> None:
    _points(
        change,
        lambda lat, lon: json.dumps({"type": "Point", "coordinates": [lon, lat]}),
        "geopoint",
    )


def vector_of_point(change: Draft) -> None:
    """As R writes a point of its maps."""
    _points(change, lambda lat, lon: f"c({lon:g}, {lat:g})", "geometry")


def swapped(change: Draft) -> None:
    columns = change.columns
    columns["latitude"], columns["longitude"] = columns["longitude"], columns["latitude"]


def no_points(change: Draft) -> None:
    change.drop("latitude", "longitude")


# Missing values


def _missing(change: Draft, word: str) -> None:
    """Blank a cell of each column in turn, so that every row keeps its city and country."""
    last = len(change.sites.sites) - 1
    for at, target in enumerate(("site_number", "facility", "state", "postcode", "status")):
        if target not in change.columns:
            continue
        row = min(at, last)
        change.columns[target][row] = word
        change.wanted[target][row] = ""
        if target == "facility" and "site_number" not in change.columns:
            change.wanted["site_number"][row] = ""
    for target in ("latitude", "longitude", "point"):
        if target in change.columns:
            change.columns[target][last] = word
            change.wanted["latitude"][last] = change.wanted["longitude"][last] = NAN
    name, values = list(change.own.items())[-1]
    change.columns["own"][1] = word
    change.own = {**change.own, name: [values[0], NAN, *values[2:]]}


_MISSING = {
    "blanks": "",
    "na": "NA",
    "n_a": "N/A",
    "excel_na": "#N/A",
    "null": "NULL",
    "none": "None",
    "nan": "nan",
    "dash": "-",
    "long_dash": "\u2013",
    "dot": ".",
    "backslash_n": "\\N",
}


def _write_missing(name: str, word: str) -> Quirk:
    def missing(change: Draft) -> None:
        _missing(change, word)

    missing.__name__ = f"missing_as_{name}"
    return missing


# Rows that are no sites, and columns


def title_above(change: Draft) -> None:
    change.above = [*change.above, ["List of sites"], [], ["Made on", "2024-01-02"], []]


def note_below(change: Draft) -> None:
    change.below = [[], ["Source: our own list"]]


def total_below(change: Draft) -> None:
    at = list(change.columns).index("own") if "own" in change.columns else len(change.columns) - 1
    change.below = [["Total", *[""] * (at - 1), str(len(change.sites.sites))]]


def blank_rows(change: Draft) -> None:
    width = len(change.columns)
    change.before[1] = [[""] * width, [""] * width]
    change.below = [[""] * width] * 3


def repeated_header(change: Draft) -> None:
    change.before[2] = [[change.names[target] for target in change.columns]]


def headings_by_country(change: Draft) -> None:
    """The country alone in a row above its sites, and no column of countries."""
    countries = change.columns.pop("country", [])
    width = len(change.columns)
    for at, country in enumerate(countries):
        if at == 0 or countries[at - 1] != country:
            change.before[at] = [*change.before.get(at, ()), [country, *[""] * (width - 1)]]


def country_once(change: Draft) -> None:
    """The country on the first row of its group, as merged cells are saved."""
    countries = change.columns.get("country", [])
    shown = [one if at == 0 or countries[at - 1] != one else "" for at, one in enumerate(countries)]
    if shown.count("") > 1:  # a single blank may be a missing country
        change.columns["country"] = shown


def columns_backwards(change: Draft) -> None:
    change.columns = dict(reversed(change.columns.items()))


def columns_by_name(change: Draft) -> None:
    change.columns = {target: change.columns[target] for target in sorted(change.columns)}


def empty_first_column(change: Draft) -> None:
    change.names["nothing"] = ""
    change.columns = {"nothing": [""] * len(change.sites.sites), **change.columns}


def row_numbers(change: Draft) -> None:
    """The index that pandas writes before a table, without a name."""
    change.names["nothing"] = ""
    numbers = [str(at) for at in range(len(change.sites.sites))]
    change.columns = {"nothing": numbers, **change.columns}
    change.own = {"Column 1": [float(number) for number in numbers], **change.own}


# Trials, numbers, places, statuses


def trial_above(change: Draft) -> None:
    change.columns.pop("trial_id")
    change.above = [[f"Sites of {TRIAL_ID}"], [], *change.above]


def trial_in_file_name(change: Draft) -> None:
    change.columns.pop("trial_id")
    change.file_name = f"sites {TRIAL_ID} final"


def no_trial(change: Draft) -> None:
    change.drop("trial_id")


def trial_as_link(change: Draft) -> None:
    link = f"https://clinicaltrials.gov/study/{TRIAL_ID}"
    change.columns["trial_id"] = [link] * len(change.sites.sites)


def number_before_facility(change: Draft) -> None:
    pairs = zip(change.columns.pop("site_number"), change.columns["facility"], strict=True)
    change.columns["facility"] = [f"{number} - {name}" for number, name in pairs]


def number_with_words(change: Draft) -> None:
    pairs = zip(change.columns.pop("site_number"), change.columns["facility"], strict=True)
    change.columns["facility"] = [f"Site {number} - {name}" for number, name in pairs]


def no_number(change: Draft) -> None:
    change.drop("site_number")


def city_and_country(change: Draft) -> None:
    """City, state and country in one cell."""
    cells = [f"{site.city}, {site.state}, {site.country}" for site in change.sites.sites]
    change.drop("postcode")
    change.replace(("city", "state", "country"), "place", "Location", cells)


def no_state(change: Draft) -> None:
    change.drop("state", "postcode")


def own_status_words(change: Draft) -> None:
    words = change.sites.words
    change.columns["status"] = [words.get(word, word) for word in change.columns["status"]]


def status_of_the_registry(change: Draft) -> None:
    cells = [re.sub(r"\W+", "_", word).upper() for word in change.columns["status"]]
    change.columns["status"] = cells


def no_status(change: Draft) -> None:
    change.drop("status")


# Text


def windows_line_ends(change: Draft) -> None:
    change.line_end = "\r\n"


def old_mac_line_ends(change: Draft) -> None:
    change.line_end = "\r"


def all_quoted(change: Draft) -> None:
    change.quote_all = True


def separator_line(change: Draft) -> None:
    """The line by which Excel is told the separator."""
    change.first_line = "sep={}"


def trailing_separator(change: Draft) -> None:
    change.line_tail = "{}"


def padded_cells(change: Draft) -> None:
    for target, column in change.columns.items():
        change.columns[target] = [f" {cell} " for cell in column]


def no_break_spaces(change: Draft) -> None:
    for target, column in change.columns.items():
        change.columns[target] = [f"{cell}\xa0" if cell else "" for cell in column]


def numbers_as_text(change: Draft) -> None:
    """As programs write that keep Excel from dropping zeros."""
    for target in ("site_number", "postcode"):
        if target in change.columns:
            change.columns[target] = [f'="{cell}"' for cell in change.columns[target]]


def line_break_in_facility(change: Draft) -> None:
    cells = change.columns["facility"]
    change.columns["facility"] = ["\n".join(cell.rsplit(" ", 1)) for cell in cells]


ASPECTS: dict[str, tuple[Quirk, ...]] = {
    "trial": (trial_above, trial_in_file_name, no_trial, trial_as_link),
    "number": (number_before_facility, number_with_words, no_number),
    "place": (city_and_country, no_state),
    "status": (own_status_words, status_of_the_registry, no_status),
    "points": (
        *(decimal_comma, many_decimals, hemisphere_letters, degree_signs, minutes_and_seconds),
        *(minus_sign, pair, pair_of_blanks, pair_of_semicolons, pair_in_brackets),
        *(well_known_text, extended_well_known_text, dict_of_point, json_of_point),
        *(vector_of_point, swapped, no_points),
    ),
    "missing": tuple(_write_missing(name, word) for name, word in _MISSING.items()),
    "columns": (columns_backwards, columns_by_name, empty_first_column, row_numbers),
    "names": (
        *(english_header, upper_header, lower_header, snake_header, camel_header),
        *(prefixed_header, dotted_header, numbered_points),
    ),
    "rows": (
        *(title_above, note_below, total_below, blank_rows, repeated_header),
        *(headings_by_country, country_once),
    ),
    "text": (
        *(windows_line_ends, old_mac_line_ends, all_quoted, separator_line, trailing_separator),
        *(padded_cells, no_break_spaces, numbers_as_text, line_break_in_facility),
    ),
    "header": (padded_header, broken_header, header_with_notes, two_row_header, tags_row),
}
"""Quirks by the aspect of a table that they change, in the order in which they are made."""

APART = (
    {columns_by_name, note_below},  # a note in the column of cities is a site with that city
    {columns_by_name, headings_by_country},
    {repeated_header, header_with_notes},
    {repeated_header, two_row_header},
    {number_with_words, line_break_in_facility},  # the line break is between parts of the name too
)
"""Quirks that contradict each other."""

SINGLE: tuple[Quirk, ...] = (plain, *(quirk for quirks in ASPECTS.values() for quirk in quirks))
OF_CELLS: tuple[Quirk, ...] = tuple(quirk for quirk in SINGLE if quirk not in ASPECTS["text"])
"""Quirks that a workbook can have too."""
OF_RECORDS: tuple[Quirk, ...] = tuple(
    quirk
    for aspect in ("trial", "number", "place", "status", "points", "missing", "columns", "names")
    for quirk in ASPECTS[aspect]
    if quirk not in (trial_above, empty_first_column, row_numbers, decimal_comma)
)
"""Quirks that tables of named and typed values can have: JSON, Parquet, databases."""
