"""Files written whole or not at all, and cleaning up after killed processes."""

import json
import os
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from geocache.files.atomic import replace_file

_PARTIAL = ".*.part"
_STALE_SECONDS = 3_600.0
"""A file half-written for so long belongs to no running process."""


def write_atomically(path: Path, data: bytes, *, durable: bool = True) -> None:
    """Write a file whole or not at all, whoever else writes it and whenever the process ends.

    Args:
        path: the file; its folder exists.
        data: all of its bytes.
        durable: wait until the disk has it, so that it survives a power failure too.

    Raises:
        OSError: it cannot be written; nothing of it is left.
    """
    with replace_file(path, private=True) as file:
        file.write(data)
        if durable:
            file.flush()
            os.fsync(file.fileno())


def is_older_than(path: Path, seconds: float) -> bool:
    """Whether a file or folder was last written so long ago; false if it is gone."""
    try:
        return path.stat().st_mtime < time.time() - seconds
    except OSError:
        return False


def is_stale(path: Path) -> bool:
    """Whether a half-written file belongs to no running process; false if it is gone."""
    return is_older_than(path, _STALE_SECONDS)


def delete_partial_files(folder: Path) -> None:
    """Delete what killed processes left half-written in a folder."""
    for path in folder.glob(_PARTIAL):
        if is_stale(path):
            path.unlink(missing_ok=True)


def describe_disk_error(error: OSError) -> str:
    """The reason for visitors: what the disk said, without the path; for a server, little more."""
    return (error.strerror or "its server does not take it").lower()


def read_lines(file: Path) -> list[bytes]:
    """The lines of a file of records; none if it is not there.

    Raises:
        OSError: the file cannot be read.
    """
    try:
        return file.read_bytes().splitlines()
    except FileNotFoundError:
        return []


def write_records(file: Path, records: Iterable[dict[str, Any]]) -> None:
    """Replace a session's file by one JSON record a line; without any, it is deleted.

    Raises:
        OSError: the file cannot be written.
    """
    lines = [json.dumps(record, ensure_ascii=False) + "\n" for record in records]
    if not lines:
        file.unlink(missing_ok=True)
        return
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_atomically(file, "".join(lines).encode("utf-8", "surrogatepass"))
