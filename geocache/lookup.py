"""GeoCache: the store first, then the providers in order; each place is asked once."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geocache.best_answer import add_doubt, is_doubtful, leaves_doubt, pick_better
from geocache.closing import Closing
from geocache.facilities.corrections import Correction
from geocache.geo.facilities import flag_placeholder
from geocache.keys import place_key, without_facility
from geocache.place import Place, Position, Precision, drop_impossible_points, is_possible
from geocache.records import NEVER, Answer, Pin
from geocache.store.write_behind import WriteBehind

if TYPE_CHECKING:
    from geopy.geocoders.base import Geocoder

    from geocache.providers import Provider
    from geocache.providers.asker import Asker
    from geocache.providers.attempts import Run
    from geocache.settings import GeocacheSettings

CHUNK = 500
"""Places that :meth:`GeoCache.locate_many` looks up together."""

_COOL_DOWN_SECONDS = 60.0


class GeoCache(Closing):
    """A geocoder that remembers: pins first, then stored answers, then the providers in order.

    Args:
        url: SQLAlchemy URL of the store; from the settings when ``None``.
        providers: in the order they are asked, providers or geopy geocoders; from the settings
            when ``None``.
        settings: used instead of the environment's.
        progress: passed to the gazetteer, which builds its index at its first use.

    Raises:
        ConfigurationError: a provider cannot be used as set up.
        StoreError: the store was written by a newer version.

    Safe for threads. Methods that change something raise ReadOnlyError while the settings'
    ``SITE_MAP_READ_ONLY`` is set; remembering a provider's answer does not count as a change.

    A stored position takes about 5 µs in bulk and 17 µs alone. Nothing is cached in the process
    that could hide another process's pin. The gazetteer answers in 20 to 100 µs; storing that takes
    another 20 µs, in batches of 500 by :meth:`locate_many`, and of 256 and at :meth:`close` after
    single :meth:`locate` calls.
    """

    def __init__(
        self,
        url: str | None = None,
        *,
        providers: "Sequence[Provider | Geocoder] | None" = None,
        settings: "GeocacheSettings | None" = None,
        progress: Callable[..., Any] | None = None,
    ) -> None:
        # SQLAlchemy and pydantic: slow to import, so only when needed.
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
        self._write_behind = WriteBehind(self._store)
        self._lock = threading.Lock()

    @property
    def attributions(self) -> tuple[str, ...]:
        """The credit lines to show beside the positions, in the providers' order."""
        return tuple(dict.fromkeys(p.attribution for p in self.providers if p.attribution))

    @property
    def asks_online(self) -> bool:
        """Whether one of the providers is asked over a network."""
        return any(provider.online for provider in self.providers)

    @property
    def notices(self) -> tuple[str, ...]:
        """Short usage policies of the public services in use."""
        found = [getattr(provider, "notice", "") for provider in self.providers]
        return tuple(notice for notice in found if notice)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What does not work now, for people to read: the store first, then registers."""
        found = [warning for each in self.providers for warning in getattr(each, "warnings", ())]
        return (*self._store.warnings, *found)

    @property
    def persistent(self) -> bool:
        """Whether a pin set now outlives this process; if not, :attr:`warnings` say why."""
        return self._store.persistent

    @property
    def revision(self) -> int:
        """A number that grows with every new pin or online answer, of any process; takes 5 µs.

        Answers of offline providers leave it as it is: they do not change what is shown.
        """
        return self._store.revision()

    # Locating

    def locate(self, place: Place, *, online: bool = True, keep: bool = True) -> Position:
        """Where a place is: its pin, else a stored answer, else what the providers answer.

        ``online=False`` asks only the store and offline providers. An unresolved position's
        ``reason`` says why, and its ``status`` tells a known miss from a provider that was not
        asked. ``keep=False`` does not store an offline provider's answer: for strangers' queries.
        """
        return _check(place, self._locate_one(place, online, keep))

    def _locate_one(self, place: Place, online: bool, keep: bool) -> Position:
        if self.providers:
            first, key = self.providers[0], place_key(place)
            asker = self._get_asker(first) if first.online else None
            own = asker.build_first_key(place) if asker else _build_own_keys(first, [key])[0]
            found = self._store.look_up(key, first.name, first.version, own, int(time.time()))
            found = found if found and is_possible(found) else None
            if found and (found.source == "pin" or not is_doubtful(found)):
                return found
            if found and not asker and len(self.providers) == 1:
                return found
        runs = self._current_runs() if online else None
        return next(self._locate_chunk([place], runs, keep))

    def locate_many(
        self,
        places: Iterable[Place],
        *,
        online: bool = True,
        runs: "dict[str, Run] | None" = None,
    ) -> Iterator[Position]:
        """One position for each place, in order, reading at most 500 places ahead.

        A position is yielded as soon as it and those before it are known. When a provider stops the
        run (a refusal, too many failures), the remaining places come back as ``not asked: …``.
        Pass ``runs`` of :meth:`new_runs` to make several calls one run.
        """
        runs = (runs or self.new_runs()) if online else None
        remaining = iter(places)
        while chunk := list(islice(remaining, CHUNK)):
            yield from map(_check, chunk, self._locate_chunk(chunk, runs))

    def _locate_chunk(
        self, places: list[Place], runs: "dict[str, Run] | None", keep: bool = True
    ) -> Iterator[Position]:
        keys = [place_key(place) for place in places]
        pins = self._store.find_pins(keys)
        if not pins and len(self.providers) == 1 and not self.providers[0].online:
            yield from self._ask_offline(self.providers[0], places, keys, keep)
            return
        best: list[Position | None] = [pins.get(key) for key in keys]
        open_ = [i for i, found in enumerate(best) if found is None]
        final = [found is not None for found in best]
        doubts: dict[int, Position] = {}
        yielded = 0
        for provider in self.providers:
            last = provider is self.providers[-1]
            asked = [places[i] for i in open_]
            for at, answer in self._ask(provider, asked, [keys[i] for i in open_], runs, keep):
                i = open_[at]
                if leaves_doubt(answer):
                    doubts[i] = answer
                best[i] = pick_better(best[i], answer)
                is_door = answer.precision is Precision.FACILITY
                final[i] = last or (not is_doubtful(answer) and (is_door or i not in doubts))
                while yielded < len(best) and final[yielded]:
                    yield add_doubt(best[yielded] or Position(), doubts.get(yielded))
                    yielded += 1
            open_ = [i for i in open_ if not final[i]]
            if not open_:
                break
        for i, found in enumerate(best[yielded:], yielded):
            yield add_doubt(found or Position(reason="no provider to ask"), doubts.get(i))

    def _ask(
        self,
        provider: "Provider",
        places: list[Place],
        keys: list[str],
        runs: "dict[str, Run] | None",
        keep: bool,
    ) -> Iterator[tuple[int, Position]]:
        if provider.online:
            return self._get_asker(provider).ask(places, runs[provider.name] if runs else None)
        return enumerate(self._ask_offline(provider, places, keys, keep))

    def _ask_offline(
        self, provider: "Provider", places: list[Place], keys: list[str], keep: bool
    ) -> list[Position]:
        now = int(time.time())
        keys = _build_own_keys(provider, keys)
        remembers_misses = getattr(provider, "remembers_misses", True)
        distinct = list(dict.fromkeys(keys))
        stored = self._store.recall(provider.name, provider.version, distinct, now)
        known = {key: found for key, found in stored.items() if is_possible(found)}
        if len(known) < len(distinct):
            fresh = []
            for place, key in zip(places, keys, strict=True):
                if key not in known:
                    buffered = self._write_behind.get(provider.name, key)
                    known[key] = buffered.position if buffered else provider.locate(place)
                    stored_too = remembers_misses or known[key].resolved
                    if not buffered and stored_too and is_possible(known[key]):
                        about = (key, provider.name, provider.version, known[key], NEVER)
                        fresh.append(Answer(*about, asked_at=now))
            if keep:
                self._write_behind.add(fresh)
        return [known[key] for key in keys]

    def _get_asker(self, provider: Any) -> "Asker":
        asker = self._askers.get(provider.name)
        if asker is None:
            from geocache.providers.asker import Asker  # noqa: PLC0415 # with retries: online only

            asker = self._askers[provider.name] = Asker(self._store, provider)
        return asker

    def new_runs(self, *, scheduled: bool = False) -> "dict[str, Run]":
        """A new run of each online provider, for :meth:`locate_many`; ``scheduled`` slows it."""
        if not self.asks_online:
            return {}
        from geocache.providers.attempts import Run  # noqa: PLC0415 # with retries: online only

        slow = scheduled or self._scheduled
        return {p.name: Run(scheduled=slow) for p in self.providers if p.online}

    def _current_runs(self) -> "dict[str, Run]":
        """The runs of single lookups: a stopped run is replaced after a minute."""
        now = time.monotonic()
        with self._lock:
            for name, run in self.new_runs().items():
                began, current = self._runs.get(name, (0.0, None))
                if current is None or (current.stopped and now - began > _COOL_DOWN_SECONDS):
                    self._runs[name] = (now, run)
                elif not current.stopped:
                    self._runs[name] = (now, current)
            return {name: run for name, (_, run) in self._runs.items()}

    # Pins

    def pin(
        self, place: Place, latitude: float, longitude: float, *, note: str = "", who: str = ""
    ) -> None:
        """Set a place's position, for every user of the store; it wins over every other source.

        Raises:
            InputError: a coordinate is not a number of degrees on Earth, or the place is empty.
        """
        self.pin_many([Pin(place, latitude, longitude, note, who, int(time.time()))])

    def leave_off(self, place: Place, *, note: str = "", who: str = "") -> None:
        """Leave a place off the map: a pin without coordinates, which wins as any pin does.

        Raises:
            InputError: the place is empty.
        """
        self.pin_many([Pin(place, note=note, who=who, pinned_at=int(time.time()))])

    def pin_many(self, pins: Iterable[Pin]) -> None:
        """Set pins as given, replacing those of the same places.

        Raises:
            InputError: as :meth:`pin`; then none is set.
        """
        self._check_may_change()
        several = list(pins)
        for pin in several:
            pin.check()
        self._store.pin(several)

    def unpin(self, place: Place) -> bool:
        """Remove a pin; false if there was none."""
        self._check_may_change()
        return self._store.unpin(place)

    def pins(self) -> tuple[Pin, ...]:
        """All pins, oldest first."""
        return tuple(self._store.pins())

    # The stored answers as a whole

    def corrections(self) -> tuple[Correction, ...]:
        """What people said of facilities, oldest first."""
        return self._store.corrections()

    def change_corrections(
        self, added: Sequence[Correction], removed: Sequence[Correction] = ()
    ) -> None:
        """Add what people said of facilities, and take back other corrections.

        Raises:
            ReadOnlyError: the settings forbid changes.
        """
        self._check_may_change()
        self._store.change_corrections(added, removed)

    def answers(self) -> Iterator[Answer]:
        """All stored answers, in no particular order."""
        self.flush()
        return self._store.answers()

    def remember(self, answers: Sequence[Answer]) -> int:
        """Store answers, except where there is a newer one; returns how many were stored."""
        self._check_may_change()
        return self._store.import_newer(answers)

    def forget(
        self,
        place: Place | None = None,
        *,
        provider: str = "",
        misses_only: bool = False,
        expired_only: bool = False,
    ) -> int:
        """Delete answers, so that they are asked again; pins stay. Returns how many.

        Args:
            place: only its answers, which other places of its city may share.
            provider: only this provider's answers.
            misses_only: only known misses.
            expired_only: only answers too old to be used.
        """
        self._check_may_change()
        self.flush()
        return self._store.forget(
            keys=None if place is None else _list_keys(place),
            provider=provider,
            misses_only=misses_only,
            expired_at=int(time.time()) if expired_only else None,
        )

    def stats(self) -> dict[str, Any]:
        """Counts of the store's content.

        ``store, revision, pins, claims`` and ``answers``: a list of ``provider, version, hits,
        misses, expired``.
        """
        self.flush()
        counts = self._store.count(int(time.time()))
        groups: dict[tuple[str, str], dict[str, Any]] = {}
        for name, version, miss, expired, count in counts.pop("answers"):
            nothing = {"provider": name, "version": version, "hits": 0, "misses": 0, "expired": 0}
            group = groups.setdefault((name, version), nothing)
            group["expired" if expired else "misses" if miss else "hits"] += count
        answers = list(groups.values())
        return {"store": self._store.name, "revision": self.revision, **counts, "answers": answers}

    def backup(self, path: Path) -> None:
        """Copy the store into a new file, while others use it.

        Raises:
            StoreError: the file exists already, or the store is not a file.
        """
        self.flush()
        self._store.backup(path)

    def restore(self, path: Path) -> None:
        """Replace all answers and pins with a backup's, for every user of the store.

        Raises:
            StoreError: the file is no backup of this or an older version.
        """
        self._check_may_change()
        self._store.restore(path)

    def flush(self) -> None:
        """Write buffered answers to the store."""
        self._write_behind.flush()

    def close(self) -> None:
        """Write buffered answers and close the store."""
        self.flush()
        self._store.close()

    def _check_may_change(self) -> None:
        if self._settings is not None:
            self._settings.check_may_change()


def _check(place: Place, found: Position) -> Position:
    """A position as it leaves the geocache, with what is known of it and of the place."""
    return flag_placeholder(place, drop_impossible_points(found))


def _build_own_keys(provider: "Provider", keys: list[str]) -> list[str]:
    """The keys of an offline provider's answers, given the keys of places.

    The hospitals of a city share one answer if the provider ignores facilities.
    """
    if getattr(provider, "ignores_facilities", False):
        return [without_facility(key) for key in keys]
    return keys


def _list_keys(place: Place) -> list[str]:
    """All keys under which an answer for a place may be stored."""
    from geocache.providers.queries import list_query_keys  # noqa: PLC0415

    key = place_key(place)
    return [key, without_facility(key), *list_query_keys(place)]


def _read_settings() -> "GeocacheSettings":
    from geocache.settings import read_settings  # noqa: PLC0415

    return read_settings()
