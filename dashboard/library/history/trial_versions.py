"""Earlier versions of one fetched trial: its record's sites before each change, as differences."""

import json
import logging
from collections import Counter
from dataclasses import dataclass

from dashboard.library.history.packing import (
    build_reading,
    describe_reading,
    pack_chain,
    unpack_chain,
)
from dashboard.sites.reading import Reading

log = logging.getLogger(__name__)

MAX_VERSIONS = 30
MAX_BYTES = 1_000_000
"""Of all earlier versions of one trial, packed; the oldest are given up first."""

Summary = tuple[tuple[str, int], ...]
"""For each version, oldest first: the date of its data (ISO 8601), and its number of sites."""


@dataclass(frozen=True, slots=True)
class TrialHistory:
    """All earlier versions of a trial, and what they are without unpacking them."""

    summary: Summary
    packed: bytes

    def to_bytes(self) -> bytes:
        """A line with the summary as JSON, then the packed versions."""
        return json.dumps(self.summary).encode() + b"\n" + self.packed


def parse_history(data: bytes) -> TrialHistory:
    """The history that :meth:`TrialHistory.to_bytes` wrote.

    Raises:
        ValueError: it is damaged.
    """
    line, _, packed = data.partition(b"\n")
    return TrialHistory(parse_summary(line), packed)


def parse_summary(line: bytes | str) -> Summary:
    """The summary of a history from its first line.

    Raises:
        ValueError: it is damaged.
    """
    try:
        return tuple((str(date), int(sites)) for date, sites in json.loads(line))
    except TypeError as error:
        raise ValueError(f"the summary of a history is damaged: {error}") from error


def has_changed(before: Reading, after: Reading) -> bool:
    """Whether two readings of one trial differ in a site or in the trial's status."""
    rows = [Counter(describe_reading(one)[1]) for one in (before, after)]
    return rows[0] != rows[1] or before.trials[0].status != after.trials[0].status


def add_version(history: TrialHistory | None, reading: Reading) -> TrialHistory | None:
    """The history with one more version, within the bounds.

    What is damaged is begun anew; a version that is the newest one there already is not repeated.
    ``None`` for one that is too large itself.
    """
    chain = []
    if history is not None:
        try:
            chain = unpack_chain(history.packed, [])
        except ValueError as error:
            log.warning("The earlier versions of a trial were given up: %s", error)
    document, rows = describe_reading(reading)
    if chain and chain[-1] == (json.loads(json.dumps(document)), rows):
        return history
    chain = [*chain, (document, rows)][-MAX_VERSIONS:]
    packed = pack_chain(chain, [])
    while len(packed) > MAX_BYTES:
        chain = chain[1:]
        if not chain:
            return None
        packed = pack_chain(chain, [])
    return TrialHistory(tuple((one["as_of"], len(kept)) for one, kept in chain), packed)


def open_version(history: TrialHistory, number: int) -> Reading:
    """A version's sites, by its number in the summary.

    Raises:
        ValueError: it is damaged.
    """
    chain = unpack_chain(history.packed, [])
    if number >= len(chain):
        raise ValueError("the earlier versions of a trial are damaged: some are missing")
    return build_reading(*chain[number])
