"""Queries to the registry: trial ids in any punctuation, or a search."""

import re
from dataclasses import dataclass

from dashboard.sites.vocabulary import TRIAL_STATUSES, status_word

_NUMBER = re.compile(
    r"(?<![A-Za-z0-9])NCT[\s:#№.\-–_]{0,3}(\d(?:[\s.\-]?\d){7})(?!\d)", re.IGNORECASE
)
_API_STATUS = {word: re.sub(r"[^A-Z]+", "_", word.upper()) for word in TRIAL_STATUSES} | {
    "Unknown status": "UNKNOWN"
}


def find_trial_ids(text: str) -> list[str]:
    """The NCT numbers in a text, each once, in order, in any spelling and punctuation.

    ``nct 01207388; NCT-02552212`` -> ``["NCT01207388", "NCT02552212"]``.
    """
    digits = (re.sub(r"\D", "", found[1]) for found in _NUMBER.finditer(text))
    return list(dict.fromkeys(f"NCT{number}" for number in digits))


@dataclass(frozen=True, slots=True)
class RegistrySearch:
    """A search of the registry; empty fields do not restrict it.

    ``statuses`` are any of :data:`dashboard.sites.vocabulary.TRIAL_STATUSES`, in any spelling.
    """

    condition: str = ""
    intervention: str = ""
    sponsor: str = ""
    country: str = ""
    statuses: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """True if it would find every trial there is."""
        return not self.parameters()

    def parameters(self) -> dict[str, str]:
        """The parameters of API v2.

        Raises:
            ValueError: unknown status.
        """
        unknown = [text for text in self.statuses if status_word(text) not in _API_STATUS]
        if unknown:
            known = ", ".join(_API_STATUS)
            raise ValueError(f"unknown status {unknown[0]!r}; choose from {known}")
        named = {
            "query.cond": self.condition,
            "query.intr": self.intervention,
            "query.spons": self.sponsor,
            "query.locn": self.country,
            "filter.overallStatus": "|".join(_API_STATUS[status_word(s)] for s in self.statuses),
        }
        return {name: text.strip() for name, text in named.items() if text.strip()}
