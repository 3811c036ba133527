"""Reads the ClinicalTrials.gov CSV or TSV download, since 2023 and before: one trial per row."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dashboard.readers.common.builder import ReadingBuilder
from dashboard.readers.common.locations_text import LocationParts, split_all, split_cell
from dashboard.readers.registries.study_record import build_trial

FORMAT = "ClinicalTrials.gov download (since 2023)"
OLD_FORMAT = "ClinicalTrials.gov download (before 2023)"

_SHOWN = 3


def is_download(header: Sequence[str]) -> bool:
    """True for the header of either download, with any choice of columns."""
    names = {cell.strip().casefold() for cell in header}
    return "nct number" in names and bool(
        names & {"study title", "title", "study url", "url", "locations", "study status"}
    )


def read_download(header: Sequence[str], rows: Iterator[list[str]], builder: ReadingBuilder) -> str:
    """Read the trials and their sites; returns the name of the format.

    Sites are split from the text of `Locations`, with a warning where another split is as likely.
    A download without that column gives trials and a warning.
    """
    names = [cell.strip() for cell in header]
    old = "Title" in names and "Study Title" not in names
    read = [dict(zip(names, row, strict=False)) for row in rows if any(row)]
    cells = [split_cell(row.get("Locations", "")) for row in read]
    parts = split_all(text for sites in cells for text in sites)
    for row, sites in zip(read, cells, strict=True):
        found = [parts[text] for text in sites]
        countries = tuple(dict.fromkeys(site.country for site in found if site.country))
        trial = build_trial(_to_v2(row), countries)
        builder.add_trial(trial)
        for site in found:
            builder.add_site(site.facility, site.city, site.state, site.postcode, site.country)
        _warn_unsure(trial.trial_id, sites, found, builder)
    if "Locations" not in names:
        builder.warn("this download lacks the Locations column: it has trials and no sites")
    return OLD_FORMAT if old else FORMAT


def _warn_unsure(
    trial_id: str, texts: Sequence[str], found: Sequence[LocationParts], builder: ReadingBuilder
) -> None:
    unsure = [text for text, site in zip(texts, found, strict=True) if not site.sure]
    if not unsure:
        return
    shown = "; ".join(text[-60:] for text in dict.fromkeys(unsure[:_SHOWN]))
    builder.warn(
        f"{trial_id}: {len(unsure)} of {len(texts)} locations could be split into facility, city "
        f"and state differently (… {shown})"
    )


def _split_list(text: str) -> list[str]:
    return [part.strip() for part in text.split("|") if part.strip()]


def _to_v2(row: Mapping[str, str]) -> dict[str, Any]:
    """Convert a row to a study of API v2; missing columns are empty."""

    def cell(*names: str) -> str:
        return next((row[name].strip() for name in names if row.get(name)), "")

    designs = dict(
        part.split(": ", 1)
        for part in _split_list(cell("Study Design", "Study Designs"))
        if ": " in part
    )
    masking, _, masked = designs.get("Masking", "").partition(" (")
    if masking.casefold() == "none":
        masked = ""
    minimum, maximum = _parse_ages(cell("Age"))
    lead, *others = _list_sponsors(row)
    classes = _split_list(cell("Funder Type", "Funded Bys")) or [""]
    return {
        "protocolSection": {
            "identificationModule": {
                "nctId": cell("NCT Number"),
                "briefTitle": cell("Study Title", "Title"),
                "acronym": cell("Acronym"),
                "orgStudyIdInfo": {"id": next(iter(_split_list(cell("Other IDs"))), "")},
                "secondaryIdInfos": [{"id": text} for text in _split_list(cell("Other IDs"))[1:]],
            },
            "statusModule": {
                "overallStatus": cell("Study Status", "Status"),
                "startDateStruct": {"date": cell("Start Date")},
                "completionDateStruct": {"date": cell("Completion Date")},
                "studyFirstPostDateStruct": {"date": cell("First Posted")},
                "lastUpdatePostDateStruct": {"date": cell("Last Update Posted")},
            },
            "descriptionModule": {"briefSummary": cell("Brief Summary")},
            "conditionsModule": {"conditions": _split_list(cell("Conditions"))},
            "sponsorCollaboratorsModule": {
                "leadSponsor": {"name": lead, "class": classes[0].split("|")[0]},
                "collaborators": [{"name": name} for name in others],
            },
            "designModule": {
                "studyType": cell("Study Type"),
                "phases": _split_list(cell("Phases")),
                "enrollmentInfo": {"count": cell("Enrollment")},
                "designInfo": {
                    "allocation": designs.get("Allocation"),
                    "interventionModel": designs.get("Intervention Model")
                    or designs.get("Observational Model"),
                    "primaryPurpose": designs.get("Primary Purpose"),
                    "maskingInfo": {
                        "masking": masking,
                        "whoMasked": masked.rstrip(")").split(", ") if masked else [],
                    },
                },
            },
            "armsInterventionsModule": {
                "interventions": [
                    _parse_intervention(text) for text in _split_list(cell("Interventions"))
                ]
            },
            "eligibilityModule": {
                "sex": cell("Sex", "Gender"),
                "minimumAge": minimum,
                "maximumAge": maximum,
            },
        },
        "hasResults": _parse_results(cell("Study Results")),
    }


def _list_sponsors(row: Mapping[str, str]) -> list[str]:
    """The sponsors, lead first; before 2023 all were in one cell."""
    if row.get("Sponsor/Collaborators"):
        return _split_list(row["Sponsor/Collaborators"]) or [""]
    return [(row.get("Sponsor") or "").strip(), *_split_list(row.get("Collaborators") or "")]


def _parse_intervention(text: str) -> dict[str, str]:
    kind, colon, name = text.partition(": ")
    return {"type": kind, "name": name} if colon else {"name": text}


def _parse_ages(text: str) -> tuple[str, str]:
    """``18 Years to 75 Years   (Adult, Older Adult)``; since 2023 only groups such as ``ADULT``."""
    plain = re.sub(r"\(.*", "", text.replace("\xa0", " ")).strip()
    if found := re.match(r"^(\d+ \w+) and older$", plain):
        return found[1], ""
    if found := re.match(r"^up to (\d+ \w+)$", plain, re.IGNORECASE):
        return "", found[1]
    if found := re.match(r"^(\d+ \w+) to (\d+ \w+)$", plain):
        return found[1], found[2]
    return "", ""


def _parse_results(text: str) -> bool | None:
    return {"yes": True, "has results": True, "no": False, "no results available": False}.get(
        text.casefold()
    )
