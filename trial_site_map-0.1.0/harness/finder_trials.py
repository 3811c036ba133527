"""A few dozen made trials with conditions, ages and sites in Europe, in the form of API v2."""

from typing import Any

CONDITIONS = (
    ("Breast Neoplasms", "Breast Neoplasms"),
    ("Triple Negative Breast Cancer", "Triple Negative Breast Neoplasms"),
    ("HER2-positive Metastatic Breast Cancer", ""),
    ("Asthma", "Asthma"),
    ("Type 2 Diabetes", "Diabetes Mellitus, Type 2"),
    ("Crohn Disease", "Crohn Disease"),
)
"""Conditions as records write them, each with the MeSH heading that the registry gave."""

PLACES = (
    ("Klinikum der Universität München", "Munich", "Germany", "80336"),
    ("Universitätsklinikum Augsburg", "Augsburg", "Germany", "86156"),
    ("Research Site", "Rosenheim", "Germany", ""),
    ("LKH Salzburg", "Salzburg", "Austria", "5020"),
    ("Charité - Universitätsmedizin Berlin", "Berlin", "Germany", "10117"),
    ("Hôpital Saint-Louis", "Paris", "France", "75010"),
    ("Hospital Vall d'Hebron", "Barcelona", "Spain", "08035"),
    ("Istituto Europeo di Oncologia", "Milan", "Italy", "20141"),
)
STATUSES = ("RECRUITING", "COMPLETED", "RECRUITING", "NOT_YET_RECRUITING")
PHASES = ("PHASE1", "PHASE2", "PHASE3", "PHASE4", "NA")
PEOPLE = (
    {"sex": "ALL", "minimumAge": "18 Years"},
    {"sex": "FEMALE", "minimumAge": "18 Years", "maximumAge": "75 Years"},
    {},
    {"sex": "ALL", "minimumAge": "6 Months", "maximumAge": "12 Years"},
)


def build_trials(number: int = 36) -> list[dict[str, Any]]:
    """The trials; the first is open in Munich and its record says *Breast Neoplasms*."""
    return [_build_trial(one) for one in range(number)]


def _build_trial(number: int) -> dict[str, Any]:
    condition, heading = CONDITIONS[number % len(CONDITIONS)]
    some = range(1 + number % 4)
    sites = [_build_site(number, PLACES[(number + 3 * n) % len(PLACES)], n) for n in some]
    protocol = {
        "identificationModule": {
            "nctId": f"NCT{5_000_000 + number:08}",
            "briefTitle": f"A Randomized Study of Drug {number} in Participants With {condition}",
        },
        "statusModule": {"overallStatus": "RECRUITING"},
        "conditionsModule": {"conditions": [condition]},
        "designModule": {"phases": [PHASES[number % len(PHASES)]]},
        "armsInterventionsModule": {"interventions": [{"type": "DRUG", "name": f"Drug {number}"}]},
        "eligibilityModule": PEOPLE[number % len(PEOPLE)],
        "contactsLocationsModule": {"locations": sites},
    }
    meshes = [{"id": "D000001", "term": heading}] if heading else []
    return {
        "protocolSection": protocol,
        "derivedSection": {"conditionBrowseModule": {"meshes": meshes}},
    }


def _build_site(number: int, place: tuple[str, str, str, str], nth: int) -> dict[str, Any]:
    facility, city, country, postcode = place
    contact = {"name": "Study team", "phone": "+49 89 1234", "email": "team@example.org"}
    made = {
        "facility": facility,
        "city": city,
        "country": country,
        "status": STATUSES[(number + nth) % len(STATUSES)],
        "contacts": [contact],
    }
    return {**made, "zip": postcode} if postcode else made
