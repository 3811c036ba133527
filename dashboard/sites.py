"""The site table: its columns, how it is built from readings, and how positions join it."""

import re

COLUMNS = (
    "trial_id",
    "trial_title",
    "trial_status",
    "phase",
    "sponsor",
    "site_number",
    "facility",
    "city",
    "state",
    "postcode",
    "country",
    "country_code",
    "status",
    "latitude",
    "longitude",
    "precision",
    "place_name",
    "source",
    "score",
    "flags",
    "reason",
)
"""The site table's columns, in memory, on screen and in every download."""

_NUMBERED = re.compile(r"^\s*#?(\d[\d-]{1,11})\s*(?:[-–:]\s+(.*))?$", re.DOTALL)


def split_facility(text: str) -> tuple[str, str]:
    """The site number a facility line starts with, and the rest.

    ``1102 - LKH Graz`` -> ``("1102", "LKH Graz")``; a bare ``1106`` -> ``("1106", "")``;
    ``12 de Octubre`` -> ``("", "12 de Octubre")``.
    """
    found = _NUMBERED.match(text)
    if not found:
        return "", text.strip()
    return found[1], (found[2] or "").strip()
