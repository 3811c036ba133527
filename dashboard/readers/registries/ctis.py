"""EU CTIS records: trial sites stand under each member state's part II of the application."""

from collections.abc import Iterator
from typing import Any

from dashboard.readers.common.builder import Gathered
from dashboard.readers.common.clean import as_text, fields_of, items_of
from dashboard.readers.common.dates import iso_date
from dashboard.sites.trial import OtherId, Sponsor, Trial
from dashboard.sites.vocabulary import phase_word, phrase

FORMAT = "EU CTIS JSON"

# `ctPublicStatusCode` as the portal labels it, in our words where there is one. `ctStatus` is the
# status of the application ("Authorised"), not of the recruitment.
_STATUS = {
    "1": "Under evaluation",
    "2": "Not yet recruiting",
    "3": "Recruiting",
    "4": "Recruiting",
    "5": "Active, not recruiting",
    "6": "Suspended",
    "7": "Suspended",
    "8": "Completed",
    "9": "Expired",
    "10": "Revoked",
    "11": "Not authorised",
    "12": "Cancelled",
}


def is_ctis(value: object) -> bool:
    """True for a CTIS record."""
    return type(value) is dict and ("authorizedApplication" in value or "ctNumber" in value)


def gather_ctis(record: dict[str, Any], gathered: Gathered) -> None:
    """The trial, and a site for each trial site of each member state."""
    gathered.open_trial(_trial(record))
    application = fields_of(record.get("authorizedApplication"))
    before = len(gathered)
    for part in _objects(application.get("authorizedPartsII")):
        state_name = as_text(fields_of(part.get("mscInfo")).get("countryName"))
        for site in _objects(part.get("trialSites")):
            where = fields_of(site.get("organisationAddressInfo"))
            address = fields_of(where.get("address"))
            gathered.add(
                facility=as_text(fields_of(where.get("organisation")).get("name")),
                city=as_text(address.get("city")),
                postcode=as_text(address.get("postcode")),
                country=as_text(address.get("countryName")) or state_name,
            )
    if len(gathered) == before:
        gathered.warn(f"{gathered.trials[-1].trial_id}: the record lists no trial sites")


def _objects(value: object) -> Iterator[dict[str, Any]]:
    return (item for item in items_of(value) if type(item) is dict)


def _trial(record: dict[str, Any]) -> Trial:
    application = fields_of(record.get("authorizedApplication"))
    part = fields_of(application.get("authorizedPartI"))
    details = fields_of(part.get("trialDetails"))
    names = fields_of(details.get("clinicalTrialIdentifiers"))
    about = fields_of(details.get("trialInformation"))
    people = fields_of(about.get("populationOfTrialSubjects"))
    duration = fields_of(about.get("trialDuration"))
    number = as_text(record.get("ctNumber"))
    full = as_text(names.get("fullTitle"))
    return Trial(
        trial_id=number,
        title=as_text(names.get("publicTitle")) or full,
        official_title=full,
        acronym=as_text(names.get("shortTitle")) or as_text(record.get("shortTitle")),
        status=_STATUS.get(as_text(record.get("ctPublicStatusCode")), ""),
        phase=phase_word(as_text(record.get("trialPhase"))),
        study_type="Interventional",
        enrollment=_enrollment(application),
        start_date=iso_date(as_text(record.get("startDateEU"))),
        completion_date=iso_date(as_text(duration.get("estimatedEndDate"))),
        last_updated=iso_date(as_text(record.get("lastUpdated"))),
        has_results=_yes_no(as_text(record.get("resultsFirstReceived"))),
        summary=as_text(fields_of(about.get("trialObjective")).get("mainObjective")),
        conditions=tuple(
            text
            for one in _objects(part.get("medicalConditions"))
            if (text := as_text(one.get("medicalCondition")))
        ),
        criteria=_criteria(fields_of(about.get("eligibilityCriteria"))),
        sex=_sex(people),
        sponsors=_sponsors(part),
        countries=_countries(record, application),
        other_ids=_other_ids(names, application),
        url=f"https://euclinicaltrials.eu/ctis-public/view/{number}" if number else "",
        as_of=iso_date(as_text(record.get("publishDate")))
        or iso_date(as_text(record.get("lastPublicationUpdate"))),
    )


def _yes_no(text: str) -> bool | None:
    return {"yes": True, "no": False}.get(text.casefold())


def _enrollment(application: dict[str, Any]) -> int | None:
    counts = [
        int(text)
        for part in _objects(application.get("authorizedPartsII"))
        if (text := as_text(part.get("recruitmentSubjectCount"))).isdigit()
    ]
    return sum(counts) if counts else None


def _criteria(module: dict[str, Any]) -> str:
    lines = []
    for kind in ("Inclusion", "Exclusion"):
        found = [
            as_text(one.get(f"principal{kind}Criteria"))
            for one in _objects(module.get(f"principal{kind}Criteria"))
        ]
        if found:
            lines += [f"{kind} criteria", *(f"* {text}" for text in found if text)]
    return "\n".join(lines)


def _sex(people: dict[str, Any]) -> str:
    female, male = people.get("isFemaleSubjects") is True, people.get("isMaleSubjects") is True
    if female and male:
        return "All"
    return "Female" if female else "Male" if male else ""


def _sponsors(part: dict[str, Any]) -> tuple[Sponsor, ...]:
    found = []
    for one in _objects(part.get("sponsors")):
        organisation = fields_of(one.get("organisation"))
        role = "lead" if one.get("primary") is True else "collaborator"
        name = as_text(organisation.get("name"))
        if name:
            found.append(Sponsor(name, phrase(as_text(organisation.get("type"))), role))
    return tuple(found)


def _countries(record: dict[str, Any], application: dict[str, Any]) -> tuple[str, ...]:
    listed = [as_text(one).split(":")[0].strip() for one in items_of(record.get("trialCountries"))]
    concerned = [
        as_text(one.get("mscName")) for one in _objects(application.get("memberStatesConcerned"))
    ]
    return tuple(dict.fromkeys(name for name in [*listed, *concerned] if name))


def _other_ids(names: dict[str, Any], application: dict[str, Any]) -> tuple[OtherId, ...]:
    secondary = fields_of(names.get("secondaryIdentifyingNumbers"))
    nct = as_text(fields_of(secondary.get("nctNumber")).get("number"))
    eudract = as_text(fields_of(application.get("eudraCt")).get("eudraCtCode"))
    found = [OtherId(nct, "Registry identifier", "ClinicalTrials.gov")] if nct else []
    if eudract:
        found.append(OtherId(eudract, "EudraCT number", "EudraCT"))
    return tuple(found)
