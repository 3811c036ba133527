"""The record of one trial."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Arm:
    """A study group: its label, its type in the registry's words, and what it received."""

    label: str
    type: str = ""
    description: str = ""
    interventions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Intervention:
    """What is given or done; ``type`` as in ``Drug``; ``other_names`` are synonyms."""

    name: str
    type: str = ""
    description: str = ""
    other_names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sponsor:
    """An organisation behind the trial; ``role`` is ``lead`` or ``collaborator``."""

    name: str
    sponsor_class: str = ""
    role: str = "lead"


@dataclass(frozen=True, slots=True)
class Investigator:
    """An overall official. The affiliation is their employer, not a site."""

    name: str
    role: str = ""
    affiliation: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to ask about a trial; of one site if ``facility`` or ``city`` is set."""

    name: str = ""
    phone: str = ""
    email: str = ""
    facility: str = ""
    city: str = ""

    def is_at(self, facility: str, city: str) -> bool:
        """Whether it is the contact of a site, whose facility may have lost its site number."""
        named = bool(self.facility or self.city)
        return named and self.city == city and self.facility.endswith(facility)


@dataclass(frozen=True, slots=True)
class Reference:
    """A publication; ``pmid`` is empty if it has none."""

    citation: str
    type: str = ""
    pmid: str = ""


@dataclass(frozen=True, slots=True)
class RelatedTrial:
    """Another registry record that this one names."""

    trial_id: str
    title: str = ""
    status: str = ""
    phase: str = ""


@dataclass(frozen=True, slots=True)
class OtherId:
    """Another identifier of the same trial."""

    id: str
    type: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Trial:
    """One registry record.

    ``status`` and ``phase`` are words of :mod:`dashboard.sites.vocabulary`; dates are ISO 8601
    as exact as the source gives them (``2010-11-30``, ``2015-09``); unknown is empty or ``None``.
    ``first_posted`` is when the registry posted or registered the trial.
    ``countries`` are those of the record, which may be more than those of its sites.
    ``mesh_terms`` are the registry's MeSH headings for the conditions, ``mesh_ancestors`` what they
    are narrower than. ``as_of`` is the date of the data.
    """

    trial_id: str
    title: str = ""
    official_title: str = ""
    acronym: str = ""
    status: str = ""
    phase: str = ""
    study_type: str = ""
    enrollment: int | None = None
    start_date: str = ""
    completion_date: str = ""
    first_posted: str = ""
    last_updated: str = ""
    has_results: bool | None = None
    summary: str = ""
    description: str = ""
    conditions: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    mesh_terms: tuple[str, ...] = ()
    mesh_ancestors: tuple[str, ...] = ()
    allocation: str = ""
    intervention_model: str = ""
    primary_purpose: str = ""
    masking: str = ""
    arms: tuple[Arm, ...] = ()
    interventions: tuple[Intervention, ...] = ()
    criteria: str = ""
    minimum_age: str = ""
    maximum_age: str = ""
    sex: str = ""
    healthy_volunteers: bool | None = None
    sponsors: tuple[Sponsor, ...] = ()
    responsible_party: str = ""
    investigators: tuple[Investigator, ...] = ()
    contacts: tuple[Contact, ...] = ()
    countries: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()
    related: tuple[RelatedTrial, ...] = ()
    other_ids: tuple[OtherId, ...] = ()
    url: str = ""
    as_of: str = ""

    @property
    def sponsor(self) -> str:
        """The lead sponsor's name, empty if there is none."""
        return next((s.name for s in self.sponsors if s.role == "lead"), "")
