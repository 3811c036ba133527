"""A CSV file of places as people make them: its encoding, its rows, and which column is what."""

import csv
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from geocache.errors import InputError
from geocache.place import Place

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


@contextmanager
def open_places(source: Path) -> Iterator[tuple[TextIO, str]]:
    """The open file and its encoding: UTF-8, UTF-16 or Windows-1252; ``-`` is standard input.

    Raises:
        InputError: it cannot be read.
    """
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


def count_rows(source: Path, encoding: str) -> int:
    """About as many rows as the file has: a newline inside a cell counts too."""
    with source.open(encoding=encoding, errors="replace") as file:
        return max(0, sum(1 for _ in file) - 1)


def read_rows(text: TextIO, name: str) -> Iterator[list[str]]:
    """The rows that are not empty, header first.

    Raises:
        InputError: a row is no CSV; the message says which line.
    """
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


def find_place_columns(header: Sequence[str], name: str) -> list[int]:
    """For each part of a place its column, -1 if there is none.

    Raises:
        InputError: there is none at all.
    """
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


def fit_rows(
    rows: Iterator[list[str]], width: int, name: str, warnings: list[str]
) -> Iterator[list[str]]:
    """The rows, each as long as the header; what is cut off for that is warned of."""
    for number, row in enumerate(rows, 2):
        if len(row) == width:
            yield row
            continue
        if any(row[width:]):
            warnings.append(f"{name}, row {number}: more cells than columns, cut off")
        yield (row + [""] * (width - len(row)))[:width]


def _again(first: str, rest: TextIO) -> Iterator[str]:
    yield first
    yield from rest


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
