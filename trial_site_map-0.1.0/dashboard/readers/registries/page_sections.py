"""Splits a registry page saved as text at its headings."""

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

HEADINGS = (
    "Study Results",
    "Basic Information",
    "Brief Summary",
    "Detailed Description",
    "Conditions",
    "Keywords",
    "Study Design",
    "Study Groups",
    "Interventions",
    "Other Intervention Names",
    "Eligibility Criteria",
    "Sponsors",
    "Responsible Party",
    "Principal Investigators",
    "Central Contacts",
    "Overall Contacts",
    "Locations",
    "Countries",
    "References",
    "Provided Documents",
    "Other Identifiers",
    "More Related Trials",
)

_PROSE = ("Brief Summary", "Detailed Description")

# Sections of the page begin with a sentence that introduces them.
_BLURB = re.compile(
    r"^(Get a|Review|Dive into|See|Understand|Learn|Discover|Check|Meet|Identify|Explore|Access|"
    r"Find|Track|View|Browse|Download|Look|Compare|Reach|Contact|Read|Follow|Additional)\b.{20,200}\.$"
)


class Line(NamedTuple):
    """A line with text, and its number in the file."""

    number: int
    text: str


class Sections(NamedTuple):
    """The lines before the first heading, and those under each heading."""

    before: list[Line]
    lines: dict[str, list[Line]]

    def texts(self, heading: str) -> list[str]:
        """The lines under a heading; none if the page lacks it."""
        return [line.text for line in self.lines.get(heading, ())]


def split_sections(text: str, first_line: int = 1) -> Sections:
    """Split a page at its headings; blank lines and introductory sentences are dropped.

    ``first_line`` is the number of the page's first line in its file.
    """
    lines = [
        Line(number, stripped)
        for number, line in enumerate(text.splitlines(), first_line)
        if (stripped := line.strip())
    ]
    starts = sorted((at, heading) for heading, at in _find_headings(lines).items())
    before = lines[: starts[0][0]] if starts else lines
    sections: dict[str, list[Line]] = {}
    for (at, heading), (end, _) in pairwise([*starts, (len(lines), "")]):
        body = lines[at + 1 : end]
        if body and _BLURB.match(body[0].text) and (len(body) > 1 or heading not in _PROSE):
            body = body[1:]
        sections[heading] = body
    return Sections(before, sections)


def _find_headings(lines: Sequence[Line]) -> dict[str, int]:
    """The index of each heading: followed by an introduction, else alone on its line first."""
    known = {heading.casefold(): heading for heading in HEADINGS}
    found: dict[str, int] = {}
    sure: set[str] = set()
    for at, line in enumerate(lines):
        blurb_follows = at + 1 < len(lines) and bool(_BLURB.match(lines[at + 1].text))
        heading = known.get(line.text.rstrip(":").casefold())
        if heading is None and blurb_follows and _looks_like_heading(line.text):
            heading = line.text
        if heading is None or heading in sure:
            continue
        if blurb_follows:
            sure.add(heading)
            found[heading] = at
        else:
            found.setdefault(heading, at)
    return found


def _looks_like_heading(text: str) -> bool:
    words = text.split()
    return len(words) <= 5 and all(word[0].isupper() and word.isalpha() for word in words)


def parse_fields(lines: Iterable[str], labels: Sequence[str]) -> dict[str, list[str]]:
    """The lines under each label that is alone on a line; lines before the first are under ``""``.

    A label without a value gives an empty list.
    """
    known = {label.casefold(): label for label in labels}
    values: dict[str, list[str]] = {"": []}
    current = ""
    for line in lines:
        label = known.get(line.rstrip(":").casefold())
        if label is not None and label not in values:
            current = label
            values[label] = []
        else:
            values[current].append(line)
    return values
