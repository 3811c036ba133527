"""Unpacks tar, xz, bzip2 and Zstandard, within the bounds of zip and gzip."""

import bz2
import io
import lzma
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import pyarrow as pa

from dashboard.errors import ReadError
from dashboard.readers.files.containers import Member, Meter

_CHUNK_BYTES = 1 << 20
_TAR_BLOCK = 512
_MAX_MEMBERS = 100_000
_STARTS = {"xz": b"\xfd7zXZ\x00", "bzip2": b"BZh", "Zstandard": b"\x28\xb5\x2f\xfd"}


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


def is_tar(data: bytes) -> bool:
    """True if the first block is a tar header, by its checksum."""
    block = data[:_TAR_BLOCK]
    if len(block) < _TAR_BLOCK or not block[0]:
        return False
    try:
        stated = int(block[148:156].strip(b" \0") or b"-", 8)
    except ValueError:
        return False
    return sum(block) - sum(block[148:156]) + 8 * 32 == stated


def name_compression(data: bytes) -> str:
    """Which of xz, bzip2 and Zstandard a file is compressed with; empty for none."""
    return next((kind for kind, start in _STARTS.items() if data.startswith(start)), "")


def decompress(data: bytes, kind: str, name: str) -> bytes:
    """The content of a file compressed with ``kind``.

    Raises:
        ReadError: it is damaged, or unpacks beyond the bounds.
    """
    meter = Meter(name, len(data))
    chunks: list[bytes] = []
    with _convert_errors(name, f"the {kind} file is damaged"):
        source = _OPENERS[kind](data)
        while chunk := source.read(_CHUNK_BYTES):
            meter.count(len(chunk))
            chunks.append(chunk)
    return b"".join(chunks)


_OPENERS: dict[str, Callable[[bytes], _Readable]] = {
    "xz": lambda data: lzma.LZMAFile(io.BytesIO(data)),  # noqa: SIM115 - in memory
    "bzip2": lambda data: bz2.BZ2File(io.BytesIO(data)),
    "Zstandard": lambda data: pa.CompressedInputStream(pa.BufferReader(data), "zstd"),
}


def tar_members(data: bytes, name: str) -> Iterator[Member]:
    """The files of a tar, in order, without folders, links and hidden files.

    Raises:
        ReadError: it is damaged, or unpacks beyond the bounds.
    """
    meter = Meter(name, len(data))
    reason = "the tar is damaged"
    with _convert_errors(name, reason):
        archive = tarfile.open(fileobj=io.BytesIO(data), mode="r:")  # noqa: SIM115 - in memory
    for _ in range(_MAX_MEMBERS):
        with _convert_errors(name, reason):
            info = archive.next()
            content = _read_member(archive, info, meter) if info is not None else None
        if info is None:
            return
        if content is not None:
            yield Member(info.name, content)


def _read_member(archive: tarfile.TarFile, info: tarfile.TarInfo, meter: Meter) -> bytes | None:
    parts = info.name.split("/")
    if not info.isfile() or parts[-1].startswith(".") or "__MACOSX" in parts:
        return None
    source: Any = archive.extractfile(info)
    chunks: list[bytes] = []
    while chunk := source.read(_CHUNK_BYTES):
        meter.count(len(chunk))
        chunks.append(chunk)
    return b"".join(chunks)


@contextmanager
def _convert_errors(name: str, reason: str) -> Iterator[None]:
    try:
        yield
    except ReadError:
        raise
    except (
        tarfile.TarError,
        lzma.LZMAError,
        OSError,
        EOFError,
        ValueError,
        OverflowError,
    ) as error:
        raise ReadError(name, reason, " ".join(str(error).split())[:80]) from error
