"""ClinicalTrials.gov API v2: one study, and the sites in its `contactsLocationsModule`."""

from typing import Any

from dashboard.readers.common.builder import NO_POINT, ReadingBuilder
from dashboard.readers.common.clean import as_dict, as_list
from dashboard.readers.registries.study_record import build_trial

FORMAT = "ClinicalTrials.gov API v2 JSON"

_MODULES = ("identificationModule", "contactsLocationsModule", "statusModule")


def is_study(value: object) -> bool:
    """True for a study, also one with its modules at the top level."""
    if type(value) is not dict:
        return False
    return "protocolSection" in value or any(name in value for name in _MODULES)


def read_study(study: dict[str, Any], builder: ReadingBuilder) -> None:
    """Read the trial and its sites; a location of a wrong type is a site without a place."""
    protocol = as_dict(study.get("protocolSection", study))
    places = as_dict(protocol.get("contactsLocationsModule"))
    locations = as_list(places.get("locations"))
    start = len(builder)
    if locations:
        _add_sites(locations, builder)
    countries = dict.fromkeys(
        country for country in builder.country[start:] if type(country) is str and country
    )
    trial = build_trial(study, tuple(countries))
    if not trial.trial_id:
        builder.warn(f"study {len(builder.trials) + 1} has no NCT number; its sites are kept")
    builder.add_trial(trial, start)


def _add_sites(locations: list[Any], builder: ReadingBuilder) -> None:
    add_facility, add_city = builder.facility.append, builder.city.append
    add_state, add_postcode = builder.state.append, builder.postcode.append
    add_country, add_status = builder.country.append, builder.status.append
    add_latitude, add_longitude = builder.latitude.append, builder.longitude.append
    for location in locations:
        get = as_dict(location).get
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
