"""The classic ClinicalTrials.gov API (before 2024), brought into the shape of API v2."""

from collections.abc import Callable
from typing import Any

from dashboard.readers.common.clean import fields_of, items_of

FORMAT = "ClinicalTrials.gov classic API JSON"


def is_classic_study(value: object) -> bool:
    """True for one `Study`, or the object that holds it in a list of full studies."""
    study = fields_of(fields_of(value).get("Study", value))
    return type(study.get("ProtocolSection")) is dict


def to_v2(value: object) -> dict[str, Any]:
    """The study as API v2 would have it, as far as the trial record and the sites go."""
    study = fields_of(fields_of(value).get("Study", value))
    protocol = fields_of(study.get("ProtocolSection"))
    derived = fields_of(study.get("DerivedSection"))
    who = fields_of(protocol.get("IdentificationModule"))
    status = fields_of(protocol.get("StatusModule"))
    text = fields_of(protocol.get("DescriptionModule"))
    topics = fields_of(protocol.get("ConditionsModule"))
    people = fields_of(protocol.get("EligibilityModule"))
    misc = fields_of(derived.get("MiscInfoModule"))
    v2: dict[str, Any] = {
        "protocolSection": {
            "identificationModule": {
                "nctId": who.get("NCTId"),
                "briefTitle": who.get("BriefTitle"),
                "officialTitle": who.get("OfficialTitle"),
                "acronym": who.get("Acronym"),
                "orgStudyIdInfo": {"id": fields_of(who.get("OrgStudyIdInfo")).get("OrgStudyId")},
                "secondaryIdInfos": _listed(who, "SecondaryIdInfo", _secondary_id),
            },
            "statusModule": {
                "overallStatus": status.get("OverallStatus"),
                "startDateStruct": _date(status, "StartDate"),
                "completionDateStruct": _date(status, "CompletionDate"),
                "lastUpdatePostDateStruct": _date(status, "LastUpdatePostDate"),
                "lastUpdateSubmitDate": status.get("LastUpdateSubmitDate"),
            },
            "sponsorCollaboratorsModule": _sponsors(
                fields_of(protocol.get("SponsorCollaboratorsModule"))
            ),
            "descriptionModule": {
                "briefSummary": text.get("BriefSummary"),
                "detailedDescription": text.get("DetailedDescription"),
            },
            "conditionsModule": {
                "conditions": _plain(topics, "Condition"),
                "keywords": _plain(topics, "Keyword"),
            },
            "designModule": _design(fields_of(protocol.get("DesignModule"))),
            "armsInterventionsModule": _arms(fields_of(protocol.get("ArmsInterventionsModule"))),
            "eligibilityModule": {
                "eligibilityCriteria": people.get("EligibilityCriteria"),
                "healthyVolunteers": people.get("HealthyVolunteers"),
                "sex": people.get("Gender"),
                "minimumAge": people.get("MinimumAge"),
                "maximumAge": people.get("MaximumAge"),
            },
            "contactsLocationsModule": _places(fields_of(protocol.get("ContactsLocationsModule"))),
            "referencesModule": {
                "references": _listed(
                    fields_of(protocol.get("ReferencesModule")), "Reference", _reference
                )
            },
        },
        "derivedSection": {"miscInfoModule": {"versionHolder": misc.get("VersionHolder")}},
    }
    if "ResultsSection" in study:
        v2["hasResults"] = True
    return v2


def _plain(module: dict[str, Any], name: str) -> list[Any]:
    """`{"ConditionList": {"Condition": [...]}}` -> the list."""
    return items_of(fields_of(module.get(f"{name}List")).get(name))


def _listed(
    module: dict[str, Any], name: str, convert: Callable[[dict[str, Any]], dict[str, Any]]
) -> list[dict[str, Any]]:
    return [convert(fields_of(item)) for item in _plain(module, name)]


def _date(status: dict[str, Any], name: str) -> dict[str, Any]:
    return {"date": fields_of(status.get(f"{name}Struct")).get(name)}


def _secondary_id(one: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": one.get("SecondaryId"),
        "type": one.get("SecondaryIdType"),
        "domain": one.get("SecondaryIdDomain"),
    }


def _reference(one: dict[str, Any]) -> dict[str, Any]:
    return {
        "citation": one.get("ReferenceCitation"),
        "type": one.get("ReferenceType"),
        "pmid": one.get("ReferencePMID"),
    }


def _sponsors(module: dict[str, Any]) -> dict[str, Any]:
    party = fields_of(module.get("ResponsibleParty"))
    lead = fields_of(module.get("LeadSponsor"))
    prefix = "ResponsiblePartyInvestigator"
    return {
        "responsibleParty": {
            "type": party.get("ResponsiblePartyType"),
            "investigatorFullName": party.get(f"{prefix}FullName"),
            "investigatorTitle": party.get(f"{prefix}Title"),
            "investigatorAffiliation": party.get(f"{prefix}Affiliation"),
        },
        "leadSponsor": {
            "name": lead.get("LeadSponsorName"),
            "class": lead.get("LeadSponsorClass"),
        },
        "collaborators": _listed(
            module,
            "Collaborator",
            lambda one: {
                "name": one.get("CollaboratorName"),
                "class": one.get("CollaboratorClass"),
            },
        ),
    }


def _design(module: dict[str, Any]) -> dict[str, Any]:
    how = fields_of(module.get("DesignInfo"))
    masking = fields_of(how.get("DesignMaskingInfo"))
    return {
        "studyType": module.get("StudyType"),
        "phases": _plain(module, "Phase"),
        "enrollmentInfo": {"count": fields_of(module.get("EnrollmentInfo")).get("EnrollmentCount")},
        "designInfo": {
            "allocation": how.get("DesignAllocation"),
            "interventionModel": how.get("DesignInterventionModel"),
            "observationalModel": " ".join(
                item for item in _plain(how, "DesignObservationalModel") if type(item) is str
            ),
            "primaryPurpose": how.get("DesignPrimaryPurpose"),
            "maskingInfo": {
                "masking": masking.get("DesignMasking"),
                "whoMasked": _plain(masking, "DesignWhoMasked"),
            },
        },
    }


def _arms(module: dict[str, Any]) -> dict[str, Any]:
    return {
        "armGroups": _listed(
            module,
            "ArmGroup",
            lambda one: {
                "label": one.get("ArmGroupLabel"),
                "type": one.get("ArmGroupType"),
                "description": one.get("ArmGroupDescription"),
                "interventionNames": items_of(
                    fields_of(one.get("ArmGroupInterventionList")).get("ArmGroupInterventionName")
                ),
            },
        ),
        "interventions": _listed(
            module,
            "Intervention",
            lambda one: {
                "name": one.get("InterventionName"),
                "type": one.get("InterventionType"),
                "description": one.get("InterventionDescription"),
                "otherNames": _plain(one, "InterventionOtherName"),
            },
        ),
    }


def _places(module: dict[str, Any]) -> dict[str, Any]:
    return {
        "overallOfficials": _listed(
            module,
            "OverallOfficial",
            lambda one: {
                "name": one.get("OverallOfficialName"),
                "role": one.get("OverallOfficialRole"),
                "affiliation": one.get("OverallOfficialAffiliation"),
            },
        ),
        "locations": _listed(module, "Location", _location),
    }


def _location(one: dict[str, Any]) -> dict[str, Any]:
    names = ("facility", "status", "city", "state", "zip", "country")
    return {name: one.get(f"Location{name.capitalize()}") for name in names}
