"""Long lists in one sentence: the first few, and how many more."""

from collections.abc import Sequence

_MOST_NAMED = 5


def listed(items: Sequence[str]) -> str:
    """The first few of them, and how many more there are."""
    more = len(items) - _MOST_NAMED
    return ", ".join(items[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
