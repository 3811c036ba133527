"""Reads ClinicalTrials.gov legacy XML: `clinical_study` records, converted to API v2."""

import re
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

from dashboard.readers.common.xml_tree import iter_elements

FORMAT = "ClinicalTrials.gov legacy XML"

_RESULTS = "clinical_results"
"""The element with results: only its presence is used."""


def iter_xml_studies(data: bytes, name: str) -> Iterator[dict[str, Any]]:
    """Every study, converted to API v2; a file may hold several XML documents.

    Raises ReadError for XML that is not valid, declares entities or is nested too deep.
    """
    for _, element in iter_elements(data, name):
        if element.tag == "clinical_study":
            yield _to_v2(element)
            element.clear()
        elif element.tag == _RESULTS:
            element.clear()


def _text(element: Element, path: str) -> str:
    return (element.findtext(path) or "").strip()


def _read_block(element: Element, path: str) -> str:
    """A `textblock`: wrapped, indented lines, with blank lines between paragraphs."""
    text = _text(element, f"{path}/textblock")
    paragraphs = re.split(r"\n\s*\n", text)
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs if paragraph.strip())


def _list_texts(element: Element, path: str) -> list[str]:
    return [text for one in element.findall(path) if (text := (one.text or "").strip())]


def _to_v2(study: Element) -> dict[str, Any]:
    """Convert a `clinical_study` to API v2."""
    return {
        "protocolSection": {
            "identificationModule": {
                "nctId": _text(study, "id_info/nct_id"),
                "briefTitle": _text(study, "brief_title"),
                "officialTitle": _text(study, "official_title"),
                "acronym": _text(study, "acronym"),
                "orgStudyIdInfo": {"id": _text(study, "id_info/org_study_id")},
                "secondaryIdInfos": [
                    {"id": text} for text in _list_texts(study, "id_info/secondary_id")
                ],
            },
            "statusModule": {
                "overallStatus": _text(study, "overall_status"),
                "startDateStruct": {"date": _text(study, "start_date")},
                "completionDateStruct": {"date": _text(study, "completion_date")},
                "studyFirstPostDateStruct": {"date": _text(study, "study_first_posted")},
                "lastUpdatePostDateStruct": {
                    "date": _text(study, "last_update_posted")
                    or _text(study, "lastchanged_date")
                    or _text(study, "last_update_submitted")
                },
            },
            "sponsorCollaboratorsModule": _convert_sponsors(study),
            "descriptionModule": {
                "briefSummary": _read_block(study, "brief_summary"),
                "detailedDescription": _read_block(study, "detailed_description"),
            },
            "conditionsModule": {
                "conditions": _list_texts(study, "condition"),
                "keywords": _list_texts(study, "keyword"),
            },
            "designModule": _convert_design(study),
            "armsInterventionsModule": _convert_arms(study),
            "eligibilityModule": {
                "eligibilityCriteria": _text(study, "eligibility/criteria/textblock"),
                "healthyVolunteers": _text(study, "eligibility/healthy_volunteers"),
                "sex": _text(study, "eligibility/gender"),
                "minimumAge": _read_age(study, "eligibility/minimum_age"),
                "maximumAge": _read_age(study, "eligibility/maximum_age"),
            },
            "contactsLocationsModule": {
                "overallOfficials": [
                    {
                        "name": _format_person(one),
                        "role": _text(one, "role"),
                        "affiliation": _text(one, "affiliation"),
                    }
                    for one in study.findall("overall_official")
                ],
                "locations": [_convert_location(one) for one in study.findall("location")],
            },
            "referencesModule": {"references": _convert_references(study)},
        },
        "derivedSection": {
            "miscInfoModule": {"versionHolder": _text(study, "required_header/download_date")},
            "conditionBrowseModule": {
                "meshes": [
                    {"term": term} for term in _list_texts(study, "condition_browse/mesh_term")
                ]
            },
        },
        "hasResults": study.find(_RESULTS) is not None,
    }


def _read_age(study: Element, path: str) -> str:
    text = _text(study, path)
    return "" if text == "N/A" else text


def _format_person(one: Element) -> str:
    parts = (_text(one, part) for part in ("first_name", "middle_name", "last_name"))
    name = " ".join(part for part in parts if part)
    degrees = _text(one, "degrees")
    return f"{name}, {degrees}" if degrees else name


def _convert_sponsors(study: Element) -> dict[str, Any]:
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


def _convert_design(study: Element) -> dict[str, Any]:
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


def _convert_arms(study: Element) -> dict[str, Any]:
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
                    if label in _list_texts(what, "arm_group_label")
                ],
            }
            for one in study.findall("arm_group")
        ],
        "interventions": [
            {
                "name": _text(one, "intervention_name"),
                "type": _text(one, "intervention_type"),
                "description": _text(one, "description"),
                "otherNames": _list_texts(one, "other_name"),
            }
            for one in interventions
        ],
    }


def _convert_references(study: Element) -> list[dict[str, Any]]:
    return [
        {"citation": _text(one, "citation"), "pmid": _text(one, "PMID"), "type": kind}
        for tag, kind in (("reference", "Background"), ("results_reference", "Result"))
        for one in study.findall(tag)
    ]


def _convert_location(one: Element) -> dict[str, Any]:
    address = "facility/address"
    return {
        "facility": _text(one, "facility/name"),
        "city": _text(one, f"{address}/city"),
        "state": _text(one, f"{address}/state"),
        "zip": _text(one, f"{address}/zip"),
        "country": _text(one, f"{address}/country"),
        "status": _text(one, "status"),
    }
