"""Registry pages saved or pasted as text: headings, and three lines a site under `Locations`."""

import re
from collections.abc import Iterator
from itertools import pairwise

from dashboard.errors import ReadError
from dashboard.readers.common.builder import Gathered
from dashboard.readers.common.country_text import split_place, unlike
from dashboard.readers.registries.page_record import trial_record
from dashboard.readers.registries.page_sections import Line, split_sections
from dashboard.sites.vocabulary import site_status_word

FORMAT = "Registry page (text)"

_NCT = re.compile(r"^\s*NCT ID\s*:?\s*(NCT\d{8})", re.MULTILINE | re.IGNORECASE)
_CONTENT = re.compile(r"^\s*(?:Basic Information|Locations)\s*:?\s*$", re.MULTILINE | re.IGNORECASE)
_RELATED = re.compile(r"NCT\d{8}\b", re.IGNORECASE)
_SITE_STATUS = re.compile(r"^Site Status\b[\s:]*(.*)$", re.IGNORECASE)
# A recruiting site may show a person to call; people are not part of a facility's name.
_CONTACT = re.compile(
    r"\S@\S|^(Role|Contact|Phone|Tel|E-?mail)\s*:|^\+\d[\d\s().-]{6,}$", re.IGNORECASE
)


def is_registry_page(text: str) -> bool:
    """True for a page: its `NCT ID:` line near the top, or a run of `Site Status` lines."""
    if _NCT.search(text[:20_000]):
        return True
    return len(re.findall(r"^[ \t]*Site Status\b", text, re.MULTILINE)) > 1


def gather_pages(text: str, name: str, gathered: Gathered) -> None:
    """The trials and the sites of one page, or of several pasted one after the other.

    Raises ReadError when no trial is named.
    """
    for page, line in _pages(text):
        _gather_page(page, line, name, gathered)


def _pages(text: str) -> Iterator[tuple[str, int]]:
    """Each page, and the number of its first line; a page begins with the line above `NCT ID:`."""
    starts = [0]
    before = ""
    for found in _NCT.finditer(text):
        if before and (
            found[1].upper() != before or _CONTENT.search(text, starts[-1], found.start())
        ):
            starts.append(_title_start(text, found.start(1)))
        before = found[1].upper()
    line = 1
    for start, stop in pairwise([*starts, len(text)]):
        yield text[start:stop], line
        line += text.count("\n", start, stop)


def _title_start(text: str, number: int) -> int:
    """Where the title above the `NCT ID:` line begins, given where the trial's number stands."""
    own = text.rfind("\n", 0, number) + 1
    above = text[:own].rstrip()
    title = above.rfind("\n") + 1
    return own if _RELATED.match(above, title) else title


def _gather_page(text: str, first_line: int, name: str, gathered: Gathered) -> None:
    """The trial and the sites of one page.

    A page without `Locations` gives no sites and a warning. The page's own list of countries is
    held against the sites; a difference is a warning. Raises ReadError when no trial is named.
    """
    found = _NCT.search(text) or re.search(r"\b(NCT\d{8})\b", text)
    if not found:
        raise ReadError(name, "no NCT number on this page", "the line 'NCT ID:' is missing")
    trial_id = found[1].upper()
    sections = split_sections(text, first_line)
    trial = trial_record(trial_id, sections)
    gathered.open_trial(trial)
    before = len(gathered)
    if "Locations" in sections.lines:
        _add_sites(gathered, sections.lines["Locations"])
        if len(gathered) == before:
            gathered.warn(f"{trial_id}: the Locations section holds no site")
    else:
        gathered.warn(f"{trial_id}: the page has no Locations section, so there are no sites")
    if len(gathered) > before and trial.countries:
        gathered.warn(*unlike(trial_id, trial.countries, gathered.country[before:]))


def _add_sites(gathered: Gathered, lines: list[Line]) -> None:
    """Each site ends with its `Site Status` line, and its status where one follows."""
    block: list[str] = []
    awaiting_status = False
    for number, line in lines:
        found = _SITE_STATUS.match(line)
        if found is None:
            if awaiting_status and site_status_word(line):
                gathered.status[-1] = line
            else:
                block.append(line)
            awaiting_status = False
            continue
        place = block.pop() if block else ""
        city, state, country = split_place(place)
        if not country:
            gathered.warn(f"line {number}: no country in {place[:80]!r}; the site is kept")
        facility = " ".join(text for text in block if not _CONTACT.search(text))
        gathered.add(facility, city, state, "", country, found[1])
        awaiting_status = not found[1]
        block = []
    if block:
        gathered.warn(f"line {lines[-1].number}: text after the last site was not used")
