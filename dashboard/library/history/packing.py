"""Earlier versions packed as their difference to the version before.

A version is its rows as they were read and a few facts about it. The oldest one is whole; of a
later one there are the rows that the one before does not have, and where the others stood there.
"""

import gzip
import json
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from dashboard.sites.categoricals import list_texts
from dashboard.sites.reading import READ_COLUMNS, Reading
from dashboard.sites.trial import Sponsor, Trial

_TRIAL_FACTS = ("trial_id", "title", "status", "phase", "sponsor", "last_updated", "as_of")
Rows = list[tuple[Any, ...]]


def pack_version(reading: Reading, before: Rows) -> bytes:
    """A version as its difference to the rows of the version before it."""
    document, rows = describe_reading(reading)
    return pack_rows(document, rows, before)


def describe_reading(reading: Reading) -> tuple[dict[str, Any], Rows]:
    """What a version has beside its rows, and its rows, as JSON values."""
    fields = {} if reading.fields is None else {str(n): reading.fields[n] for n in reading.fields}
    columns = [*(reading.sites[name] for name in READ_COLUMNS), *fields.values()]
    rows: Rows = list(zip(*map(_list_cells, columns), strict=True))
    document = {
        "name": reading.name,
        "format": reading.format,
        "as_of": reading.as_of,
        "trials": [[getattr(one, fact) for fact in _TRIAL_FACTS] for one in reading.trials],
        "fields": list(fields),
        "numbers": [name for name, column in fields.items() if column.dtype.kind == "f"],
    }
    return document, rows


def unpack_version(data: bytes, before: Rows) -> tuple[Reading, Rows]:
    """The version that :func:`pack_version` packed, and its rows.

    Raises:
        ValueError: it is damaged, or packed against other rows.
    """
    document, rows = unpack_rows(data, before)
    return build_reading(document, rows), rows


def pack_rows(document: Mapping[str, Any], rows: Rows, before: Rows) -> bytes:
    """A version that :func:`describe_reading` described, as its difference to other rows."""
    return pack_chain([(document, rows)], before)


def unpack_rows(data: bytes, before: Rows) -> tuple[dict[str, Any], Rows]:
    """The version that :func:`pack_rows` packed.

    Raises:
        ValueError: it is damaged, or packed against other rows.
    """
    return unpack_chain(data, before)[-1]


def pack_chain(chain: Sequence[tuple[Mapping[str, Any], Rows]], before: Rows) -> bytes:
    """Versions one after the other, oldest first, each as its difference to the one before."""
    lines = []
    for document, rows in chain:
        whole = {**document, "rows": _find_difference(rows, before)}
        lines.append(json.dumps(whole, ensure_ascii=False))
        before = rows
    return gzip.compress("\n".join(lines).encode("utf-8", "surrogatepass"), mtime=0)


def unpack_chain(data: bytes, before: Rows) -> list[tuple[dict[str, Any], Rows]]:
    """The versions that :func:`pack_chain` packed: at least one.

    Raises:
        ValueError: one is damaged, or packed against other rows.
    """
    chain: list[tuple[dict[str, Any], Rows]] = []
    try:
        for line in gzip.decompress(data).split(b"\n"):
            document = json.loads(line.decode("utf-8", "surrogatepass"))
            before = _apply_difference(document["rows"], before)
            chain.append((document, before))
    except (OSError, EOFError, KeyError, TypeError, ValueError, zlib.error) as error:
        raise ValueError(f"an earlier version is damaged: {error}") from error
    return chain


def build_reading(document: Mapping[str, Any], rows: Rows) -> Reading:
    """The reading of a version's facts and rows."""
    names = [*READ_COLUMNS, *document["fields"]]
    cells = list(zip(*rows, strict=True)) if rows else [()] * len(names)
    numbers = {*range(len(READ_COLUMNS) - 2, len(READ_COLUMNS))}
    numbers |= {n for n, name in enumerate(names) if name in document["numbers"]}
    series = [
        pd.Series([np.nan if cell is None else cell for cell in column], dtype="float64")
        if number in numbers
        else pd.Series(list(column), dtype="str")
        for number, column in enumerate(cells)
    ]
    own = len(READ_COLUMNS)
    sites = pd.DataFrame(dict(zip(READ_COLUMNS, series, strict=False)))
    fields = pd.DataFrame(dict(zip(document["fields"], series[own:], strict=True)))
    return Reading(
        name=document["name"],
        format=document["format"],
        trials=tuple(_build_trial(facts) for facts in document["trials"]),
        sites=sites,
        as_of=document["as_of"],
        fields=fields if document["fields"] else None,
    )


def _build_trial(facts: Sequence[str]) -> Trial:
    found: dict[str, Any] = dict(zip(_TRIAL_FACTS, facts, strict=True))
    sponsor = found.pop("sponsor")
    return Trial(**found, sponsors=(Sponsor(sponsor),) if sponsor else ())


def _list_cells(column: pd.Series) -> list[Any]:
    """A column's cells as JSON has them; None for no number."""
    if column.dtype.kind == "f":
        return [None if np.isnan(cell) else cell for cell in column.tolist()]
    return list_texts(column)


def _find_difference(rows: Rows, before: Rows) -> list[Any]:
    """Runs of rows that stood before (``[first, count]``), and others (``{"new": [...]}``)."""
    places: dict[tuple[Any, ...], list[int]] = {}
    for number in range(len(before) - 1, -1, -1):
        places.setdefault(before[number], []).append(number)
    found: list[Any] = []
    for row in rows:
        last = found[-1] if found else None
        expected = last[0] + last[1] if isinstance(last, list) else -1
        if isinstance(last, list) and expected < len(before) and before[expected] == row:
            last[1] += 1
        elif row in places:
            numbers = places[row]
            found.append([numbers.pop() if len(numbers) > 1 else numbers[-1], 1])
        elif isinstance(last, dict):
            last["new"].append(row)
        else:
            found.append({"new": [row]})
    return found


def _apply_difference(difference: list[Any], before: Rows) -> Rows:
    rows: Rows = []
    for part in difference:
        if isinstance(part, dict):
            rows.extend(tuple(row) for row in part["new"])
            continue
        first, count = part
        if not 0 <= first <= first + count <= len(before):
            raise ValueError("it names rows that there are not")
        rows.extend(before[first : first + count])
    return rows
