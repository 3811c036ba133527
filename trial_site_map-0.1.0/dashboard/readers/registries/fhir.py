"""Reads HL7 FHIR: research studies with their sites; locations, organizations and services."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from dashboard.readers.common.builder import NO_POINT, ReadingBuilder
from dashboard.readers.common.clean import as_dict, as_list, as_text
from dashboard.readers.common.dates import parse_date
from dashboard.readers.common.trial_number import find_trial_id
from dashboard.sites.trial import Sponsor, Trial
from dashboard.sites.vocabulary import phase_word

FORMAT = "HL7 FHIR JSON"

_PLACES = frozenset({"Location", "Organization", "HealthcareService"})
_STATUS = {
    "active": "Recruiting",
    "in-review": "Not yet recruiting",
    "approved": "Not yet recruiting",
    "closed-to-accrual": "Active, not recruiting",
    "closed-to-accrual-and-intervention": "Active, not recruiting",
    "completed": "Completed",
    "temporarily-closed-to-accrual": "Suspended",
    "temporarily-closed-to-accrual-and-intervention": "Suspended",
    "administratively-completed": "Terminated",
    "withdrawn": "Withdrawn",
}
"""`ResearchStudy.status` of FHIR R4; R5 has it as the progress of a study."""

_MAX_DEPTH = 4


class _Place(NamedTuple):
    facility: str = ""
    city: str = ""
    state: str = ""
    postcode: str = ""
    country: str = ""
    latitude: Any = NO_POINT
    longitude: Any = NO_POINT


def is_resource(value: object) -> bool:
    """True for a FHIR resource."""
    return type(value) is dict and isinstance(value.get("resourceType"), str)


def read_resources(records: Iterable[Any], builder: ReadingBuilder) -> None:
    """Read the resources of a file: of Bundles, of NDJSON, or one alone.

    The sites of a study are those that its `site` refers to; its sponsor and ethics committee are
    none. A file without a study is a list of locations, services and organizations.
    """
    resources = _Resources(records)
    for study in resources.studies:
        _read_study(study, resources, builder)
    if not resources.studies:
        for place in resources.list_places():
            builder.add_site(*place[:5], latitude=place.latitude, longitude=place.longitude)
        builder.lacks_trial = len(builder) > 0


class _Resources:
    """The resources of a file, found by any of the names that others refer to them by."""

    def __init__(self, records: Iterable[Any]) -> None:
        self.studies: list[dict[str, Any]] = []
        self._places: list[dict[str, Any]] = []
        self._by_name: dict[str, dict[str, Any]] = {}
        for record in records:
            self._add(record, "", 0)

    def _add(self, value: Any, url: str, depth: int) -> None:
        resource = as_dict(value)
        kind = as_text(resource.get("resourceType"))
        if depth > _MAX_DEPTH or not kind:
            return
        if kind == "Bundle":
            for entry in map(as_dict, as_list(resource.get("entry"))):
                self._add(entry.get("resource"), as_text(entry.get("fullUrl")), depth + 1)
            return
        own = as_text(resource.get("id"))
        names = (url, f"{kind}/{own}" if own else "")
        self._by_name.update((name, resource) for name in names if name)
        if kind == "ResearchStudy":
            self.studies.append(resource)
        elif kind in _PLACES:
            self._places.append(resource)

    def find(self, reference: Any, owner: dict[str, Any]) -> dict[str, Any]:
        """The resource a reference names, also one contained in its owner; empty if unknown."""
        name = as_text(as_dict(reference).get("reference"))
        if name.startswith("#"):
            contained = map(as_dict, as_list(owner.get("contained")))
            return next((one for one in contained if one.get("id") == name[1:]), {})
        short = "/".join(name.split("/")[-2:])
        return self._by_name.get(name) or self._by_name.get(short) or {}

    def list_places(self) -> Iterator[_Place]:
        """The places of a file without a study, without those that others stand for."""
        owners: set[int] = set()
        for resource in self._places:
            for reference in (
                resource.get("managingOrganization"),
                resource.get("providedBy"),
                *as_list(resource.get("location")),
            ):
                owners.add(id(self.find(reference, resource)))
        for resource in self._places:
            place = self.locate(resource, resource)
            if id(resource) not in owners and any(place[:5]):
                yield place

    def locate(self, resource: dict[str, Any], owner: dict[str, Any], depth: int = 0) -> _Place:
        """The place of a location, organization or service; a service's is that of its location."""
        address = as_dict(next(iter(as_list(resource.get("address"))), resource.get("address", {})))
        point = as_dict(resource.get("position"))
        found = _Place(
            as_text(resource.get("name")),
            as_text(address.get("city")),
            as_text(address.get("state")),
            as_text(address.get("postalCode")),
            as_text(address.get("country")),
            point.get("latitude", NO_POINT),
            point.get("longitude", NO_POINT),
        )
        if depth < _MAX_DEPTH:
            for reference in (
                *as_list(resource.get("location")),
                resource.get("managingOrganization"),
                resource.get("providedBy"),
            ):
                other = self.find(reference, owner)
                lacking = not (found.city or found.country) or not found.facility
                if other and lacking:
                    found = _fill(found, self.locate(other, owner, depth + 1))
        return found


def _fill(place: _Place, other: _Place) -> _Place:
    """A place with the name, or the address and point, of another where it has none."""
    if not (place.city or place.country):
        return other._replace(facility=place.facility or other.facility)
    return place._replace(facility=place.facility or other.facility)


def _read_study(study: dict[str, Any], resources: _Resources, builder: ReadingBuilder) -> None:
    trial = _build_trial(study, resources)
    builder.add_trial(trial)
    before = len(builder)
    unknown = 0
    for reference in as_list(study.get("site")):
        resource = resources.find(reference, study)
        if not resource and not as_text(as_dict(reference).get("display")):
            unknown += 1
            continue
        place = resources.locate(resource, study)
        facility = place.facility or as_text(as_dict(reference).get("display"))
        builder.add_site(facility, *place[1:5], "", place.latitude, place.longitude)
    if unknown:
        builder.warn(f"{trial.trial_id}: {unknown} sites are not in this file")
    elif len(builder) == before:
        builder.warn(f"{trial.trial_id}: the study names no sites")


def _build_trial(study: dict[str, Any], resources: _Resources) -> Trial:
    identifiers = [as_text(as_dict(one).get("value")) for one in as_list(study.get("identifier"))]
    known = next((number for text in identifiers if (number := find_trial_id([text]))), "")
    phase = as_dict(study.get("phase"))
    codes = [as_text(as_dict(one).get("display")) for one in as_list(phase.get("coding"))]
    sponsor = _name_sponsor(study, resources)
    return Trial(
        trial_id=known or next(filter(None, identifiers), "") or as_text(study.get("id")),
        title=as_text(study.get("title")) or as_text(study.get("name")),
        status=_STATUS.get(as_text(study.get("status")), ""),
        phase=phase_word(as_text(phase.get("text")) or next(filter(None, codes), "")),
        summary=as_text(study.get("description")),
        sponsors=(Sponsor(sponsor),) if sponsor else (),
        last_updated=parse_date(as_text(as_dict(study.get("meta")).get("lastUpdated"))),
    )


def _name_sponsor(study: dict[str, Any], resources: _Resources) -> str:
    references = [study.get("sponsor")]
    for party in map(as_dict, as_list(study.get("associatedParty"))):
        role = as_dict(party.get("role"))
        words = [as_text(as_dict(one).get("code")) for one in as_list(role.get("coding"))]
        if "lead-sponsor" in words or "sponsor" in words:
            references.append(party.get("party"))
    for reference in references:
        resource = resources.find(reference, study)
        name = as_text(resource.get("name")) or as_text(as_dict(reference).get("display"))
        if name:
            return name
    return ""
