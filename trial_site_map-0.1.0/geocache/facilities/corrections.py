"""What people said of facilities: which spellings are one, which are not, and its name.

A correction says of one spelling in one place which facility it is. It wins over every rule, and
spellings that the rules join to it follow.
"""

import csv
import io
import time
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import NamedTuple

from geocache.errors import InputError
from geocache.geo.countries import country_code
from geocache.keys import SEPARATOR, normalize

COLUMNS = (
    *("facility", "city", "state", "country"),
    *("facility_id", "facility_name", "note", "who", "corrected_at"),
)
MAX_CORRECTIONS = 10_000
MAX_TEXT = 500
_ID_BYTES = 5


class Correction(NamedTuple):
    """One spelling of a place, and its facility.

    Attributes:
        facility: the spelling, as in the lists.
        facility_id: the facility it is.
        facility_name: how that shall be called; empty for its clearest spelling.
        corrected_at: seconds since 1970.
    """

    facility: str
    city: str
    state: str
    country: str
    facility_id: str
    facility_name: str = ""
    note: str = ""
    who: str = ""
    corrected_at: int = 0

    @property
    def key(self) -> str:
        """Equal for corrections of one spelling."""
        return make_key(self.facility, self.city, self.state, self.country)


def make_key(facility: str, city: str, state: str, country: str) -> str:
    """The key of a spelling in a place as its list writes it."""
    land = country_code(country) or country
    return SEPARATOR.join(map(normalize, (facility, city, state, land)))


def make_own_id(correction: Correction) -> str:
    """The id of a facility that is one spelling alone, for "not the same"."""
    return make_id(correction.key)


def make_id(text: str) -> str:
    """A facility's id from a text that is its own."""
    digest = blake2b(text.encode(errors="replace"), digest_size=_ID_BYTES).digest()
    return "F" + digest.hex()


def write_csv(corrections: Iterable[Correction]) -> bytes:
    """Corrections as CSV, in the form that :func:`read_csv` reads."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows(corrections)
    return text.getvalue().encode()


def read_csv(data: bytes, name: str) -> list[Correction]:
    """The corrections in a file; those without a time get that of now.

    Raises:
        InputError: a column or value is missing or too long; the message says which row.
    """
    try:
        text = data.decode("utf-8-sig")
        reader = csv.DictReader(io.StringIO(text, newline=""))
        missing = [one for one in ("facility", "city", "country", "facility_id")
                   if one not in (reader.fieldnames or ())]  # fmt: skip
        if missing:
            raise InputError(f"{name}: no column {', '.join(missing)}")
        rows = [_read_row(row, f"{name}, row {n}") for n, row in enumerate(reader, start=2)]
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{name} cannot be read: {error}") from error
    if not rows:
        raise InputError(f"{name} holds no correction")
    if len(rows) > MAX_CORRECTIONS:
        raise InputError(f"{name}: {len(rows):,} corrections, at most {MAX_CORRECTIONS:,} at once")
    return rows


def _read_row(row: Mapping[str, str | None], where: str) -> Correction:
    values = {column: (row.get(column) or "").strip() for column in COLUMNS}
    for column, value in values.items():
        if len(value) > MAX_TEXT:
            raise InputError(f"{where}: {column} has more than {MAX_TEXT} characters")
    if not values["facility"] or not values["facility_id"]:
        raise InputError(f"{where}: needs a facility and a facility_id")
    at = values.pop("corrected_at")
    if at and not at.isdigit():
        raise InputError(f"{where}: corrected_at {at[:40]!r} is no whole number of seconds")
    return Correction(**values, corrected_at=int(at) if at else int(time.time()))


def select_newer(
    corrections: Sequence[Correction], stored: Iterable[Correction]
) -> list[Correction]:
    """Those that are not older than the stored ones of the same spelling."""
    known = {one.key: one.corrected_at for one in stored}
    return [one for one in corrections if one.corrected_at >= known.get(one.key, 0)]
