"""Write-behind buffer: writes answers in batches, as one transaction costs as much as many."""

import threading
from collections.abc import Iterable

from geocache.records import Answer
from geocache.store.fallback import FallbackStore

MAX_BUFFERED = 256


class WriteBehind:
    """Answers of offline providers that are not written yet. Safe for threads."""

    def __init__(self, store: FallbackStore) -> None:
        self._store = store
        self._answers: dict[tuple[str, str], Answer] = {}
        self._cleaned: set[str] = set()
        self._lock = threading.Lock()

    def get(self, provider: str, key: str) -> Answer | None:
        """A provider's buffered answer for a key."""
        return self._answers.get((provider, key))

    def add(self, fresh: Iterable[Answer]) -> None:
        """Buffer answers; writes all of them once there are 256."""
        with self._lock:
            self._answers.update({(each.provider, each.key): each for each in fresh})
            full = len(self._answers) >= MAX_BUFFERED
        if full:
            self.flush()

    def flush(self) -> None:
        """Write the buffered answers, and delete those of other versions of their providers."""
        with self._lock:
            answers, self._answers = list(self._answers.values()), {}
        for provider, version in {(each.provider, each.version) for each in answers}:
            if provider not in self._cleaned:
                self._cleaned.add(provider)
                self._store.delete_other_versions(provider, version)
        self._store.remember(answers, changes_revision=False)
