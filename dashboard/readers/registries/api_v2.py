"""ClinicalTrials.gov API v2: one study, and the sites in its `contactsLocationsModule`."""

from typing import Any

from dashboard.readers.common.builder import NO_POINT, Gathered
from dashboard.readers.common.clean import fields_of, items_of
from dashboard.readers.registries.study_record import study_trial

FORMAT = "ClinicalTrials.gov API v2 JSON"

_MODULES = ("identificationModule", "contactsLocationsModule", "statusModule")


def is_study(value: object) -> bool:
    """True for a study, also one whose modules stand at its top level."""
    if type(value) is not dict:
        return False
    return "protocolSection" in value or any(name in value for name in _MODULES)


def gather_study(study: dict[str, Any], gathered: Gathered) -> None:
    """The trial and its sites. A location of a wrong shape is kept as a site without a place."""
    protocol = fields_of(study.get("protocolSection", study))
    places = fields_of(protocol.get("contactsLocationsModule"))
    locations = items_of(places.get("locations"))
    start = len(gathered)
    if locations:
        _add_sites(locations, gathered)
    countries = dict.fromkeys(
        country for country in gathered.country[start:] if type(country) is str and country
    )
    trial = study_trial(study, tuple(countries))
    if not trial.trial_id:
        gathered.warn(f"study {len(gathered.trials) + 1} has no NCT number; its sites are kept")
    gathered.open_trial(trial, start)


def _add_sites(locations: list[Any], gathered: Gathered) -> None:
    add_facility, add_city = gathered.facility.append, gathered.city.append
    add_state, add_postcode = gathered.state.append, gathered.postcode.append
    add_country, add_status = gathered.country.append, gathered.status.append
    add_latitude, add_longitude = gathered.latitude.append, gathered.longitude.append
    for location in locations:
        get = fields_of(location).get
        add_facility(get("facility", ""))
        add_city(get("city", ""))
        add_state(get("state", ""))
        add_postcode(get("zip", ""))
        add_country(get("country", ""))
        add_status(get("status", ""))
        point = get("geoPoint")
        if type(point) is dict:
            add_latitude(point.get("lat", NO_POINT))
            add_longitude(point.get("lon", NO_POINT))
        else:
            add_latitude(NO_POINT)
            add_longitude(NO_POINT)
