"""How a name belongs to a place."""

from enum import IntEnum


class NameKind(IntEnum):
    """Best first; the order decides which place of a name is looked at first."""

    OFFICIAL = 0
    ALIAS = 1
    PART = 2
    POST_OFFICE = 3
    ALTERNATE = 4
    OTHER_SCRIPT = 5
    DISTRICT = 6
    SOUND = 7


WORDS = (
    "official name",
    "usual name",
    "first part of the official name",
    "post office name",
    "alternate name",
    "name in another script",
    "district of the city",
    "name that sounds alike",
)
"""The kinds as a position's reason says them, in their order."""
