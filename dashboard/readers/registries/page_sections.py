"""The headings of a registry page saved as text, and the lines under each."""

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

# The page opens its sections with one sentence that tells the visitor what to do with them.
_BLURB = re.compile(
    r"^(Get a|Review|Dive into|See|Understand|Learn|Discover|Check|Meet|Identify|Explore|Access|"
    r"Find|Track|View|Browse|Download|Look|Compare|Reach|Contact|Read|Follow|Additional)\b.{20,200}\.$"
)


class Line(NamedTuple):
    """A line that holds text, with its number in the file."""

    number: int
    text: str


class Sections(NamedTuple):
    """What stands before the first heading, and the lines under each heading found."""

    before: list[Line]
    lines: dict[str, list[Line]]

    def texts(self, heading: str) -> list[str]:
        """The lines under a heading, empty where the page has no such heading."""
        return [line.text for line in self.lines.get(heading, ())]


def split_sections(text: str, first_line: int = 1) -> Sections:
    """Cut a page at its headings; blank lines and the sections' opening sentences are dropped.

    ``first_line`` is the number of the page's first line in its file.
    """
    lines = [
        Line(number, stripped)
        for number, line in enumerate(text.splitlines(), first_line)
        if (stripped := line.strip())
    ]
    starts = sorted((at, heading) for heading, at in _headings(lines).items())
    before = lines[: starts[0][0]] if starts else lines
    sections: dict[str, list[Line]] = {}
    for (at, heading), (end, _) in pairwise([*starts, (len(lines), "")]):
        body = lines[at + 1 : end]
        if body and _BLURB.match(body[0].text) and (len(body) > 1 or heading not in _PROSE):
            body = body[1:]
        sections[heading] = body
    return Sections(before, sections)


def _headings(lines: Sequence[Line]) -> dict[str, int]:
    """Where each heading stands: where a blurb follows it, else where it first stands alone."""
    known = {heading.casefold(): heading for heading in HEADINGS}
    found: dict[str, int] = {}
    sure: set[str] = set()
    for at, line in enumerate(lines):
        blurb_follows = at + 1 < len(lines) and bool(_BLURB.match(lines[at + 1].text))
        heading = known.get(line.text.rstrip(":").casefold())
        if heading is None and blurb_follows and _like_heading(line.text):
            heading = line.text
        if heading is None or heading in sure:
            continue
        if blurb_follows:
            sure.add(heading)
            found[heading] = at
        else:
            found.setdefault(heading, at)
    return found


def _like_heading(text: str) -> bool:
    words = text.split()
    return len(words) <= 5 and all(word[0].isupper() and word.isalpha() for word in words)


def fields(lines: Iterable[str], labels: Sequence[str]) -> dict[str, list[str]]:
    """Values under labels that stand alone on a line; what stands before the first is under ``""``.

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
