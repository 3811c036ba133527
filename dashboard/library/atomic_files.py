"""Files written whole or not at all, and what a killed process left of one."""

import os
import time
from pathlib import Path

from geocache.files.atomic import replace_file

_PART = ".part"
_LEFT_SECONDS = 3_600.0
"""A file that was begun so long ago is nobody's work any more."""


def write_atomically(path: Path, data: bytes, *, lasting: bool = True) -> None:
    """Write all of a file or none of it, whoever else writes it and whenever the process ends.

    Args:
        path: the file; its folder is there.
        data: all of its bytes.
        lasting: wait until the disk has it, so that a power failure does not lose it either.

    Raises:
        OSError: it cannot be written; then nothing of it is left.
    """
    with replace_file(path, private=True) as file:
        file.write(data)
        if lasting:
            file.flush()
            os.fsync(file.fileno())


def is_stale(path: Path) -> bool:
    """Whether a file was last written more than an hour ago; false for one that is gone."""
    try:
        return path.stat().st_mtime < time.time() - _LEFT_SECONDS
    except OSError:
        return False


def delete_partial_files(folder: Path) -> None:
    """Delete what killed processes left half-written in a folder."""
    for path in folder.glob(f".*{_PART}"):
        if is_stale(path):
            path.unlink(missing_ok=True)


def changed_at(path: Path) -> int:
    """When a file or folder was last written, in nanoseconds; 0 where there is none."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def describe_disk_error(error: OSError) -> str:
    """What a disk said, without the path it was about; of a server only that it was one."""
    return (error.strerror or "its server does not take it").lower()
