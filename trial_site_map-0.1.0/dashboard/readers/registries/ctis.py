"""Reads EU CTIS records; trial sites are in part II of the application of each member state."""

from collections.abc import Iterator
from typing import Any

from dashboard.readers.common.builder import ReadingBuilder
from dashboard.readers.common.clean import as_dict, as_list, as_text
from dashboard.readers.common.dates import parse_date
from dashboard.sites.trial import OtherId, Sponsor, Trial
from dashboard.sites.vocabulary import phase_word, phrase

FORMAT = "EU CTIS JSON"

# `ctPublicStatusCode`, in our words where there is one, else as the portal labels it. `ctStatus` is
# the status of the application ("Authorised"), not of recruitment.
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


def read_ctis(record: dict[str, Any], builder: ReadingBuilder) -> None:
    """Read the trial, and the trial sites of each member state."""
    builder.add_trial(_build_trial(record))
    application = as_dict(record.get("authorizedApplication"))
    before = len(builder)
    for part in _iter_objects(application.get("authorizedPartsII")):
        state_name = as_text(as_dict(part.get("mscInfo")).get("countryName"))
        for site in _iter_objects(part.get("trialSites")):
            where = as_dict(site.get("organisationAddressInfo"))
            address = as_dict(where.get("address"))
            builder.add_site(
                facility=as_text(as_dict(where.get("organisation")).get("name")),
                city=as_text(address.get("city")),
                postcode=as_text(address.get("postcode")),
                country=as_text(address.get("countryName")) or state_name,
            )
    if len(builder) == before:
        builder.warn(f"{builder.trials[-1].trial_id}: the record lists no trial sites")


def _iter_objects(value: object) -> Iterator[dict[str, Any]]:
    return (item for item in as_list(value) if type(item) is dict)


def _build_trial(record: dict[str, Any]) -> Trial:
    application = as_dict(record.get("authorizedApplication"))
    part = as_dict(application.get("authorizedPartI"))
    details = as_dict(part.get("trialDetails"))
    names = as_dict(details.get("clinicalTrialIdentifiers"))
    about = as_dict(details.get("trialInformation"))
    people = as_dict(about.get("populationOfTrialSubjects"))
    duration = as_dict(about.get("trialDuration"))
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
        enrollment=_sum_enrollment(application),
        start_date=parse_date(as_text(record.get("startDateEU"))),
        completion_date=parse_date(as_text(duration.get("estimatedEndDate"))),
        last_updated=parse_date(as_text(record.get("lastUpdated"))),
        has_results=_parse_yes_no(as_text(record.get("resultsFirstReceived"))),
        summary=as_text(as_dict(about.get("trialObjective")).get("mainObjective")),
        conditions=tuple(
            text
            for one in _iter_objects(part.get("medicalConditions"))
            if (text := as_text(one.get("medicalCondition")))
        ),
        criteria=_format_criteria(as_dict(about.get("eligibilityCriteria"))),
        sex=_parse_sex(people),
        sponsors=_list_sponsors(part),
        countries=_list_countries(record, application),
        other_ids=_list_other_ids(names, application),
        url=f"https://euclinicaltrials.eu/ctis-public/view/{number}" if number else "",
        as_of=parse_date(as_text(record.get("publishDate")))
        or parse_date(as_text(record.get("lastPublicationUpdate"))),
    )


def _parse_yes_no(text: str) -> bool | None:
    return {"yes": True, "no": False}.get(text.casefold())


def _sum_enrollment(application: dict[str, Any]) -> int | None:
    counts = [
        int(text)
        for part in _iter_objects(application.get("authorizedPartsII"))
        if (text := as_text(part.get("recruitmentSubjectCount"))).isdigit()
    ]
    return sum(counts) if counts else None


def _format_criteria(module: dict[str, Any]) -> str:
    lines = []
    for kind in ("Inclusion", "Exclusion"):
        found = [
            as_text(one.get(f"principal{kind}Criteria"))
            for one in _iter_objects(module.get(f"principal{kind}Criteria"))
        ]
        if found:
            lines += [f"{kind} criteria", *(f"* {text}" for text in found if text)]
    return "\n".join(lines)


def _parse_sex(people: dict[str, Any]) -> str:
    female, male = people.get("isFemaleSubjects") is True, people.get("isMaleSubjects") is True
    if female and male:
        return "All"
    return "Female" if female else "Male" if male else ""


def _list_sponsors(part: dict[str, Any]) -> tuple[Sponsor, ...]:
    found = []
    for one in _iter_objects(part.get("sponsors")):
        organisation = as_dict(one.get("organisation"))
        role = "lead" if one.get("primary") is True else "collaborator"
        name = as_text(organisation.get("name"))
        if name:
            found.append(Sponsor(name, phrase(as_text(organisation.get("type"))), role))
    return tuple(found)


def _list_countries(record: dict[str, Any], application: dict[str, Any]) -> tuple[str, ...]:
    listed = [as_text(one).split(":")[0].strip() for one in as_list(record.get("trialCountries"))]
    concerned = [
        as_text(one.get("mscName"))
        for one in _iter_objects(application.get("memberStatesConcerned"))
    ]
    return tuple(dict.fromkeys(name for name in [*listed, *concerned] if name))


def _list_other_ids(names: dict[str, Any], application: dict[str, Any]) -> tuple[OtherId, ...]:
    secondary = as_dict(names.get("secondaryIdentifyingNumbers"))
    nct = as_text(as_dict(secondary.get("nctNumber")).get("number"))
    eudract = as_text(as_dict(application.get("eudraCt")).get("eudraCtCode"))
    found = [OtherId(nct, "Registry identifier", "ClinicalTrials.gov")] if nct else []
    if eudract:
        found.append(OtherId(eudract, "EudraCT number", "EudraCT"))
    return tuple(found)
