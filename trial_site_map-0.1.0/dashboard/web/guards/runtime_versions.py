"""Weaknesses of Python and expat that concern this server, for a warning at its start.

SECURITY.md has the same table. Distributions may have repaired an older version without changing
its number.
"""

import logging
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pyexpat import version_info as expat_version

log = logging.getLogger(__name__)

Version = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Weakness:
    """One known weakness.

    ``fixed_in`` has the first repaired release of each series that got one, oldest first; later
    series never had it. ``here`` is what protects this server, empty if nothing does.
    """

    cve: str
    part: str
    fixed_in: tuple[Version, ...]
    danger: str
    here: str = ""

    def affects(self, version: Version) -> bool:
        """Whether a version has it."""
        for fixed in self.fixed_in:
            if version[: len(fixed) - 1] <= fixed[:-1]:
                return version < fixed
        return False


_PYTHON_FIXES = ((3, 11, 10), (3, 12, 6))

WEAKNESSES = (
    Weakness(
        "CVE-2024-7592",
        "Python",
        _PYTHON_FIXES,
        "quoted cookies are read in quadratic time",
        "the server reads cookies itself, at most 8 kB",
    ),
    Weakness(
        "CVE-2024-8088",
        "Python",
        _PYTHON_FIXES,
        "names in a ZIP archive make zipfile.Path loop for ever",
        "archives are read without zipfile.Path",
    ),
    Weakness(
        "CVE-2024-6232",
        "Python",
        _PYTHON_FIXES,
        "headers of a TAR archive are read in quadratic time",
        "TAR archives are read in child processes with limited time",
    ),
    Weakness(
        "CVE-2023-52425",
        "expat",
        ((2, 6, 0),),
        "one large token is read in quadratic time",
        "lists are read in child processes with limited time",
    ),
    Weakness(
        "CVE-2024-45490",
        "expat",
        ((2, 6, 3),),
        "a negative length, or a large DTD on 32 bits, corrupts memory (CVE-2024-45491, -45492)",
        "Python passes no negative length; use 64 bits",
    ),
    Weakness(
        "CVE-2024-8176",
        "expat",
        ((2, 7, 0),),
        "nested entities exhaust the stack",
        "XML with entities is refused",
    ),
)


def find_weaknesses(python: Version, expat: Version) -> list[Weakness]:
    """The weaknesses of these versions."""
    versions = {"Python": python, "expat": expat}
    return [one for one in WEAKNESSES if one.affects(versions[one.part])]


def describe_weaknesses(found: Sequence[Weakness], python: Version, expat: Version) -> str:
    """One line about some weaknesses of these versions, empty if there are none."""
    if not found:
        return ""
    names = {"Python": ".".join(map(str, python)), "expat": ".".join(map(str, expat))}
    parts = {one.part: f"{one.part} {names[one.part]}" for one in found}
    listed = "; ".join(f"{one.cve}: {one.danger} ({one.here or 'update it'})" for one in found)
    return f"{' and '.join(parts.values())}: {listed}. See SECURITY.md."


def warn_about_versions() -> None:
    """Log one line if this process's Python or expat has a known weakness."""
    python, expat = tuple(sys.version_info[:3]), tuple(expat_version)
    line = describe_weaknesses(find_weaknesses(python, expat), python, expat)
    if line:
        log.warning("%s", line)
