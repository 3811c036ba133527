"""New answers kept back for a while: a transaction for many costs as much as for one."""

import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING

from geocache.records import Answer

if TYPE_CHECKING:
    from geocache.store import FallbackStore

MOST_KEPT_BACK = 256


class WriteBehind:
    """Answers of offline providers that are not in the store yet. Safe for threads."""

    def __init__(self, store: "FallbackStore") -> None:
        self._store = store
        self._answers: dict[tuple[str, str], Answer] = {}
        self._tidied: set[str] = set()
        self._lock = threading.Lock()

    def of(self, provider: str, key: str) -> Answer | None:
        """What a provider said of a key, if that is kept back."""
        return self._answers.get((provider, key))

    def keep(self, fresh: Iterable[Answer]) -> None:
        """Keep answers back; writes all once there are many."""
        with self._lock:
            self._answers.update({(each.provider, each.key): each for each in fresh})
            full = len(self._answers) >= MOST_KEPT_BACK
        if full:
            self.write()

    def write(self) -> None:
        """Write them; what another version of their provider said goes, looked for once."""
        with self._lock:
            answers, self._answers = list(self._answers.values()), {}
        for provider, version in {(each.provider, each.version) for each in answers}:
            if provider not in self._tidied:
                self._tidied.add(provider)
                self._store.tidy(provider, version)
        self._store.remember(answers, news=False)
