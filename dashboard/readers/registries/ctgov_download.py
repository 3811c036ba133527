"""The ClinicalTrials.gov CSV or TSV download, since 2023 and before: a row a trial."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dashboard.readers.common.builder import Gathered
from dashboard.readers.common.locations_text import LocationParts, split_all, split_cell
from dashboard.readers.registries.study_record import study_trial

FORMAT = "ClinicalTrials.gov download (since 2023)"
OLD_FORMAT = "ClinicalTrials.gov download (before 2023)"

_SHOWN = 3


def is_download(header: Sequence[str]) -> bool:
    """True for the header of a download of either kind, whichever columns were chosen."""
    names = {cell.strip().casefold() for cell in header}
    return "nct number" in names and bool(
        names & {"study title", "title", "study url", "url", "locations", "study status"}
    )


def gather_download(header: Sequence[str], rows: Iterator[list[str]], gathered: Gathered) -> str:
    """Trials and their sites; returns the name of the format.

    Sites are split from the right out of `Locations`; where another split is as likely they are
    kept with a warning. A download without that column gives trials and a warning.
    """
    names = [cell.strip() for cell in header]
    old = "Title" in names and "Study Title" not in names
    read = [dict(zip(names, row, strict=False)) for row in rows if any(row)]
    cells = [split_cell(row.get("Locations", "")) for row in read]
    parts = split_all(text for sites in cells for text in sites)
    for row, sites in zip(read, cells, strict=True):
        found = [parts[text] for text in sites]
        countries = tuple(dict.fromkeys(site.country for site in found if site.country))
        trial = study_trial(to_v2(row), countries)
        gathered.open_trial(trial)
        for site in found:
            gathered.add(site.facility, site.city, site.state, site.postcode, site.country)
        _warn_unsure(trial.trial_id, sites, found, gathered)
    if "Locations" not in names:
        gathered.warn(
            "this download was made without the Locations column: it names trials and no sites"
        )
    return OLD_FORMAT if old else FORMAT


def _warn_unsure(
    trial_id: str, texts: Sequence[str], found: Sequence[LocationParts], gathered: Gathered
) -> None:
    unsure = [text for text, site in zip(texts, found, strict=True) if not site.sure]
    if not unsure:
        return
    shown = "; ".join(text[-60:] for text in dict.fromkeys(unsure[:_SHOWN]))
    gathered.warn(
        f"{trial_id}: {len(unsure)} of {len(texts)} locations could be divided into facility, city "
        f"and state otherwise (… {shown})"
    )


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split("|") if part.strip()]


def to_v2(row: Mapping[str, str]) -> dict[str, Any]:
    """One row as API v2 would have it. Columns that are not there stay empty."""

    def cell(*names: str) -> str:
        return next((row[name].strip() for name in names if row.get(name)), "")

    designs = dict(
        part.split(": ", 1)
        for part in _listed(cell("Study Design", "Study Designs"))
        if ": " in part
    )
    masking, _, masked = designs.get("Masking", "").partition(" (")
    if masking.casefold() == "none":
        masked = ""
    minimum, maximum = _ages(cell("Age"))
    lead, *others = _sponsors(row)
    classes = _listed(cell("Funder Type", "Funded Bys")) or [""]
    return {
        "protocolSection": {
            "identificationModule": {
                "nctId": cell("NCT Number"),
                "briefTitle": cell("Study Title", "Title"),
                "acronym": cell("Acronym"),
                "orgStudyIdInfo": {"id": next(iter(_listed(cell("Other IDs"))), "")},
                "secondaryIdInfos": [{"id": text} for text in _listed(cell("Other IDs"))[1:]],
            },
            "statusModule": {
                "overallStatus": cell("Study Status", "Status"),
                "startDateStruct": {"date": cell("Start Date")},
                "completionDateStruct": {"date": cell("Completion Date")},
                "lastUpdatePostDateStruct": {"date": cell("Last Update Posted")},
            },
            "descriptionModule": {"briefSummary": cell("Brief Summary")},
            "conditionsModule": {"conditions": _listed(cell("Conditions"))},
            "sponsorCollaboratorsModule": {
                "leadSponsor": {"name": lead, "class": classes[0].split("|")[0]},
                "collaborators": [{"name": name} for name in others],
            },
            "designModule": {
                "studyType": cell("Study Type"),
                "phases": _listed(cell("Phases")),
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
                "interventions": [_intervention(text) for text in _listed(cell("Interventions"))]
            },
            "eligibilityModule": {
                "sex": cell("Sex", "Gender"),
                "minimumAge": minimum,
                "maximumAge": maximum,
            },
        },
        "hasResults": _has_results(cell("Study Results")),
    }


def _sponsors(row: Mapping[str, str]) -> list[str]:
    """The lead sponsor first; before 2023 all stood in one cell."""
    if row.get("Sponsor/Collaborators"):
        return _listed(row["Sponsor/Collaborators"]) or [""]
    return [(row.get("Sponsor") or "").strip(), *_listed(row.get("Collaborators") or "")]


def _intervention(text: str) -> dict[str, str]:
    kind, colon, name = text.partition(": ")
    return {"type": kind, "name": name} if colon else {"name": text}


def _ages(text: str) -> tuple[str, str]:
    """``18 Years to 75 Years   (Adult, Older Adult)``; since 2023 only groups such as ``ADULT``."""
    plain = re.sub(r"\(.*", "", text.replace("\xa0", " ")).strip()
    if found := re.match(r"^(\d+ \w+) and older$", plain):
        return found[1], ""
    if found := re.match(r"^up to (\d+ \w+)$", plain, re.IGNORECASE):
        return "", found[1]
    if found := re.match(r"^(\d+ \w+) to (\d+ \w+)$", plain):
        return found[1], found[2]
    return "", ""


def _has_results(text: str) -> bool | None:
    return {"yes": True, "has results": True, "no": False, "no results available": False}.get(
        text.casefold()
    )
