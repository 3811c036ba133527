"""Reads delimited text: detects its encoding and delimiter."""

import csv
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from geocache.errors import InputError
from geocache.tables import csv_limit  # noqa: F401 # sets it

_DELIMITERS = ",;\t|"


@contextmanager
def open_text(source: Path) -> Iterator[tuple[TextIO, str]]:
    """Open a file; yields it and its encoding: UTF-8, UTF-16 or Windows-1252. ``-`` is stdin.

    Raises:
        InputError: it cannot be read.
    """
    if str(source) == "-":
        yield sys.stdin, "utf-8-sig"
        return
    try:
        encoding = _detect_encoding(source)
        file = source.open(encoding=encoding, errors="replace", newline="")
    except OSError as error:
        raise InputError(f"{source}: {error.strerror}") from error
    with file:
        yield file, encoding


def count_rows(source: Path, encoding: str) -> int:
    """The approximate number of rows: newlines inside cells count too."""
    with source.open(encoding=encoding, errors="replace") as file:
        return max(0, sum(1 for _ in file) - 1)


def read_rows(text: TextIO, name: str) -> Iterator[list[str]]:
    """The rows that are not empty, header first.

    Raises:
        InputError: a row is not valid CSV; the message names the line.
    """
    first = text.readline()
    delimiter = max(_DELIMITERS, key=lambda sign: (first.count(sign), -_DELIMITERS.index(sign)))
    reader = csv.reader(_chain(first, text), delimiter=delimiter)
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise InputError(f"{name}, line {reader.line_num}: {error}") from error
        if "".join(row).strip():
            yield row


def fit_rows(
    rows: Iterator[list[str]], width: int, name: str, warnings: list[str]
) -> Iterator[list[str]]:
    """The rows, padded or cut to the length of the header; warns about what it cuts."""
    for number, row in enumerate(rows, 2):
        if len(row) == width:
            yield row
            continue
        if any(row[width:]):
            warnings.append(f"{name}, row {number}: more cells than columns, cut off")
        yield (row + [""] * (width - len(row)))[:width]


def _chain(first: str, rest: TextIO) -> Iterator[str]:
    yield first
    yield from rest


def _detect_encoding(path: Path) -> str:
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
