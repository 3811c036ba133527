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
from dashboard.readers.common.budget import get_budget

_CHUNK_BYTES = 1 << 20


class Member(NamedTuple):
    """A file inside a zip."""

    name: str
    data: bytes


def gunzip(data: bytes, name: str) -> bytes:
    """The content of a gzip file of one or more parts.

    Raises ReadError for a damaged file, and for one that unpacks beyond the bounds.
    """
    meter = Meter(name, len(data))
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
                meter.count(len(chunk))
                chunks.append(chunk)
                if not chunk and not rest:
                    raise ReadError(name, "the gzip file breaks off", f"after {size:,} bytes")
            rest = unpacker.unused_data
    except zlib.error as error:
        raise ReadError(name, "the gzip file is damaged", f"after {size:,} bytes") from error
    return b"".join(chunks)


class Meter:
    """Counts the bytes an archive unpacks to, all from the budget of the file it came in."""

    def __init__(self, name: str, packed_bytes: int) -> None:
        self._budget = get_budget(name, packed_bytes)

    def count(self, size: int) -> None:
        """Add bytes. Raises ReadError beyond the bounds."""
        self._budget.spend(unpacked_bytes=size)


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
        get_budget(name, len(data)).spend(files=len(infos))
    for info in infos:
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
