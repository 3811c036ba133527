"""Moves what can be read of a damaged SQLite store into a new one.

Every page of the file that is undamaged can be reached by the ids on it, so the gaps that an error
leaves in a table are searched from both sides and from their middle.
"""

import sqlite3
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, suppress
from heapq import heappop, heappush
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from geocache.errors import InputError
from geocache.facilities.corrections import Correction
from geocache.keys import key_number, place_key
from geocache.records import Answer, Pin
from geocache.store import schema
from geocache.store.claims import provider_hash
from geocache.store.rows import parse_answer, parse_pin
from geocache.store.store import Store

_LOWEST, _HIGHEST = -(1 << 63), (1 << 63) - 1
_MAX_PROBES = 5_000
"""Most gaps that are searched in one table: a second if all of it is damaged."""

_BATCH = 1_000


class Salvaged(NamedTuple):
    """How many records could be read."""

    pins: int
    corrections: int
    answers: int


def salvage(damaged: Path, target: Store) -> Salvaged:
    """Write all pins, corrections and then answers that can be read into another store.

    Its revision will be greater than the damaged one's.
    """
    pins = read_pins(damaged)
    target.pin(pins)
    corrections = read_corrections(damaged)
    target.change_corrections(corrections)
    count = 0
    with closing(_iter_answers(damaged)) as answers:
        while batch := list(islice(answers, _BATCH)):
            target.import_newer(batch)
            count += len(batch)
    target.prepare_restored(after_revision=max(target.revision(), _read_revision(damaged)))
    return Salvaged(len(pins), len(corrections), count)


def read_pins(damaged: Path) -> list[Pin]:
    """All pins that can be read."""
    found = []
    with closing(_iter_rows(damaged, schema.pins)) as rows:
        for row in rows:
            with suppress(ValueError, TypeError, InputError):
                pin = parse_pin(row)
                pin.check()
                if place_key(pin.place) == row[1] and key_number(row[1]) == row[0]:
                    found.append(pin)
    return found


def read_corrections(damaged: Path) -> list[Correction]:
    """All corrections of facilities that can be read."""
    found = []
    with closing(_iter_rows(damaged, schema.corrections)) as rows:
        for number, key, *values in rows:
            with suppress(ValueError, TypeError):
                correction = Correction(*values)
                if correction.key == key and key_number(key) == number:
                    found.append(correction)
    return found


def _iter_answers(damaged: Path) -> Generator[Answer]:
    with closing(_iter_rows(damaged, schema.answers)) as rows:
        for row in rows:
            with suppress(ValueError, TypeError):
                answer = parse_answer(row)
                salt = provider_hash(answer.provider, answer.version)
                if key_number(answer.key) ^ salt == row[0]:
                    yield answer


def _read_revision(damaged: Path) -> int:
    with suppress(sqlite3.Error, TypeError), closing(_connect(damaged)) as connection:
        found = connection.execute("SELECT value FROM meta WHERE name = 'revision'").fetchone()
        return int(found[0])
    return 0


def _connect(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)
    connection.text_factory = lambda text: text.decode(errors="replace")
    return connection


class _Scan:
    """The rows of a range of ids, up to the first that cannot be read."""

    def __init__(self, connection: sqlite3.Connection, table: Any) -> None:
        self._connection = connection
        # All columns, in the file's order: a store of an older version lacks the last ones.
        self._sql = f"SELECT * FROM {table.name} WHERE id BETWEEN ? AND ? ORDER BY id "  # noqa: S608 # our names
        self.last: int | None = None
        """The id of the last row that was read; None before the first."""
        self.complete = False

    def read(self, low: int, high: int, order: str) -> Iterator[Sequence[Any]]:
        self.last, self.complete = None, False
        if low > high:
            self.complete = True
            return
        try:
            for row in self._connection.execute(self._sql + order, (low, high)):
                self.last = row[0]
                yield row
        except sqlite3.Error:
            return
        self.complete = True


def _iter_rows(damaged: Path, table: Any) -> Generator[Sequence[Any]]:
    """Every row of a table that can be read, in no particular order."""
    with suppress(sqlite3.Error), closing(_connect(damaged)) as connection:
        scan = _Scan(connection, table)
        gaps = [(_LOWEST - _HIGHEST, _LOWEST, _HIGHEST, _LOWEST)]
        for _ in range(_MAX_PROBES):
            if not gaps:
                return
            _, low, high, start = heappop(gaps)  # the widest
            yield from scan.read(start, high, "ASC")
            if not scan.complete:
                left = start if scan.last is None else scan.last + 1
                yield from scan.read(left, high, "DESC")
                _push(gaps, left, high if scan.last is None else scan.last - 1)
            yield from scan.read(low, start - 1, "DESC")
            if not scan.complete:
                _push(gaps, low, start - 1 if scan.last is None else scan.last - 1)


def _push(gaps: list[tuple[int, int, int, int]], low: int, high: int) -> None:
    if low < high:
        heappush(gaps, (low - high, low, high, (low + high) // 2 + 1))
