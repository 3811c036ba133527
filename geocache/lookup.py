"""The store first, then the providers in order; each place asked once."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from geocache.keys import place_key
from geocache.place import Flag, Place, Position
from geocache.store import NEVER, Answer, Pin, open_store

if TYPE_CHECKING:
    from geocache.providers import Provider
    from geocache.settings import GeocacheSettings

CHUNK = 500
"""Places looked up together by :meth:`GeoCache.locate_many`."""

_KEEP_BACK = 256
_MINOR = frozenset({Flag.PLACEHOLDER_FACILITY})  # says nothing against the position


class GeoCache:
    """A cached, honest geocoder: ask once, remember, never lie.

    Args:
        url: SQLAlchemy URL of the store; from the settings when ``None``.
        providers: who is asked, in order; from the settings when ``None``.
        settings: instead of reading the environment.
        progress: passed to providers that build an index at their first use.

    Raises:
        ConfigurationError: a provider cannot be used as set up.
        StoreError: the store was written by a newer version.

    What an offline provider answers is written in batches: 500 at a time by
    :meth:`locate_many`, 256 at a time (and at :meth:`close`) after single :meth:`locate` calls.
    """

    def __init__(
        self,
        url: str | None = None,
        *,
        providers: "Sequence[Provider] | None" = None,
        settings: "GeocacheSettings | None" = None,
        progress: Callable[..., Any] | None = None,
    ) -> None:
        # Reading settings and finding geopy take longer than all the rest: only if needed.
        if providers is None:
            from geocache.providers import build_providers  # noqa: PLC0415

            settings = settings or _read_settings()
            providers = build_providers(settings, progress=progress)
        if url is None:
            url = (settings or _read_settings()).store_url
        self.providers: tuple[Provider, ...] = tuple(providers)
        self._store = open_store(url)
        self._unwritten: list[Answer] = []
        self._unwritten_lock = threading.Lock()

    @property
    def attributions(self) -> tuple[str, ...]:
        """The lines that must stand beside the positions, in the providers' order."""
        return tuple(dict.fromkeys(p.attribution for p in self.providers if p.attribution))

    @property
    def warnings(self) -> tuple[str, ...]:
        """What does not work as it should, for people to see."""
        return tuple(self._store.warnings)

    @property
    def revision(self) -> int:
        """Grows with every new pin or answer, by whichever process; reading it takes about 10 µs.

        What an offline provider answers leaves it: that changes nothing that is shown.
        """
        return self._store.revision()

    def locate(self, place: Place, *, online: bool = True) -> Position:
        """Where a place is: a pin, else what is remembered, else what the providers say.

        ``online=False`` asks only the store and offline providers. An unresolved position's
        ``reason`` says why there is none; ``not asked…`` is never the same as "not known".
        """
        return self._locate_chunk([place], online)[0]

    def locate_many(self, places: Iterable[Place], *, online: bool = True) -> Iterator[Position]:
        """One position for each place, in order, reading no more than 500 places ahead."""
        remaining = iter(places)
        while chunk := list(islice(remaining, CHUNK)):
            yield from self._locate_chunk(chunk, online)

    def _locate_chunk(self, places: list[Place], online: bool) -> list[Position]:
        keys = [place_key(place) for place in places]
        settled = self._store.pinned(keys)
        best: list[Position | None] = (
            [settled.get(key) for key in keys] if settled else [None] * len(keys)
        )
        waiting = [i for i, found in enumerate(best) if found is None]
        for provider in self.providers:
            if not waiting:
                break
            said = self._ask(provider, [places[i] for i in waiting], [keys[i] for i in waiting])
            still = []
            for i, answer in zip(waiting, said, strict=True):
                if better(best[i], answer):
                    best[i] = answer
                if doubtful(answer):
                    still.append(i)
            waiting = still
        return [found or Position(reason="no provider to ask") for found in best]

    def _ask(self, provider: "Provider", places: list[Place], keys: list[str]) -> list[Position]:
        now = int(time.time())
        known = self._store.recall(provider.name, provider.version, keys, now)
        fresh: dict[str, Position] = {}
        for place, key in zip(places, keys, strict=True):
            if key not in known:
                known[key] = fresh[key] = provider.locate(place)
        if fresh:
            self._keep(provider, fresh, now)
        return [known[key] for key in keys]

    def _keep(self, provider: "Provider", fresh: dict[str, Position], now: int) -> None:
        answers = [
            Answer(key, provider.name, provider.version, position, NEVER, asked_at=now)
            for key, position in fresh.items()
        ]
        with self._unwritten_lock:
            self._unwritten += answers
            if len(self._unwritten) < _KEEP_BACK:
                return
        self.flush()

    def flush(self) -> None:
        """Write what is kept back."""
        with self._unwritten_lock:
            answers, self._unwritten = self._unwritten, []
        self._store.remember(answers, news=False)

    def pin(
        self, place: Place, latitude: float, longitude: float, *, note: str = "", who: str = ""
    ) -> None:
        """Say where a place is; wins over every other source, from now on and for everyone.

        Raises:
            InputError: a coordinate is no number of degrees on Earth, or the place is empty.
        """
        self._store.pin([Pin(place, latitude, longitude, note, who, int(time.time()))])

    def unpin(self, place: Place) -> bool:
        """Take a pin back; whether there was one."""
        return self._store.unpin(place)

    def pins(self) -> tuple[Pin, ...]:
        """All pins, oldest first."""
        return tuple(self._store.pins())

    def close(self) -> None:
        """Write what is kept back and close the store."""
        self.flush()
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _read_settings() -> "GeocacheSettings":
    from geocache.settings import GeocacheSettings  # noqa: PLC0415

    return GeocacheSettings()


def doubtful(answer: Position) -> bool:
    """Whether the next provider should be asked too."""
    return answer.latitude is None or bool(answer.flags and not _MINOR.issuperset(answer.flags))


def better(old: Position | None, new: Position) -> bool:
    """Whether a later provider's answer is shown instead of the best so far."""
    if old is None or (new.resolved and not doubtful(new)):
        return True
    return new.resolved and (not old.resolved or new.score > old.score)
