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

WORKBOOKS = {"XLSX": "xl/workbook.xml", "XLSB": "xl/workbook.bin", "ODS": "content.xml"}
"""Workbooks that are read, and the part of the zip that tells them."""

_OTHER_DOCUMENTS = (
    ("word/document.xml", "a Word document; copy its table into a spreadsheet"),
    ("ppt/presentation.xml", "a presentation; copy its table into a spreadsheet"),
    ("doc.kml", "a KMZ map; save its places as CSV or GeoJSON"),
)


class Member(NamedTuple):
    """A file inside a zip."""

    name: str
    data: bytes


def is_gzip(data: bytes) -> bool:
    """True for gzip data."""
    return data[:3] == b"\x1f\x8b\x08"


def is_zip(data: bytes) -> bool:
    """True for a zip, an XLSX among them."""
    return data[:4] in (b"PK\x03\x04", b"PK\x05\x06")


def workbook_kind(data: bytes, name: str) -> str:
    """Which of :data:`WORKBOOKS` a zip is, empty where it is none.

    Raises ReadError, with what to do instead, for other documents that are zips.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
            plain = "content.xml" not in names or b"spreadsheet" in _mimetype(archive)
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return ""
    for part, what in _OTHER_DOCUMENTS:
        if part in names:
            raise ReadError(name, f"not a site list but {what}")
    if any(part.endswith(".iwa") for part in names):
        raise ReadError(name, "an Apple Numbers document; export it as Excel or CSV")
    if not plain:
        raise ReadError(name, "a text document; copy its table into a spreadsheet")
    return next((kind for kind, part in WORKBOOKS.items() if part in names), "")


def _mimetype(archive: zipfile.ZipFile) -> bytes:
    """What an OpenDocument file says it is; a file that says nothing may be a spreadsheet."""
    try:
        with archive.open("mimetype") as part:
            return part.read(100)
    except (KeyError, RuntimeError, zlib.error, EOFError):
        return b"spreadsheet"


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


_NOT_TEXT = (
    (b"%PDF", "a PDF; save or copy its table as text or CSV"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"PAR1", "a Parquet file inside an archive; open it by itself"),
    (b"{\\rtf", "a formatted text (RTF); save it as plain text"),
    (b"SQLite format 3", "a database; export its table as CSV"),
)


def refuse_what_is_no_text(data: bytes, name: str) -> None:
    """Raise ReadError for pictures, databases and other binary data."""
    for mark, what in _NOT_TEXT:
        if data.startswith(mark):
            raise ReadError(name, f"not a site list but {what}")
    head = data[:4_000]
    controls = sum(byte < 9 or 13 < byte < 32 for byte in head)
    wide = head[:2] in (b"\xff\xfe", b"\xfe\xff") or head[1::2].count(0) > len(head) // 3
    wide = wide or head[::2].count(0) > len(head) // 3
    if controls * 10 > len(head) and not wide:
        raise ReadError(name, "not a site list: the file is not text")
