"""What a person does with what is remembered: pin, forget, count, copy."""

import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geocache.keys import place_key, without_facility
from geocache.place import Place
from geocache.records import Answer, Pin

if TYPE_CHECKING:
    from geocache.settings import GeocacheSettings
    from geocache.store import FallbackStore


class Keeping:
    """The part of :class:`~geocache.lookup.GeoCache` that needs nobody to ask.

    Whatever changes something raises ReadOnlyError while the settings' ``SITE_MAP_READ_ONLY`` is
    set; remembering what a provider answered is no such change.
    """

    _store: "FallbackStore"
    _settings: "GeocacheSettings | None"

    def _check_may_change(self) -> None:
        if self._settings is not None:
            self._settings.check_may_change()

    def flush(self) -> None:
        """Write what is kept back."""
        raise NotImplementedError

    @property
    def warnings(self) -> tuple[str, ...]:
        """What does not work as it should, for people to see."""
        return tuple(self._store.warnings)

    @property
    def lasting(self) -> bool:
        """Whether a pin set now outlives this process; if not, :attr:`warnings` say why."""
        return self._store.lasting

    @property
    def revision(self) -> int:
        """Grows with every new pin or answer, by whichever process; reading it takes about 5 µs.

        What an offline provider answers leaves it: that changes nothing that is shown.
        """
        return self._store.revision()

    def pin(
        self, place: Place, latitude: float, longitude: float, *, note: str = "", who: str = ""
    ) -> None:
        """Say where a place is; wins over every other source, from now on and for everyone.

        Raises:
            InputError: a coordinate is no number of degrees on Earth, or the place is empty.
        """
        self.pin_many([Pin(place, latitude, longitude, note, who, int(time.time()))])

    def leave_off(self, place: Place, *, note: str = "", who: str = "") -> None:
        """Say that a place has none on the map; a pin without coordinates, that wins as any does.

        Raises:
            InputError: the place is empty.
        """
        self.pin_many([Pin(place, note=note, who=who, pinned_at=int(time.time()))])

    def pin_many(self, pins: Iterable[Pin]) -> None:
        """Set pins as they are, replacing those of the same places.

        Raises:
            InputError: as :meth:`pin`; then none is set.
        """
        self._check_may_change()
        several = list(pins)
        for pin in several:
            pin.check()
        self._store.pin(several)

    def unpin(self, place: Place) -> bool:
        """Take a pin back; whether there was one."""
        self._check_may_change()
        return self._store.unpin(place)

    def pins(self) -> tuple[Pin, ...]:
        """All pins, oldest first."""
        return tuple(self._store.pins())

    def answers(self) -> Iterator[Answer]:
        """All that is remembered, in no particular order."""
        self.flush()
        return self._store.answers()

    def remember(self, answers: Sequence[Answer]) -> int:
        """Take over answers from elsewhere, unless there are newer ones; how many were taken."""
        self._check_may_change()
        return self._store.take_over(answers)

    def backup(self, path: Path) -> None:
        """Copy the store into a new file, while others use it.

        Raises:
            StoreError: the file is there already, or the store is not one on disk.
        """
        self.flush()
        self._store.backup(path)

    def restore(self, path: Path) -> None:
        """Replace all that is remembered and pinned with a backup, for every user of the store.

        Raises:
            StoreError: the file is no backup of this or an older version.
        """
        self._check_may_change()
        self._store.restore(path)

    def forget(
        self,
        place: Place | None = None,
        *,
        provider: str = "",
        misses_only: bool = False,
        expired_only: bool = False,
    ) -> int:
        """Forget answers, to ask again; pins stay. How many were forgotten.

        Args:
            place: only what was answered for it, which other places of its city may share.
            provider: only this provider's answers.
            misses_only: only known misses.
            expired_only: only what would not be used any more.
        """
        self._check_may_change()
        self.flush()
        return self._store.forget(
            keys=None if place is None else _keys_of(place),
            provider=provider,
            misses_only=misses_only,
            expired_at=int(time.time()) if expired_only else None,
        )

    def stats(self) -> dict[str, Any]:
        """What is remembered, for people and for JSON.

        ``store, revision, pins, claims`` and ``answers``: a list of ``provider, version, hits,
        misses, expired``.
        """
        self.flush()
        counts = self._store.counts(int(time.time()))
        groups: dict[tuple[str, str], dict[str, Any]] = {}
        for name, version, miss, expired, count in counts.pop("answers"):
            nothing = {"provider": name, "version": version, "hits": 0, "misses": 0, "expired": 0}
            group = groups.setdefault((name, version), nothing)
            group["expired" if expired else "misses" if miss else "hits"] += count
        answers = list(groups.values())
        return {"store": self._store.name, "revision": self.revision, **counts, "answers": answers}


def _keys_of(place: Place) -> list[str]:
    from geocache.providers.queries import list_query_keys  # noqa: PLC0415

    key = place_key(place)
    return [key, without_facility(key), *list_query_keys(place)]
