"""Converts studies of the classic ClinicalTrials.gov API (before 2024) to API v2."""

from collections.abc import Callable
from typing import Any

from dashboard.readers.common.clean import as_dict, as_list

FORMAT = "ClinicalTrials.gov classic API JSON"


def is_classic_study(value: object) -> bool:
    """True for a `Study`, or the object around it in a list of full studies."""
    study = as_dict(as_dict(value).get("Study", value))
    return type(study.get("ProtocolSection")) is dict


def to_v2(value: object) -> dict[str, Any]:
    """Convert a study to API v2, as far as its trial and sites need it."""
    study = as_dict(as_dict(value).get("Study", value))
    protocol = as_dict(study.get("ProtocolSection"))
    derived = as_dict(study.get("DerivedSection"))
    identification = as_dict(protocol.get("IdentificationModule"))
    status = as_dict(protocol.get("StatusModule"))
    text = as_dict(protocol.get("DescriptionModule"))
    conditions = as_dict(protocol.get("ConditionsModule"))
    eligibility = as_dict(protocol.get("EligibilityModule"))
    misc = as_dict(derived.get("MiscInfoModule"))
    browse = as_dict(derived.get("ConditionBrowseModule"))
    v2: dict[str, Any] = {
        "protocolSection": {
            "identificationModule": {
                "nctId": identification.get("NCTId"),
                "briefTitle": identification.get("BriefTitle"),
                "officialTitle": identification.get("OfficialTitle"),
                "acronym": identification.get("Acronym"),
                "orgStudyIdInfo": {
                    "id": as_dict(identification.get("OrgStudyIdInfo")).get("OrgStudyId")
                },
                "secondaryIdInfos": _convert_items(
                    identification, "SecondaryIdInfo", _convert_secondary_id
                ),
            },
            "statusModule": {
                "overallStatus": status.get("OverallStatus"),
                "startDateStruct": _convert_date(status, "StartDate"),
                "completionDateStruct": _convert_date(status, "CompletionDate"),
                "studyFirstPostDateStruct": _convert_date(status, "StudyFirstPostDate"),
                "lastUpdatePostDateStruct": _convert_date(status, "LastUpdatePostDate"),
                "lastUpdateSubmitDate": status.get("LastUpdateSubmitDate"),
            },
            "sponsorCollaboratorsModule": _convert_sponsors(
                as_dict(protocol.get("SponsorCollaboratorsModule"))
            ),
            "descriptionModule": {
                "briefSummary": text.get("BriefSummary"),
                "detailedDescription": text.get("DetailedDescription"),
            },
            "conditionsModule": {
                "conditions": _list_items(conditions, "Condition"),
                "keywords": _list_items(conditions, "Keyword"),
            },
            "designModule": _convert_design(as_dict(protocol.get("DesignModule"))),
            "armsInterventionsModule": _convert_arms(
                as_dict(protocol.get("ArmsInterventionsModule"))
            ),
            "eligibilityModule": {
                "eligibilityCriteria": eligibility.get("EligibilityCriteria"),
                "healthyVolunteers": eligibility.get("HealthyVolunteers"),
                "sex": eligibility.get("Gender"),
                "minimumAge": eligibility.get("MinimumAge"),
                "maximumAge": eligibility.get("MaximumAge"),
            },
            "contactsLocationsModule": _convert_places(
                as_dict(protocol.get("ContactsLocationsModule"))
            ),
            "referencesModule": {
                "references": _convert_items(
                    as_dict(protocol.get("ReferencesModule")), "Reference", _convert_reference
                )
            },
        },
        "derivedSection": {
            "miscInfoModule": {"versionHolder": misc.get("VersionHolder")},
            "conditionBrowseModule": {
                "meshes": _list_terms(browse, "ConditionMesh"),
                "ancestors": _list_terms(browse, "ConditionAncestor"),
            },
        },
    }
    if "ResultsSection" in study:
        v2["hasResults"] = True
    return v2


def _list_items(module: dict[str, Any], name: str) -> list[Any]:
    """`{"ConditionList": {"Condition": [...]}}` -> the list."""
    return as_list(as_dict(module.get(f"{name}List")).get(name))


def _convert_items(
    module: dict[str, Any], name: str, convert: Callable[[dict[str, Any]], dict[str, Any]]
) -> list[dict[str, Any]]:
    return [convert(as_dict(item)) for item in _list_items(module, name)]


def _list_terms(module: dict[str, Any], name: str) -> list[dict[str, Any]]:
    return _convert_items(module, name, lambda item: {"term": item.get(f"{name}Term")})


def _convert_date(status: dict[str, Any], name: str) -> dict[str, Any]:
    return {"date": as_dict(status.get(f"{name}Struct")).get(name)}


def _convert_secondary_id(item: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": item.get("SecondaryId"),
        "type": item.get("SecondaryIdType"),
        "domain": item.get("SecondaryIdDomain"),
    }


def _convert_reference(item: dict[str, Any]) -> dict[str, Any]:
    return {
        "citation": item.get("ReferenceCitation"),
        "type": item.get("ReferenceType"),
        "pmid": item.get("ReferencePMID"),
    }


def _convert_sponsors(module: dict[str, Any]) -> dict[str, Any]:
    party = as_dict(module.get("ResponsibleParty"))
    lead = as_dict(module.get("LeadSponsor"))
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
        "collaborators": _convert_items(
            module,
            "Collaborator",
            lambda item: {
                "name": item.get("CollaboratorName"),
                "class": item.get("CollaboratorClass"),
            },
        ),
    }


def _convert_design(module: dict[str, Any]) -> dict[str, Any]:
    info = as_dict(module.get("DesignInfo"))
    masking = as_dict(info.get("DesignMaskingInfo"))
    return {
        "studyType": module.get("StudyType"),
        "phases": _list_items(module, "Phase"),
        "enrollmentInfo": {"count": as_dict(module.get("EnrollmentInfo")).get("EnrollmentCount")},
        "designInfo": {
            "allocation": info.get("DesignAllocation"),
            "interventionModel": info.get("DesignInterventionModel"),
            "observationalModel": " ".join(
                item for item in _list_items(info, "DesignObservationalModel") if type(item) is str
            ),
            "primaryPurpose": info.get("DesignPrimaryPurpose"),
            "maskingInfo": {
                "masking": masking.get("DesignMasking"),
                "whoMasked": _list_items(masking, "DesignWhoMasked"),
            },
        },
    }


def _convert_arms(module: dict[str, Any]) -> dict[str, Any]:
    return {
        "armGroups": _convert_items(
            module,
            "ArmGroup",
            lambda item: {
                "label": item.get("ArmGroupLabel"),
                "type": item.get("ArmGroupType"),
                "description": item.get("ArmGroupDescription"),
                "interventionNames": as_list(
                    as_dict(item.get("ArmGroupInterventionList")).get("ArmGroupInterventionName")
                ),
            },
        ),
        "interventions": _convert_items(
            module,
            "Intervention",
            lambda item: {
                "name": item.get("InterventionName"),
                "type": item.get("InterventionType"),
                "description": item.get("InterventionDescription"),
                "otherNames": _list_items(item, "InterventionOtherName"),
            },
        ),
    }


def _convert_places(module: dict[str, Any]) -> dict[str, Any]:
    return {
        "overallOfficials": _convert_items(
            module,
            "OverallOfficial",
            lambda item: {
                "name": item.get("OverallOfficialName"),
                "role": item.get("OverallOfficialRole"),
                "affiliation": item.get("OverallOfficialAffiliation"),
            },
        ),
        "locations": _convert_items(module, "Location", _convert_location),
    }


def _convert_location(item: dict[str, Any]) -> dict[str, Any]:
    names = ("facility", "status", "city", "state", "zip", "country")
    return {name: item.get(f"Location{name.capitalize()}") for name in names}
