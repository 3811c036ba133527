"""Wording of warnings."""

from collections.abc import Callable, Sequence

Warn = Callable[[str], None]
"""Called with a sentence for the person whose file is read."""

_MAX_LISTED = 5


def shorten(items: Sequence[str], listed: int = _MAX_LISTED) -> str:
    """The first few items, and how many more there are."""
    more = len(items) - listed
    return ", ".join(items[:listed]) + (f" and {more} more" if more > 0 else "")
