"""Recognizes rows that are no sites: totals, notes, headings between sites, repeated headers."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from dashboard.readers.common.coded_column import CodedColumn, Mask
from dashboard.readers.common.country_text import names_country
from dashboard.readers.common.missing import find_missing, is_missing
from dashboard.readers.common.trial_number import find_trial_id

_TOTAL = re.compile(
    r"^\W{0,20}(?:(?:grand|sub|over ?all|site|study|sites)[ -]*)?(?:totals?|sums?|summen?|"
    r"gesamt(?:summe)?|insgesamt|zwischensumme|totaux|totale|totales|totaal|totalt|suma|somme|soma|razem|ogółem|"
    r"итого|всего|toplam|合計|总计|合计|합계|총계)\b\s*"
    r"(?:\(?n\)?\s*=|[:=(]|$|\d|sites?\b|of\b|number\b)",
    re.IGNORECASE,
)
_TOTAL_WORDS = re.findall(
    r"\S+",
    "total sum gesamt totaux totaal suma somme soma razem ogółem итого всего toplam 合計 总计 合计 "
    "합계 총계",
)
_RULE = re.compile(r"^[\s:|=_*+–—-]*$")
_AFTER_COUNTRY = re.compile(r"\s{0,9}(?:[:(\[]|[-–]\s{0,9}\d).*$", re.DOTALL)

TAG = re.compile(r"^#[a-z][a-z0-9_]{1,30}(?:\s{0,3}\+[a-z0-9_]{1,30}){0,8}$", re.IGNORECASE)
"""A tag of the Humanitarian Exchange Language, which stands under a header: `#loc +name`."""

_PLACES = ("city", "state", "postcode", "place", "point", "latitude", "longitude")


def find_blank_rows(
    columns: Iterable[CodedColumn], find_blank: Callable[[list[str]], set[str]]
) -> Mask | None:
    """Which rows are blank in all columns, by the texts that ``find_blank`` finds; None if none."""
    blank: Mask | None = None
    for column in columns:
        texts = find_blank(column.texts)
        if not texts:
            return None
        blank = column.mask(texts) if blank is None else blank & column.mask(texts)
        if not blank.any():
            return None
    return blank


class RowType(NamedTuple):
    """``site``, ``blank``, ``note``, or a heading: ``country`` or ``trial``, with its text."""

    name: str
    text: str = ""


_SITE = RowType("site")


class RowClassifier:
    """Classifies rows by the known columns."""

    def __init__(self, place: Mapping[str, int], header: Sequence[str]) -> None:
        self._header = [_fold(cell) for cell in header]
        self._places = [place[target] for target in _PLACES if target in place]
        self._country = place.get("country")
        self._facility = place.get("facility")
        self._first = next(iter(self._places), self._country)
        known = {*self._places, self._country, self._facility} - {None}
        self._width = len(known)

    def find_suspects(self, columns: Sequence[CodedColumn]) -> list[int]:
        """The rows that may be no sites, by index: few, so that millions of rows cost little."""
        found: set[int] = set()
        if self._places and self._width > 1:
            blank = find_blank_rows([columns[at] for at in self._places], find_missing)
            found.update(() if blank is None else np.flatnonzero(blank).tolist())
        for column in columns[:3]:
            every = "\n".join(column.texts).casefold()
            if any(word in every for word in _TOTAL_WORDS):
                found.update(column.find_rows(set(filter(_TOTAL.match, column.texts))))
        if self._first is not None:
            column = columns[self._first]
            name = self._header[self._first]
            repeated = {
                text
                for text in column.texts
                if (text and not text[0].isalnum() and _RULE.match(text))
                or (len(text) <= len(name) + 3 and _fold(text) == name)
                or TAG.match(text)
            }
            found.update(column.find_rows(repeated))
        return sorted(found)

    def classify(self, row: Sequence[str], below: Sequence[str] = ()) -> RowType:
        """Classify a suspect row; ``below`` is the row under it."""
        filled = [(at, text.strip()) for at, text in enumerate(row) if not is_missing(text)]
        if not filled:
            return RowType("blank")
        texts = [text for _, text in filled]
        repeated = sum(_fold(text) == self._header[at] for at, text in filled)
        if sum(map(bool, map(TAG.match, texts))) * 2 > len(texts) > 1:
            return RowType("note", f"tags such as {texts[0]}")
        if all(map(_RULE.match, texts)) or repeated > max(1, len(filled) // 2):
            return RowType("blank")
        placed = any(not is_missing(row[at]) for at in self._places)
        if _TOTAL.match(texts[0]) and not (placed and any(map(_has_letter, texts[1:]))):
            return RowType("note", texts[0])
        return _SITE if placed or len(filled) > 1 else self._classify_single(*filled[0], below)

    def _classify_single(self, at: int, text: str, below: Sequence[str]) -> RowType:
        """Classify a row with a single cell that names no city.

        A country in the country column is a heading if the row below has none; otherwise it is a
        site of which only the country is known.
        """
        if at == self._country and (not any(below) or below[at].strip()):
            return _SITE
        if names_country(country := _AFTER_COUNTRY.sub("", text)):
            return RowType("country", country)
        if trial := find_trial_id([text]):
            return RowType("trial", trial)
        return _SITE if at in (self._facility, self._country) else RowType("note", text)


def _fold(text: str) -> str:
    return " ".join(text.split()).casefold()


def _has_letter(text: str) -> bool:
    return any(map(str.isalpha, text))
