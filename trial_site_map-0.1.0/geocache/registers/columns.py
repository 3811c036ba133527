"""Which column of a register holds what, and how its cells make a row."""

import math
import re
from collections.abc import Callable, Sequence
from typing import Any

from geocache.errors import InputError
from geocache.registers.facility import Row
from geocache.tables.degrees import parse_degrees
from geocache.tables.headers import PLACE_HEADERS, PLACE_WORDS, HeaderMatcher, fold_header

_HEADERS = HeaderMatcher(
    PLACE_HEADERS | {"country": PLACE_HEADERS["country"] + "; cc; iso a2; country alpha2"},
    PLACE_WORDS,
)
_OTHER_NAMES = frozenset(
    """alt name;alternative name;alternate name;other name;other names;official name;short name;
    old name;former name;former names;alias;aliases;acronym;acronyms;local name;int name;
    english name;name english;trading name;also known as;aka;hospital name;site name;
    facility name;name 2""".replace("\n    ", "").split(";")
)
_LANGUAGE_NAME = re.compile(r"name [a-z]{2}")
_NAME_SEPARATORS = re.compile(r"[;|]")
_WKT = re.compile(
    r"POINT\s{0,9}Z?\s{0,9}\(\s{0,9}([^\s()]{1,40})\s{1,9}([^\s)]{1,40})", re.IGNORECASE
)
_BETWEEN_HALVES = re.compile(r"[,;]")
_PARTS = ("city", "state", "postcode", "country")
_MAX_CELL = 1_000


class Columns:
    """The columns of a register by their headers, as those of a site list are found.

    Args:
        headers: in order.
        name: the file's, for messages.
        has_points: whether points come with the rows from elsewhere, as in GeoJSON.

    Raises:
        InputError: no column holds a facility, or none a point.
    """

    def __init__(self, headers: Sequence[str], name: str, *, has_points: bool = False) -> None:
        best: dict[str, tuple[float, str]] = {}
        for header in headers:
            target, certainty = _HEADERS.match(header)
            if target and certainty > best.get(target, (0.0, ""))[0]:
                best[target] = (certainty, header)
        self._headers = tuple(headers)
        self.by_target: dict[str, Any] = {target: one for target, (_, one) in best.items()}
        main = self.by_target.get("facility")
        if main is None:
            raise InputError(f"{name}: no column with names of facilities; found: {_join(headers)}")
        pair = "latitude" in best and "longitude" in best
        if not (pair or "point" in best or has_points):
            raise InputError(
                f"{name}: no columns of latitude and longitude; found: {_join(headers)}"
            )
        self._has_pair = pair
        self.names: tuple[Any, ...] = (
            main,
            *(one for one in headers if one != main and _is_other_name(one)),
        )

    @property
    def used(self) -> list[str]:
        """The headers of the columns that are read, each once."""
        point = [self.by_target[one] for one in ("latitude", "longitude", "point")
                 if one in self.by_target]  # fmt: skip
        parts = [self.by_target[one] for one in _PARTS if one in self.by_target]
        return list(dict.fromkeys((*self.names, *parts, *point)))

    def number_columns(self) -> None:
        """From now on rows are lists of cells in the order of the headers."""
        at = {header: number for number, header in reversed(list(enumerate(self._headers)))}
        self.names = tuple(at[one] for one in self.names)
        self.by_target = {target: at[one] for target, one in self.by_target.items()}

    def build_row(
        self, number: int, get: Callable[[Any], Any], point: tuple[float, float] | None = None
    ) -> Row:
        """The row of some cells; ``point`` is the one that comes with it.

        ``get`` gives the cell of a header, or of a column's number after :meth:`number_columns`.
        """
        targets = self.by_target
        city, state, postcode, country = [
            _clean(get(targets[one])) if one in targets else "" for one in _PARTS
        ]
        first, *others = self.names
        main = _clean(get(first))
        names = (main,) if main else ()
        if others:
            texts = [_clean(get(one)) for one in others]
            names = tuple(
                dict.fromkeys((*names, *(part for text in texts for part in _split_names(text))))
            )
        latitude, longitude = point or self._read_point(get)
        return Row(number, names, city, state, postcode, country, latitude, longitude)

    def _read_point(self, get: Callable[[Any], Any]) -> tuple[float, float]:
        targets = self.by_target
        if self._has_pair:
            return _read_degrees(get(targets["latitude"])), _read_degrees(get(targets["longitude"]))
        if "point" in targets:
            return parse_point(_clean(get(targets["point"])))
        return math.nan, math.nan


def parse_point(text: str) -> tuple[float, float]:
    """Latitude and longitude of ``47.07, 15.44`` or ``POINT (15.44 47.07)``; NaN for others."""
    if found := _WKT.search(text):
        return parse_degrees(found[2]), parse_degrees(found[1])
    halves = _BETWEEN_HALVES.split(text.strip().removeprefix("(").removesuffix(")"))
    if len(halves) == 2:
        return parse_degrees(halves[0]), parse_degrees(halves[1])
    return math.nan, math.nan


def _read_degrees(value: Any) -> float:
    """Degrees; infinite for a number that is too large to be some, NaN for what is no number."""
    degrees = parse_degrees(value)
    if math.isnan(degrees):
        try:
            size = abs(float(value)) if value else math.nan
        except (TypeError, ValueError, OverflowError):
            return math.nan
        return math.inf if size > 180 else math.nan
    return degrees


def _is_other_name(header: str) -> bool:
    key = fold_header(header)
    return key in _OTHER_NAMES or _LANGUAGE_NAME.fullmatch(key) is not None


def _split_names(text: str) -> list[str]:
    return [part.strip() for part in _NAME_SEPARATORS.split(text) if part.strip()]


def _clean(value: Any) -> str:
    """A cell as text on one line; empty for what is no text or number."""
    if type(value) is str and len(value) <= _MAX_CELL and value.isprintable():
        return value.strip()
    if value is None or isinstance(value, (dict, list, bool)):
        return ""
    if isinstance(value, float):
        if math.isnan(value):
            return ""
        value = int(value) if value.is_integer() and abs(value) < 1e15 else value
    text = str(value)[:_MAX_CELL]
    return text.strip() if text.isprintable() else " ".join(text.replace("\x00", " ").split())


def _join(headers: Sequence[str]) -> str:
    shown = ", ".join(headers[:12]) or "nothing"
    return f"{shown} and {len(headers) - 12} more" if len(headers) > 12 else shown
