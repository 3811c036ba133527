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
class RowCount(Parameter):
    """A number of rows."""

    @property
    def schema(self) -> dict[str, Any]:
        """The JSON Schema of one value."""
        return {"type": "integer", "minimum": 0, "maximum": MAX_ROWS}

    def convert(self, text: str) -> int:
        """The number."""
        if not re.fullmatch("[0-9]{1,10}", text) or int(text) > MAX_ROWS:
            allowed = f"0 to {MAX_ROWS}"
            message = f"{self.name}={text}: give {allowed} rows"
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


LIMIT = RowCount(name="limit", about="No more rows than this.", example="100")
OFFSET = RowCount(name="offset", about="Leave out this many rows first.")


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
