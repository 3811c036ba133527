"""One `clinical_study` of the legacy XML, brought into the shape of API v2."""

import re
from typing import Any
from xml.etree.ElementTree import Element

RESULTS = "clinical_results"
"""The part that holds results: its presence counts, its content is not read."""


def _text(element: Element, path: str) -> str:
    return (element.findtext(path) or "").strip()


def _block(element: Element, path: str) -> str:
    """A `textblock`: lines are wrapped and indented, paragraphs stand a blank line apart."""
    text = _text(element, f"{path}/textblock")
    paragraphs = re.split(r"\n\s*\n", text)
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs if paragraph.strip())


def _all(element: Element, path: str) -> list[str]:
    return [text for one in element.findall(path) if (text := (one.text or "").strip())]


def to_v2(study: Element) -> dict[str, Any]:
    """One `clinical_study` as API v2 would have it."""
    return {
        "protocolSection": {
            "identificationModule": {
                "nctId": _text(study, "id_info/nct_id"),
                "briefTitle": _text(study, "brief_title"),
                "officialTitle": _text(study, "official_title"),
                "acronym": _text(study, "acronym"),
                "orgStudyIdInfo": {"id": _text(study, "id_info/org_study_id")},
                "secondaryIdInfos": [{"id": text} for text in _all(study, "id_info/secondary_id")],
            },
            "statusModule": {
                "overallStatus": _text(study, "overall_status"),
                "startDateStruct": {"date": _text(study, "start_date")},
                "completionDateStruct": {"date": _text(study, "completion_date")},
                "lastUpdatePostDateStruct": {
                    "date": _text(study, "last_update_posted")
                    or _text(study, "lastchanged_date")
                    or _text(study, "last_update_submitted")
                },
            },
            "sponsorCollaboratorsModule": _sponsors(study),
            "descriptionModule": {
                "briefSummary": _block(study, "brief_summary"),
                "detailedDescription": _block(study, "detailed_description"),
            },
            "conditionsModule": {
                "conditions": _all(study, "condition"),
                "keywords": _all(study, "keyword"),
            },
            "designModule": _design(study),
            "armsInterventionsModule": _arms(study),
            "eligibilityModule": {
                "eligibilityCriteria": _text(study, "eligibility/criteria/textblock"),
                "healthyVolunteers": _text(study, "eligibility/healthy_volunteers"),
                "sex": _text(study, "eligibility/gender"),
                "minimumAge": _age(study, "eligibility/minimum_age"),
                "maximumAge": _age(study, "eligibility/maximum_age"),
            },
            "contactsLocationsModule": {
                "overallOfficials": [
                    {
                        "name": _person(one),
                        "role": _text(one, "role"),
                        "affiliation": _text(one, "affiliation"),
                    }
                    for one in study.findall("overall_official")
                ],
                "locations": [_location(one) for one in study.findall("location")],
            },
            "referencesModule": {"references": _references(study)},
        },
        "derivedSection": {
            "miscInfoModule": {"versionHolder": _text(study, "required_header/download_date")}
        },
        "hasResults": study.find(RESULTS) is not None,
    }


def _age(study: Element, path: str) -> str:
    text = _text(study, path)
    return "" if text == "N/A" else text


def _person(one: Element) -> str:
    parts = (_text(one, part) for part in ("first_name", "middle_name", "last_name"))
    name = " ".join(part for part in parts if part)
    degrees = _text(one, "degrees")
    return f"{name}, {degrees}" if degrees else name


def _sponsors(study: Element) -> dict[str, Any]:
    party = "responsible_party"
    return {
        "leadSponsor": {
            "name": _text(study, "sponsors/lead_sponsor/agency"),
            "class": _text(study, "sponsors/lead_sponsor/agency_class"),
        },
        "collaborators": [
            {"name": _text(one, "agency"), "class": _text(one, "agency_class")}
            for one in study.findall("sponsors/collaborator")
        ],
        "responsibleParty": {
            "type": _text(study, f"{party}/responsible_party_type"),
            "investigatorFullName": _text(study, f"{party}/investigator_full_name"),
            "investigatorTitle": _text(study, f"{party}/investigator_title"),
            "investigatorAffiliation": _text(study, f"{party}/investigator_affiliation"),
        },
    }


def _design(study: Element) -> dict[str, Any]:
    how = "study_design_info"
    return {
        "studyType": _text(study, "study_type"),
        "phases": [_text(study, "phase")],
        "enrollmentInfo": {"count": _text(study, "enrollment")},
        "designInfo": {
            "allocation": _text(study, f"{how}/allocation"),
            "interventionModel": _text(study, f"{how}/intervention_model"),
            "observationalModel": _text(study, f"{how}/observational_model"),
            "primaryPurpose": _text(study, f"{how}/primary_purpose"),
            "maskingInfo": {"masking": _text(study, f"{how}/masking")},
        },
    }


def _arms(study: Element) -> dict[str, Any]:
    interventions = study.findall("intervention")
    return {
        "armGroups": [
            {
                "label": (label := _text(one, "arm_group_label")),
                "type": _text(one, "arm_group_type"),
                "description": _text(one, "description"),
                "interventionNames": [
                    _text(what, "intervention_name")
                    for what in interventions
                    if label in _all(what, "arm_group_label")
                ],
            }
            for one in study.findall("arm_group")
        ],
        "interventions": [
            {
                "name": _text(one, "intervention_name"),
                "type": _text(one, "intervention_type"),
                "description": _text(one, "description"),
                "otherNames": _all(one, "other_name"),
            }
            for one in interventions
        ],
    }


def _references(study: Element) -> list[dict[str, Any]]:
    return [
        {"citation": _text(one, "citation"), "pmid": _text(one, "PMID"), "type": kind}
        for tag, kind in (("reference", "Background"), ("results_reference", "Result"))
        for one in study.findall(tag)
    ]


def _location(one: Element) -> dict[str, Any]:
    address = "facility/address"
    return {
        "facility": _text(one, "facility/name"),
        "city": _text(one, f"{address}/city"),
        "state": _text(one, f"{address}/state"),
        "zip": _text(one, f"{address}/zip"),
        "country": _text(one, f"{address}/country"),
        "status": _text(one, "status"),
    }
