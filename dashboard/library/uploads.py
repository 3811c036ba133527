"""Uploaded lists: each session's own, and those shared with everyone.

An owner is a browser session, named by a random cookie, or :data:`EVERYONE`. A list counts as
stored once its storage has all of it; what a killed process leaves half-written is never seen.
"""

import logging
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from dashboard.errors import ListStorageError, ReadError, UploadError
from dashboard.library.lists import (
    EarlierVersion,
    FirstRows,
    InlineReader,
    OpenedList,
    Reader,
    name_versions,
    read_as_before,
)
from dashboard.library.own_lists import versions
from dashboard.library.own_lists.about import (
    ListAbout,
    Metadata,
    build_metadata,
    build_token,
    check_colour,
    check_name,
    join_columns,
    read_about,
    write_about,
)
from dashboard.library.own_lists.list_decisions import read_shared, write_shared
from dashboard.library.own_lists.opened_cache import OpenedListCache
from dashboard.library.own_lists.refusals import refuse
from dashboard.library.own_lists.session_records import SessionRecords, hash_owner
from dashboard.library.own_lists.versions import StoredVersion
from dashboard.library.pin_file import list_place_keys
from dashboard.library.upload_storage import (
    EVERYONE,
    FolderUploadStorage,
    UploadStorage,
    delete_expired,
)
from dashboard.sites.decisions import Decision

log = logging.getLogger(__name__)

MAX_LISTS = 50
MAX_BYTES = 500_000_000
MAX_UNREAD_BYTES = 5_000_000
"""A file that could not be read is stored up to this size, for somebody to name its columns."""
MAX_CACHED_BYTES = 256 * 2**20
"""Opened lists in memory, over all owners."""
_TOO_MUCH = f"more than {MAX_BYTES // 1_000_000} MB of lists: close some first"
_NOT_STORED = "the list could not be stored"


@dataclass(frozen=True, slots=True)
class StoredList:
    """One uploaded list."""

    id: str
    opened: OpenedList
    shared_by: str = ""
    """Of a shared list, :func:`hash_owner` of the session that shared it."""
    about: ListAbout = field(default_factory=ListAbout)
    decisions: tuple[Decision, ...] = ()
    """Of a shared list, the decisions that were shared with it."""


class UploadStore(SessionRecords):
    """The uploaded lists of one server.

    Args:
        folder: has a folder for each owner; made if missing.
        check_may_share: raises where shared lists must not be changed.
        reader: parses files; in this process unless another is given.
        shared: the storage of shared lists, unless they are in such a folder too.
    """

    def __init__(
        self,
        folder: Path,
        check_may_share: Callable[[], None] = lambda: None,
        reader: Reader | None = None,
        shared: UploadStorage | None = None,
    ) -> None:
        super().__init__(folder)
        self._check_may_share = check_may_share
        self._reader = reader or InlineReader()
        self._shared = shared or FolderUploadStorage(folder / EVERYONE)
        self._shared_lists: tuple[StoredList, ...] = ()
        self._cache = OpenedListCache(MAX_CACHED_BYTES)

    def lists(self, owner: str) -> tuple[StoredList, ...]:
        """An owner's lists, oldest first; while their server is away, the last ones known."""
        storage = self._storage(owner)
        try:
            stored, earlier = versions.list_stored(storage)
            found = tuple(
                StoredList(
                    list_id,
                    opened,
                    str(metadata.get("shared_by", "")),
                    read_about(list_id, metadata),
                    read_shared(metadata),
                )
                for list_id, metadata in stored.items()
                if (opened := self._open(owner, storage, list_id, metadata, earlier))
            )
        except ListStorageError as error:
            log.warning("%s", error)
            return self._shared_lists
        if owner == EVERYONE:
            self._shared_lists = found
        return found

    def change_token(self, owner: str) -> object:
        """Differs after a change of an owner's lists by any process."""
        return self._storage(owner).change_token()

    def add(
        self,
        owner: str,
        data: bytes,
        name: str,
        *,
        columns: Mapping[str, str] | None = None,
        opened: OpenedList | None = None,
        shared_by: str = "",
        replaces: str = "",
        about: ListAbout | None = None,
        decisions: Sequence[Decision] = (),
    ) -> StoredList:
        """Store a list and open it; of one of the same name it is the new version.

        A file that cannot be read has the reason in the list's error, and is stored only up to
        :data:`MAX_UNREAD_BYTES`.

        Args:
            owner: a session or :data:`EVERYONE`.
            data: the file's bytes.
            name: the file's name as the person knows it.
            columns: which column is which, where a person named them.
            opened: the list, where it was read already.
            shared_by: the session that shares it, which may take it back; of a new version it
                stays whoever shared the list.
            replaces: the id of the list that this is the new version of, which keeps its name.
            about: what is known of it, where it comes from another owner.
            decisions: those that are shared with it.

        Raises:
            UploadError: too many lists, too many bytes, or the storage fails; a new version that
                cannot be read.
        """
        self._check(owner)
        known = self.lists(owner)
        same = [one for one in known if one.id == replaces or one.opened.name == name]
        if replaces:
            same = [one for one in same if one.id == replaces]
            if not same:
                raise UploadError("this list is no longer here")
            name = same[0].opened.name
        if opened is None:
            read = partial(self._reader.read, data, name, owner=owner)
            before = self.find_columns(owner, name, replaces) if columns is None else {}
            columns, opened = read_as_before(read, before) if before else (columns, read(columns))
        if replaces and opened.error:
            reason = f"the new version cannot be read: {opened.error}; the list stays as it was"
            raise UploadError(reason)
        list_id = f"{time.time_ns():020d}-{uuid.uuid4().hex[:8]}"
        if opened.error and len(data) > MAX_UNREAD_BYTES:
            data = b""
        if len(known) - len(same) >= MAX_LISTS:
            raise UploadError(f"{MAX_LISTS} lists are open already: close some first")
        storage, about = self._storage(owner), about or ListAbout()
        about = replace(same[-1].about, added=about.added, hidden=False) if same else about
        shared = decisions or (same[-1].decisions if same else ())
        metadata = build_metadata(name, opened, columns) | write_about(about) | write_shared(shared)
        kept_by = same[-1].shared_by if replaces else ""
        sharer = hash_owner(shared_by) if shared_by and not kept_by else kept_by
        metadata |= {"shared_by": sharer} if sharer else {}
        with refuse(_NOT_STORED):
            if storage.count_bytes() + len(data) > MAX_BYTES:
                raise UploadError(_TOO_MUCH)
            storage.write(list_id, data, metadata)
        for old in same:
            self._keep_version(storage, old)
            with refuse("the list could not be deleted"):
                storage.delete(old.id)
            self._cache.discard((owner, old.id))
        if same and owner != EVERYONE and self.pins(owner):
            self._delete_unused_pins(owner)
        return self._put(owner, storage, list_id, metadata, opened)

    def find_columns(self, owner: str, name: str, replaces: str = "") -> dict[str, str]:
        """The columns that a person named for the list that a file is a new version of."""
        known = self.lists(owner)
        found = [one.id for one in known if one.id == replaces or one.opened.name == name]
        with suppress(UploadError):  # another process may have deleted it just now
            return self.read_columns(owner, found[-1]) if found else {}
        return {}

    def change(
        self,
        owner: str,
        list_id: str,
        *,
        name: str | None = None,
        colour: str | None = None,
        hidden: bool | None = None,
    ) -> None:
        """Rename a list, give it a colour (empty for the map's choice), hide it or show it again.

        Raises:
            UploadError: the name or colour cannot be, there is no such list, or the storage fails.
        """
        self._check(owner)
        storage = self._storage(owner)
        with refuse("the list could not be changed"):
            metadata = dict(storage.read_metadata(list_id))
            if name is not None:
                stored, _ = versions.list_stored(storage)
                others = {i: str(m["name"]) for i, m in stored.items() if i != list_id}
                metadata["name"] = check_name(name, others)
            about = read_about(list_id, metadata)
            if colour is not None:
                about = replace(about, colour=check_colour(colour))
            if hidden is not None:
                about = replace(about, hidden=hidden)
            kept = {k: v for k, v in metadata.items() if k not in {"colour", "hidden"}}
            storage.write_metadata(list_id, kept | write_about(about))

    def copy(
        self,
        owner: str,
        list_id: str,
        to: str,
        decisions: Sequence[Decision] = (),
        *,
        with_versions: bool = True,
    ) -> StoredList:
        """Copy a list with its earlier versions, and decisions if given, to another owner.

        Raises:
            UploadError: it is no longer there, or cannot be stored.
        """
        found = next((one for one in self.lists(owner) if one.id == list_id), None)
        if found is None:
            raise UploadError("this list is no longer here")
        made = self.add(
            to,
            self.read_data(owner, list_id),
            found.opened.name,
            columns=self.read_columns(owner, list_id),
            opened=replace(found.opened, versions=()),
            shared_by=owner if to == EVERYONE else "",
            about=replace(found.about, key="", hidden=False),
            decisions=decisions,
        )
        storage, target = self._storage(owner), self._storage(to)
        with refuse(_NOT_STORED):
            _, earlier = versions.list_stored(storage)
            kept = earlier.get(found.about.key, ()) if with_versions else ()
            versions.copy_versions(storage, target, kept, made.about.key)
        return made

    def open_version(self, owner: str, version_id: str) -> OpenedList:
        """An earlier version of a list.

        Raises:
            UploadError: it is no longer there, or the storage fails.
        """
        with refuse("the earlier version cannot be read"):
            reading = versions.find_version(self._storage(owner), version_id)
        if reading is None:
            raise UploadError("this version is no longer here")
        return OpenedList(reading.name, reading)

    def reread(self, owner: str, list_id: str, columns: Mapping[str, str]) -> StoredList:
        """Read a list again with the columns that a person named, now and from now on.

        Raises:
            UploadError: there is no such list, or the storage fails.
        """
        self._check(owner)
        data = self.read_data(owner, list_id)
        storage = self._storage(owner)
        with refuse(_NOT_STORED):
            before = storage.read_metadata(list_id)
            name = str(before["name"])
            columns = join_columns(before.get("columns") or {}, columns)
            opened = self._reader.read(data, name, columns, owner=owner)
            metadata = {**before, "columns": {}, **build_metadata(name, opened, columns)}
            storage.write_metadata(list_id, metadata)
        return self._put(owner, storage, list_id, metadata, opened)

    def preview(self, owner: str, list_id: str) -> FirstRows:
        """The header of a plain table, which column is which, the first rows; else empty."""
        try:
            data = self.read_data(owner, list_id)
            small = len(data) <= MAX_UNREAD_BYTES
            found = self._reader.preview(data, list_id, owner=owner) if small else None
        except (UploadError, ReadError):
            found = None
        return (found.header, dict(found.columns), found.rows) if found else ((), {}, ())

    def read_data(self, owner: str, list_id: str) -> bytes:
        """The bytes of a list as they were uploaded.

        Raises:
            UploadError: there is no such list, or the storage fails.
        """
        with refuse("the list cannot be read"):
            return self._storage(owner).read(list_id)

    def read_columns(self, owner: str, list_id: str) -> dict[str, str]:
        """Which column of a list is which, where a person named them; else empty.

        Raises:
            UploadError: there is no such list, or the storage fails.
        """
        with refuse("the list cannot be read"):
            return dict(self._storage(owner).read_metadata(list_id).get("columns") or {})

    def remove(self, owner: str, list_id: str) -> None:
        """Delete a list for good, with its earlier versions.

        Raises:
            UploadError: the storage fails.
        """
        self._check(owner)
        storage = self._storage(owner)
        with refuse("the list could not be deleted"):
            stored, earlier = versions.list_stored(storage)
            storage.delete(list_id)
            key = read_about(list_id, stored.get(list_id, {})).key
            versions.delete_versions(storage, earlier.get(key, ()))
        self._cache.discard((owner, list_id))
        if owner != EVERYONE and self.pins(owner):
            self._delete_unused_pins(owner)

    def delete_expired(self, is_kept: Callable[[Path], bool | None] = lambda _: None) -> None:
        """Delete the lists of sessions unused for a week, and half-written files.

        Args:
            is_kept: whether a folder stays (True) or goes (False) whatever its age.
        """
        delete_expired(self._folder, is_kept)

    def close(self) -> None:
        """Close connections; the next call opens new ones."""
        self._shared.close()

    def _check(self, owner: str) -> None:
        if owner == EVERYONE:
            self._check_may_share()

    def _storage(self, owner: str) -> UploadStorage:
        if owner == EVERYONE:
            return self._shared
        return FolderUploadStorage(self.find_folder(owner))

    def _delete_unused_pins(self, owner: str) -> None:
        """Delete the pins of places that are in none of the owner's lists any more."""
        self.keep_pins(owner, list_place_keys(one.opened for one in self.lists(owner)))

    def _keep_version(self, storage: UploadStorage, old: StoredList) -> None:
        """Keep a list that a new version replaces, as far as there is room."""
        try:
            versions.keep_list(storage, old.about, old.opened)
        except (OSError, ValueError) as error:
            log.warning("The earlier version of a list could not be kept: %s", error)

    def _put(
        self,
        owner: str,
        storage: UploadStorage,
        list_id: str,
        metadata: Metadata,
        opened: OpenedList,
    ) -> StoredList:
        """Remember a list that was read just now."""
        with refuse(_NOT_STORED):
            _, earlier = versions.list_stored(storage)
        about = read_about(list_id, metadata)
        token = build_token(metadata, [one.id for one in earlier.get(about.key, ())])
        opened = self._complete(owner, list_id, metadata, opened, earlier.get(about.key, ()))
        self._cache.put((owner, list_id), token, opened)
        sharer = str(metadata.get("shared_by", ""))
        return StoredList(list_id, opened, sharer, about, read_shared(metadata))

    def _open(
        self,
        owner: str,
        storage: UploadStorage,
        list_id: str,
        metadata: Metadata,
        earlier: Mapping[str, Sequence[StoredVersion]],
    ) -> OpenedList | None:
        kept = earlier.get(read_about(list_id, metadata).key, ())
        token = build_token(metadata, [one.id for one in kept])
        known = self._cache.get((owner, list_id), token)
        if known is not None:
            return known
        held = self._cache.get_any((owner, list_id))
        try:
            if held is not None and isinstance(held[0], tuple) and held[0][0] == token[0]:
                opened = held[1]
            elif metadata.get("error"):
                opened = OpenedList(metadata["name"], error=str(metadata["error"]))
            else:
                data, columns = storage.read(list_id), metadata.get("columns")
                opened = self._reader.read(data, metadata["name"], columns, owner=owner)
        except ListStorageError:
            raise
        except (OSError, ValueError, KeyError) as error:
            log.warning("A stored list cannot be opened: %s", error)
            return None
        opened = self._complete(owner, list_id, metadata, opened, kept)
        self._cache.put((owner, list_id), token, opened)
        return opened

    def _complete(
        self,
        owner: str,
        list_id: str,
        metadata: Metadata,
        opened: OpenedList,
        kept: Sequence[StoredVersion],
    ) -> OpenedList:
        """A list as it was read, under its name, with its date and its earlier versions."""
        name, added = str(metadata["name"]), read_about(list_id, metadata).added
        names = name_versions(name, (one.added for one in kept))
        found = tuple(
            EarlierVersion(
                its_name, one.id, one.added, one.sites, partial(self.open_version, owner, one.id)
            )
            for its_name, one in zip(reversed(names), reversed(kept), strict=True)
        )
        same = (opened.name, opened.added) == (name, added)
        if same and not found and not opened.versions:
            return opened
        return replace(opened, name=name, versions=found, added=added)
