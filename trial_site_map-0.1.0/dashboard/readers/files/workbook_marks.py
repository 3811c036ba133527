"""What an XLSX workbook hides from a reader of values: hidden sheets and rows, empty formulas."""

import re
import zipfile
from io import BytesIO
from posixpath import join, normpath
from typing import NamedTuple

from lxml import etree

from dashboard.readers.common.messages import shorten

_CHUNK_BYTES = 1 << 20
_MAX_LISTED = 1_000
_FORMULA = re.compile(
    rb"""<c\s(?:r=["']([A-Z]{1,3}\d{1,7})["'])?[^<>]{0,200}>\s{0,9}<f\b[^<>]{0,300}"""
    rb"""(?:/>|>[^<]{0,8192}</f>)\s{0,9}(?:<v\s{0,9}/>|<v></v>)?\s{0,9}</c>"""
)
_HIDDEN_ROW = re.compile(rb"""<row\s[^<>]{0,300}hidden=["'](?:1|true)["']""")


class SheetMarks(NamedTuple):
    """Of a sheet: whether it is hidden, its hidden rows, and cells of formulas without a result."""

    hidden: bool = False
    hidden_rows: int = 0
    formulas: tuple[str, ...] = ()

    def list_warnings(self, title: str) -> list[str]:
        """Sentences for the person whose file is read."""
        found = []
        if self.hidden:
            found.append(f"sheet {title} is hidden in the workbook; its sites are read too")
        if self.hidden_rows:
            found.append(
                f"sheet {title}: hidden or filtered rows are read too: {self.hidden_rows:,}"
            )
        if self.formulas:
            found.append(
                f"sheet {title}: formulas without a stored result, read as empty: "
                f"{shorten(self.formulas)}; open the workbook in Excel and save it"
            )
        return found


def find_marks(data: bytes) -> dict[str, SheetMarks]:
    """The marks of each sheet by its title; nothing for a workbook that cannot be scanned."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            return {
                title: _scan(archive, member, hidden=hidden)
                for title, member, hidden in _list_sheets(archive)
            }
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, RuntimeError, etree.LxmlError):
        return {}


def _list_sheets(archive: zipfile.ZipFile) -> list[tuple[str, str, bool]]:
    """Title, member and whether it is hidden of each sheet."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    targets = {
        node.get("Id"): node.get("Target", "")
        for node in etree.fromstring(archive.read("xl/_rels/workbook.xml.rels"), parser)
    }
    found = []
    for node in etree.fromstring(archive.read("xl/workbook.xml"), parser).iter("{*}sheet"):
        relation = next((value for key, value in node.items() if key.endswith("}id")), "")
        target = targets.get(relation, "")
        member = target.lstrip("/") if target.startswith("/") else normpath(join("xl", target))
        found.append((node.get("name", ""), member, node.get("state", "visible") != "visible"))
    return found


def _scan(archive: zipfile.ZipFile, member: str, *, hidden: bool) -> SheetMarks:
    rows = 0
    formulas: list[str] = []
    tail = b""
    with archive.open(member) as source:
        while chunk := source.read(_CHUNK_BYTES):
            data = tail + chunk
            cut = data.rfind(b"</row>") + 6 if b"</row>" in data else 0
            part, tail = data[:cut], data[cut:][-_CHUNK_BYTES:]
            rows += _count_hidden(part)
            formulas += _find_formulas(part)
    return SheetMarks(hidden, rows, tuple((formulas + _find_formulas(tail))[:_MAX_LISTED]))


def _count_hidden(part: bytes) -> int:
    return len(_HIDDEN_ROW.findall(part)) if b"hidden=" in part else 0


def _find_formulas(part: bytes) -> list[str]:
    if b"<f" not in part:
        return []
    return [found[1].decode() if found[1] else "a cell" for found in _FORMULA.finditer(part)]
