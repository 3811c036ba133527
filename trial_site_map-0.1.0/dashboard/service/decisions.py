"""The decisions that one session makes about sites; no other session sees them."""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from dashboard.library.decision_file import index_decisions
from dashboard.library.uploads import UploadStore
from dashboard.sites.decisions import SHORTLISTED, Decision, SiteKey

Before = tuple[tuple[SiteKey, Decision | None], ...]
"""What some sites had before a change, for :meth:`SessionDecisions.restore`."""


class SessionDecisions:
    """Reads and changes one session's decisions; each change returns what it replaced.

    Args:
        uploads: the process's uploads, which store them beside the session's lists.
        owner: the session.
    """

    def __init__(self, uploads: UploadStore, owner: str) -> None:
        self._uploads = uploads
        self._owner = owner

    def all(self) -> tuple[Decision, ...]:
        """The decisions, oldest first."""
        return self._uploads.decisions(self._owner)

    def decide(self, sites: Sequence[SiteKey], decision: str) -> Before:
        """Shortlist some sites, put them on hold, decline them, or with ``""`` take it back.

        Their notes stay. A site that is newly shortlisted comes last on the shortlist.

        Raises:
            UploadError: too many decisions, or the storage fails.
        """
        known = index_decisions(self.all())
        last = max((one.rank for one in known.values()), default=0)
        now = int(time.time())
        changed = {}
        for site in sites:
            before = known.get(site, Decision(site))
            rank = 0
            if decision == SHORTLISTED:
                last += 1
                rank = before.rank if before.decision == SHORTLISTED else last
            changed[site] = Decision(site, decision, before.note, rank, now)
        return self._change(changed)

    def write_note(self, sites: Sequence[SiteKey], note: str) -> Before:
        """Give some sites a note, or with ``""`` none.

        Raises:
            UploadError: the note is too long, or the storage fails.
        """
        known = index_decisions(self.all())
        now = int(time.time())
        changed = {}
        for site in sites:
            one = known.get(site, Decision(site))
            changed[site] = Decision(site, one.decision, note.strip(), one.rank, now)
        return self._change(changed)

    def rank(self, sites: Sequence[SiteKey]) -> Before:
        """Order the shortlist: these sites in this order.

        Raises:
            UploadError: the storage fails.
        """
        known = index_decisions(self.all())
        listed = [site for site in sites if site in known]
        ranked = enumerate(listed, start=1)
        return self._change({site: replace(known[site], rank=rank) for rank, site in ranked})

    def restore(self, before: Before) -> None:
        """Undo a change.

        Raises:
            UploadError: the storage fails.
        """
        self._change({site: one or Decision(site) for site, one in before})

    def _change(self, changed: Mapping[SiteKey, Decision]) -> Before:
        known = index_decisions(self.all())
        self._uploads.decide(self._owner, changed.values())
        return tuple((site, known.get(site)) for site in changed)


def count_decisions(decisions: Iterable[Decision]) -> dict[str, int]:
    """How many sites have each decision."""
    counts: dict[str, int] = {}
    for one in decisions:
        if one.decision:
            counts[one.decision] = counts.get(one.decision, 0) + 1
    return counts
