"""A CSV file of places in, the same with positions out; memory flat, progress on the way."""

import csv
import os
import sys
import tempfile
import time
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple, Protocol, TextIO

from tqdm import tqdm

from geocache.choosing import was_not_asked
from geocache.distance import COORDINATE_DECIMALS
from geocache.errors import InputError
from geocache.lookup import GeoCache
from geocache.place import Place, Position

OUTPUT_COLUMNS = (
    "latitude",
    "longitude",
    "precision",
    "place_name",
    "source",
    "score",
    "flags",
    "reason",
)
_NAMES = {
    "facility": "facility",
    "city": "city",
    "state": "state",
    "postcode": "postcode",
    "zip": "postcode",
    "country": "country",
}
_DELIMITERS = ",;\t|"
_MOST_CELL_CHARACTERS = 1 << 24
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
        target: where the rows go, with :data:`OUTPUT_COLUMNS` appended; other columns are kept, one
            that has an output's name as ``input_…``. Written whole or not at all. ``-`` is standard
            output.
        online: whether to ask online providers.
        summary: counted into; what it holds when interrupted is what was done.

    Raises:
        InputError: the file cannot be read, or has none of the columns.
    """
    summary = summary or Summary()
    began = time.monotonic()
    try:
        with _reading(source) as (text, encoding), writing(target) as out:
            if encoding == "cp1252":
                summary.warnings.append(f"{source.name} is not UTF-8; read as Windows-1252")
            total = None if str(source) == "-" else _count_rows(source, encoding)
            rows = _rows(text, str(source))
            header = next(rows, None)
            if header is None:
                raise InputError(f"{source} is empty")
            columns = _place_columns(header, str(source))
            writer = csv.writer(out)
            writer.writerow([*_kept_names(header), *OUTPUT_COLUMNS])
            cells = _squared(rows, len(header), str(source), summary)
            ahead: deque[list[str]] = deque()
            places = _places(cells, columns, ahead)
            if isinstance(cache, GeoCache) and not (online and cache.asks_online):
                told = _offline(cache, places)
            else:
                told = map(_told, cache.locate_many(places, online=online))
            with tqdm(
                total=total, unit=" rows", delay=1, file=sys.stderr, smoothing=0.05, leave=False
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


def _squared(
    rows: Iterator[list[str]], width: int, name: str, summary: Summary
) -> Iterator[list[str]]:
    """The rows, each as long as the header."""
    for number, row in enumerate(rows, 2):
        if len(row) == width:
            yield row
            continue
        if any(row[width:]):
            summary.warnings.append(f"{name}, row {number}: more cells than columns, cut off")
        yield (row + [""] * (width - len(row)))[:width]


def _places(
    rows: Iterator[list[str]], columns: list[int], ahead: deque[list[str]]
) -> Iterator[Place]:
    """The places of the rows; the rows themselves go to ``ahead``, to be written later."""
    for row in rows:
        ahead.append(row)
        yield Place(*[row[at].strip() if at >= 0 else "" for at in columns])


def _rows(text: TextIO, name: str) -> Iterator[list[str]]:
    """The rows that are not empty, header first."""
    csv.field_size_limit(_MOST_CELL_CHARACTERS)
    first = text.readline()
    delimiter = max(_DELIMITERS, key=lambda mark: (first.count(mark), -_DELIMITERS.index(mark)))
    reader = csv.reader(_again(first, text), delimiter=delimiter)
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise InputError(f"{name}, line {reader.line_num}: {error}") from error
        if "".join(row).strip():
            yield row


def _again(first: str, rest: TextIO) -> Iterator[str]:
    yield first
    yield from rest


def _place_columns(header: Sequence[str], name: str) -> list[int]:
    """For each part of a place its column, -1 if there is none."""
    found: dict[str, int] = {}
    for wanted in ("zip", *Place._fields):  # postcode after zip: it wins
        for at, title in enumerate(header):
            if title.strip().casefold() == wanted:
                found[_NAMES[wanted]] = at
                break
    if not found:
        raise InputError(
            f"{name}: no column named {', '.join(Place._fields)}; found: {', '.join(header)}"
        )
    return [found.get(part, -1) for part in Place._fields]


def _kept_names(header: Sequence[str]) -> list[str]:
    taken = set(OUTPUT_COLUMNS)
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


def _encoding(path: Path) -> str:
    with path.open("rb") as file:
        start = file.read(4)
        if start[:2] in {b"\xff\xfe", b"\xfe\xff"}:
            return "utf-16"
    try:
        with path.open(encoding="utf-8-sig") as text:
            while text.read(1 << 20):
                pass
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"


@contextmanager
def _reading(source: Path) -> Iterator[tuple[TextIO, str]]:
    if str(source) == "-":
        yield sys.stdin, "utf-8-sig"
        return
    try:
        encoding = _encoding(source)
        file = source.open(encoding=encoding, errors="replace", newline="")
    except OSError as error:
        raise InputError(f"{source}: {error.strerror}") from error
    with file:
        yield file, encoding


def _count_rows(source: Path, encoding: str) -> int:
    """About as many rows as the file has: a newline inside a cell counts too."""
    with source.open(encoding=encoding, errors="replace") as file:
        return max(0, sum(1 for _ in file) - 1)


@contextmanager
def writing(target: Path) -> Iterator[TextIO]:
    """A file that is there only when all is written."""
    if str(target) == "-":
        yield sys.stdout
        return
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    except OSError as error:
        raise InputError(f"{target}: {error.strerror}") from error
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            yield file
        Path(name).chmod(0o644)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
