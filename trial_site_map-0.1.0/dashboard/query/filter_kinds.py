"""The kinds of filter: each class holds the words, the check and the condition of one kind.

:data:`dashboard.query.filters.FILTERS` has an entry for each filter. Parsing, refusing, applying,
counting, the OpenAPI document, the command line and the sidebar follow from that entry.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from dashboard.errors import FilterError
from dashboard.query.coordinates import (
    LATITUDE,
    LONGITUDE,
    MAX_RADIUS_KM,
    BBox,
    format_number,
    parse_box,
    parse_point,
    parse_radius,
)
from dashboard.query.parameters import MAX_NAME, MAX_VALUES, Parameter, sort_by_similarity
from dashboard.sites.categoricals import (
    Codes,
    count_codes,
    factorize,
    normalize_text,
    normalize_texts,
    spread,
)
from dashboard.sites.fields import list_text_fields
from dashboard.sites.summary import country_label, most_frequent
from dashboard.sites.table import COLUMNS
from geocache.geo.countries import country_code, country_name
from geocache.geo.states import find_codes, state_name

Mask = npt.NDArray[np.bool_]
"""For each row of the site table, whether it is kept."""

Group = Literal["person", "site", "trial", "position"]
GROUPS: tuple[Group, ...] = ("site", "trial", "position")
"""What a filter is about; the sidebar shows its choices in this order, and those about a person in
a form of their own."""

SEARCHED = ("trial_id", "trial_title", "site_number", "facility", "city", "state", "country")

MAX_CHOICES = 250
"""More than a person scrolls through; the search finds the others."""

NEAR_FORMS = ("LAT,LON in degrees", "CITY, COUNTRY", "CITY, STATE", "POSTCODE CITY")
"""What ``near`` takes, in words."""


class Part(NamedTuple):
    """A part of a filter's value that a person can remove: its text, and the value without it.

    ``choice`` is the single value, empty where the part is the whole filter.
    """

    text: str
    rest: Any
    choice: str = ""


@dataclass(frozen=True, kw_only=True)
class Filter(Parameter):
    """One filter.

    ``label`` is its name on the page; ``needs`` names the filter without which it does nothing.
    """

    label: str
    needs: str = ""
    empty: ClassVar[Any] = None
    """The value when it is not set."""

    def combine(self, values: list[Any]) -> Any:
        """The filter's value from the values given, in order."""
        return values[0] if values else self.empty

    def format(self, value: Any) -> list[str]:
        """The value as :meth:`parse` reads it back, a text for each time it is given."""
        return [str(value)]

    def mask(self, sites: pd.DataFrame, value: Any) -> Mask | None:  # noqa: ARG002
        """The rows it keeps; ``None`` where :func:`dashboard.query.apply.apply` does it."""
        return None

    def list_parts(self, value: Any) -> list[Part]:
        """The parts of the value that can be removed alone."""
        return [Part(str(value), self.empty)]


@dataclass(frozen=True, kw_only=True)
class ChoiceFilter(Filter):
    """Keeps rows whose ``column`` holds one of the values given; case and accents do not matter.

    Any text may be given. The page offers the values that the table has: ``group`` says where,
    ``min_choices`` how many there must be.
    """

    column: str
    group: Group
    min_choices: int = 2
    choice_label: Callable[[str], str] = str
    most: int = MAX_VALUES
    longest: int = MAX_NAME
    empty: ClassVar[Any] = ()

    def combine(self, values: list[Any]) -> tuple[str, ...]:
        """The distinct values."""
        return tuple(value for value in dict.fromkeys(values) if value)

    def format(self, value: tuple[str, ...]) -> list[str]:
        """Each value."""
        return list(value)

    def mask(self, sites: pd.DataFrame, value: tuple[str, ...]) -> Mask:
        """Rows with one of the values."""
        codes, distinct = self.factorize(sites)
        cells = sorted({normalize_text(self.to_cell(one)) for one in value})
        wanted = pa.array(cells, type=pa.large_string())
        return spread(codes, _to_mask(pc.is_in(normalize_texts(distinct), value_set=wanted)))

    def count(
        self, sites: pd.DataFrame, rows: Codes | None, chosen: tuple[str, ...]
    ) -> dict[str, int]:
        """How many sites each choice would leave, most frequent first.

        At most :data:`MAX_CHOICES` choices, and those chosen even if none is left.

        Args:
            sites: the site table.
            rows: numbers of the rows that the other filters keep; ``None`` for all.
            chosen: the filter's values.
        """
        codes, distinct = self.factorize(sites)
        per_code: Codes = count_codes(codes if rows is None else codes[rows], len(distinct))
        cells, counts = self.split_cells(distinct, per_code)
        ranked = most_frequent(cells, counts, MAX_CHOICES, chosen).items()
        named = {self.from_cell(cell): n for cell, n in ranked if self.from_cell(cell)}
        return named | {value: 0 for value in chosen if value not in named}

    def list_parts(self, value: tuple[str, ...]) -> list[Part]:
        """Each value."""
        return [
            Part(self.choice_label(one), tuple(v for v in value if v != one), one) for one in value
        ]

    def factorize(self, sites: pd.DataFrame) -> tuple[Codes, pd.Index]:
        """For each row the code of its cell, and the distinct cells by code."""
        return factorize(sites[self.column])

    def to_cell(self, value: str) -> str:
        """What the column holds for a value."""
        return value

    def from_cell(self, cell: str) -> str:
        """The value for what the column holds; empty for none."""
        return cell

    def split_cells(self, distinct: pd.Index, counts: Codes) -> tuple[pd.Index, Codes]:
        """Distinct cells with their counts, one value each."""
        return distinct, counts


@dataclass(frozen=True, kw_only=True)
class EnumFilter(ChoiceFilter):
    """A choice out of ``allowed`` alone; ``blank`` is the value that stands for an empty cell."""

    allowed: tuple[str, ...]
    blank: str = ""
    longest: int = Parameter.longest

    @property
    def schema(self) -> dict[str, Any]:
        """The JSON Schema of one value."""
        return {"type": "string", "enum": list(self.allowed)}

    def convert(self, text: str) -> str:
        """The allowed value, in its own spelling."""
        by_key = {value.casefold(): value for value in self.allowed}
        found = by_key.get(text.strip().casefold())
        if found is None:
            message = f"{self.name}={text}: unknown {self.name}"
            raise FilterError(self.name, text, message, sort_by_similarity(text, self.allowed))
        return found

    def to_cell(self, value: str) -> str:
        """Empty for :attr:`blank`."""
        return "" if self.blank and value == self.blank else value

    def from_cell(self, cell: str) -> str:
        """:attr:`blank` for an empty cell."""
        return cell or self.blank


@dataclass(frozen=True, kw_only=True)
class TagFilter(EnumFilter):
    """A choice where one cell holds several values, separated by ``;``."""

    def mask(self, sites: pd.DataFrame, value: tuple[str, ...]) -> Mask:
        """Rows with at least one of the values."""
        codes, distinct = factorize(sites[self.column])
        wanted = set(value)
        passed = [not wanted.isdisjoint(str(cell).split(";")) for cell in distinct]
        return spread(codes, np.array(passed, dtype=bool))

    def split_cells(self, distinct: pd.Index, counts: Codes) -> tuple[pd.Index, Codes]:
        """Each value alone, with the sum of its counts."""
        single: dict[str, int] = {}
        for cell, count in zip(distinct, counts.tolist(), strict=True):
            for tag in str(cell).split(";") if cell else ():
                single[tag] = single.get(tag, 0) + count
        return pd.Index(list(single), dtype="str"), np.array(list(single.values()), dtype=np.int64)


@cache
def all_country_names() -> dict[str, str]:
    """Short English names of all countries with their codes."""
    import pycountry  # noqa: PLC0415 - 30 ms, only for an error or a form

    codes = [*(c.alpha_2 for c in pycountry.countries), "XK"]
    return {country_name(code): code for code in codes}


@dataclass(frozen=True, kw_only=True)
class CountryFilter(ChoiceFilter):
    """A country by its alpha-2 code or any name that the country list knows."""

    choice_label: Callable[[str], str] = country_label
    longest: int = Parameter.longest

    @property
    def schema(self) -> dict[str, Any]:
        """The JSON Schema of one value."""
        return {"type": "string", "enum": sorted(all_country_names().values())}

    def convert(self, text: str) -> str:
        """The country's code."""
        names = all_country_names()
        code = country_code(text) or text.strip().upper()
        if code in names.values():
            return code
        allowed = tuple(names[name] for name in sort_by_similarity(text, names))
        raise FilterError(self.name, text, f"{self.name}={text}: unknown country", allowed)


@dataclass(frozen=True, kw_only=True)
class FacilityFilter(Filter):
    """Keeps the sites at some facilities, each by its id or its name."""

    longest: int = 500
    empty: ClassVar[Any] = ()

    def combine(self, values: list[Any]) -> tuple[str, ...]:
        """The distinct ids and names."""
        return tuple(value for value in dict.fromkeys(values) if value)

    def format(self, value: tuple[str, ...]) -> list[str]:
        """Each id or name."""
        return list(value)

    def mask(self, sites: pd.DataFrame, value: tuple[str, ...]) -> Mask:
        """Rows at one of the facilities."""
        found = np.zeros(len(sites), dtype=bool)
        for name in ("facility_id", "facility_name"):
            codes, distinct = factorize(sites[name])
            cells = sorted({normalize_text(one) for one in value})
            wanted = pa.array(cells, type=pa.large_string())
            found |= spread(codes, _to_mask(pc.is_in(normalize_texts(distinct), value_set=wanted)))
        return found

    def list_parts(self, value: tuple[str, ...]) -> list[Part]:
        """Each facility."""
        return [Part(one, tuple(v for v in value if v != one), one) for one in value]


@dataclass(frozen=True, kw_only=True)
class StateFilter(ChoiceFilter):
    """A state or province: as the list writes it, or the one that the site lies in.

    ``Bavaria``, ``Bayern`` and ``DE-BY`` keep all sites in Bavaria, and those whose list says so.
    """

    code_column: str

    def mask(self, sites: pd.DataFrame, value: tuple[str, ...]) -> Mask:
        """Rows with one of the values as text, or with the code that it stands for."""
        codes, distinct = factorize(sites[self.code_column])
        wanted = {code for one in value for code in find_codes(one)}
        inside = np.array([code in wanted for code in distinct], dtype=bool)
        return super().mask(sites, value) | spread(codes, inside)

    def count(
        self, sites: pd.DataFrame, rows: Codes | None, chosen: tuple[str, ...]
    ) -> dict[str, int]:
        """As the other filters, by the state that sites lie in, else by the list's text."""
        codes, distinct = factorize(sites[self.code_column])
        texts, words = factorize(sites[self.column])
        if rows is not None:
            codes, texts = codes[rows], texts[rows]
        coded = np.asarray(distinct != "")
        has_code = spread(codes, coded)
        counts: dict[str, int] = {}
        for code, number in zip(distinct, count_codes(codes, len(distinct)).tolist(), strict=True):
            if code and number:
                name = name_uniquely(str(code))
                counts[name] = counts.get(name, 0) + number
        rest = count_codes(texts[~has_code], len(words)).tolist()
        for word, number in zip(words, rest, strict=True):
            if word and number:
                counts[str(word)] = counts.get(str(word), 0) + number
        ranked = most_frequent(
            pd.Index(list(counts), dtype="str"),
            np.array(list(counts.values()), dtype=np.int64),
            MAX_CHOICES,
            chosen,
        )
        return ranked | {value: 0 for value in chosen if value not in ranked}


def name_uniquely(code: str) -> str:
    """The name of a state as a filter's value; its code where others have the name too."""
    name = state_name(code)
    return name if name and find_codes(name) == (code,) else code


@dataclass(frozen=True, kw_only=True)
class SearchFilter(Filter):
    """Keeps rows with all of the words in one of the columns :data:`SEARCHED`."""

    most: int = 10
    empty: ClassVar[Any] = ""

    def combine(self, values: list[Any]) -> str:
        """All words as one search."""
        return " ".join(str(words) for words in values if words)

    def mask(self, sites: pd.DataFrame, value: str) -> Mask:
        """Rows with all of the words."""
        columns = [factorize(sites[n]) for n in (*SEARCHED, *list_text_fields(sites, COLUMNS))]
        mask = np.ones(len(sites), dtype=bool)
        for word in dict.fromkeys(normalize_text(value).split()):
            found = np.zeros(len(sites), dtype=bool)
            for codes, distinct in columns:
                passed = _to_mask(pc.match_substring(normalize_texts(distinct), word))
                if passed.any():
                    found |= spread(codes, passed)
            mask &= found
            if not mask.any():
                break
        return mask


@dataclass(frozen=True, kw_only=True)
class BoxFilter(Filter):
    """Keeps rows with a position inside a box."""

    @property
    def schema(self) -> dict[str, Any]:
        """The JSON Schema of the value."""
        return {"type": "string", "pattern": f"^{LONGITUDE},{LATITUDE},{LONGITUDE},{LATITUDE}$"}

    def convert(self, text: str) -> BBox:
        """The box."""
        return parse_box(text)

    def mask(self, sites: pd.DataFrame, value: BBox) -> Mask:
        """Rows inside the box."""
        latitude, longitude = sites["latitude"].to_numpy(), sites["longitude"].to_numpy()
        in_height = (latitude >= value.south) & (latitude <= value.north)
        if value.west <= value.east:
            in_width = (longitude >= value.west) & (longitude <= value.east)
        else:
            in_width = (longitude >= value.west) | (longitude <= value.east)
        inside: Mask = in_height & in_width
        return inside

    def list_parts(self, value: Any) -> list[Part]:  # noqa: ARG002
        """The box without its numbers."""
        return [Part("current view", self.empty)]


@dataclass(frozen=True, kw_only=True)
class NearFilter(Filter):
    """A place to sort by distance from: :func:`dashboard.query.near.find_centre` says where."""

    empty: ClassVar[Any] = ""

    @property
    def schema(self) -> dict[str, Any]:
        """The JSON Schema of the value: any text, since nobody can list all names of places."""
        return {"type": "string", "minLength": 1}

    def convert(self, text: str) -> str:
        """The place as written, if it can be one."""
        if not text.strip():
            raise FilterError(self.name, text, f"{self.name}: empty", NEAR_FORMS)
        parse_point(text, self.name)
        return text.strip()


@dataclass(frozen=True, kw_only=True)
class RadiusFilter(Filter):
    """A distance in km from the place that :attr:`needs` names."""

    @property
    def schema(self) -> dict[str, Any]:
        """The JSON Schema of the value."""
        return {"type": "number", "exclusiveMinimum": 0, "maximum": MAX_RADIUS_KM}

    def convert(self, text: str) -> float:
        """Kilometres."""
        return parse_radius(text)

    def format(self, value: float) -> list[str]:
        """Kilometres without an exponent."""
        return [format_number(value)]

    def list_parts(self, value: Any) -> list[Part]:  # noqa: ARG002
        """None: it is shown and removed with the place."""
        return []


@dataclass(frozen=True, kw_only=True)
class FilterFamily:
    """Filters whose names begin alike and that depend on the data, one for each column of a list.

    Args:
        build: makes the filter of a full name; ``None`` where the name is none of the family.
        list_names: the full names that a site table has filters for.
    """

    build: Callable[[str], Filter | None]
    list_names: Callable[[pd.DataFrame], Iterable[str]]


def _to_mask(passed: pa.Array) -> Mask:
    mask: Mask = passed.to_numpy(zero_copy_only=False)
    return mask
