"""What does not work for a while of a store's database, and the sentence that says so."""

from dataclasses import dataclass

from geocache.store.database import Trouble


@dataclass
class Outage:
    """Something that does not work for now: the warning about it, and when to try again."""

    warning: str
    retry_at: float
    """By :func:`time.monotonic`."""


OUTAGE_WARNINGS = {
    Trouble.DAMAGED: "the store is damaged ({cause}): what can be read is moved into a new one, "
    "and answers and pins are kept in memory meanwhile",
    Trouble.AWAY: "the store's server cannot be reached ({cause}): answers and pins are kept in "
    "memory until it is back; those on the server are not shown",
    Trouble.UNWRITABLE: "the store cannot be written ({cause}): answers and pins are kept in "
    "memory only, and written once it can be",
}
"""Each has a place for the ``cause``."""
