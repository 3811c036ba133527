"""Parameters of a query string: parsing, checking and the JSON Schema of one value.

The API, its OpenAPI document, the command line and the address bar use the same parameters. A
schema may be narrower than what is parsed (a place name is open, case does not matter), never
wider. Filters are parameters too: :mod:`dashboard.query.filter_kinds`.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from rapidfuzz import process

from dashboard.errors import FilterError

VIEW_PREFIX = "view_"
"""Parameters that begin so are the page's own; queries ignore them."""

VIEW = "view"
"""The parameter with the key of a stored view."""

MAX_TEXT = 500
MAX_NAME = 100
MAX_VALUES = 100
MAX_ROWS = 2**31 - 1
MAX_QUERY = 60_000
"""Bytes of a query string."""


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """One parameter of a query string; this kind takes any text.

    ``about`` and ``example`` are for the documentation; ``most`` is how often the parameter may be
    given, ``longest`` how many characters a value may have.
    """

    name: str
    about: str
    example: str = ""
    most: int = 1
    longest: int = MAX_TEXT

    @property
    def repeatable(self) -> bool:
        """Whether it may be given more than once."""
        return self.most > 1

    @property
    def schema(self) -> dict[str, Any]:
        """The JSON Schema of one value."""
        return {"type": "string", "maxLength": self.longest}

    def parse(self, text: str, given: int = 0) -> Any:
        """The value a text stands for.

        Args:
            text: as written.
            given: how many values the parameter already has.

        Raises:
            FilterError: too long, one value too many, or not allowed; names the parameter, the
                value and what is allowed.
        """
        if len(text) > self.longest:
            message = f"{self.name}: longer than {self.longest} characters"
            raise FilterError(self.name, text[:40], message)
        if given >= self.most:
            limit = f"more than {self.most} values" if self.repeatable else "give it once"
            raise FilterError(self.name, text, f"{self.name}: {limit}")
        return self.convert(text)

    def convert(self, text: str) -> Any:
        """The value of a text of allowed length.

        Raises:
            FilterError: not allowed.
        """
        return text.strip()


@dataclass(frozen=True, kw_only=True)
class WholeNumber(Parameter):
    """A number from ``least`` to ``greatest``, of ``unit``."""

    least: int = 0
    greatest: int = MAX_ROWS
    unit: str = "rows"

    @property
    def schema(self) -> dict[str, Any]:
        """The JSON Schema of one value."""
        return {"type": "integer", "minimum": self.least, "maximum": self.greatest}

    def convert(self, text: str) -> int:
        """The number."""
        if not re.fullmatch("[0-9]{1,10}", text) or not self.least <= int(text) <= self.greatest:
            allowed = f"{self.least} to {self.greatest}"
            message = f"{self.name}={text}: give {allowed} {self.unit}"
            raise FilterError(self.name, text, message, (allowed,))
        return int(text)


@dataclass(frozen=True, kw_only=True)
class Columns(Parameter):
    """Column names separated by commas; those in ``undocumented`` are allowed too."""

    names: tuple[str, ...]
    undocumented: tuple[str, ...] = ()

    @property
    def schema(self) -> dict[str, Any]:
        """The JSON Schema of one name."""
        return {"type": "string", "enum": list(self.names)}

    def convert(self, text: str) -> tuple[str, ...]:
        """The names, in order."""
        found = tuple(part.strip() for part in text.split(",") if part.strip())
        if len(found) > MAX_VALUES:
            raise FilterError("columns", text[:40], f"columns: more than {MAX_VALUES} names")
        allowed = (*self.names, *self.undocumented)
        for name in found:
            if name not in allowed:
                message = f"columns={name}: unknown column"
                raise FilterError("columns", name, message, sort_by_similarity(name, allowed))
        return found


KM_PER_MILE = 1.609344
MAX_DISTANCE_KM = 20_038.0
"""Half the Earth's circumference."""

_DISTANCE = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,6})?)\s?(km|mi|miles?)?", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Distance(Parameter):
    """A distance of at most ``greatest`` km: a number of km, or with its unit, as in ``50mi``."""

    longest: int = 20
    greatest: float = MAX_DISTANCE_KM

    @property
    def schema(self) -> dict[str, Any]:
        """The JSON Schema of one value."""
        digits = "{0,3}" if self.greatest > 9_999 * KM_PER_MILE else "?"
        return {"type": "string", "pattern": f"^[1-9][0-9]{digits}(km|mi)?$"}

    def convert(self, text: str) -> float:
        """Kilometres."""
        found = _DISTANCE.fullmatch(text.strip())
        number = float(found[1]) if found else 0.0
        unit = (found[2] or "km").lower() if found else "km"
        kilometres = number if unit == "km" else number * KM_PER_MILE
        if not 0 < kilometres <= self.greatest:
            allowed = f"more than 0 and at most {self.greatest:,.0f} km, such as 80km or 50mi"
            raise FilterError(self.name, text, f"{self.name}={text}: give {allowed}", (allowed,))
        return round(kilometres, 6)


@dataclass(frozen=True, kw_only=True)
class Choice(Parameter):
    """One of some words."""

    allowed: tuple[str, ...]

    @property
    def schema(self) -> dict[str, Any]:
        """The JSON Schema of one value."""
        return {"type": "string", "enum": list(self.allowed)}

    def convert(self, text: str) -> str:
        """The word in its own spelling."""
        word = text.strip().casefold()
        if word not in self.allowed:
            message = f"{self.name}={text}: unknown {self.name}"
            raise FilterError(self.name, text, message, sort_by_similarity(text, self.allowed))
        return word


LIMIT = WholeNumber(name="limit", about="No more rows than this.", example="100")
OFFSET = WholeNumber(name="offset", about="Leave out this many rows first.")


def columns_parameter(names: tuple[str, ...], undocumented: tuple[str, ...] = ()) -> Columns:
    """``columns`` over these names."""
    return Columns(
        name="columns",
        about="Only these columns, in this order, separated by commas.",
        example=",".join(names[:3]),
        most=MAX_VALUES,
        longest=MAX_TEXT * 5,
        names=names,
        undocumented=undocumented,
    )


def sort_by_similarity(text: str, allowed: Iterable[str]) -> tuple[str, ...]:
    """The allowed values, the most similar spelling first."""
    choices = list(allowed)
    ranked = process.extract(text.casefold(), [c.casefold() for c in choices], limit=None)
    return tuple(choices[index] for _, _, index in ranked)
