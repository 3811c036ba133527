"""The decisions about the sites of one list, which travel with it."""

import json
import logging
from collections.abc import Sequence
from typing import Any

from dashboard.errors import UploadError
from dashboard.library.decision_file import format_decision, parse_decision
from dashboard.library.lists import OpenedList, merge
from dashboard.library.own_lists.about import Metadata
from dashboard.sites.decisions import Decision, find_decided_rows

log = logging.getLogger(__name__)

MAX_CHARACTERS = 1_000_000
"""Of the decisions and notes that are shared with a list, as JSON."""

_DECISIONS = "decisions"


def select_decisions(opened: OpenedList, decisions: Sequence[Decision]) -> tuple[Decision, ...]:
    """The decisions about sites of a list."""
    if not decisions:
        return ()
    sites = merge([opened], None).table
    first = [Decision(one.site._replace(number=0), "", "x") for one in decisions]
    there = {one.site for one in find_decided_rows(sites, first).values()}
    return tuple(one for one in decisions if one.site._replace(number=0) in there)


def write_shared(decisions: Sequence[Decision]) -> Metadata:
    """The part of a list's metadata that :func:`read_shared` reads.

    Raises:
        UploadError: they are too long together.
    """
    records: list[Any] = [format_decision(one) for one in decisions]
    if len(json.dumps(records)) > MAX_CHARACTERS:
        raise UploadError(
            f"{len(records):,} decisions and notes are too long to share: more than "
            f"{MAX_CHARACTERS:,} characters"
        )
    return {_DECISIONS: records} if records else {}


def read_shared(metadata: Metadata) -> tuple[Decision, ...]:
    """The decisions that a list's metadata hold; damaged ones are left out."""
    found = []
    for record in metadata.get(_DECISIONS) or ():
        try:
            found.append(parse_decision(record))
        except (ValueError, TypeError, KeyError, AttributeError):
            log.warning("A shared decision cannot be read and is left out")
    return tuple(found)
