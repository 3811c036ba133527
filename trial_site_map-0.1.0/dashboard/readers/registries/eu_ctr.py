"""Recognizes the EU Clinical Trials Register (EudraCT), which lists countries and no sites."""

import re
from collections.abc import Sequence

from dashboard.errors import ReadError
from dashboard.readers.common.column_names import fold_header

_START = 30_000
_NUMBER = re.compile(
    r"^[ \t]{0,20}(?:A\.2[ \t]{1,20})?EudraCT Number\b", re.IGNORECASE | re.MULTILINE
)
_ALSO = (
    "clinicaltrialsregister.eu",
    "member state concerned",
    "sponsor protocol number:",
    "trial protocol:",
)
_SECTION = re.compile(r"[a-n] ?\d{1,2}(?: ?\d{1,2}){0,4} [a-z]")
_MIN_SECTIONS = 3


def is_eu_ctr(text: str) -> bool:
    """True for a page of the register, or its download as text."""
    start = text[:_START]
    plain = start.casefold()
    return bool(_NUMBER.search(start)) and any(sign in plain for sign in _ALSO)


def is_eu_ctr_header(header: Sequence[str]) -> bool:
    """True for columns that are called as the register's sections: `B.1.3.4 Country`."""
    names = [fold_header(cell) for cell in header]
    numbered = sum(bool(_SECTION.match(name)) for name in names)
    return numbered >= _MIN_SECTIONS and any(
        "eudract" in name or "member state" in name for name in names
    )


def build_refusal(name: str) -> ReadError:
    """The error for a file of the register."""
    return ReadError(
        name,
        "a file of the EU Clinical Trials Register, which lists the countries of a trial and no "
        "sites; trials since 2023 are in CTIS, with their sites",
    )
