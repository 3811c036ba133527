"""How a name belongs to a place."""

from enum import IntEnum


class Kind(IntEnum):
    """Best first; the order decides which place of a name is looked at first."""

    OFFICIAL = 0
    ALIAS = 1
    PART = 2
    POST_OFFICE = 3
    ALTERNATE = 4
    OTHER_SCRIPT = 5
    DISTRICT = 6
    SOUND = 7


WORDS = {
    Kind.OFFICIAL: "official name",
    Kind.ALIAS: "usual name",
    Kind.PART: "first part of the official name",
    Kind.POST_OFFICE: "post office name",
    Kind.ALTERNATE: "alternate name",
    Kind.OTHER_SCRIPT: "name in another script",
    Kind.DISTRICT: "district of the city",
    Kind.SOUND: "name that sounds alike",
}
"""The kinds as a position's reason says them."""
