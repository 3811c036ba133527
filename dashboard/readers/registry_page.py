"""A registry page saved or pasted as text: headings, and three lines a site under `Locations`."""

import re

from dashboard.errors import ReadError
from dashboard.readers.columns import SiteColumns
from dashboard.readers.country_text import split_place, unlike
from dashboard.readers.page_record import trial_record
from dashboard.readers.page_sections import Line, split_sections
from dashboard.readers.reading import Reading
from dashboard.vocabulary import site_status_word

FORMAT = "Registry page (text)"

_NCT = re.compile(r"^\s*NCT ID\s*:?\s*(NCT\d{8})", re.MULTILINE | re.IGNORECASE)
_SITE_STATUS = re.compile(r"^Site Status\b[\s:]*(.*)$", re.IGNORECASE)
# A recruiting site may show a person to call; people are not part of a facility's name.
_CONTACT = re.compile(r"\S@\S|^(Role|Contact|Phone|Tel|E-?mail)\s*:|^\+\d[\d\s().-]{6,}$", re.I)


def recognised(text: str) -> bool:
    """True for a page: its `NCT ID:` line near the top, or a run of `Site Status` lines."""
    if _NCT.search(text[:20_000]):
        return True
    return len(re.findall(r"^[ \t]*Site Status\b", text, re.MULTILINE)) > 1


def read_page(text: str, name: str) -> Reading:
    """The trial and the sites of one page.

    A page without `Locations` gives no sites and a warning. The page's own list of countries is
    held against the sites; a difference is a warning. Raises ReadError when no trial is named.
    """
    found = _NCT.search(text) or re.search(r"\b(NCT\d{8})\b", text)
    if not found:
        raise ReadError(name, "no NCT number on this page", "the line 'NCT ID:' is missing")
    trial_id = found[1].upper()
    sections = split_sections(text)
    trial = trial_record(trial_id, sections)
    sites = SiteColumns()
    warnings: list[str] = []
    if "Locations" in sections.lines:
        warnings += _add_sites(sites, trial_id, sections.lines["Locations"])
        if not len(sites):
            warnings.append(f"{trial_id}: the Locations section holds no site")
    else:
        warnings.append(f"{trial_id}: the page has no Locations section, so there are no sites")
    if len(sites) and trial.countries:
        warnings += unlike(trial_id, trial.countries, sites.country)
    return Reading(name, FORMAT, (trial,), sites.frame(), tuple(warnings), trial.as_of)


def _add_sites(sites: SiteColumns, trial_id: str, lines: list[Line]) -> list[str]:
    """Each site ends with its `Site Status` line, and its status where one follows."""
    warnings: list[str] = []
    block: list[str] = []
    awaiting_status = False
    for number, line in lines:
        found = _SITE_STATUS.match(line)
        if found is None:
            if awaiting_status and site_status_word(line):
                sites.status[-1] = line
            else:
                block.append(line)
            awaiting_status = False
            continue
        place = block.pop() if block else ""
        city, state, country = split_place(place)
        if not country:
            warnings.append(f"line {number}: no country in {place!r}; the site is kept")
        facility = " ".join(text for text in block if not _CONTACT.search(text))
        sites.add(trial_id, facility, city, state, "", country, found[1])
        awaiting_status = not found[1]
        block = []
    if block and lines:
        warnings.append(f"line {lines[-1].number}: text after the last site was not used")
    return warnings
