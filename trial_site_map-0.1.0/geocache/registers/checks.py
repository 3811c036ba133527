"""Checks the rows of a register, and says by file and row what is left out and why."""

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from geocache.geo.borders import are_in_country, find_countries
from geocache.geo.countries import country_code, country_name
from geocache.geo.distance import COORDINATE_DECIMALS
from geocache.registers.facility import Row

CHUNK = 8_192
_MOST_NAMED = 5


class Checker:
    """Keeps the rows that can be used, and counts the others by what is wrong with them.

    Args:
        name: the file's, for messages.
        word: what a row is called: ``row`` of a table, ``record`` of a JSON file.
    """

    def __init__(self, name: str, word: str = "row") -> None:
        self._name = name
        self._word = word
        self._left_out: dict[str, list[int]] = {}
        self._counts: dict[str, int] = {}
        self.rows = 0

    def check(self, rows: Iterable[Row]) -> Iterator[Row]:
        """The usable rows, each with the alpha-2 code of its country.

        A row without a country gets the one its point lies in. Left out are rows without a name or
        a point, with a point off the globe or at 0, 0, in an unknown country, or outside the one
        that the row names.
        """
        remaining = iter(rows)
        while chunk := list(islice(remaining, CHUNK)):
            self.rows += len(chunk)
            yield from self._check_countries(list(self._check_points(chunk)))

    def _check_points(self, rows: list[Row]) -> Iterator[Row]:
        for row in rows:
            north, east = row.latitude, row.longitude
            if not row.names:
                self._leave_out(row, "no name")
            elif math.isnan(north) or math.isnan(east):
                self._leave_out(row, "no coordinates")
            elif abs(north) > 90 or abs(east) > 180:
                self._leave_out(row, "the point is not on the globe (degrees of WGS 84 are needed)")
            elif not north and not east:
                self._leave_out(row, "the point is 0, 0")
            else:
                yield row._replace(
                    latitude=round(north, COORDINATE_DECIMALS),
                    longitude=round(east, COORDINATE_DECIMALS),
                )

    def _check_countries(self, rows: list[Row]) -> list[Row]:
        codes = [country_code(row.country) if row.country else "" for row in rows]
        usable: list[Row | None] = list(rows)
        groups: dict[str, list[int]] = {}
        for at, (row, code) in enumerate(zip(rows, codes, strict=True)):
            if row.country and not code:
                self._leave_out(row, "unknown country")
                usable[at] = None
            else:
                groups.setdefault(code, []).append(at)
        for code, places in groups.items():
            norths = [rows[at].latitude for at in places]
            easts = [rows[at].longitude for at in places]
            if not code:
                for at, found in zip(places, find_countries(norths, easts), strict=True):
                    codes[at] = found
                    if not found:
                        self._leave_out(rows[at], "no country, and the point lies in none")
                        usable[at] = None
                continue
            inside = are_in_country(norths, easts, code)
            for at, is_inside in zip(places, inside, strict=True):
                if not is_inside:
                    self._leave_out(rows[at], f"the point lies outside {country_name(code)}")
                    usable[at] = None
        return [
            row._replace(country=code)
            for row, code in zip(usable, codes, strict=True)
            if row is not None
        ]

    def _leave_out(self, row: Row, why: str) -> None:
        self._counts[why] = self._counts.get(why, 0) + 1
        named = self._left_out.setdefault(why, [])
        if len(named) < _MOST_NAMED:
            named.append(row.number)

    @property
    def left_out(self) -> int:
        """The number of rows left out."""
        return sum(self._counts.values())

    def describe(self) -> list[str]:
        """A sentence for each kind of fault, with the file and the first rows of it."""
        ordered = sorted(self._counts.items(), key=lambda item: -item[1])
        return [
            f"{self._name}, {self._name_rows(self._left_out[why], count)}: {why}; left out"
            for why, count in ordered
        ]

    def _name_rows(self, first: Sequence[int], count: int) -> str:
        named = ", ".join(f"{number:,}" for number in first)
        more = f" and {count - len(first):,} more" if count > len(first) else ""
        return f"{self._word}{'s' * (count > 1)} {named}{more}"
