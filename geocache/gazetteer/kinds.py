"""How a name belongs to a place."""

from enum import IntEnum


class Kind(IntEnum):
    """Best first: the official name, a part of it, another Latin name, one in another script."""

    OFFICIAL = 0
    OFFICIAL_PART = 1
    ALTERNATE = 2
    OTHER_SCRIPT = 3
