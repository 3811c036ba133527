"""Decisions of one session about sites: a file beside its lists, which no other session sees."""

import json
import logging
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from dashboard.library.atomic_files import read_lines, write_records
from dashboard.sites.decisions import Decision, SiteKey

log = logging.getLogger(__name__)

MAX_DECISIONS = 20_000
"""Decisions of one owner."""

_NAME = "decisions.jsonl"


def read_decisions(folder: Path) -> tuple[Decision, ...]:
    """The decisions in a session's folder, oldest first; none if it has no file of them.

    A damaged line is left out; the others are read.

    Raises:
        OSError: the file cannot be read.
    """
    return tuple(filter(None, map(_parse_line, read_lines(folder / _NAME))))


def write_decisions(folder: Path, decisions: Sequence[Decision]) -> None:
    """Replace the decisions in a session's folder; without any, their file is deleted.

    Raises:
        OSError: the file cannot be written.
    """
    write_records(folder / _NAME, map(format_decision, decisions))


def index_decisions(decisions: Iterable[Decision]) -> dict[SiteKey, Decision]:
    """Decisions by the key of their site."""
    return {one.site: one for one in decisions}


def format_decision(one: Decision) -> dict[str, Any]:
    """A decision as JSON values, without what is empty."""
    record: dict[str, Any] = {"site": {k: v for k, v in one.site._asdict().items() if v}}
    values = {name: getattr(one, name) for name in ("decision", "note", "rank", "decided_at")}
    return record | {name: value for name, value in values.items() if value}


def parse_decision(record: Any) -> Decision:
    """The decision that :func:`format_decision` wrote.

    Raises:
        ValueError, TypeError, KeyError: it is none.
    """
    site = {k: str(v) for k, v in record["site"].items() if k != "number"}
    found = Decision(
        SiteKey(**site, number=int(record["site"].get("number", 0))),
        str(record.get("decision", "")),
        str(record.get("note", "")),
        int(record.get("rank", 0)),
        int(record.get("decided_at", 0)),
    )
    found.check()
    return found


def _parse_line(line: bytes) -> Decision | None:
    try:
        return parse_decision(json.loads(line))
    except (ValueError, TypeError, KeyError, AttributeError):
        log.warning("A saved decision cannot be read and is left out")
        return None
