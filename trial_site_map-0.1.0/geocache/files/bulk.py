"""Locates a CSV file of places row by row, in constant memory, with a progress bar."""

import csv
import time
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from tqdm import tqdm

from geocache.errors import InputError
from geocache.files.atomic import open_output
from geocache.files.formula_injection import escape_formula
from geocache.files.place_csv import find_place_columns
from geocache.geo.distance import COORDINATE_DECIMALS
from geocache.lookup import GeoCache
from geocache.place import POSITION_COLUMNS, Place, Position, Status
from geocache.tables.delimited import count_rows, fit_rows, open_text, read_rows

_ROWS_AT_ONCE = 2_000
_MAX_RECENT = 65_536


class LocatedRow(NamedTuple):
    """A row's output cells, and what the summary counts."""

    cells: list[str]
    precision: str
    not_asked: bool


@dataclass
class Summary:
    """Counts of a file's rows."""

    rows: int = 0
    by_precision: Counter[str] = field(default_factory=Counter)
    not_asked: int = 0
    seconds: float = 0.0
    warnings: list[str] = field(default_factory=list)

    @property
    def unresolved(self) -> int:
        """Rows without a position, including those not asked."""
        return self.by_precision["unresolved"]

    def add(self, row: LocatedRow) -> None:
        """Count a row."""
        self.rows += 1
        self.by_precision[row.precision] += 1
        self.not_asked += row.not_asked

    def as_json(self) -> dict[str, Any]:
        """The summary for ``--json``."""
        return {
            "rows": self.rows,
            "located": self.rows - self.unresolved,
            "unresolved": self.unresolved,
            "not_asked": self.not_asked,
            "by_precision": dict(sorted(self.by_precision.items())),
            "seconds": round(self.seconds, 3),
            "warnings": self.warnings,
        }

    def as_text(self) -> str:
        """The summary in one line."""
        parts = [f"{count:,} {name}" for name, count in self.by_precision.most_common()]
        line = f"{self.rows:,} rows in {self.seconds:.1f} s: {', '.join(parts) or 'none'}"
        return f"{line}; {self.not_asked:,} not asked" if self.not_asked else line


class Locator(Protocol):
    """Finds positions: a geocache, or a cluster of them."""

    def locate_many(self, places: Iterable[Place], *, online: bool = True) -> Iterator[Position]:
        """One position for each place, in order."""


def locate_file(
    cache: Locator,
    source: Path,
    target: Path,
    *,
    online: bool = True,
    summary: Summary | None = None,
) -> Summary:
    """Locate every row of a CSV file.

    Args:
        cache: finds the positions.
        source: CSV in UTF-8, UTF-16 or Windows-1252, separated by comma, semicolon, tab or bar,
            with a header naming any of facility, city, state, postcode (or zip), country, in any
            order and case. ``-`` is standard input.
        target: the output file, with :data:`~geocache.place.POSITION_COLUMNS` appended; other
            columns are kept, one with an output's name as ``input_…``. Written completely or not at
            all. ``-`` is standard output.
        online: whether to ask online providers.
        summary: updated row by row, so that it is correct after an interruption.

    Raises:
        InputError: the file cannot be read, or has none of the columns.
    """
    summary = summary or Summary()
    began = time.monotonic()
    try:
        with open_text(source) as (text, encoding), open_output(target) as out:
            if encoding == "cp1252":
                summary.warnings.append(f"{source.name} is not UTF-8; read as Windows-1252")
            total = None if str(source) == "-" else count_rows(source, encoding)
            rows = read_rows(text, str(source))
            header = next(rows, None)
            if header is None:
                raise InputError(f"{source} is empty")
            columns = find_place_columns(header, str(source))
            writer = csv.writer(out)
            writer.writerow([*_rename_columns(header), *POSITION_COLUMNS])
            cells = fit_rows(rows, len(header), str(source), summary.warnings)
            ahead: deque[list[str]] = deque()
            places = _read_places(cells, columns, ahead)
            if isinstance(cache, GeoCache) and not (online and cache.asks_online):
                located = _locate_offline(cache, places)
            else:
                located = map(_build_row, cache.locate_many(places, online=online))
            with tqdm(
                total=total, unit=" rows", delay=1, smoothing=0.05, leave=False, disable=None
            ) as bar:
                for row in located:
                    writer.writerow(ahead.popleft() + row.cells)
                    summary.add(row)
                    bar.update()
    finally:
        summary.seconds += time.monotonic() - began
    return summary


def _build_row(position: Position) -> LocatedRow:
    return LocatedRow(
        _format_cells(position), position.precision.value, position.status is Status.NOT_ASKED
    )


def _locate_offline(cache: GeoCache, places: Iterable[Place]) -> Iterator[LocatedRow]:
    """The row of each place, in order, without online providers.

    In most files the rows of a place stand together: recent ones are not looked up again.
    """
    recent: dict[Place, LocatedRow] = {}
    remaining = iter(places)
    while chunk := list(islice(remaining, _ROWS_AT_ONCE)):
        if len(recent) > _MAX_RECENT:
            recent.clear()
        fresh = [place for place in dict.fromkeys(chunk) if place not in recent]
        found = map(_build_row, cache.locate_many(fresh, online=False))
        recent.update(zip(fresh, found, strict=True))
        for place in chunk:
            yield recent[place]


def _read_places(
    rows: Iterator[list[str]], columns: list[int], ahead: deque[list[str]]
) -> Iterator[Place]:
    """The places of the rows; appends each row to ``ahead``, to be written with its position."""
    for row in rows:
        ahead.append(row)
        yield Place(*[row[at].strip() if at >= 0 else "" for at in columns])


def _rename_columns(header: Sequence[str]) -> list[str]:
    taken = set(POSITION_COLUMNS)
    return [f"input_{title}" if title.strip().casefold() in taken else title for title in header]


def _format_cells(position: Position) -> list[str]:
    here = ("", "")
    if position.latitude is not None and position.longitude is not None:
        here = (_format_degrees(position.latitude), _format_degrees(position.longitude))
    return [
        *here,
        position.precision.value,
        escape_formula(position.place_name),
        position.source,
        f"{position.score:g}",
        ";".join(position.flags),
        escape_formula(position.reason),
    ]


def _format_degrees(value: float) -> str:
    return f"{value:.{COORDINATE_DECIMALS}f}".rstrip("0").rstrip(".")
