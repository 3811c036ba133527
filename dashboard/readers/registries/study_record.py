"""A ClinicalTrials.gov study in the API v2 shape, to the trial record.

Older shapes (classic API, legacy XML, CSV download) are brought into this shape by their readers,
so that the record is built in one place.
"""

from typing import Any

from dashboard.readers.common.clean import as_text, fields_of, items_of
from dashboard.readers.common.dates import iso_date
from dashboard.sites.trial import (
    Arm,
    Intervention,
    Investigator,
    OtherId,
    Reference,
    Sponsor,
    Trial,
)
from dashboard.sites.vocabulary import phase_word, phrase, status_word


def _objects(value: object) -> list[dict[str, Any]]:
    return [item for item in items_of(value) if type(item) is dict]


def _texts(value: object) -> tuple[str, ...]:
    if type(value) is not list:
        return ()
    return tuple(text for item in value if (text := _text(item)))


def _text(value: object) -> str:
    return value if type(value) is str else as_text(value)


def study_trial(study: dict[str, Any], countries: tuple[str, ...]) -> Trial:
    """The trial of one study; what the study does not say, or says in a wrong type, is empty."""
    protocol = fields_of(study.get("protocolSection", study))
    module = protocol.get
    who = fields_of(module("identificationModule"))
    status = fields_of(module("statusModule"))
    design = fields_of(module("designModule"))
    how = fields_of(design.get("designInfo"))
    arms = fields_of(module("armsInterventionsModule"))
    people = fields_of(module("eligibilityModule"))
    text = fields_of(module("descriptionModule"))
    topics = fields_of(module("conditionsModule"))
    sponsors = fields_of(module("sponsorCollaboratorsModule"))
    places = fields_of(module("contactsLocationsModule"))
    derived = fields_of(study.get("derivedSection"))
    trial_id = _text(who.get("nctId")).upper()
    updated = _date(status, "lastUpdatePostDateStruct") or iso_date(
        _text(status.get("lastUpdateSubmitDate"))
    )
    # A record the registry client kept says the day it was fetched.
    as_of = iso_date(_text(study.get("fetchedOn"))) or iso_date(
        _text(fields_of(derived.get("miscInfoModule")).get("versionHolder"))
    )
    return Trial(
        trial_id=trial_id,
        title=_text(who.get("briefTitle")) or _text(who.get("officialTitle")),
        official_title=_text(who.get("officialTitle")),
        acronym=_text(who.get("acronym")),
        status=status_word(_text(status.get("overallStatus"))),
        phase=phase_word("/".join(_texts(design.get("phases")))),
        study_type=phrase(_text(design.get("studyType"))),
        enrollment=_count(fields_of(design.get("enrollmentInfo")).get("count")),
        start_date=_date(status, "startDateStruct"),
        completion_date=_date(status, "completionDateStruct"),
        last_updated=updated,
        has_results=_has_results(study),
        summary=_text(text.get("briefSummary")),
        description=_text(text.get("detailedDescription")),
        conditions=_texts(topics.get("conditions")),
        keywords=_texts(topics.get("keywords")),
        allocation=phrase(_text(how.get("allocation"))),
        intervention_model=phrase(
            _text(how.get("interventionModel")) or _text(how.get("observationalModel"))
        ),
        primary_purpose=phrase(_text(how.get("primaryPurpose"))),
        masking=_masking(fields_of(how.get("maskingInfo"))),
        arms=tuple(map(_arm, _objects(arms.get("armGroups")))),
        interventions=tuple(map(_intervention, _objects(arms.get("interventions")))),
        criteria=_text(people.get("eligibilityCriteria")),
        minimum_age=_text(people.get("minimumAge")),
        maximum_age=_text(people.get("maximumAge")),
        sex=phrase(_text(people.get("sex"))),
        healthy_volunteers=_yes_no(people.get("healthyVolunteers")),
        sponsors=_sponsors(sponsors),
        responsible_party=_responsible_party(fields_of(sponsors.get("responsibleParty"))),
        investigators=tuple(
            Investigator(
                _text(person.get("name")),
                phrase(_text(person.get("role"))),
                _text(person.get("affiliation")),
            )
            for person in _objects(places.get("overallOfficials"))
        ),
        countries=countries,
        references=tuple(
            Reference(
                _text(one.get("citation")), phrase(_text(one.get("type"))), _text(one.get("pmid"))
            )
            for one in _objects(fields_of(module("referencesModule")).get("references"))
        ),
        other_ids=_other_ids(who),
        url=f"https://clinicaltrials.gov/study/{trial_id}" if trial_id.startswith("NCT") else "",
        as_of=as_of or updated,
    )


def _date(status: dict[str, Any], key: str) -> str:
    return iso_date(_text(fields_of(status.get(key)).get("date")))


def _count(value: object) -> int | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    digits = _text(value).replace(",", "")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 13 else None


def _yes_no(value: object) -> bool | None:
    if isinstance(value, bool):
        return value
    return {"yes": True, "true": True, "no": False, "false": False}.get(_text(value).casefold())


def _has_results(study: dict[str, Any]) -> bool | None:
    stated = _yes_no(study.get("hasResults"))
    return True if stated is None and "resultsSection" in study else stated


def _masking(info: dict[str, Any]) -> str:
    word = phrase(_text(info.get("masking")))
    masked = [phrase(name).casefold() for name in _texts(info.get("whoMasked"))]
    return f"{word} ({', '.join(masked)})" if word and masked else word


def _arm(group: dict[str, Any]) -> Arm:
    return Arm(
        _text(group.get("label")),
        phrase(_text(group.get("type"))),
        _text(group.get("description")),
        tuple(name.split(": ", 1)[-1] for name in _texts(group.get("interventionNames"))),
    )


def _intervention(what: dict[str, Any]) -> Intervention:
    return Intervention(
        _text(what.get("name")),
        phrase(_text(what.get("type"))),
        _text(what.get("description")),
        _texts(what.get("otherNames")),
    )


def _sponsors(module: dict[str, Any]) -> tuple[Sponsor, ...]:
    lead = fields_of(module.get("leadSponsor"))
    found = []
    if _text(lead.get("name")):
        found.append(Sponsor(_text(lead.get("name")), phrase(_text(lead.get("class"))), "lead"))
    found.extend(
        Sponsor(_text(one.get("name")), phrase(_text(one.get("class"))), "collaborator")
        for one in _objects(module.get("collaborators"))
    )
    return tuple(found)


def _responsible_party(party: dict[str, Any]) -> str:
    role = phrase(_text(party.get("type")))
    who = ", ".join(
        part
        for key in ("investigatorFullName", "investigatorTitle", "investigatorAffiliation")
        if (part := _text(party.get(key)))
    )
    return f"{role}: {who}" if role and who else role or who


def _other_ids(who: dict[str, Any]) -> tuple[OtherId, ...]:
    own = _text(fields_of(who.get("orgStudyIdInfo")).get("id"))
    found = [OtherId(own, "", "org_study_id")] if own else []
    found.extend(
        OtherId(_text(one.get("id")), phrase(_text(one.get("type"))), _text(one.get("domain")))
        for one in _objects(who.get("secondaryIdInfos"))
        if one.get("id")
    )
    return tuple(found)
