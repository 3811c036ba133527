"""Finds the records of a JSON list by counting brackets, without parsing them.

Parsing the complete file takes several times its size in memory; a streaming parser still builds a
hostile record of any size and depth.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

MAX_RECORD_BYTES = 32_000_000
"""Largest single record accepted."""

MAX_LEVELS = 500
"""Deepest nesting accepted; a study has about 12 levels."""

MAX_BRACKETS = 40_000_000
"""Most brackets counted; a download of 200 MB has about 5,000,000."""

_HEAD_BYTES = 1_000_000
# Up to the next bracket outside strings, or to the end; possessive, so that it never backtracks.
_BRACKET = re.compile(
    rb'(?:[^"\[\]{}]++|"[^"\\]*+(?:\\.[^"\\]*+)*+")*+(?:([\[\]{}])|.*+)', re.DOTALL
)
_OPENING = re.compile(rb'\s*+\{\s*+("[^"\\]{1,60}+")\s*+:')
_LISTS = (
    (re.compile(rb'"studies"\s*:\s*\['), 1),
    (re.compile(rb'"FullStudies"\s*:\s*\['), 2),
    (re.compile(rb'"features"\s*:\s*\['), 1),
)


class Slice(NamedTuple):
    """The bytes of one record; ``complete`` is False if it is truncated or too large."""

    start: int
    end: int
    complete: bool


def find_list_start(data: bytes) -> int | None:
    """The offset behind the opening bracket of the list of records; None without a list."""
    start = len(data) - len(data[:_HEAD_BYTES].lstrip()) - max(0, len(data) - _HEAD_BYTES)
    if data[start : start + 1] == b"[":
        return start + 1
    for pattern, depth in _LISTS:
        for found in pattern.finditer(data, 0, _HEAD_BYTES):
            if _count_depth(data, found.start()) == depth:
                return found.end()
    return None


def _count_depth(data: bytes, end: int) -> int:
    depth = 0
    for found in _BRACKET.finditer(data, 0, end):
        if found[1] is None:
            break
        depth += 1 if found[1] in b"[{" else -1
    return depth


def iter_slices_by_key(data: bytes, start: int) -> Iterator[Slice]:
    """The probable records of a list whose records all begin with the same key, without the last.

    ``},{"protocolSection":`` cannot occur in a string: it separates two records, or two objects
    inside one. Parsing a slice shows which; from the end of the last good slice
    :func:`iter_slices`, which takes ten times as long, can go on.
    """
    first = _OPENING.match(data, start)
    if first is None:
        return
    between = re.compile(rb"\}\s*+,\s*+(?=\{\s*+" + re.escape(first[1]) + rb"\s*+:)")
    begin = first.start()
    for found in between.finditer(data, first.end()):
        end = found.start() + 1
        if end - begin > MAX_RECORD_BYTES:
            return
        yield Slice(begin, end, complete=True)
        begin = found.end()


def iter_slices(data: bytes, start: int) -> Iterator[Slice]:
    """Every object or list in the list that begins at ``start``, up to its closing bracket.

    An incomplete last slice shows where the file is truncated, or is nested deeper than
    :data:`MAX_LEVELS`.
    """
    depth = 0
    opened = start
    for number, found in enumerate(_BRACKET.finditer(data, start)):
        if found[1] is None or depth > MAX_LEVELS or number > MAX_BRACKETS:
            break
        if found[1] in b"[{":
            if depth == 0:
                opened = found.end() - 1
            depth += 1
            continue
        depth -= 1
        if depth == 0:
            end = found.end()
            yield Slice(opened, end, complete=end - opened <= MAX_RECORD_BYTES)
        elif depth < 0:
            return
    yield Slice(opened if depth else len(data), len(data), complete=False)
