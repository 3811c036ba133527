"""What people say of facilities: which spellings are one, which are not, and what it is called.

For everyone, as pins on open lists are. A spelling that only a session's own lists have is never
written for others to see: the list must be shared first.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from geocache.errors import InputError
from geocache.facilities import Correction, Named
from geocache.facilities.corrections import (
    MAX_TEXT,
    make_key,
    make_own_id,
    read_csv,
    select_newer,
    write_csv,
)
from geocache.lookup import GeoCache


@dataclass(frozen=True, slots=True)
class CorrectionImport:
    """The result of an import: what was set, what it replaced, and how many were older."""

    name: str
    added: tuple[Correction, ...]
    replaced: tuple[Correction, ...]
    older: int


class FacilityCorrections:
    """Corrects facilities. Every method raises ReadOnlyError on a read-only server.

    Args:
        cache: the process's geocache.
        changed: called after every change.
        list_open: the spellings of the lists that everyone sees.
    """

    def __init__(
        self,
        cache: GeoCache,
        changed: Callable[[], None],
        list_open: Callable[[], Sequence[Named]],
    ) -> None:
        self._cache = cache
        self._changed = changed
        self._list_open = list_open

    def merge(
        self, spellings: Sequence[Named], into: str, of_target: Sequence[Named], *, who: str
    ) -> None:
        """Make some spellings one facility with another, whose id stays."""
        self._say([*spellings, *of_target], into, who)

    def split(self, spelling: Named, *, who: str) -> None:
        """Make one spelling a facility of its own."""
        alone = Correction(*spelling, facility_id="")
        self._say([spelling], make_own_id(alone), who)

    def rename(self, spellings: Sequence[Named], facility_id: str, name: str, *, who: str) -> None:
        """Call a facility by another name.

        Raises:
            InputError: the name is empty or too long.
        """
        if not name.strip() or len(name) > MAX_TEXT:
            raise InputError(f"Enter a name of at most {MAX_TEXT} characters")
        self._say(spellings, facility_id, who, name.strip())

    def undo(self, facility_id: str) -> None:
        """Take back all that was said of a facility."""
        self._change(
            [], [one for one in self._cache.corrections() if one.facility_id == facility_id]
        )

    def import_file(self, data: bytes, name: str) -> CorrectionImport:
        """Set the corrections of a CSV file, unless there are newer ones of the same spellings.

        Raises:
            InputError: a row cannot be read; then nothing is set.
        """
        read = read_csv(data, name)
        stored = {one.key: one for one in self._cache.corrections()}
        newer = select_newer(read, stored.values())
        self._change(newer, [])
        replaced = tuple(stored[one.key] for one in newer if one.key in stored)
        return CorrectionImport(name, tuple(newer), replaced, len(read) - len(newer))

    def undo_import(self, done: CorrectionImport) -> None:
        """Undo an import; what was corrected again since stays."""
        now = {one.key: one for one in self._cache.corrections()}
        mine = [one for one in done.added if now.get(one.key) == one]
        keys = {one.key for one in mine}
        self._change([one for one in done.replaced if one.key in keys], mine)

    def _say(self, spellings: Sequence[Named], facility_id: str, who: str, name: str = "") -> None:
        shared = {make_key(*one) for one in self._list_open()}
        known = {one.key: one for one in self._cache.corrections()}
        now = int(time.time())
        said = []
        for one in dict.fromkeys(spellings):
            key = make_key(*one)
            if key not in shared:
                continue
            before = known.get(key)
            kept = before.facility_name if before and before.facility_id == facility_id else ""
            said.append(Correction(*one, facility_id, name or kept, "", who, now))
        if not said:
            raise InputError("Only your own lists have this facility: share the list first")
        self._change(said, [])

    def _change(self, added: Sequence[Correction], removed: Sequence[Correction]) -> None:
        replaced = {one.key for one in added}
        self._cache.change_corrections(added, [one for one in removed if one.key not in replaced])
        self._changed()


def write_corrections_csv(cache: GeoCache) -> bytes:
    """All corrections as CSV, in the form that an import reads."""
    return write_csv(cache.corrections())
