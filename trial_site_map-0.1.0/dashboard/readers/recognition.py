"""What a file is, by its content; decided here for reading and for the preview alike."""

import io
import re
import zipfile
import zlib
from enum import Enum, auto
from typing import NamedTuple

from dashboard.errors import ReadError
from dashboard.readers.common.encoding import decode, detect_utf16
from dashboard.readers.files import databases
from dashboard.readers.files.archives import is_tar, name_compression
from dashboard.readers.files.arrow_tables import is_site_table, name_arrow_kind
from dashboard.readers.files.statistics import name_program
from dashboard.readers.files.web_page import MAX_PAGE_BYTES, Page, parse_page
from dashboard.readers.registries.eu_ctr import build_refusal, is_eu_ctr
from dashboard.readers.registries.registry_page import is_registry_page

WORKBOOKS = {"XLSX": "xl/workbook.xml", "XLSB": "xl/workbook.bin", "ODS": "content.xml"}
"""Workbooks that are zips, and the member by which each is recognized."""

_OTHER_ZIPS = (
    ("word/document.xml", "a Word document; copy its table into a spreadsheet"),
    ("ppt/presentation.xml", "a presentation; copy its table into a spreadsheet"),
)
_OTHER_FILES = (
    (b"%PDF", "a PDF; save or copy its table as text or CSV"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"{\\rtf", "a formatted text (RTF); save it as plain text"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive; unpack it, or pack its files as zip"),
    (b"Rar!\x1a\x07", "a RAR archive; unpack it, or pack its files as zip"),
    (b"RDX2", "an R data file (RData); save its table with write.csv()"),
    (b"RDX3", "an R data file (RData); save its table with write.csv()"),
    (b"RDA2", "an R data file (RData); save its table with write.csv()"),
    (b"X\n\x00\x00\x00", "an R data file (RDS); save its table with write.csv()"),
    (b"A\n2\n", "an R data file (RDS); save its table with write.csv()"),
    (b"A\n3\n", "an R data file (RDS); save its table with write.csv()"),
    (b"version https://git-lfs.github.com/spec/", "a pointer of Git LFS; fetch the file itself"),
    (b"\x93NUMPY", "an array of NumPy; save the table as CSV"),
    (b"\x80\x04\x95", "a pickle of Python; save the table as CSV"),
    (b"\x89HDF", "an HDF5 file; save its table as CSV"),
    (b"GIF8", "a picture"),
    (b"Obj\x01", "an Avro file; save it as Parquet or CSV"),
)
_GZIP = b"\x1f\x8b\x08"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PARQUET = b"PAR1"
_EXCEL_2003 = b"urn:schemas-microsoft-com:office:spreadsheet"
_BLANKS = b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n"
_HTML = re.compile(
    rb"[\xef\xbb\xbf\xff\xfe\s]*(?:<\?xml\b[^>]{0,200}>\s*)?(?:<!--.{0,500}?-->\s*)?"
    rb"<(?:!doctype\s+html|html|head|body|meta|table|div|style|title|h[1-6]|p)\b|(?s:.*)<html\b",
    re.IGNORECASE,
)


_CHARSET = re.compile(rb"charset\s{0,9}=\s{0,9}[\"']?([A-Za-z0-9_-]{2,30})", re.IGNORECASE)


class FileType(Enum):
    """How a file is read."""

    GZIP = auto()
    COMPRESSED = auto()
    TAR = auto()
    ZIP = auto()
    WORKBOOK = auto()
    ARROW = auto()
    DATABASE = auto()
    STATISTICS = auto()
    JSON = auto()
    XML = auto()
    REGISTRY_PAGE = auto()
    WEB_PAGE = auto()
    TEXT = auto()


class Recognized(NamedTuple):
    """A file's type, and what was found out on the way.

    ``kind`` is one of :data:`WORKBOOKS` or ``XLS``, or which compression, Arrow format or
    statistics program a file is of; ``text`` is that of pages and delimited text, ``notes`` what
    was guessed to decode it; ``page`` is a web page, parsed.
    """

    type: FileType
    kind: str = ""
    text: str = ""
    notes: tuple[str, ...] = ()
    page: Page | None = None


def recognize(data: bytes, name: str) -> Recognized:  # noqa: PLR0911 - a list of cases
    """What a file is.

    Raises ReadError for an empty file and, naming what it is and what to do instead, for pictures,
    documents, databases and other files that hold no site list.
    """
    if not data or data.isspace():
        raise ReadError(name, "the file is empty")
    if kind := name_arrow_kind(data):
        return Recognized(FileType.ARROW, kind=kind)
    if data.startswith(databases.START):
        return Recognized(FileType.DATABASE)
    if kind := name_program(data):
        return Recognized(FileType.STATISTICS, kind=kind)
    if data.startswith(_GZIP):
        return Recognized(FileType.GZIP)
    if compression := name_compression(data):
        return Recognized(FileType.COMPRESSED, kind=compression)
    if is_tar(data):
        return Recognized(FileType.TAR)
    if data.startswith(_ZIP):
        workbook = _recognize_workbook(data, name)
        return Recognized(FileType.WORKBOOK if workbook else FileType.ZIP, kind=workbook)
    if data.startswith(_OLE):
        return Recognized(FileType.WORKBOOK, kind="XLS")
    _refuse_binary(data, name)
    first = data[:64].lstrip(_BLANKS)[:1]
    if first in (b"{", b"["):
        return Recognized(FileType.JSON)
    if first == b"<":
        return _recognize_markup(data, name)
    text, notes = decode(data)
    if is_eu_ctr(text):
        raise build_refusal(name)
    page = is_registry_page(text)
    return Recognized(
        FileType.REGISTRY_PAGE if page else FileType.TEXT, text=text, notes=tuple(notes)
    )


def is_parquet(data: bytes) -> bool:
    """True for a Parquet file that this software saved, or a damaged one."""
    return data.startswith(_PARQUET) and is_site_table(data)


def _recognize_markup(data: bytes, name: str) -> Recognized:
    head = data[:2_000].replace(b"\x00", b"")
    if not _HTML.match(head) or b"<clinical_study" in head:
        if _EXCEL_2003 in head:
            raise ReadError(name, "a workbook saved as XML by Excel 2003; save it as XLSX")
        return Recognized(FileType.XML)
    if len(data) > MAX_PAGE_BYTES:
        raise ReadError(name, f"a web page over {MAX_PAGE_BYTES // 1_000_000} MB is refused")
    charset = _CHARSET.search(head)
    text, notes = decode(data, charset[1].decode("ascii") if charset else "")
    page = parse_page(text)
    if is_eu_ctr(page.text):
        raise build_refusal(name)
    registry = is_registry_page(page.text)
    return Recognized(
        FileType.REGISTRY_PAGE if registry else FileType.WEB_PAGE,
        text=page.text,
        notes=tuple(notes),
        page=page,
    )


def _recognize_workbook(data: bytes, name: str) -> str:
    """Which of :data:`WORKBOOKS` a zip is, empty for none. Raises ReadError for other documents."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
            text = "content.xml" in names and b"spreadsheet" not in _read_mimetype(archive)
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return ""
    for member, what in _OTHER_ZIPS:
        if member in names:
            raise ReadError(name, f"not a site list but {what}")
    if any(member.endswith(".iwa") for member in names):
        raise ReadError(name, "an Apple Numbers document; export it as Excel or CSV")
    if text:
        raise ReadError(name, "a text document; copy its table into a spreadsheet")
    return next((workbook for workbook, member in WORKBOOKS.items() if member in names), "")


def _read_mimetype(archive: zipfile.ZipFile) -> bytes:
    """The type an OpenDocument file declares; one that declares none may be a spreadsheet."""
    try:
        with archive.open("mimetype") as member:
            return member.read(100)
    except (KeyError, RuntimeError, zlib.error, EOFError):
        return b"spreadsheet"


def _refuse_binary(data: bytes, name: str) -> None:
    for start, what in _OTHER_FILES:
        if data.startswith(start):
            raise ReadError(name, f"not a site list but {what}")
    head = data[:4_000]
    # \x01 and \x1f separate columns in exports of databases, \x1b switches alphabets.
    controls = sum(
        (1 < byte < 9) or (13 < byte < 27) or (27 < byte < 31) or byte == 0 for byte in head
    )
    wide = head[:2] in (b"\xff\xfe", b"\xfe\xff") or bool(detect_utf16(head))
    wide = wide or head.startswith(b"\x00\x00\xfe\xff")
    if controls * 10 > len(head) and not wide:
        raise ReadError(name, "not a site list: the file is not text")
