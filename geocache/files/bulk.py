"""A CSV file of places in, the same with positions out; memory flat, progress on the way."""

import csv
import time
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from tqdm import tqdm

from geocache.best_answer import was_not_asked
from geocache.errors import InputError
from geocache.files.atomic import open_output
from geocache.files.place_csv import (
    count_rows,
    find_place_columns,
    fit_rows,
    open_places,
    read_rows,
)
from geocache.geo.distance import COORDINATE_DECIMALS
from geocache.lookup import GeoCache
from geocache.place import POSITION_COLUMNS, Place, Position

_ROWS_AT_ONCE = 2_000
_MOST_LATELY = 65_536


class Told(NamedTuple):
    """What a row is told: its output cells, and what is counted of it."""

    cells: list[str]
    precision: str
    not_asked: bool


@dataclass
class Summary:
    """What became of a file's rows."""

    rows: int = 0
    by_precision: Counter[str] = field(default_factory=Counter)
    not_asked: int = 0
    seconds: float = 0.0
    warnings: list[str] = field(default_factory=list)

    @property
    def unresolved(self) -> int:
        """Rows without a position, those not asked included."""
        return self.by_precision["unresolved"]

    def add(self, told: Told) -> None:
        """Count a row."""
        self.rows += 1
        self.by_precision[told.precision] += 1
        self.not_asked += told.not_asked

    def as_json(self) -> dict[str, Any]:
        """For ``--json``."""
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
        """One line for people."""
        parts = [f"{count:,} {name}" for name, count in self.by_precision.most_common()]
        line = f"{self.rows:,} rows in {self.seconds:.1f} s: {', '.join(parts) or 'none'}"
        return f"{line}; {self.not_asked:,} not asked" if self.not_asked else line


class Locator(Protocol):
    """Who knows where places are: a geocache, or a cluster of them."""

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
        cache: who knows.
        source: CSV in UTF-8, UTF-16 or Windows-1252, separated by comma, semicolon, tab or bar,
            with a header naming any of facility, city, state, postcode (or zip), country, in any
            order and case. ``-`` is standard input.
        target: where the rows go, with :data:`~geocache.place.POSITION_COLUMNS` appended; other
            columns are kept, one that has an output's name as ``input_…``. Written whole or not at
            all. ``-`` is standard output.
        online: whether to ask online providers.
        summary: counted into; what it holds when interrupted is what was done.

    Raises:
        InputError: the file cannot be read, or has none of the columns.
    """
    summary = summary or Summary()
    began = time.monotonic()
    try:
        with open_places(source) as (text, encoding), open_output(target) as out:
            if encoding == "cp1252":
                summary.warnings.append(f"{source.name} is not UTF-8; read as Windows-1252")
            total = None if str(source) == "-" else count_rows(source, encoding)
            rows = read_rows(text, str(source))
            header = next(rows, None)
            if header is None:
                raise InputError(f"{source} is empty")
            columns = find_place_columns(header, str(source))
            writer = csv.writer(out)
            writer.writerow([*_kept_names(header), *POSITION_COLUMNS])
            cells = fit_rows(rows, len(header), str(source), summary.warnings)
            ahead: deque[list[str]] = deque()
            places = _places(cells, columns, ahead)
            if isinstance(cache, GeoCache) and not (online and cache.asks_online):
                told = _offline(cache, places)
            else:
                told = map(_told, cache.locate_many(places, online=online))
            with tqdm(
                total=total, unit=" rows", delay=1, smoothing=0.05, leave=False, disable=None
            ) as bar:
                for one in told:
                    writer.writerow(ahead.popleft() + one.cells)
                    summary.add(one)
                    bar.update()
    finally:
        summary.seconds += time.monotonic() - began
    return summary


def _told(position: Position) -> Told:
    return Told(_cells(position), position.precision.value, was_not_asked(position))


def _offline(cache: GeoCache, places: Iterable[Place]) -> Iterator[Told]:
    """What each place is told, in order, when nobody is asked over a network.

    Rows of one place come together in most files: what was told lately needs no store.
    """
    lately: dict[Place, Told] = {}
    remaining = iter(places)
    while chunk := list(islice(remaining, _ROWS_AT_ONCE)):
        if len(lately) > _MOST_LATELY:
            lately.clear()
        fresh = [place for place in dict.fromkeys(chunk) if place not in lately]
        told = map(_told, cache.locate_many(fresh, online=False))
        lately.update(zip(fresh, told, strict=True))
        for place in chunk:
            yield lately[place]


def _places(
    rows: Iterator[list[str]], columns: list[int], ahead: deque[list[str]]
) -> Iterator[Place]:
    """The places of the rows; the rows themselves go to ``ahead``, to be written later."""
    for row in rows:
        ahead.append(row)
        yield Place(*[row[at].strip() if at >= 0 else "" for at in columns])


def _kept_names(header: Sequence[str]) -> list[str]:
    taken = set(POSITION_COLUMNS)
    return [f"input_{title}" if title.strip().casefold() in taken else title for title in header]


def _cells(position: Position) -> list[str]:
    here = ("", "")
    if position.latitude is not None and position.longitude is not None:
        here = (_degrees(position.latitude), _degrees(position.longitude))
    return [
        *here,
        position.precision.value,
        position.place_name,
        position.source,
        f"{position.score:g}",
        ";".join(position.flags),
        position.reason,
    ]


def _degrees(value: float) -> str:
    return f"{value:.{COORDINATE_DECIMALS}f}".rstrip("0").rstrip(".")
