"""The kinds of names of a place."""

from enum import IntEnum


class NameKind(IntEnum):
    """Best first; places of a name are listed in this order."""

    OFFICIAL = 0
    ALIAS = 1
    PART = 2
    POST_OFFICE = 3
    ALTERNATE = 4
    OTHER_SCRIPT = 5
    DISTRICT = 6
    SOUND = 7
    LOCALITY = 8


WORDS = (
    "official name",
    "usual name",
    "first part of the official name",
    "post office name",
    "alternate name",
    "name in another script",
    "district of the city",
    "name that sounds alike",
    "postal locality",
)
"""The kinds in words, for a position's reason, in their order."""
