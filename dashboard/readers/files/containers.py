"""Unpacks gzip and zip, within bounds."""

import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from dashboard.errors import ReadError

MAX_UNPACKED_BYTES = 400_000_000
"""Most bytes that one file may unpack to, all members together; an upload has up to 200 MB."""

MAX_RATIO = 300
"""Most times its size that a file may unpack to beyond 10 MB; site lists unpack to 5 to 20."""

MAX_MEMBERS = 100_000
"""Most files read from one zip; the others are skipped."""

_ALWAYS_ALLOWED_BYTES = 10_000_000
_CHUNK_BYTES = 1 << 20


class Member(NamedTuple):
    """A file inside a zip."""

    name: str
    data: bytes


def gunzip(data: bytes, name: str) -> bytes:
    """The content of a gzip file of one or more parts.

    Raises ReadError for a damaged file, and for one that unpacks beyond the bounds.
    """
    chunks: list[bytes] = []
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
                chunks.append(chunk)
                if not chunk and not rest:
                    raise ReadError(name, "the gzip file breaks off", f"after {size:,} bytes")
            rest = unpacker.unused_data
    except zlib.error as error:
        raise ReadError(name, "the gzip file is damaged", f"after {size:,} bytes") from error
    return b"".join(chunks)


class Meter:
    """Counts the bytes an archive unpacks to; raises ReadError beyond the bounds."""

    def __init__(self, name: str, packed_bytes: int) -> None:
        self._name = name
        self._packed_bytes = packed_bytes
        self._size = 0

    def count(self, size: int) -> None:
        """Add bytes."""
        self._size += size
        _check_size(self._size, self._packed_bytes, self._name)


@contextmanager
def convert_zip_errors(name: str) -> Iterator[None]:
    """Raise errors of the zip library as ReadError."""
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
    """The files of a zip, in order, without folders and the metadata of macOS.

    Raises ReadError for a damaged or encrypted zip, and for one that unpacks beyond the bounds.
    """
    meter = Meter(name, len(data))
    with convert_zip_errors(name):
        archive = zipfile.ZipFile(io.BytesIO(data))
        infos = [info for info in archive.infolist() if _is_file(info)]
    for info in infos[:MAX_MEMBERS]:
        with convert_zip_errors(name):
            content = unpack(archive, info, meter)
        yield Member(info.filename, content)


def _is_file(info: zipfile.ZipInfo) -> bool:
    parts = info.filename.split("/")
    is_folder = info.filename.endswith("/")  # `is_dir` fails for a file without a name
    return not is_folder and "__MACOSX" not in parts and not parts[-1].startswith(".")


def unpack(archive: zipfile.ZipFile, info: zipfile.ZipInfo, meter: Meter) -> bytes:
    """The content of a file in a zip, its bytes counted by ``meter``."""
    chunks: list[bytes] = []
    with archive.open(info) as member:
        while chunk := member.read(_CHUNK_BYTES):
            meter.count(len(chunk))
            chunks.append(chunk)
    return b"".join(chunks)


def _check_size(size: int, packed: int, name: str) -> None:
    if size > MAX_UNPACKED_BYTES or (size > _ALWAYS_ALLOWED_BYTES and size > packed * MAX_RATIO):
        raise ReadError(
            name,
            "refused: it unpacks to far more than a site list, "
            f"over {MAX_UNPACKED_BYTES // 1_000_000} MB or {MAX_RATIO} times its size",
            f"after {size:,} bytes",
        )
