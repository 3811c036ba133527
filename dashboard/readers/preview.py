"""The columns and first rows of a table, before it is read."""

from collections.abc import Iterable, Iterator

from dashboard.errors import ReadError
from dashboard.readers.files.containers import gunzip
from dashboard.readers.files.delimited import divided, rows_of
from dashboard.readers.files.workbook import sheets_of
from dashboard.readers.recognition import FileType, recognize
from dashboard.readers.tables import tables


def preview(data: bytes, name: str) -> tables.Preview | None:  # noqa: PLR0911 - a list of cases
    """The columns and first rows of a table; None for a file that is no plain table.

    A person can then say which column is which, also where none could be guessed. Raises ReadError
    for a damaged file.
    """
    if not data.strip():
        return None
    found = recognize(data, name)
    if found.type is FileType.GZIP:
        data = gunzip(data, name)
        if not data.strip():
            return None
        found = recognize(data, name)
    if found.type is FileType.WORKBOOK:
        return _best((rows for _, rows in sheets_of(data, name, found.workbook)), name)
    if found.type is FileType.WEB_PAGE and found.page is not None:
        return _best(map(iter, found.page.tables), name)
    if found.type is not FileType.TEXT:
        return None
    try:
        text, delimiter = divided(found.text, name)
    except ReadError:
        return None
    table = tables.preview_of(rows_of(text, delimiter, name), name)
    aligned = text is not found.text  # blanks stand in any text: a table only where names are known
    return None if aligned and not table.columns else table


def _best(sheets: Iterable[Iterator[list[str]]], name: str) -> tables.Preview | None:
    """The first of several tables with the most known columns: a cover may stand before it."""
    previews = [tables.preview_of(rows, name) for rows in sheets]
    return max(previews, key=lambda preview: len(preview.columns), default=None)
