"""The store first, then the providers in order; each place asked once."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

from geocache.best_answer import is_doubtful, pick_better
from geocache.closing import Closing
from geocache.geo.facilities import flag_placeholder
from geocache.keeping import Keeping
from geocache.keys import place_key, without_facility
from geocache.place import Place, Position
from geocache.records import NEVER, Answer
from geocache.store.write_behind import WriteBehind

if TYPE_CHECKING:
    from geopy.geocoders.base import Geocoder

    from geocache.providers import Provider
    from geocache.providers.asker import Asker
    from geocache.providers.attempts import Run
    from geocache.settings import GeocacheSettings

CHUNK = 500
"""Places looked up together by :meth:`GeoCache.locate_many`."""

_COOL_DOWN_SECONDS = 60.0


class GeoCache(Keeping, Closing):
    """A cached, honest geocoder: ask once, remember, never lie.

    Args:
        url: SQLAlchemy URL of the store; from the settings when ``None``.
        providers: who is asked, in order: providers, or geopy geocoders; from the settings when
            ``None``.
        settings: instead of reading the environment.
        progress: passed to the gazetteer, which builds an index at its first use.

    Raises:
        ConfigurationError: a provider cannot be used as set up.
        StoreError: the store was written by a newer version.

    Threads may share one. A position in the store costs about 5 µs in bulk and 17 µs alone, in any
    process, and nothing is held in this one that could hide another's pin. The gazetteer answers in
    20 to 100 µs; remembering that costs another 20 µs, once, in batches: 500 at a time by
    :meth:`locate_many`; 256 at a time, and at :meth:`close`, after single :meth:`locate` calls.
    """

    def __init__(
        self,
        url: str | None = None,
        *,
        providers: "Sequence[Provider | Geocoder] | None" = None,
        settings: "GeocacheSettings | None" = None,
        progress: Callable[..., Any] | None = None,
    ) -> None:
        # SQLAlchemy, geopy and settings: not before they are needed.
        from geocache.providers import build_providers, wrap_providers  # noqa: PLC0415
        from geocache.store import FallbackStore  # noqa: PLC0415

        if url is None or providers is None:
            settings = settings or _read_settings()
            url = settings.store_url if url is None else url
        if providers is None:
            assert settings is not None  # noqa: S101
            providers = build_providers(settings, progress=progress)
        self.providers: tuple[Provider, ...] = wrap_providers(providers)
        self._settings = settings
        self._scheduled = settings is not None and settings.geocache_scheduled
        self._store = FallbackStore(url)
        self._askers: dict[str, Asker] = {}
        self._runs: dict[str, tuple[float, Run]] = {}
        self._unwritten = WriteBehind(self._store)
        self._lock = threading.Lock()

    @property
    def attributions(self) -> tuple[str, ...]:
        """The lines that must stand beside the positions, in the providers' order."""
        return tuple(dict.fromkeys(p.attribution for p in self.providers if p.attribution))

    @property
    def asks_online(self) -> bool:
        """Whether one of the providers is asked over a network."""
        return any(provider.online for provider in self.providers)

    @property
    def notices(self) -> tuple[str, ...]:
        """The policies, in short, of the public services that are switched on."""
        found = [getattr(provider, "notice", "") for provider in self.providers]
        return tuple(notice for notice in found if notice)

    def locate(self, place: Place, *, online: bool = True, keep: bool = True) -> Position:
        """Where a place is: a pin, else what is remembered, else what the providers say.

        ``online=False`` asks only the store and offline providers. An unresolved position's
        ``reason`` says why there is none; ``not asked…`` is never the same as "not known".
        ``keep=False`` does not remember what an offline provider says: for strangers' queries.
        """
        return flag_placeholder(place, self._located(place, online, keep))

    def _located(self, place: Place, online: bool, keep: bool) -> Position:
        if self.providers:
            first, key = self.providers[0], place_key(place)
            asker = self._asker(first) if first.online else None
            own = asker.build_first_key(place) if asker else _own_keys(first, [key])[0]
            found = self._store.look(key, first.name, first.version, own, int(time.time()))
            if found and (found.source == "pin" or not is_doubtful(found)):
                return found
            if found and not asker and len(self.providers) == 1:
                return found
        return next(self._locate_chunk([place], self._current_runs() if online else None, keep))

    def locate_many(
        self,
        places: Iterable[Place],
        *,
        online: bool = True,
        runs: "dict[str, Run] | None" = None,
    ) -> Iterator[Position]:
        """One position for each place, in order, reading no more than 500 places ahead.

        Positions come as soon as they and those before them are known. When a provider stops the
        run (a refusal, too many failures), what is left comes back as ``not asked: …``;
        ``runs`` of :meth:`new_runs` make several calls one run.
        """
        runs = (runs or self.new_runs()) if online else None
        remaining = iter(places)
        while chunk := list(islice(remaining, CHUNK)):
            yield from map(flag_placeholder, chunk, self._locate_chunk(chunk, runs))

    def _locate_chunk(
        self, places: list[Place], runs: "dict[str, Run] | None", keep: bool = True
    ) -> Iterator[Position]:
        keys = [place_key(place) for place in places]
        pins = self._store.pinned(keys)
        if not pins and len(self.providers) == 1 and not self.providers[0].online:
            yield from self._ask_offline(self.providers[0], places, keys, keep)
            return
        best: list[Position | None] = [pins.get(key) for key in keys]
        open_ = [i for i, found in enumerate(best) if found is None]
        final = [found is not None for found in best]
        shown = 0
        for provider in self.providers:
            last = provider is self.providers[-1]
            asked = [places[i] for i in open_]
            for at, answer in self._ask(provider, asked, [keys[i] for i in open_], runs, keep):
                i = open_[at]
                best[i] = pick_better(best[i], answer)
                final[i] = last or not is_doubtful(answer)
                while shown < len(best) and final[shown]:
                    yield best[shown] or Position()
                    shown += 1
            open_ = [i for i in open_ if not final[i]]
            if not open_:
                break
        for found in best[shown:]:
            yield found or Position(reason="no provider to ask")

    def _ask(
        self,
        provider: "Provider",
        places: list[Place],
        keys: list[str],
        runs: "dict[str, Run] | None",
        keep: bool,
    ) -> Iterator[tuple[int, Position]]:
        if provider.online:
            return self._asker(provider).ask(places, runs[provider.name] if runs else None)
        return enumerate(self._ask_offline(provider, places, keys, keep))

    def _ask_offline(
        self, provider: "Provider", places: list[Place], keys: list[str], keep: bool
    ) -> list[Position]:
        now = int(time.time())
        keys = _own_keys(provider, keys)
        distinct = list(dict.fromkeys(keys))
        known = self._store.recall(provider.name, provider.version, distinct, now)
        if len(known) < len(distinct):
            fresh = []
            for place, key in zip(places, keys, strict=True):
                if key not in known:
                    kept = self._unwritten.of(provider.name, key)
                    known[key] = kept.position if kept else provider.locate(place)
                    if not kept:
                        about = (key, provider.name, provider.version, known[key], NEVER)
                        fresh.append(Answer(*about, asked_at=now))
            if keep:
                self._unwritten.keep(fresh)
        return [known[key] for key in keys]

    def _asker(self, provider: "Any") -> "Asker":
        known = self._askers.get(provider.name)
        if known is None:
            from geocache.providers.asker import Asker  # noqa: PLC0415 # and retries: for online ones only

            known = self._askers[provider.name] = Asker(self._store, provider)
        return known

    def new_runs(self, *, scheduled: bool = False) -> "dict[str, Run]":
        """A run at each online provider, for :meth:`locate_many`; ``scheduled`` as the setting."""
        from geocache.providers.attempts import Run  # noqa: PLC0415

        slow = scheduled or self._scheduled
        return {p.name: Run(scheduled=slow) for p in self.providers if p.online}

    def _current_runs(self) -> "dict[str, Run]":
        """The runs of single lookups: a provider that stopped one is left alone for a minute."""
        now = time.monotonic()
        with self._lock:
            for name, run in self.new_runs().items():
                began, current = self._runs.get(name, (0.0, None))
                if current is None or (current.stopped and now - began > _COOL_DOWN_SECONDS):
                    self._runs[name] = (now, run)
                elif not current.stopped:
                    self._runs[name] = (now, current)
            return {name: run for name, (_, run) in self._runs.items()}

    def flush(self) -> None:
        """Write what is kept back; :meth:`close` does too."""
        self._unwritten.write()

    def close(self) -> None:
        """Write what is kept back and close the store."""
        self.flush()
        self._store.close()


def _own_keys(provider: "Provider", keys: list[str]) -> list[str]:
    """What an offline provider's answers are kept under, given the keys of places.

    Hospitals of one city share the answer of one that never looks at the facility.
    """
    if getattr(provider, "ignores_facilities", False):
        return [without_facility(key) for key in keys]
    return keys


def _read_settings() -> "GeocacheSettings":
    from geocache.settings import read_settings  # noqa: PLC0415

    return read_settings()
