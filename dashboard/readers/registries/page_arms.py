"""The study groups and interventions of a registry page saved as text."""

import re
from collections.abc import Sequence

from dashboard.sites.trial import Arm, Intervention
from dashboard.sites.vocabulary import phrase

_GROUP = re.compile(r"^Group Type\b[\s:]*(.*)$", re.IGNORECASE)
_INTERVENTION = re.compile(r"^Intervention Type\b[\s:]*(.*)$", re.IGNORECASE)


def interventions_of(lines: Sequence[str], other_names: Sequence[str]) -> tuple[Intervention, ...]:
    """Name, then description, then the `Intervention Type` line that closes each."""
    closed: list[tuple[str, str, str]] = []
    block: list[str] = []
    for line in lines:
        if found := _INTERVENTION.match(line):
            if block:
                closed.append((block[0], phrase(found[1]), "\n".join(block[1:])))
            block = []
        else:
            block.append(line)
    # With more than one intervention the page does not say whose the other names are.
    names = tuple(name for line in other_names for name in _names_in(line))
    return tuple(
        Intervention(name, kind, description, names if len(closed) == 1 else ())
        for name, kind, description in closed
    )


def _names_in(line: str) -> list[str]:
    """``AMG 103 MT103 BLINCYTO™`` -> the three names.

    A number or a small word belongs to what stands before it.
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


def arms_of(lines: Sequence[str], interventions: Sequence[Intervention]) -> tuple[Arm, ...]:
    """Label, description, `Group Type`; then name, `Intervention Type`, description of each."""
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
