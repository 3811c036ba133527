"""Finds the columns of a place in the header of a CSV file."""

from collections.abc import Sequence

from geocache.errors import InputError
from geocache.place import Place

_NAMES = {
    "facility": "facility",
    "city": "city",
    "state": "state",
    "postcode": "postcode",
    "zip": "postcode",
    "country": "country",
}


def find_place_columns(header: Sequence[str], name: str) -> list[int]:
    """The column of each part of a place, -1 if it is missing.

    Raises:
        InputError: all are missing.
    """
    found: dict[str, int] = {}
    for wanted in ("zip", *Place._fields):  # postcode after zip: it wins
        for at, title in enumerate(header):
            if title.strip().casefold() == wanted:
                found[_NAMES[wanted]] = at
                break
    if not found:
        raise InputError(
            f"{name}: no column named {', '.join(Place._fields)}; found: {', '.join(header)}"
        )
    return [found.get(part, -1) for part in Place._fields]
