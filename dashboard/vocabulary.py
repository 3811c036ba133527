"""The words registries use for status, phase and sex, and ours for them."""

import re
from functools import lru_cache

NOT_STATED = "Not stated"

SITE_STATUSES = (
    "Recruiting",
    "Not yet recruiting",
    "Active, not recruiting",
    "Enrolling by invitation",
    "Completed",
    "Suspended",
    "Terminated",
    "Withdrawn",
    "Available",
)
"""What a site's status can be; empty when the source does not say."""

TRIAL_STATUSES = (
    *SITE_STATUSES,
    "No longer available",
    "Temporarily not available",
    "Approved for marketing",
    "Withheld",
    "Unknown status",
)

_STATUS_BY_KEY = {re.sub(r"[^a-z]", "", s.casefold()): s for s in TRIAL_STATUSES} | {
    "unknown": "Unknown status",
    "activenotrecruiting": "Active, not recruiting",
    "nolongerrecruiting": "Active, not recruiting",
    "ongoingnotrecruiting": "Active, not recruiting",
    "openforrecruitment": "Recruiting",
    "enrolling": "Recruiting",
    **dict.fromkeys(
        (
            *("openforenrollment", "opentoenrollment", "opentorecruitment", "opentoaccrual"),
            *("rekrutierend", "rekrutiert", "reclutando", "enreclutamiento", "recrutando"),
            *("encoursderecrutement", "recrutementencours", "inarruolamento"),
        ),
        "Recruiting",
    ),
}


@lru_cache(maxsize=4_096)
def status_word(text: str) -> str:
    """The status in our words: ``ACTIVE_NOT_RECRUITING`` -> ``Active, not recruiting``.

    Unknown text comes back stripped, so that nothing is lost; empty stays empty.
    """
    return _STATUS_BY_KEY.get(re.sub(r"[^a-z]", "", text.casefold()), text.strip())


def site_status_word(text: str) -> str:
    """As :func:`status_word`, but empty where the word is none of :data:`SITE_STATUSES`."""
    word = status_word(text)
    return word if word in SITE_STATUSES else ""


_PHASES = {
    "na": "Not applicable",
    "notapplicable": "Not applicable",
    "earlyphase1": "Early Phase 1",
    "phase0": "Early Phase 1",
}
_PHASE_NUMBER = re.compile(r"(?:phase|^|[/|,;&\s-])[\s_]*([1-4]|iv|i{1,3})(?![a-z0-9])")
_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4"}


@lru_cache(maxsize=4_096)
def phase_word(text: str) -> str:
    """The phase in our words: ``PHASE2`` -> ``Phase 2``, ``PHASE1|PHASE2`` -> ``Phase 1/Phase 2``.

    Unknown text comes back stripped; empty stays empty.
    """
    stripped = text.strip()
    key = re.sub(r"[^a-z0-9]", "", stripped.casefold())
    if key in _PHASES:
        return _PHASES[key]
    numbers = _PHASE_NUMBER.findall(stripped.casefold())
    if not numbers:
        return stripped
    return "/".join(f"Phase {_ROMAN.get(n, n)}" for n in dict.fromkeys(numbers))


_PHRASES = {
    "na": "Not applicable",
    "n/a": "Not applicable",
    "both": "All",
    "singlegroupassignment": "Single group",
    "parallelassignment": "Parallel",
    "crossoverassignment": "Crossover",
    "factorialassignment": "Factorial",
    "sequentialassignment": "Sequential",
    "nonrandomized": "Non-randomized",
    "none": "None (open label)",
    "noneopenlabel": "None (open label)",
    "openlabel": "None (open label)",
    "fed": "U.S. federal agency",
    "usfedagency": "U.S. federal agency",
    "usfed": "U.S. federal agency",
    "nih": "NIH",
    "indiv": "Individual",
    "othergov": "Other government",
    "clinicaltrialsgovunknown": "Not stated",
    "eudractnumber": "EudraCT number",
    "ctisnumber": "CTIS number",
    "dietarysupplement": "Dietary supplement",
    "combinationproduct": "Combination product",
    "diagnostictest": "Diagnostic test",
}
_ACRONYM = re.compile(r"\b(Dna|Nih|Who|Ect|Us|Uk|Eu)\b")


@lru_cache(maxsize=4_096)
def phrase(text: str) -> str:
    """A registry's design word, sex, class or role as people write it.

    ``SINGLE_GROUP`` and ``Single Group Assignment`` -> ``Single group``; ``ALL`` and ``Both`` ->
    ``All``; ``NA`` -> ``Not applicable``; a masking with its list of the masked keeps the list:
    ``TRIPLE (PARTICIPANT, INVESTIGATOR)`` -> ``Triple (participant, investigator)``.
    """
    stripped = " ".join(text.replace("_", " ").split())
    known = _PHRASES.get(re.sub(r"[^a-z/]", "", stripped.casefold()))
    if known is not None or not stripped:
        return known or ""
    sentence = stripped[0].upper() + stripped[1:].lower()
    return _ACRONYM.sub(lambda found: found[0].upper(), sentence)
