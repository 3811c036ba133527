"""What is known of an uploaded list: its name, colour and date, and whether it is hidden."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from dashboard.errors import UploadError
from dashboard.library.lists import OpenedList
from dashboard.readers import TYPE_PREFIX

MAX_NAME = 120
"""Characters of a list's name."""

VERSION_OF = "version_of"
"""Marks the metadata of an earlier version; its value is the list's key."""

Metadata = dict[str, Any]
"""What the storage has of a list beside its bytes."""

_COLOUR = re.compile(r"#[0-9a-f]{6}")


@dataclass(frozen=True, slots=True)
class ListAbout:
    """What a list has beside its sites.

    ``key`` stays the same over all versions; ``added`` is when this version came (ISO 8601, UTC, to
    the second); ``colour`` is ``#rrggbb``, or empty for the map's choice.
    """

    key: str = ""
    added: str = ""
    colour: str = ""
    hidden: bool = False


def parse_metadata(stored: object) -> Metadata | None:
    """The metadata of a list as the storage lists it; None if it is damaged."""
    try:
        found = json.loads(stored) if isinstance(stored, str | bytes) else None
    except ValueError:
        return None
    return found if isinstance(found, dict) and isinstance(found.get("name"), str) else None


def read_about(list_id: str, metadata: Mapping[str, Any]) -> ListAbout:
    """What a list's metadata say of it."""
    colour = str(metadata.get("colour") or "")
    return ListAbout(
        key=str(metadata.get("key") or list_id),
        added=str(metadata.get("added") or _read_time(list_id)),
        colour=colour if _COLOUR.fullmatch(colour) else "",
        hidden=bool(metadata.get("hidden")),
    )


def write_about(about: ListAbout) -> Metadata:
    """The part of a list's metadata that :func:`read_about` reads."""
    found = {"key": about.key, "added": about.added, "colour": about.colour, "hidden": about.hidden}
    return {name: value for name, value in found.items() if value}


def build_metadata(name: str, opened: OpenedList, columns: Mapping[str, str] | None) -> Metadata:
    """The part of a list's metadata that says how it is read."""
    metadata: Metadata = {"name": name, "error": opened.error}
    return {**metadata, "columns": dict(columns)} if columns else metadata


def join_columns(before: Mapping[str, str], columns: Mapping[str, str]) -> dict[str, str]:
    """The columns that a person names now, with the types of own columns from before.

    A type that is named as empty is left to the reader again.
    """
    types = {key: kind for key, kind in before.items() if key.startswith(TYPE_PREFIX)}
    return {key: value for key, value in {**types, **columns}.items() if value}


def build_token(
    metadata: Metadata, versions: Sequence[str]
) -> tuple[tuple[object, ...], str, tuple[str, ...]]:
    """Differs where a list must be read again (first), or completed again (the rest)."""
    columns = tuple(sorted((metadata.get("columns") or {}).items()))
    read = (columns, str(metadata.get("error") or ""))
    return read, str(metadata["name"]), tuple(versions)


def check_name(name: str, others: Mapping[str, str]) -> str:
    """A list's new name without outer blanks.

    Args:
        name: as typed.
        others: names of the owner's other lists.

    Raises:
        UploadError: it is empty, too long, or another list's.
    """
    plain = " ".join(name.split())
    if not plain:
        raise UploadError("a list needs a name")
    if len(plain) > MAX_NAME:
        raise UploadError(f"a name has at most {MAX_NAME} characters, not {len(plain)}")
    if plain.casefold() in {other.casefold() for other in others.values()}:
        raise UploadError(f"another of your lists is called {plain}")
    return plain


def check_colour(colour: str) -> str:
    """A colour as ``#rrggbb``, or empty.

    Raises:
        UploadError: it is neither.
    """
    plain = colour.strip().lower()
    if plain and not _COLOUR.fullmatch(plain):
        raise UploadError(f"{colour[:20]}: give a colour such as #0072b2")
    return plain


def _read_time(list_id: str) -> str:
    """When a list was added, which its id begins with in nanoseconds since 1970."""
    digits = list_id.partition("-")[0]
    if not digits.isdigit():
        return ""
    seconds = min(int(digits) // 10**9, 253_402_300_799)
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S")
