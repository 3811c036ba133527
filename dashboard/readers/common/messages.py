"""Wording of warnings."""

from collections.abc import Callable, Sequence

Warn = Callable[[str], None]
"""Called with a sentence for the person whose file is read."""

_MAX_LISTED = 5


def shorten(items: Sequence[str]) -> str:
    """The first few items, and how many more there are."""
    more = len(items) - _MAX_LISTED
    return ", ".join(items[:_MAX_LISTED]) + (f" and {more} more" if more > 0 else "")
