"""The folder of a built index: its checksums, who uses it, and what is left over."""

import contextlib
import json
import os
import shutil
import time
import weakref
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

try:
    import fcntl
except ImportError:  # Windows: an open file cannot be deleted there anyway
    fcntl = None  # type: ignore[assignment]

SCRATCH = ".building-"
"""How the names of folders begin that an index is built in."""

_CHECKSUMS = "checksums.json"
_IN_USE = "in-use"
_CHUNK_BYTES = 1 << 20
_UNUSED_SECONDS = 86_400.0
"""An index that was opened since then stays: its server may only be restarting."""


def write_checksums(folder: Path) -> None:
    """Write the size and the checksum of every file of an index, the last step of building it."""
    found = {
        path.name: _measure(path)
        for path in sorted(folder.iterdir())
        if path.name not in {_CHECKSUMS, _IN_USE}
    }
    (folder / _CHECKSUMS).write_text(json.dumps(found), encoding="ascii")


def find_damage(folder: Path) -> str:
    """What is wrong with an index, in a few words; empty if every byte is as it was written.

    Takes 50 ms of processor time.
    """
    try:
        expected = json.loads((folder / _CHECKSUMS).read_bytes())
        for name, (size, checksum) in expected.items():
            if _measure(folder / name) != [size, checksum]:
                return f"the file {name} is damaged"
    except FileNotFoundError as error:
        return f"the file {Path(error.filename).name} is missing"
    except OSError as error:
        return f"it cannot be read ({error.strerror or error})"
    except (ValueError, AttributeError, TypeError):
        return f"the file {_CHECKSUMS} is damaged"
    return "" if expected else f"the file {_CHECKSUMS} is empty"


def _measure(path: Path) -> list[int]:
    """A file's size and CRC-32."""
    size = checksum = 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            size += len(chunk)
            checksum = zlib.crc32(chunk, checksum)
    return [size, checksum]


class Mark:
    """Marks an index as in use until it is gone; the system drops it when the process ends."""

    def __init__(self, folder: Path) -> None:
        os.utime(folder)
        self._descriptor = os.open(folder / _IN_USE, os.O_RDONLY | os.O_CREAT, 0o666)
        self._close = weakref.finalize(self, os.close, self._descriptor)
        if fcntl is not None:
            fcntl.flock(self._descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)


def hold(folder: Path) -> Mark | None:
    """Mark an index as in use for as long as the result is kept.

    None where the folder cannot be written: nobody can delete it there either.
    """
    with contextlib.suppress(OSError):
        return Mark(folder)
    return None


def delete_leftovers(parent: Path, wanted: Path) -> None:
    """Delete the indexes that nobody uses, except ``wanted``, and what killed builds left.

    The caller holds the lock under which indexes are built.
    """
    for path in parent.glob(f"{SCRATCH}*"):
        shutil.rmtree(path, ignore_errors=True)
    for path in parent.glob("index-*"):
        if path != wanted and not _is_in_use(path):
            shutil.rmtree(path, ignore_errors=True)


def _is_in_use(folder: Path) -> bool:
    """Whether a process has the index open, or one had it open a short while ago."""
    with contextlib.suppress(OSError):
        if folder.stat().st_mtime > time.time() - _UNUSED_SECONDS:
            return True
        with _open_mark(folder) as file:
            if fcntl is not None and file is not None:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return False
    return True


@contextlib.contextmanager
def _open_mark(folder: Path) -> Iterator[IO[bytes] | None]:
    """The file that users of an index lock; None for an index that never had one."""
    try:
        file = (folder / _IN_USE).open("rb")
    except FileNotFoundError:
        yield None
        return
    with file:
        yield file
