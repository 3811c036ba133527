"""The columns and first rows of a table, before it is read."""

from collections.abc import Iterable, Iterator

from dashboard.readers import legacy_xml, registry_page, tables
from dashboard.readers.containers import gunzip, is_gzip, is_zip, workbook_kind
from dashboard.readers.delimited import delimiter_of, rows_of
from dashboard.readers.encoding import decode
from dashboard.readers.html_page import looks_like_html, page_tables
from dashboard.readers.json_text import looks_like_json
from dashboard.readers.not_text import refuse_what_is_no_text
from dashboard.readers.old_workbook import is_ole
from dashboard.readers.workbook import sheets_of


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
