"""Parses the trial of a registry page saved as text."""

import re
from collections.abc import Sequence
from itertools import pairwise

from dashboard.readers.common.country_text import parse_country_list
from dashboard.readers.common.dates import parse_date
from dashboard.readers.registries.page_sections import Sections, parse_fields
from dashboard.sites.trial import (
    Arm,
    Intervention,
    Investigator,
    OtherId,
    Reference,
    RelatedTrial,
    Sponsor,
    Trial,
)
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
_PMID = re.compile(r"^PMID\s*+:?\s*+(\d+)", re.IGNORECASE)
_ID_TYPE = re.compile(r"^Identifier Type\s*:\s*(.*)$", re.IGNORECASE)
_ID_SOURCE = re.compile(r"^Identifier Source\s*:\s*(.*)$", re.IGNORECASE)
_RELATED = re.compile(r"^(NCT\d{8})\b\s*(\S*)\s*(.*)$")
_UPDATED = re.compile(r"^Last Updated?\s*:\s*(\d{4}-\d{2}(?:-\d{2})?)", re.IGNORECASE)
_LABELLED = re.compile(r"^(NCT ID|Last Updated?)\s*:", re.IGNORECASE)
_GROUP = re.compile(r"^Group Type\b[\s:]*(.*)$", re.IGNORECASE)
_INTERVENTION = re.compile(r"^Intervention Type\b[\s:]*(.*)$", re.IGNORECASE)


def parse_trial(trial_id: str, sections: Sections) -> Trial:
    """The trial as far as the page describes it; other fields are empty."""
    texts = sections.texts
    basics = _take_first(parse_fields(texts("Basic Information"), _BASICS))
    design = _take_first(parse_fields(texts("Study Design"), _DESIGN))
    eligibility = parse_fields(texts("Eligibility Criteria"), _ELIGIBILITY)
    people = _take_first(eligibility)
    updated = next((m[1] for line in sections.before if (m := _UPDATED.match(line.text))), "")
    interventions = _parse_interventions(texts("Interventions"), texts("Other Intervention Names"))
    enrollment = re.search(r"\d[\d,]*", basics.get("Total Enrollment", ""))
    return Trial(
        trial_id=trial_id,
        title=_join_title(sections),
        status=status_word(basics.get("Recruitment Status", "")),
        phase=phase_word(basics.get("Clinical Phase", "")),
        study_type=phrase(basics.get("Study Classification", "")),
        enrollment=int(enrollment[0].replace(",", "")[:12]) if enrollment else None,
        start_date=parse_date(basics.get("Study Start Date", "")),
        completion_date=parse_date(basics.get("Study Completion Date", "")),
        last_updated=updated,
        has_results=_parse_results(texts("Study Results")),
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
        arms=_parse_arms(texts("Study Groups"), interventions),
        interventions=interventions,
        criteria="\n".join(eligibility[""]),
        minimum_age=people.get("Minimum Eligible Age", ""),
        maximum_age=people.get("Maximum Eligible Age", ""),
        sex=phrase(people.get("Eligible Sex", "")),
        healthy_volunteers=_parse_yes_no(people.get("Accepts Healthy Volunteers", "")),
        sponsors=_parse_sponsors(texts("Sponsors")),
        responsible_party=_parse_responsible_party(texts("Responsible Party")),
        investigators=_parse_investigators(texts("Principal Investigators")),
        countries=parse_country_list(texts("Countries")),
        references=_parse_references(texts("References")),
        related=_parse_related(texts("More Related Trials")),
        other_ids=_parse_other_ids(texts("Other Identifiers")),
        url=f"https://clinicaltrials.gov/study/{trial_id}",
        as_of=updated,
    )


def _take_first(values: dict[str, list[str]]) -> dict[str, str]:
    return {label: lines[0] for label, lines in values.items() if label and lines}


def _join_title(sections: Sections) -> str:
    return " ".join(line.text for line in sections.before if not _LABELLED.match(line.text)).strip()


def _parse_results(lines: Sequence[str]) -> bool | None:
    first = lines[0].casefold() if lines else ""
    if not first:
        return None
    return "available" in first and not first.startswith(("no ", "not ")) and " not " not in first


def _parse_yes_no(text: str) -> bool | None:
    return {"yes": True, "true": True, "no": False, "false": False}.get(text.casefold())


def _parse_sponsors(lines: Sequence[str]) -> tuple[Sponsor, ...]:
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


def _parse_responsible_party(lines: Sequence[str]) -> str:
    role = next((phrase(m[1]) for line in lines if (m := _RESPONSIBLE.match(line))), "")
    who = ", ".join(line for line in lines if not _RESPONSIBLE.match(line))
    return f"{role}: {who}" if role and who else role or who


def _parse_investigators(lines: Sequence[str]) -> tuple[Investigator, ...]:
    """Parse name, `Role: …`, and perhaps affiliation."""
    roles = [at for at, line in enumerate(lines) if _ROLE.match(line)]
    people: list[Investigator] = []
    for at, following in pairwise([*roles, len(lines) + 1]):
        role = _ROLE.sub(lambda found: found[1], lines[at])
        affiliation = " ".join(lines[at + 1 : following - 1])
        if at:
            people.append(Investigator(lines[at - 1], phrase(role), affiliation))
    return tuple(people)


def _parse_references(lines: Sequence[str]) -> tuple[Reference, ...]:
    """Parse citation, `Reference Type …`, and perhaps `PMID: …`."""
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


def _parse_other_ids(lines: Sequence[str]) -> tuple[OtherId, ...]:
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


def _parse_related(lines: Sequence[str]) -> tuple[RelatedTrial, ...]:
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


def _parse_interventions(
    lines: Sequence[str], other_names: Sequence[str]
) -> tuple[Intervention, ...]:
    """Parse name, description, and the `Intervention Type` line that ends each."""
    closed: list[tuple[str, str, str]] = []
    block: list[str] = []
    for line in lines:
        if found := _INTERVENTION.match(line):
            if block:
                closed.append((block[0], phrase(found[1]), "\n".join(block[1:])))
            block = []
        else:
            block.append(line)
    # With several interventions the page does not show whose the other names are.
    names = tuple(name for line in other_names for name in _split_names(line))
    return tuple(
        Intervention(name, kind, description, names if len(closed) == 1 else ())
        for name, kind, description in closed
    )


def _split_names(line: str) -> list[str]:
    """``AMG 103 MT103 BLINCYTO™`` -> the three names.

    A number or a word in lower case belongs to the name before it.
    """
    if re.search(r"[;|]", line):
        return [name.strip(" ™®") for name in re.split(r"[;|]", line) if name.strip(" ™®")]
    names: list[str] = []
    for word in line.split():
        bare = word.strip("™®")
        if names and (bare.isdigit() or bare.islower() or bare.startswith("(")):
            names[-1] += f" {bare}"
        elif bare:
            names.append(bare)
    return names


def _parse_arms(lines: Sequence[str], interventions: Sequence[Intervention]) -> tuple[Arm, ...]:
    """Parse label, description, `Group Type`; then name, `Intervention Type`, description."""
    known_texts = {text for i in interventions for text in i.description.split("\n") if text}
    arms: list[Arm] = []
    block: list[str] = []
    received: list[str] = []
    for line in lines:
        if found := _GROUP.match(line):
            if arms:
                arms[-1] = _with_interventions(arms[-1], received)
            received = []
            label = block[0] if block else ""
            arms.append(Arm(label, phrase(found[1]), "\n".join(block[1:])))
            block = []
        elif _INTERVENTION.match(line):
            if block:
                received.append(block[-1])
            block = []
        elif line not in known_texts or not arms:
            block.append(line)
    if arms:
        arms[-1] = _with_interventions(arms[-1], received)
    return tuple(arms)


def _with_interventions(arm: Arm, received: Sequence[str]) -> Arm:
    return Arm(arm.label, arm.type, arm.description, tuple(received))
