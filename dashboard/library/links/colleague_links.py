"""Links for colleagues: a copy of a private list under a key that nobody can guess.

The copy has a folder of its own, named by the key's hash as a session's is by its cookie's, with
the pins and decisions on its sites. The key itself is stored only beside the lists of its maker. If
the store is on a database server, the copy is there too, so that the link opens on every replica.
"""

import json
import logging
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from weakref import WeakKeyDictionary

from dashboard.errors import UploadError
from dashboard.library.atomic_files import read_lines, write_records
from dashboard.library.links.shared_copies import SharedCopies
from dashboard.library.lists import OpenedList, without_contacts
from dashboard.library.own_lists.list_decisions import select_decisions
from dashboard.library.own_lists.refusals import refuse
from dashboard.library.pin_file import list_place_keys
from dashboard.library.saved_views import KEY_LENGTH
from dashboard.library.uploads import StoredList, UploadStore
from dashboard.sites.decisions import Decision
from geocache.keys import place_key
from geocache.records import Pin

log = logging.getLogger(__name__)

MAX_LINKS = 20
"""Links of one session at a time."""
MAX_BYTES = 50_000_000
"""Of a list that a link is made to."""
DAYS = (7, 30, 90)
"""How long a link may last."""

_KEY_BYTES = 16
_MADE = "links.jsonl"
_GRANT = "link.jsonl"


@dataclass(frozen=True, slots=True)
class ColleagueLink:
    """A link as whoever made it sees it; ``expires`` is the first day it is no longer valid."""

    key: str
    list_key: str
    name: str
    expires: str
    decisions: int = 0


@dataclass(frozen=True, slots=True)
class SharedByLink:
    """What a link shows: a list, the pins and decisions on it, and the view as a query string."""

    key: str
    expires: str
    query: str
    stored: StoredList
    pins: tuple[Pin, ...]
    decisions: tuple[Decision, ...]


class ColleagueLinks:
    """Makes, lists, opens and revokes links.

    Args:
        uploads: the process's uploads.
        enabled: False on a read-only server: then there are none.
        contacts: whether own columns that name people are shown to others.
        copies: has the copies for other replicas; ``None`` if this folder is all there is.
    """

    def __init__(
        self,
        uploads: UploadStore,
        *,
        enabled: bool,
        contacts: bool,
        copies: SharedCopies | None = None,
    ) -> None:
        self._uploads = uploads
        self._copies = copies
        self.enabled = enabled
        self._contacts = contacts
        self._cleaned: WeakKeyDictionary[OpenedList, OpenedList] = WeakKeyDictionary()

    def create(
        self,
        owner: str,
        list_id: str,
        query: str,
        *,
        days: int,
        decisions: bool,
        today: date | None = None,
    ) -> ColleagueLink:
        """Copy a list as it is now, without earlier versions, and return the link to the copy.

        Args:
            owner: the session that the list belongs to.
            list_id: the list.
            query: the view, as a query string.
            days: how long it is valid, one of :data:`DAYS`.
            decisions: whether the decisions and notes about its sites go with it.
            today: in tests.

        Raises:
            UploadError: links are off, there are too many, the list is too large or no longer
                there, or it cannot be stored.
        """
        if not self.enabled:
            raise UploadError("links for colleagues are off on this server")
        day = today or datetime.now(UTC).date()
        made = self.list_made(owner, day)
        if len(made) >= MAX_LINKS:
            raise UploadError(f"{MAX_LINKS} links are valid already: revoke one first")
        if len(self._uploads.read_data(owner, list_id)) > MAX_BYTES:
            raise UploadError(f"a link takes a list of up to {MAX_BYTES // 1_000_000} MB")
        key = secrets.token_urlsafe(_KEY_BYTES)
        guest = _name_guest(key)
        copied = self._uploads.copy(owner, list_id, guest, with_versions=False)
        own = self._uploads.decisions(owner) if decisions else ()
        kept = select_decisions(copied.opened, own)
        keys = list_place_keys([copied.opened])
        pins = [pin for pin in self._uploads.pins(owner) if place_key(pin.place) in keys]
        expires = f"{day + timedelta(days=days if days in DAYS else DAYS[0])}"
        about = next(one.about for one in self._uploads.lists(owner) if one.id == list_id)
        link = ColleagueLink(key, about.key, copied.opened.name, expires, len(kept))
        with refuse("the link could not be stored"):
            if pins:
                self._uploads.pin(guest, pins)
            if kept:
                self._uploads.decide(guest, kept)
            grant = {"expires": expires, "query": query, "copied": self._copies is not None}
            folder = self._uploads.find_folder(guest)
            write_records(folder / _GRANT, [grant])
            self._write_copy(folder, expires)
            write_records(
                self._uploads.find_folder(owner) / _MADE, [asdict(one) for one in (*made, link)]
            )
        return link

    def _write_copy(self, folder: Path, expires: str) -> None:
        if self._copies is None:
            return
        try:
            self._copies.write(folder, expires)
        except OSError:
            (folder / _GRANT).unlink(missing_ok=True)
            raise

    def list_made(self, owner: str, today: date | None = None) -> tuple[ColleagueLink, ...]:
        """The valid links that a session made, oldest first."""
        if not self.enabled:
            return ()
        day = f"{today or datetime.now(UTC).date()}"
        found = []
        for record in _read_lines(self._uploads.find_folder(owner) / _MADE):
            try:
                one = ColleagueLink(**record)  # type: ignore[arg-type]
            except TypeError:
                continue
            if one.expires > day:
                found.append(one)
        return tuple(found)

    def revoke(self, owner: str, key: str) -> None:
        """Delete a link that a session made, with the copy.

        Raises:
            UploadError: the storage fails.
        """
        made = self.list_made(owner)
        if not any(one.key == key for one in made):
            return
        guest = _name_guest(key)
        folder = self._uploads.find_folder(guest)
        with refuse("the link could not be revoked"):
            if self._copies is not None:
                self._copies.delete(folder.name)
            (folder / _GRANT).unlink(missing_ok=True)  # first: from now on it opens nothing
            for one in self._uploads.lists(guest):
                self._uploads.remove(guest, one.id)
            self._uploads.decide(
                guest,
                [Decision(one.site) for one in self._uploads.decisions(guest)],
            )
            rest = [asdict(one) for one in made if one.key != key]
            write_records(self._uploads.find_folder(owner) / _MADE, rest)

    def revoke_list(self, owner: str, list_key: str) -> None:
        """Delete all links to one list.

        Raises:
            UploadError: the storage fails.
        """
        for one in self.list_made(owner):
            if one.list_key == list_key:
                self.revoke(owner, one.key)

    def open(self, key: str, today: date | None = None) -> SharedByLink | None:
        """What a link shows; None if it is unknown, revoked, expired, or links are off."""
        if not self.enabled or len(key) != KEY_LENGTH:
            return None
        guest = _name_guest(key)
        grants = self._read_grants(self._uploads.find_folder(guest))
        day = f"{today or datetime.now(UTC).date()}"
        if not grants or str(grants[0].get("expires", "")) <= day:
            return None
        for one in self._uploads.lists(guest):
            opened = self._drop_contacts(one.opened)
            stored = StoredList(one.id, opened, about=one.about)
            return SharedByLink(
                key,
                str(grants[0]["expires"]),
                str(grants[0].get("query", "")),
                stored,
                self._uploads.pins(guest),
                self._uploads.decisions(guest),
            )
        return None

    def delete_expired(self, today: date | None = None) -> None:
        """Delete the lists of sessions unused for a week, and the copies of links that ended.

        Raises:
            OSError: the storage fails.
        """
        day = today or datetime.now(UTC).date()
        self._uploads.delete_expired(lambda folder: self._is_kept(folder, day))
        if self._copies is not None:
            self._copies.delete_expired(day)

    def _is_kept(self, folder: Path, today: date) -> bool | None:
        kept = is_kept(folder, today)
        return False if kept and self._is_revoked(folder) else kept

    def _is_revoked(self, folder: Path) -> bool | None:
        """Whether a link's copy was deleted on another replica; None if the server is away."""
        grants = _read_lines(folder / _GRANT)
        if self._copies is None or not grants or not grants[0].get("copied"):
            return False
        try:
            return not self._copies.is_there(folder.name)
        except OSError as error:
            log.warning("Whether a link was revoked is not known: %s", error)
            return None

    def _read_grants(self, folder: Path) -> Sequence[dict[str, object]]:
        """The grant of a link, from this replica or fetched from another; none if it is revoked."""
        grants = _read_lines(folder / _GRANT)
        if grants:
            return () if self._is_revoked(folder) else grants
        if self._copies is None:
            return ()
        try:
            if not self._copies.is_there(folder.name):
                return ()
            self._copies.unpack(folder)
        except (OSError, ValueError) as error:
            log.warning("A link's list cannot be fetched: %s", error)
            return ()
        return _read_lines(folder / _GRANT)

    def close(self) -> None:
        """Close connections; the next call opens new ones."""
        if self._copies is not None:
            self._copies.close()

    def _drop_contacts(self, opened: OpenedList) -> OpenedList:
        """The list as others see it: the same object at every call."""
        if self._contacts:
            return opened
        if opened not in self._cleaned:
            self._cleaned[opened] = without_contacts(replace(opened, versions=()))
        return self._cleaned[opened]


def is_kept(folder: Path, today: date | None = None) -> bool | None:
    """Whether a folder of lists is still needed: as a link's copy, or by whoever made a link.

    ``None`` if links have nothing to do with it.
    """
    day = f"{today or datetime.now(UTC).date()}"
    for name in (_GRANT, _MADE):
        records = _read_lines(folder / name)
        valid = any(str(one.get("expires", "")) > day for one in records)
        if valid or (records and name == _GRANT):
            return valid
    return None


def _name_guest(key: str) -> str:
    """The owner of a link's copy; no session has a blank at the start of its name."""
    return f" link {key}"


def _read_lines(path: Path) -> Sequence[dict[str, object]]:
    try:
        found = [json.loads(line) for line in read_lines(path)]
    except (OSError, ValueError) as error:
        log.warning("A file of links cannot be read: %s", error)
        return []
    return [one for one in found if isinstance(one, dict)]
