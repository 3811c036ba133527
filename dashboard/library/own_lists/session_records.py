"""The pins, decisions and saved areas of a session, in files beside its lists."""

import hashlib
import logging
import threading
from collections.abc import Callable, Collection, Iterable
from pathlib import Path

from dashboard.errors import UploadError
from dashboard.library.decision_file import (
    MAX_DECISIONS,
    index_decisions,
    read_decisions,
    write_decisions,
)
from dashboard.library.own_lists.area_file import (
    MAX_AREAS,
    NamedArea,
    check_area,
    read_areas,
    write_areas,
)
from dashboard.library.own_lists.refusals import refuse
from dashboard.library.pin_file import index_pins, read_pins, write_pins
from dashboard.library.upload_storage import EVERYONE
from dashboard.sites.decisions import Decision
from geocache.errors import InputError
from geocache.keys import place_key
from geocache.place import Place
from geocache.records import Pin

log = logging.getLogger(__name__)

MAX_PINS = 10_000
"""Pins of one owner."""


def hash_owner(owner: str) -> str:
    """A session's name in files: its cookie is a secret, which none of them may hold."""
    return hashlib.sha256(owner.encode()).hexdigest()[:32]


class SessionRecords:
    """Pins, decisions and saved areas by session.

    Args:
        folder: has a folder for each session; made if missing.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._pins_lock = threading.Lock()

    def pins(self, owner: str) -> tuple[Pin, ...]:
        """The pins of a session on its own lists, oldest first; none if they cannot be read."""
        try:
            return read_pins(self.find_folder(owner))
        except (OSError, InputError) as error:
            log.warning("The pins of a session cannot be read: %s", error)
            return ()

    def pin(self, owner: str, pins: Iterable[Pin]) -> None:
        """Set pins that only this session sees, replacing those of the same places.

        Raises:
            InputError: a pin is not valid.
            UploadError: too many pins, or the storage fails.
        """
        new = index_pins(pins)
        for pin in new.values():
            pin.check()

        def change(pins: dict[str, Pin]) -> dict[str, Pin]:
            return {key: pin for key, pin in pins.items() if key not in new} | new

        self._change_pins(owner, change)

    def unpin(self, owner: str, places: Iterable[Place]) -> None:
        """Remove pins that only this session sees.

        Raises:
            UploadError: the storage fails.
        """
        keys = {place_key(place) for place in places}
        self._change_pins(owner, lambda pins: {k: p for k, p in pins.items() if k not in keys})

    def decisions(self, owner: str) -> tuple[Decision, ...]:
        """What a session decided about sites, oldest first; nothing if it cannot be read."""
        try:
            return read_decisions(self.find_folder(owner))
        except OSError as error:
            log.warning("The decisions of a session cannot be read: %s", error)
            return ()

    def decide(self, owner: str, decisions: Iterable[Decision]) -> None:
        """Set decisions that only this session sees, replacing those about the same sites.

        One that says nothing deletes what there was.

        Raises:
            UploadError: a decision is not valid, there are too many, or the storage fails.
        """
        folder = self.find_folder(owner)
        with self._pins_lock, refuse("the decision could not be stored"):
            new = index_decisions(decisions)
            for one in new.values():
                try:
                    one.check()
                except ValueError as error:
                    raise UploadError(str(error)) from None
            known = index_decisions(self.decisions(owner))
            kept = [one for one in (known | new).values() if not one.is_empty]
            if len(kept) > MAX_DECISIONS:
                raise UploadError(f"more than {MAX_DECISIONS:,} sites with a decision or note")
            write_decisions(folder, kept)

    def areas(self, owner: str) -> tuple[NamedArea, ...]:
        """The areas that a session saved, by name; none if they cannot be read."""
        try:
            return read_areas(self.find_folder(owner))
        except OSError as error:
            log.warning("The areas of a session cannot be read: %s", error)
            return ()

    def save_area(self, owner: str, name: str, line: str) -> NamedArea:
        """Save an area under a name, in place of one of that name.

        Raises:
            UploadError: there is no name, it is too long, the line is no area, there are too many,
                or the storage fails.
        """
        try:
            new = check_area(name, line)
        except ValueError as error:
            raise UploadError(str(error)) from None
        with self._pins_lock, refuse("the area could not be stored"):
            kept = [one for one in self.areas(owner) if one.name != new.name]
            if len(kept) >= MAX_AREAS:
                raise UploadError(f"{MAX_AREAS} areas are saved already: delete one first")
            write_areas(self.find_folder(owner), [*kept, new])
        return new

    def delete_area(self, owner: str, name: str) -> None:
        """Delete a saved area, if it is there.

        Raises:
            UploadError: the storage fails.
        """
        with self._pins_lock, refuse("the area could not be deleted"):
            kept = [one for one in self.areas(owner) if one.name != name]
            write_areas(self.find_folder(owner), kept)

    def keep_pins(self, owner: str, keys: Collection[str]) -> None:
        """Delete the pins of all places but those with these keys.

        Raises:
            UploadError: the storage fails.
        """
        self._change_pins(owner, lambda pins: {k: p for k, p in pins.items() if k in keys})

    def _change_pins(self, owner: str, change: Callable[[dict[str, Pin]], dict[str, Pin]]) -> None:
        folder = self.find_folder(owner)
        with self._pins_lock, refuse("the pins could not be stored"):
            pins = change(index_pins(self.pins(owner)))
            if len(pins) > MAX_PINS:
                raise UploadError(f"more than {MAX_PINS:,} pins on your own lists")
            write_pins(folder, tuple(pins.values()))

    def find_folder(self, owner: str) -> Path:
        """The folder of a session, which need not be there."""
        if owner == EVERYONE:
            raise ValueError("no session has this name")
        return self._folder / hash_owner(owner)
