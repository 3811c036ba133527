"""Reads registry pages saved or pasted as text: sites are three lines each under `Locations`."""

import re
from collections.abc import Iterator
from itertools import pairwise

from dashboard.errors import ReadError
from dashboard.readers.common.builder import ReadingBuilder
from dashboard.readers.common.country_text import compare_countries, split_place
from dashboard.readers.registries.page_record import parse_trial
from dashboard.readers.registries.page_sections import Line, split_sections
from dashboard.sites.vocabulary import site_status_word

FORMAT = "Registry page (text)"

_NCT = re.compile(r"^[ \t]*+NCT ID[ \t]*+:?\s{0,20}(NCT\d{8})", re.MULTILINE | re.IGNORECASE)
_CONTENT = re.compile(
    r"^[ \t]*+(?:Basic Information|Locations)[ \t]*+:?[ \t\r]*+$", re.MULTILINE | re.IGNORECASE
)
_RELATED = re.compile(r"NCT\d{8}\b", re.IGNORECASE)
_SITE_STATUS = re.compile(r"^Site Status\b[\s:]*(.*)$", re.IGNORECASE)
# A recruiting site may list a person to contact, who is not part of the facility's name.
_CONTACT = re.compile(
    r"\S@\S|^(Role|Contact|Phone|Tel|E-?mail)\s*:|^\+\d[\d\s().-]{6,}$", re.IGNORECASE
)


def is_registry_page(text: str) -> bool:
    """True for a page: it has an `NCT ID:` line near the top, or several `Site Status` lines."""
    if _NCT.search(text[:20_000]):
        return True
    several = text.count("Site Status") > 1  # far faster, and nearly never so
    return several and len(re.findall(r"^[ \t]*Site Status\b", text, re.MULTILINE)) > 1


def read_pages(text: str, name: str, builder: ReadingBuilder) -> None:
    """Read the trials and sites of one page, or of several pasted one after the other.

    Raises ReadError if a page names no trial.
    """
    for page, line in _iter_pages(text):
        _read_page(page, line, name, builder)


def _iter_pages(text: str) -> Iterator[tuple[str, int]]:
    """Each page, and the number of its first line; a page begins with the line above `NCT ID:`."""
    starts = [0]
    before = ""
    for found in _NCT.finditer(text):
        if before and (
            found[1].upper() != before or _CONTENT.search(text, starts[-1], found.start())
        ):
            starts.append(_find_title(text, found.start(1)))
        before = found[1].upper()
    line = 1
    for start, stop in pairwise([*starts, len(text)]):
        yield text[start:stop], line
        line += text.count("\n", start, stop)


def _find_title(text: str, number: int) -> int:
    """The offset of the title above the `NCT ID:` line, given that of the trial's number."""
    own = text.rfind("\n", 0, number) + 1
    above = text[:own].rstrip()
    title = above.rfind("\n") + 1
    return own if _RELATED.match(above, title) else title


def _read_page(text: str, first_line: int, name: str, builder: ReadingBuilder) -> None:
    """Read one page.

    A page without `Locations` gives no sites and a warning. Differences between the page's list of
    countries and the sites give a warning. Raises ReadError if the page names no trial.
    """
    found = _NCT.search(text) or re.search(r"\b(NCT\d{8})\b", text)
    if not found:
        raise ReadError(name, "no NCT number on this page", "the line 'NCT ID:' is missing")
    trial_id = found[1].upper()
    sections = split_sections(text, first_line)
    trial = parse_trial(trial_id, sections)
    builder.add_trial(trial)
    before = len(builder)
    if "Locations" in sections.lines:
        _add_sites(builder, sections.lines["Locations"])
        if len(builder) == before:
            builder.warn(f"{trial_id}: the Locations section has no sites")
    else:
        builder.warn(f"{trial_id}: the page has no Locations section, so there are no sites")
    if len(builder) > before and trial.countries:
        builder.warn(*compare_countries(trial_id, trial.countries, builder.country[before:]))


def _add_sites(builder: ReadingBuilder, lines: list[Line]) -> None:
    """Add the sites; each ends with its `Site Status` line, and perhaps a status."""
    block: list[str] = []
    awaiting_status = False
    for number, line in lines:
        found = _SITE_STATUS.match(line)
        if found is None:
            if awaiting_status and site_status_word(line):
                builder.status.replace_last(line)
            else:
                block.append(line)
            awaiting_status = False
            continue
        place = block.pop() if block else ""
        city, state, country = split_place(place)
        if not country:
            builder.warn(f"line {number}: no country in {place[:80]!r}; the site is kept")
        facility = " ".join(text for text in block if not _CONTACT.search(text))
        builder.add_site(facility, city, state, "", country, found[1])
        awaiting_status = not found[1]
        block = []
    if block:
        builder.warn(f"line {lines[-1].number}: text after the last site was not used")
