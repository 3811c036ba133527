"""Finds the records of a JSON list in the bytes, without parsing them.

A parser that builds everything needs several times the file's size; one that builds record by
record still builds a hostile record of any size and depth. Counting brackets needs neither.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

MOST_RECORD_BYTES = 32_000_000
"""Largest single record accepted."""

MOST_LEVELS = 500
"""Deepest nesting followed; a study has about 12 levels."""

MOST_BRACKETS = 40_000_000
"""Brackets after which a file is given up; a download of 200 MB has about 5,000,000."""

_HEAD_BYTES = 1_000_000
# To the next bracket, jumping over strings whole; possessive, so that nothing is tried twice.
_BRACKET = re.compile(rb'(?:[^"\[\]{}]++|"[^"\\]*+(?:\\.[^"\\]*+)*+")*+([\[\]{}])', re.DOTALL)
_OPENING = re.compile(rb'\s*+\{\s*+("[^"\\]{1,60}+")\s*+:')
_LISTS = (
    (re.compile(rb'"studies"\s*:\s*\['), 1),
    (re.compile(rb'"FullStudies"\s*:\s*\['), 2),
    (re.compile(rb'"features"\s*:\s*\['), 1),
)


class Slice(NamedTuple):
    """Where one record stands, in bytes; ``whole`` is False for one that is cut or too large."""

    start: int
    end: int
    whole: bool


def list_start(data: bytes) -> int | None:
    """The byte after the opening bracket of the list of records; None where there is no list."""
    start = len(data) - len(data[:_HEAD_BYTES].lstrip()) - max(0, len(data) - _HEAD_BYTES)
    if data[start : start + 1] == b"[":
        return start + 1
    for pattern, depth in _LISTS:
        for found in pattern.finditer(data, 0, _HEAD_BYTES):
            if _depth(data, found.start()) == depth:
                return found.end()
    return None


def _depth(data: bytes, end: int) -> int:
    depth = 0
    for found in _BRACKET.finditer(data, 0, end):
        depth += 1 if found[1] in b"[{" else -1
    return depth


def alike_slices(data: bytes, start: int) -> Iterator[Slice]:
    """Where the records of a list probably stand if all begin with the same key, but the last.

    ``},{"protocolSection":`` can stand in no string: there one record ends and the next begins, or
    two objects deep in one record do. Whoever parses a slice knows, and can go on with
    :func:`record_slices`, which takes ten times as long, from the end of the last good one.
    """
    first = _OPENING.match(data, start)
    if first is None:
        return
    between = re.compile(rb"\}\s*+,\s*+(?=\{\s*+" + re.escape(first[1]) + rb"\s*+:)")
    begin = first.start()
    for found in between.finditer(data, first.end()):
        end = found.start() + 1
        if end - begin > MOST_RECORD_BYTES:
            return
        yield Slice(begin, end, whole=True)
        begin = found.end()


def record_slices(data: bytes, start: int) -> Iterator[Slice]:
    """Every object or list in the list that begins at ``start``, up to its closing bracket.

    A last slice that is not whole is where the file breaks off, or is nested deeper than
    :data:`MOST_LEVELS`.
    """
    depth = 0
    opened = start
    for number, found in enumerate(_BRACKET.finditer(data, start)):
        if depth > MOST_LEVELS or number > MOST_BRACKETS:
            break
        if found[1] in b"[{":
            if depth == 0:
                opened = found.end() - 1
            depth += 1
            continue
        depth -= 1
        if depth == 0:
            end = found.end()
            yield Slice(opened, end, whole=end - opened <= MOST_RECORD_BYTES)
        elif depth < 0:
            return
    yield Slice(opened if depth else len(data), len(data), whole=False)
