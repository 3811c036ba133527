"""What a store knows of some places: the fast way in, that the page and every look-up take."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from geocache.keys import key_numbers
from geocache.place import Position
from geocache.records import positions_of
from geocache.store.claims import mark
from geocache.store.database import Database, Reader
from geocache.store.rows import pin_of


class Looking:
    """The part of a store that is asked for each place; it writes nothing."""

    database: Database

    @contextmanager
    def _reading(self) -> Iterator[Reader]:
        reader = self.database.reader()
        try:
            yield reader
        except Exception:
            reader.close()
            raise
        self.database.keep(reader)

    # Looking

    def recall(
        self, provider: str, version: str, keys: Sequence[str], now: int
    ) -> dict[str, Position]:
        """What a provider is remembered to have said of the keys, known misses included."""
        by = mark(provider, version)
        numbers = [number ^ by for number in key_numbers(keys)]
        with self._reading() as reader:
            return positions_of(reader.answers(numbers, now), provider)

    def look(
        self, pin_key: str, provider: str, version: str, key: str, now: int
    ) -> Position | None:
        """The pin of ``pin_key``, else what the provider is remembered to have said of ``key``."""
        numbers = key_numbers((pin_key, key))
        reader = self.database.reader()
        try:
            pin = reader.pin(numbers[0])
            row = None if pin else reader.answer(numbers[1] ^ mark(provider, version), now)
        except Exception:
            reader.close()
            raise
        self.database.keep(reader)
        if pin and pin[1] == pin_key:
            return pin_of(pin).position()
        return positions_of((row,), provider).get(key) if row else None

    def pinned(self, keys: Sequence[str]) -> dict[str, Position]:
        """The pinned ones among the keys of places."""
        with self._reading() as reader:
            if not reader.any_pins():
                return {}
            rows = reader.pins(key_numbers(keys))
        return {row[1]: pin_of(row).position() for row in rows}

    def revision(self) -> int:
        """Grows with every pin and answer, whichever process wrote it."""
        with self._reading() as reader:
            return reader.revision()
