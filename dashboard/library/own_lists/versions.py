"""Earlier versions of an uploaded list, each kept as its difference to the version before it.

Rows are kept as they were read, not as a file, so that better rules of reading change nothing. The
oldest version is whole; of each later one there are the rows that the one before does not have.
"""

import logging
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from dashboard.library.history.packing import (
    Rows,
    build_reading,
    pack_rows,
    pack_version,
    unpack_rows,
)
from dashboard.library.lists import OpenedList
from dashboard.library.own_lists.about import VERSION_OF, ListAbout, Metadata, parse_metadata
from dashboard.library.upload_storage import UploadStorage
from dashboard.sites.reading import Reading

log = logging.getLogger(__name__)

MAX_VERSIONS = 10
MAX_SITES = 100_000
"""Of a list with more, no earlier version is kept."""
MAX_BYTES = 20_000_000
"""Of all earlier versions of one list together; the oldest are given up first."""


@dataclass(frozen=True, slots=True)
class StoredVersion:
    """One earlier version as the storage has it; ``number`` orders them, oldest first."""

    id: str
    key: str
    number: int
    name: str
    added: str
    sites: int


def read_version(version_id: str, metadata: Mapping[str, Any]) -> StoredVersion | None:
    """The earlier version that metadata describe; None if they are those of a list."""
    if VERSION_OF not in metadata:
        return None
    return StoredVersion(
        version_id,
        str(metadata[VERSION_OF]),
        int(metadata.get("number", 0)),
        str(metadata["name"]),
        str(metadata.get("added", "")),
        int(metadata.get("sites", 0)),
    )


def list_stored(
    storage: UploadStorage,
) -> tuple[dict[str, Metadata], dict[str, tuple[StoredVersion, ...]]]:
    """The metadata of an owner's lists by id, and the earlier versions by their list's key.

    Raises:
        OSError: the storage fails.
    """
    lists: dict[str, Metadata] = {}
    earlier: dict[str, list[StoredVersion]] = {}
    for list_id, stored in storage.list_versions().items():
        metadata = parse_metadata(stored)
        if metadata is None:
            log.warning("The metadata of a stored list are damaged")
        elif version := read_version(list_id, metadata):
            earlier.setdefault(version.key, []).append(version)
        else:
            lists[list_id] = metadata
    ordered = {
        key: tuple(sorted(found, key=lambda one: (one.number, one.id)))
        for key, found in earlier.items()
    }
    return lists, ordered


def keep_list(storage: UploadStorage, about: ListAbout, opened: OpenedList) -> None:
    """Keep a list as an earlier version of the one that replaces it.

    Raises:
        OSError: the storage fails.
        ValueError: an earlier version is damaged.
    """
    if opened.reading is not None:
        version = StoredVersion(
            f"{about.key}-v{uuid.uuid4().hex[:8]}",
            about.key,
            0,
            opened.name,
            about.added,
            len(opened.reading.sites),
        )
        known = list_stored(storage)[1].get(about.key, ())
        keep_version(storage, version, opened.reading, known)


def keep_version(
    storage: UploadStorage,
    version: StoredVersion,
    reading: Reading,
    known: Sequence[StoredVersion],
) -> None:
    """Keep a version of a list, within the bounds: the oldest ones are given up for it.

    Args:
        storage: the owner's.
        version: as it shall be listed; its number is set here.
        reading: its sites.
        known: the versions of this list so far, oldest first.

    Raises:
        OSError: the storage fails.
        ValueError: an earlier version is damaged.
    """
    if len(reading.sites) > MAX_SITES:
        return
    chain = _read_all(storage, known)
    data = pack_version(reading, chain[-1].rows if chain else [])
    sizes = [len(one.data) for one in chain]
    kept = chain[max(0, len(chain) + 1 - MAX_VERSIONS) :]
    while kept and sum(sizes[-len(kept) :]) + len(data) > MAX_BYTES:
        kept = kept[1:]
    if len(data) > MAX_BYTES:
        return
    number = max((one.number for one in known), default=0) + 1
    if not kept:
        data = pack_version(reading, [])
    elif kept[0] is not chain[0]:  # it was a difference to one that goes
        first = kept[0]
        whole = pack_rows(first.document, first.rows, [])
        storage.write(f"{first.version.id}-whole", whole, _describe(first.version))
        storage.delete(first.version.id)
    storage.write(version.id, data, _describe(replace(version, number=number)))
    for one in chain[: len(chain) - len(kept)]:
        storage.delete(one.version.id)


def find_version(storage: UploadStorage, version_id: str) -> Reading | None:
    """The sites of an earlier version of any list; None if it is not there.

    Raises:
        OSError: the storage fails.
        ValueError: it is damaged.
    """
    _, earlier = list_stored(storage)
    for known in earlier.values():
        for number, one in enumerate(known, start=1):
            if one.id == version_id:
                last = _read_all(storage, known[:number])[-1]
                return build_reading(last.document, last.rows)
    return None


def delete_versions(storage: UploadStorage, versions: Sequence[StoredVersion]) -> None:
    """Delete all versions of a list."""
    for one in versions:
        storage.delete(one.id)


def copy_versions(
    storage: UploadStorage, to: UploadStorage, versions: Sequence[StoredVersion], key: str
) -> None:
    """Copy all versions of a list to another owner's list with this key.

    Raises:
        OSError: a storage fails.
    """
    for number, one in enumerate(versions, start=1):
        copied = replace(one, id=f"{key}-v{number:04d}", key=key, number=number)
        to.write(copied.id, storage.read(one.id), _describe(copied))


def _describe(version: StoredVersion) -> dict[str, Any]:
    return {
        "name": version.name,
        VERSION_OF: version.key,
        "number": version.number,
        "added": version.added,
        "sites": version.sites,
    }


class _Link(NamedTuple):
    """A version in the chain: as stored, unpacked, and with all its rows."""

    version: StoredVersion
    data: bytes
    document: dict[str, Any]
    rows: Rows


def _read_all(storage: UploadStorage, versions: Sequence[StoredVersion]) -> list[_Link]:
    """The versions with their rows, oldest first."""
    found: list[_Link] = []
    for one in versions:
        data = storage.read(one.id)
        document, rows = unpack_rows(data, found[-1].rows if found else [])
        found.append(_Link(one, data, document, rows))
    return found
