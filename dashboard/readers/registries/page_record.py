"""The trial record of a registry page saved as text."""

import re
from collections.abc import Sequence
from itertools import pairwise

from dashboard.readers.common.country_text import listed_countries
from dashboard.readers.registries.page_arms import arms_of, interventions_of
from dashboard.readers.registries.page_sections import Sections, fields
from dashboard.sites.trial import Investigator, OtherId, Reference, RelatedTrial, Sponsor, Trial
from dashboard.sites.vocabulary import phase_word, phrase, status_word

_BASICS = (
    "Recruitment Status",
    "Clinical Phase",
    "Total Enrollment",
    "Study Classification",
    "Study Start Date",
    "Study Completion Date",
)
_DESIGN = (
    "Allocation Method",
    "Intervention Model",
    "Observational Model",
    "Time Perspective",
    "Primary Study Purpose",
    "Blinding Strategy",
)
_ELIGIBILITY = (
    "Minimum Eligible Age",
    "Maximum Eligible Age",
    "Eligible Sex",
    "Accepts Healthy Volunteers",
)
_ROLE = re.compile(r"^Role\s*:\s*(.*)$", re.IGNORECASE)
_SPONSOR_ROLE = re.compile(r"^Sponsor Role\b[\s:]*(.*)$", re.IGNORECASE)
_RESPONSIBLE = re.compile(r"^Responsibility Role\b[\s:]*(.*)$", re.IGNORECASE)
_REFERENCE_TYPE = re.compile(r"^Reference Type\b[\s:]*(.*)$", re.IGNORECASE)
_PMID = re.compile(r"^PMID\s*:?\s*(\d+)", re.IGNORECASE)
_ID_TYPE = re.compile(r"^Identifier Type\s*:\s*(.*)$", re.IGNORECASE)
_ID_SOURCE = re.compile(r"^Identifier Source\s*:\s*(.*)$", re.IGNORECASE)
_RELATED = re.compile(r"^(NCT\d{8})\b\s*(\S*)\s*(.*)$")
_UPDATED = re.compile(r"^Last Updated?\s*:\s*(\d{4}-\d{2}(?:-\d{2})?)", re.IGNORECASE)
_LABELLED = re.compile(r"^(NCT ID|Last Updated?)\s*:", re.IGNORECASE)


def trial_record(trial_id: str, sections: Sections) -> Trial:
    """Everything the page says of the trial itself; what it does not say stays empty."""
    texts = sections.texts
    basics = _first_values(fields(texts("Basic Information"), _BASICS))
    design = _first_values(fields(texts("Study Design"), _DESIGN))
    eligibility = fields(texts("Eligibility Criteria"), _ELIGIBILITY)
    who = _first_values(eligibility)
    updated = next((m[1] for line in sections.before if (m := _UPDATED.match(line.text))), "")
    interventions = interventions_of(texts("Interventions"), texts("Other Intervention Names"))
    enrollment = re.search(r"\d[\d,]*", basics.get("Total Enrollment", ""))
    return Trial(
        trial_id=trial_id,
        title=_title(sections),
        status=status_word(basics.get("Recruitment Status", "")),
        phase=phase_word(basics.get("Clinical Phase", "")),
        study_type=phrase(basics.get("Study Classification", "")),
        enrollment=int(enrollment[0].replace(",", "")[:12]) if enrollment else None,
        start_date=basics.get("Study Start Date", ""),
        completion_date=basics.get("Study Completion Date", ""),
        last_updated=updated,
        has_results=_has_results(texts("Study Results")),
        summary="\n\n".join(texts("Brief Summary")),
        description="\n\n".join(texts("Detailed Description")),
        conditions=tuple(texts("Conditions")),
        keywords=tuple(texts("Keywords")),
        allocation=phrase(design.get("Allocation Method", "")),
        intervention_model=phrase(
            design.get("Intervention Model", "") or design.get("Observational Model", "")
        ),
        primary_purpose=phrase(design.get("Primary Study Purpose", "")),
        masking=phrase(design.get("Blinding Strategy", "")),
        arms=arms_of(texts("Study Groups"), interventions),
        interventions=interventions,
        criteria="\n".join(eligibility[""]),
        minimum_age=who.get("Minimum Eligible Age", ""),
        maximum_age=who.get("Maximum Eligible Age", ""),
        sex=phrase(who.get("Eligible Sex", "")),
        healthy_volunteers=_yes_no(who.get("Accepts Healthy Volunteers", "")),
        sponsors=_sponsors(texts("Sponsors")),
        responsible_party=_responsible_party(texts("Responsible Party")),
        investigators=_investigators(texts("Principal Investigators")),
        countries=listed_countries(texts("Countries")),
        references=_references(texts("References")),
        related=_related(texts("More Related Trials")),
        other_ids=_other_ids(texts("Other Identifiers")),
        url=f"https://clinicaltrials.gov/study/{trial_id}",
        as_of=updated,
    )


def _first_values(values: dict[str, list[str]]) -> dict[str, str]:
    return {label: lines[0] for label, lines in values.items() if label and lines}


def _title(sections: Sections) -> str:
    return " ".join(line.text for line in sections.before if not _LABELLED.match(line.text)).strip()


def _has_results(lines: Sequence[str]) -> bool | None:
    first = lines[0].casefold() if lines else ""
    if not first:
        return None
    return "available" in first and not first.startswith(("no ", "not ")) and " not " not in first


def _yes_no(text: str) -> bool | None:
    return {"yes": True, "true": True, "no": False, "false": False}.get(text.casefold())


def _sponsors(lines: Sequence[str]) -> tuple[Sponsor, ...]:
    sponsors: list[Sponsor] = []
    block: list[str] = []
    for line in lines:
        if found := _SPONSOR_ROLE.match(line):
            if block:
                kind = phrase(block[1]) if len(block) > 1 else ""
                role = found[1].casefold() or "lead"
                sponsors.append(Sponsor(block[0], kind, role))
            block = []
        else:
            block.append(line)
    return tuple(sponsors)


def _responsible_party(lines: Sequence[str]) -> str:
    role = next((phrase(m[1]) for line in lines if (m := _RESPONSIBLE.match(line))), "")
    who = ", ".join(line for line in lines if not _RESPONSIBLE.match(line))
    return f"{role}: {who}" if role and who else role or who


def _investigators(lines: Sequence[str]) -> tuple[Investigator, ...]:
    """Name, `Role: …`, affiliation; the affiliation may be missing."""
    roles = [at for at, line in enumerate(lines) if _ROLE.match(line)]
    people: list[Investigator] = []
    for at, following in pairwise([*roles, len(lines) + 1]):
        role = _ROLE.sub(lambda found: found[1], lines[at])
        affiliation = " ".join(lines[at + 1 : following - 1])
        if at:
            people.append(Investigator(lines[at - 1], phrase(role), affiliation))
    return tuple(people)


def _references(lines: Sequence[str]) -> tuple[Reference, ...]:
    """Citation, `Reference Type …`, and where it has one `PMID: …`."""
    references: list[Reference] = []
    block: list[str] = []
    for line in lines:
        if found := _REFERENCE_TYPE.match(line):
            references.append(Reference(" ".join(block), phrase(found[1])))
            block = []
        elif found := _PMID.match(line):
            if block or not references:
                references.append(Reference(" ".join(block)))
                block = []
            last = references[-1]
            references[-1] = Reference(last.citation, last.type, found[1])
        else:
            block.append(line)
    if block:
        references.append(Reference(" ".join(block)))
    return tuple(references)


def _other_ids(lines: Sequence[str]) -> tuple[OtherId, ...]:
    ids: list[OtherId] = []
    for line in lines:
        if found := _ID_TYPE.match(line):
            if ids:
                ids[-1] = OtherId(ids[-1].id, found[1].strip("- "), ids[-1].source)
        elif found := _ID_SOURCE.match(line):
            if ids:
                ids[-1] = OtherId(ids[-1].id, ids[-1].type, found[1].strip())
        else:
            ids.append(OtherId(line))
    return tuple(ids)


def _related(lines: Sequence[str]) -> tuple[RelatedTrial, ...]:
    related: list[RelatedTrial] = []
    block: list[str] = []
    for line in lines:
        if found := _RELATED.match(line):
            title = " ".join(block)
            related.append(
                RelatedTrial(found[1], title, status_word(found[2]), phase_word(found[3]))
            )
            block = []
        else:
            block.append(line)
    return tuple(related)
