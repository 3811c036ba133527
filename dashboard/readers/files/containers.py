"""What files come wrapped in: gzip and zip, unpacked within bounds."""

import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from dashboard.errors import ReadError

MOST_UNPACKED_BYTES = 400_000_000
"""Most that one upload may unpack to, all members together (an upload holds 200 MB)."""

MOST_RATIO = 300
"""Most a file may grow by once past 10 MB; text of sites grows 5 to 20 times."""

MOST_MEMBERS = 100_000
"""Files read from one zip; those after are passed over."""

_FREE_BYTES = 10_000_000
_CHUNK_BYTES = 1 << 20


class Member(NamedTuple):
    """A file inside a zip."""

    name: str
    data: bytes


def gunzip(data: bytes, name: str) -> bytes:
    """The content of a gzip file of one or more parts.

    Raises ReadError for damage, and for what unpacks beyond :data:`MOST_UNPACKED_BYTES`.
    """
    found: list[bytes] = []
    size = 0
    rest = data
    try:
        while rest[:2] == b"\x1f\x8b":
            unpacker = zlib.decompressobj(wbits=31)
            while not unpacker.eof:
                chunk = unpacker.decompress(rest, _CHUNK_BYTES)
                rest = unpacker.unconsumed_tail
                size += len(chunk)
                _check_size(size, len(data), name)
                found.append(chunk)
                if not chunk and not rest:
                    raise ReadError(name, "the gzip file breaks off", f"after {size:,} bytes")
            rest = unpacker.unused_data
    except zlib.error as error:
        raise ReadError(name, "the gzip file is damaged", f"after {size:,} bytes") from error
    return b"".join(found)


class Meter:
    """Counts what an archive unpacks to. Raises ReadError beyond the bounds."""

    def __init__(self, name: str, packed_bytes: int) -> None:
        self._name = name
        self._packed_bytes = packed_bytes
        self._size = 0

    def count(self, size: int) -> None:
        """So many bytes more."""
        self._size += size
        _check_size(self._size, self._packed_bytes, self._name)


@contextmanager
def damage_named(name: str) -> Iterator[None]:
    """Turns what the zip library raises into ReadError."""
    try:
        yield
    except ReadError:
        raise
    except (RuntimeError, NotImplementedError) as error:
        raise ReadError(name, f"the zip cannot be opened: {error}") from error
    except (
        zipfile.BadZipFile,
        zlib.error,
        OSError,
        ValueError,
        EOFError,
        lzma.LZMAError,
        struct.error,
    ) as error:
        raise ReadError(name, "the zip is damaged", " ".join(str(error).split())[:80]) from error


def zip_members(data: bytes, name: str) -> Iterator[Member]:
    """The files of a zip, in its order; folders and the notes of macOS are left out.

    Raises ReadError for damage, a password, or what unpacks beyond bounds.
    """
    meter = Meter(name, len(data))
    with damage_named(name):
        archive = zipfile.ZipFile(io.BytesIO(data))
        infos = [info for info in archive.infolist() if _is_file(info)]
    for info in infos[:MOST_MEMBERS]:
        with damage_named(name):
            content = unpacked(archive, info, meter)
        yield Member(info.filename, content)


def _is_file(info: zipfile.ZipInfo) -> bool:
    parts = info.filename.split("/")
    is_folder = info.filename.endswith("/")  # `is_dir` fails for a file without a name
    return not is_folder and "__MACOSX" not in parts and not parts[-1].startswith(".")


def unpacked(archive: zipfile.ZipFile, info: zipfile.ZipInfo, meter: Meter) -> bytes:
    """A file of a zip, its bytes counted by ``meter``."""
    found: list[bytes] = []
    with archive.open(info) as member:
        while chunk := member.read(_CHUNK_BYTES):
            meter.count(len(chunk))
            found.append(chunk)
    return b"".join(found)


def _check_size(size: int, packed: int, name: str) -> None:
    if size > MOST_UNPACKED_BYTES or (size > _FREE_BYTES and size > packed * MOST_RATIO):
        raise ReadError(
            name,
            "refused: it unpacks to far more than a site list, "
            f"over {MOST_UNPACKED_BYTES // 1_000_000} MB or {MOST_RATIO} times its size",
            f"after {size:,} bytes",
        )
