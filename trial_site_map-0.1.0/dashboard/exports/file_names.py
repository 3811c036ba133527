"""Names of downloaded files, after what they hold."""

import re
from collections.abc import Sequence
from datetime import date

from anyascii import anyascii

MAX_LENGTH = 80
"""Characters of a name without its suffix."""
_MAX_WORD = 24
_NO_WORD = re.compile(r"[^a-z0-9]+")
_NO_NAME = re.compile(r"[^A-Za-z0-9]+")


def name_file(
    subjects: Sequence[str], conditions: Sequence[str], suffix: str, day: date, *, of: str = "sites"
) -> str:
    """A name such as ``NCT01207388-germany-2026-11-30.csv``, in ASCII.

    Args:
        subjects: the trials or lists that the rows come from; more than two are not named.
        conditions: what was filtered by, as people read it; what has no room is left out.
        suffix: of the format.
        day: when it is downloaded.
        of: what the rows are, where no subject is named.
    """
    named = [_NO_NAME.sub("-", anyascii(text)).strip("-")[:_MAX_WORD] for text in subjects]
    named = [text for text in named if text]
    parts = named if 0 < len(named) <= 2 else [of]
    words = (_NO_WORD.sub("-", anyascii(text).lower()).strip("-") for text in conditions)
    for word in words:
        if word and len(word) <= _MAX_WORD and len("-".join([*parts, word])) <= MAX_LENGTH - 11:
            parts.append(word)
    return f"{'-'.join([*parts, day.isoformat()])}.{suffix}"
