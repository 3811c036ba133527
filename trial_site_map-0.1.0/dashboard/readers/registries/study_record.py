"""Builds the trial of a ClinicalTrials.gov study in the form of API v2.

Readers of older forms (classic API, legacy XML, CSV download) convert to API v2 first.
"""

from collections.abc import Iterator
from typing import Any

from dashboard.readers.common.clean import as_dict, as_list, as_text
from dashboard.readers.common.dates import parse_date
from dashboard.sites.trial import (
    Arm,
    Contact,
    Intervention,
    Investigator,
    OtherId,
    Reference,
    Sponsor,
    Trial,
)
from dashboard.sites.vocabulary import phase_word, phrase, status_word


def _list_objects(value: object) -> list[dict[str, Any]]:
    return [item for item in as_list(value) if type(item) is dict]


def _list_texts(value: object) -> tuple[str, ...]:
    if type(value) is not list:
        return ()
    return tuple(text for item in value if (text := _text(item)))


def _list_terms(value: object) -> tuple[str, ...]:
    return tuple(text for one in _list_objects(value) if (text := _text(one.get("term"))))


def _text(value: object) -> str:
    return value if type(value) is str else as_text(value)


def build_trial(study: dict[str, Any], countries: tuple[str, ...]) -> Trial:
    """The trial of a study; what is missing or of a wrong type is empty."""
    protocol = as_dict(study.get("protocolSection", study))
    module = protocol.get
    who = as_dict(module("identificationModule"))
    status = as_dict(module("statusModule"))
    design = as_dict(module("designModule"))
    how = as_dict(design.get("designInfo"))
    arms = as_dict(module("armsInterventionsModule"))
    people = as_dict(module("eligibilityModule"))
    text = as_dict(module("descriptionModule"))
    topics = as_dict(module("conditionsModule"))
    sponsors = as_dict(module("sponsorCollaboratorsModule"))
    places = as_dict(module("contactsLocationsModule"))
    derived = as_dict(study.get("derivedSection"))
    browse = as_dict(derived.get("conditionBrowseModule"))
    trial_id = _text(who.get("nctId")).upper()
    updated = _read_date(status, "lastUpdatePostDateStruct") or parse_date(
        _text(status.get("lastUpdateSubmitDate"))
    )
    # Records saved by the registry client hold the day they were fetched.
    as_of = parse_date(_text(study.get("fetchedOn"))) or parse_date(
        _text(as_dict(derived.get("miscInfoModule")).get("versionHolder"))
    )
    return Trial(
        trial_id=trial_id,
        title=_text(who.get("briefTitle")) or _text(who.get("officialTitle")),
        official_title=_text(who.get("officialTitle")),
        acronym=_text(who.get("acronym")),
        status=status_word(_text(status.get("overallStatus"))),
        phase=phase_word("/".join(_list_texts(design.get("phases")))),
        study_type=phrase(_text(design.get("studyType"))),
        enrollment=_parse_count(as_dict(design.get("enrollmentInfo")).get("count")),
        start_date=_read_date(status, "startDateStruct"),
        completion_date=_read_date(status, "completionDateStruct"),
        first_posted=_read_date(status, "studyFirstPostDateStruct"),
        last_updated=updated,
        has_results=_parse_results(study),
        summary=_text(text.get("briefSummary")),
        description=_text(text.get("detailedDescription")),
        conditions=_list_texts(topics.get("conditions")),
        keywords=_list_texts(topics.get("keywords")),
        mesh_terms=_list_terms(browse.get("meshes")),
        mesh_ancestors=_list_terms(browse.get("ancestors")),
        allocation=phrase(_text(how.get("allocation"))),
        intervention_model=phrase(
            _text(how.get("interventionModel")) or _text(how.get("observationalModel"))
        ),
        primary_purpose=phrase(_text(how.get("primaryPurpose"))),
        masking=_format_masking(as_dict(how.get("maskingInfo"))),
        arms=tuple(map(_build_arm, _list_objects(arms.get("armGroups")))),
        interventions=tuple(map(_build_intervention, _list_objects(arms.get("interventions")))),
        criteria=_text(people.get("eligibilityCriteria")),
        minimum_age=_text(people.get("minimumAge")),
        maximum_age=_text(people.get("maximumAge")),
        sex=phrase(_text(people.get("sex"))),
        healthy_volunteers=_parse_yes_no(people.get("healthyVolunteers")),
        sponsors=_list_sponsors(sponsors),
        responsible_party=_format_responsible_party(as_dict(sponsors.get("responsibleParty"))),
        investigators=tuple(
            Investigator(
                _text(person.get("name")),
                phrase(_text(person.get("role"))),
                _text(person.get("affiliation")),
            )
            for person in _list_objects(places.get("overallOfficials"))
        ),
        contacts=tuple(_list_contacts(places)),
        countries=countries,
        references=tuple(
            Reference(
                _text(one.get("citation")), phrase(_text(one.get("type"))), _text(one.get("pmid"))
            )
            for one in _list_objects(as_dict(module("referencesModule")).get("references"))
        ),
        other_ids=_list_other_ids(who),
        url=f"https://clinicaltrials.gov/study/{trial_id}" if trial_id.startswith("NCT") else "",
        as_of=as_of or updated,
    )


def _read_date(status: dict[str, Any], key: str) -> str:
    return parse_date(_text(as_dict(status.get(key)).get("date")))


def _parse_count(value: object) -> int | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    digits = _text(value).replace(",", "")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 13 else None


def _parse_yes_no(value: object) -> bool | None:
    if isinstance(value, bool):
        return value
    return {"yes": True, "true": True, "no": False, "false": False}.get(_text(value).casefold())


def _parse_results(study: dict[str, Any]) -> bool | None:
    stated = _parse_yes_no(study.get("hasResults"))
    return True if stated is None and "resultsSection" in study else stated


def _format_masking(info: dict[str, Any]) -> str:
    word = phrase(_text(info.get("masking")))
    masked = [phrase(name).casefold() for name in _list_texts(info.get("whoMasked"))]
    return f"{word} ({', '.join(masked)})" if word and masked else word


def _build_arm(group: dict[str, Any]) -> Arm:
    return Arm(
        _text(group.get("label")),
        phrase(_text(group.get("type"))),
        _text(group.get("description")),
        tuple(name.split(": ", 1)[-1] for name in _list_texts(group.get("interventionNames"))),
    )


def _build_intervention(what: dict[str, Any]) -> Intervention:
    return Intervention(
        _text(what.get("name")),
        phrase(_text(what.get("type"))),
        _text(what.get("description")),
        _list_texts(what.get("otherNames")),
    )


def _list_contacts(places: dict[str, Any]) -> Iterator[Contact]:
    """Those of the whole trial, then those of its sites."""
    for one in _list_objects(places.get("centralContacts")):
        yield _build_contact(one)
    for place in _list_objects(places.get("locations")):
        for one in _list_objects(place.get("contacts")):
            yield _build_contact(one, _text(place.get("facility")), _text(place.get("city")))


def _build_contact(one: dict[str, Any], facility: str = "", city: str = "") -> Contact:
    name, phone, email = (_text(one.get(key)) for key in ("name", "phone", "email"))
    return Contact(name, phone, email, facility, city)


def _list_sponsors(module: dict[str, Any]) -> tuple[Sponsor, ...]:
    lead = as_dict(module.get("leadSponsor"))
    found = []
    if _text(lead.get("name")):
        found.append(Sponsor(_text(lead.get("name")), phrase(_text(lead.get("class"))), "lead"))
    found.extend(
        Sponsor(_text(one.get("name")), phrase(_text(one.get("class"))), "collaborator")
        for one in _list_objects(module.get("collaborators"))
    )
    return tuple(found)


def _format_responsible_party(party: dict[str, Any]) -> str:
    role = phrase(_text(party.get("type")))
    who = ", ".join(
        part
        for key in ("investigatorFullName", "investigatorTitle", "investigatorAffiliation")
        if (part := _text(party.get(key)))
    )
    return f"{role}: {who}" if role and who else role or who


def _list_other_ids(who: dict[str, Any]) -> tuple[OtherId, ...]:
    own = _text(as_dict(who.get("orgStudyIdInfo")).get("id"))
    found = [OtherId(own, "", "org_study_id")] if own else []
    found.extend(
        OtherId(_text(one.get("id")), phrase(_text(one.get("type"))), _text(one.get("domain")))
        for one in _list_objects(who.get("secondaryIdInfos"))
        if one.get("id")
    )
    return tuple(found)
