"""Maps a table's columns: by name, and by content where names are unknown."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from dashboard.readers.common.column_names import (
    TARGETS,
    fold_header,
    is_site_list_header,
    match_header,
)
from dashboard.readers.common.country_text import names_country
from dashboard.readers.common.degrees import looks_like_thousands
from dashboard.readers.common.place_knowledge import is_city, is_city_anywhere, is_state_anywhere
from dashboard.readers.common.points import holds_point
from dashboard.readers.tables.column_values import has_digit, list_values, share
from dashboard.readers.tables.projected_points import parse_metres
from dashboard.readers.tables.row_types import TAG
from dashboard.sites.vocabulary import SITE_STATUSES, site_status_word, status_word
from geocache.geo.countries import country_code
from geocache.tables.degrees import BOUNDS, parse_degrees

_SAMPLE_ROWS = 300
_NAME = frozenset({"name", "nom", "nombre", "nome", "nazwa", "naam", "namn", "navn"})
_REACHED_BY = frozenset({"email", "mail", "phone", "tel", "telephone", "telefon", "mobile"})
_BOTH_COUNTRY_AND_STATE = frozenset({"land", "kraj", "stat", "region", "area", "location"})
"""Names that mean the country in one list and the state in another."""

_TRIAL_ID = re.compile(
    r"^\s*(NCT\d{8}|\d{4}-\d{6}-\d{2}(-\d{2})?|ISRCTN\d+|ACTRN\d+|ChiCTR[\w-]+|CTRI/\S+|jRCT\S+|"
    r"DRKS\d+|EUCTR\S+|JPRN-\S+|KCT\d+|NL-?\w+|RBR-\w+|TCTR\d+|UMIN\d+)\s*$",
    re.IGNORECASE,
)
_MOST = 0.6
_POSTCODE = re.compile(r"^[A-Z0-9][A-Z0-9 -]{2,9}$", re.IGNORECASE)
_PERSON = re.compile(
    r"^(?:dr|prof|mr|mrs|ms|pd)\b\.?\s*(?:med\b|dr\b|prof\b)?|[,;]\s*(?:m\.?d|ph\.?d|mbbs|dnb)\b",
    re.IGNORECASE,
)
_PAIR = re.compile(r"^(gps|coords?|coordinates?|point|geo|position)\s*([12])$")


class Guess(NamedTuple):
    """The column for each target, and sentences about those found by content."""

    columns: dict[str, str]
    notes: tuple[str, ...] = ()


def guess_columns(header: Sequence[str], rows: Sequence[Sequence[str]]) -> dict[str, str]:
    """The column for each target, by names and content: ``{"city": "Ort", …}``.

    ``rows`` are the first rows under the header; a few hundred are enough. Keys are of
    :data:`~dashboard.readers.common.column_names.TARGETS`, values of the header. A person can
    change them and pass them to ``read(…, columns=…)``.
    """
    return guess_with_notes(header, rows).columns


def guess_with_notes(header: Sequence[str], rows: Sequence[Sequence[str]]) -> Guess:
    """As :func:`guess_columns`, with a sentence for every column that was found by content.

    A column whose name says what it holds is not taken for anything else. A guess from content
    needs most of the column's distinct values, and agreement with the places in the other columns.
    """
    table = _Columns(header, rows[:_SAMPLE_ROWS])
    table.match_names()
    table.pair_points()
    table.find_points()
    table.check_meanings()
    table.guess_rest()
    table.drop_halves()
    chosen = {target: at for target, (_, at) in table.chosen.items()}
    columns = {target: header[chosen[target]] for target in TARGETS if target in chosen}
    return Guess(columns, tuple(table.notes))


class _Columns:
    """The columns of a table while they are mapped: ``chosen`` has certainty and index."""

    def __init__(self, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        self.header = header
        self.rows = rows
        self.cells = [
            [text for text in list_values(rows, at) if text != name and not TAG.match(text)]
            for at, name in enumerate(header)
        ]
        self.chosen: dict[str, tuple[float, int]] = {}
        self.notes: list[str] = []

    def match_names(self) -> None:
        """Map by name, checked against the content."""
        for at, name in enumerate(self.header):
            target, certainty = match_header(name)
            if not target and is_site_list_header(fold_header(name)):
                target, certainty = _guess_sites_column(self.cells[at]), 0.55
            if not target:
                continue
            target, certainty = _check_content(target, certainty, self.cells[at], fold_header(name))
            if target and certainty > self.chosen.get(target, (0.0, 0))[0]:
                self.chosen[target] = certainty, at
        _prefer_site_status(self.chosen, self.header)
        if "facility" in self.chosen and self._names_people():
            del self.chosen["facility"]

    def pair_points(self) -> None:
        """Map `GPS_1` and `GPS_2` to latitude and longitude."""
        if {"latitude", "longitude"} & set(self.chosen):
            return
        pairs: dict[str, dict[str, int]] = {}
        for at, name in enumerate(self.header):
            if found := _PAIR.match(re.sub(r"(?<=\D)(?=\d)", " ", fold_header(name))):
                pairs.setdefault(found[1], {})[found[2]] = at
        for halves in pairs.values():
            if len(halves) == 2 and all(
                share(self.cells[at], lambda text: parse_degrees(text) == parse_degrees(text)) > 0.9
                for at in halves.values()
            ):
                self.chosen["latitude"] = 0.5, halves["1"]
                self.chosen["longitude"] = 0.5, halves["2"]
                first, second = (self.header[halves[number]] for number in "12")
                self.notes.append(f"latitude read from {first!r}, longitude from {second!r}")
                return

    def find_points(self) -> None:
        """Map a column of points, also behind an address, if no other says where the sites are."""
        if {"latitude", "longitude", "point"} & set(self.chosen):
            return
        for at, values in enumerate(self.cells):
            if share(values, holds_point) > _MOST:
                self.chosen["point"] = 0.5, at
                if match_header(self.header[at])[0] not in ("point", "place"):
                    self.notes.append(f"points read from {self.header[at]!r}, by its content")
                return

    def check_meanings(self) -> None:
        """Drop columns whose content says that their name means something else."""
        if "city" in self.chosen and self._holds_people(self.chosen["city"][1]):
            name = self.header[self.chosen.pop("city")[1]]
            self.notes.append(f"column {name!r} names people, not towns; not used")
        if "state" in self.chosen and "country" not in self.chosen:
            at = self.chosen["state"][1]
            if self._are_countries(at):
                self.chosen["country"] = self.chosen.pop("state")[0] - 0.3, at
                self.notes.append(
                    f"column {self.header[at]!r} holds countries, not states; used as the country"
                )
        if "city" not in self.chosen and "place" in self.chosen:
            at = self.chosen["place"][1]
            if not any(map(_may_be_place, self.cells[at])) and self.cells[at]:
                certainty, _ = self.chosen.pop("place")
                self.chosen.setdefault("facility", (certainty, at))

    def guess_rest(self) -> None:
        """Map columns of unknown names whose content is certain."""
        taken = {at for _, at in self.chosen.values()}
        for at, values in enumerate(self.cells):
            if at in taken or match_header(self.header[at])[0] or _is_about_others(self.header[at]):
                continue
            target = guess_by_content(values)
            if not target or target in self.chosen or (target == "country" and self._has_place()):
                continue
            if target == "country" and not self._agrees_with_places(at):
                continue
            self.chosen[target] = 0.3, at
            taken.add(at)
            name = target.replace("_", " ")
            self.notes.append(f"{name} guessed from the content of {self.header[at]!r}, uncertain")

    def drop_halves(self) -> None:
        """Drop what other columns say better, and half of a point."""
        chosen = self.chosen
        if "city" in chosen:
            chosen.pop("place", None)
        if "latitude" in chosen and "longitude" in chosen:
            chosen.pop("point", None)
        else:
            for target in BOUNDS:
                if target in chosen:
                    at = chosen.pop(target)[1]
                    self.notes.append(f"column {self.header[at]!r} alone gives no point; not used")

    def _has_place(self) -> bool:
        return "place" in self.chosen

    def _names_people(self) -> bool:
        """True if `Name`, beside telephones or e-mail and without towns, names people."""
        words = {word for name in self.header for word in fold_header(name).split()}
        return (
            fold_header(self.header[self.chosen["facility"][1]]) in _NAME
            and bool(words & _REACHED_BY)
            and not {"city", "postcode", "place", "point", "latitude"} & set(self.chosen)
        )

    def _holds_people(self, at: int) -> bool:
        return share(self.cells[at], _PERSON.search) > 0.5

    def _are_countries(self, at: int) -> bool:
        """True for full names of countries, few of them states too, that the towns agree with."""
        distinct = [text for text in set(self.cells[at]) if len(text) > 3 or not text.isascii()]
        if not distinct or len(distinct) * 2 < len(set(self.cells[at])):
            return False
        return (
            share(distinct, country_code) > 0.8
            and share(distinct, is_state_anywhere) < 0.5
            and self._agrees_with_places(at)
        )

    def _agrees_with_places(self, at: int) -> bool:
        """False if the towns of most rows lie in other countries than the column says."""
        if "city" not in self.chosen:
            return True
        city_at = self.chosen["city"][1]
        here = elsewhere = 0
        for row in self.rows:
            code = country_code(row[at][:200]) if at < len(row) else ""
            city = row[city_at][:200].strip() if city_at < len(row) else ""
            if code and city and is_city_anywhere(city):
                found = is_city(city, code)
                here += found
                elsewhere += not found
        return here >= elsewhere


def _is_about_others(name: str) -> bool:
    """True for the name of a column about people, or about a sponsor."""
    words = set(fold_header(name).split())
    return bool(
        words
        & {"sponsor", "applicant", "manufacturer", "nationality", "citizenship", "author", "birth"}
    )


def _may_be_place(text: str) -> bool:
    """True for a text of several parts, or a known town or country."""
    return (
        "," in text
        or "\n" in text
        or ";" in text
        or (has_digit(text) and " " in text)
        or bool(country_code(text[:100]))
        or is_city_anywhere(text[:100])
    )


def _check_content(  # noqa: PLR0911 - a list of cases
    target: str, certainty: float, values: Sequence[str], key: str
) -> tuple[str, float]:
    """Check a target, found by the folded name ``key``, against the content."""
    if not values:
        return target, certainty - 0.3
    if target in ("latitude", "longitude"):
        good = sum(
            parse_degrees(value) == parse_degrees(value)
            or looks_like_thousands(value, BOUNDS[target])
            or parse_metres(value) is not None
            for value in values
        )
        # A full name is trusted, so that wrong values in the column are reported.
        named_in_full = certainty > 0.98
        return (target, certainty) if named_in_full or good * 2 >= len(values) else ("", 0.0)
    if target == "site_number":
        if share(values, re.compile(r"NCT\d{8}").search) > 0.5:
            return "", 0.0
        if share(values, lambda value: not has_digit(value) or len(value) > 24) > 0.5:
            return "facility", 0.7
    if target == "facility" and all(value.isdigit() and len(value) <= 6 for value in values):
        return "site_number", certainty - 0.1
    if target == "trial_id" and share(values, _TRIAL_ID.match) > 0.8:
        return target, certainty + 0.5
    if target in ("country", "state"):
        return _check_country(target, certainty, values, key)
    if target == "status" and not share(values, lambda value: bool(site_status_word(value))):
        return target, certainty - 0.3
    return target, certainty


def _check_country(
    target: str, certainty: float, values: Sequence[str], key: str
) -> tuple[str, float]:
    """Which of country and state an ambiguous name means; a plain one keeps its meaning."""
    if key in _BOTH_COUNTRY_AND_STATE:
        countries = share(values, lambda value: bool(country_code(value[:200])))
        distinct = set(values)
        in_full = any(map(names_country, values))  # codes of states are codes of countries too
        states = share(list(distinct), is_state_anywhere)
        if target == "state" and countries > 0.9 and in_full and states < 0.5:
            return "country", 0.6
        if target == "country" and countries < 0.1 and len(values) > 5:
            return "state", 0.3
    if target == "country" and all(len(value) <= 3 for value in values):
        return target, certainty - 0.2
    return target, certainty


def _guess_sites_column(values: Sequence[str]) -> str:
    """The target of a column `Sites`: sites with towns, hospitals alone, or none for counts."""
    if not values or share(values, str.isdigit) > 0.2:
        return ""
    return "place" if share(values, lambda value: "," in value) > 0.5 else "facility"


def _prefer_site_status(chosen: dict[str, tuple[float, int]], header: Sequence[str]) -> None:
    """Use the only recruitment status of a table as that of the sites."""
    if "trial_status" in chosen and "status" not in chosen:
        at = chosen["trial_status"][1]
        if match_header(header[at])[0] == "trial_status" and "recruitment" in header[at].casefold():
            chosen["status"] = chosen.pop("trial_status")


def guess_by_content(values: Sequence[str]) -> str:
    """``trial_id``, ``country`` or ``status`` for a column that holds nothing else, else empty."""
    if len(values) < 1:
        return ""
    distinct = list(dict.fromkeys(values))
    if share(values, _TRIAL_ID.match) > 0.8:
        return "trial_id"
    if (
        share(values, lambda value: country_code(value[:200])) > 0.8
        and share(distinct, lambda value: country_code(value[:200])) > 0.5
        and any(map(names_country, values))
    ):
        return "country"
    # Words of a registry only: `open` and `closed` stand in columns about contracts too.
    if share(values, lambda value: status_word(value[:200]) in SITE_STATUSES) > 0.8:
        return "status"
    return ""


def guess_without_header(rows: Sequence[Sequence[str]]) -> dict[str, int]:
    """The column for each target in a table without header; empty if it is no site list.

    A country column is needed; the city is the text column before it, the facility the longest.
    """
    width = max((len(row) for row in rows), default=0)
    cells = [list_values(rows[:_SAMPLE_ROWS], at) for at in range(width)]
    found: dict[str, int] = {}
    for at, values in enumerate(cells):
        target = guess_by_content(values) if values else ""
        if target and target not in found:
            found[target] = at
    if "country" not in found:
        return {}
    country = found["country"]
    city = _find_city_column(rows[:_SAMPLE_ROWS], country, width)
    if city is not None and city not in found.values():
        found["city"] = city
    texts = [
        at
        for at, values in enumerate(cells)
        if values and at not in found.values() and share(values, _is_words) > 0.6
    ]
    before = [at for at in texts if at < country]
    if city is not None:
        others = [at for at in texts if at != city]
        if others:
            found["facility"] = max(others, key=lambda at: sum(map(len, cells[at])))
    elif before:
        longest = max(texts, key=lambda at: sum(map(len, cells[at])) / len(cells[at]))
        if len(texts) > 1:
            found["facility"] = longest
        rest = [
            at
            for at in before
            if at != found.get("facility") and share(cells[at], _PERSON.search) <= 0.5
        ]
        if rest:
            found["city"] = rest[0]
            if len(rest) > 1:
                found["state"] = rest[-1]
    for at, values in enumerate(cells):
        if at not in found.values() and values and share(values, _is_postcode) > 0.7:
            found.setdefault("postcode", at)
    return found


def _find_city_column(rows: Sequence[Sequence[str]], country: int, width: int) -> int | None:
    """The column with most cities of their rows' countries; None if fewer than a third are."""
    known = [0] * width
    for row in rows:
        code = country_code(row[country][:200]) if country < len(row) else ""
        for at, cell in enumerate(row if code else ()):
            known[at] += at != country and len(cell) < 100 and is_city(cell, code)
    best = max(range(width), key=known.__getitem__)
    return best if known[best] * 3 >= len(rows) else None


def _is_words(value: str) -> bool:
    return sum(letter.isalpha() for letter in value) * 2 > len(value)


def _is_postcode(value: str) -> bool:
    return bool(_POSTCODE.match(value)) and has_digit(value)
