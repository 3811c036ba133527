"""The columns and first rows of a table, before it is read."""

from collections.abc import Iterable, Iterator

from dashboard.readers.common.encoding import decode
from dashboard.readers.files.containers import (
    gunzip,
    is_gzip,
    is_zip,
    refuse_what_is_no_text,
    workbook_kind,
)
from dashboard.readers.files.delimited import delimiter_of, rows_of
from dashboard.readers.files.html_tables import looks_like_html, page_tables
from dashboard.readers.files.json_records import looks_like_json
from dashboard.readers.files.workbook import sheets_of
from dashboard.readers.files.xls import is_ole
from dashboard.readers.registries import legacy_xml, registry_page
from dashboard.readers.tables import tables


def preview(data: bytes, name: str) -> tables.Preview | None:
    """The columns and first rows of a table, None for what is no plain table.

    For a person to say which column is which, also where none could be guessed. Raises ReadError
    for damage.
    """
    if is_gzip(data):
        data = gunzip(data, name)
    if is_zip(data):
        kind = workbook_kind(data, name)
        return _best((rows for _, rows in sheets_of(data, name, kind)), name) if kind else None
    if is_ole(data):
        return _best((rows for _, rows in sheets_of(data, name, "XLS")), name)
    if not data.strip() or looks_like_json(data):
        return None
    if legacy_xml.looks_like_xml(data):
        return (
            _best(map(iter, page_tables(decode(data)[0])), name) if looks_like_html(data) else None
        )
    refuse_what_is_no_text(data, name)
    text, _ = decode(data)
    delimiter = "" if registry_page.recognised(text) else delimiter_of(text)
    return tables.preview_of(rows_of(text, delimiter, name), name) if delimiter else None


def _best(sheets: Iterable[Iterator[list[str]]], name: str) -> tables.Preview | None:
    """Of several tables the first whose columns are known best: a cover may stand before it."""
    previews = [tables.preview_of(rows, name) for rows in sheets]
    return max(previews, key=lambda preview: len(preview.columns), default=None)
