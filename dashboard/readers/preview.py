"""The columns and first rows of a table, before it is read."""

from collections.abc import Iterable, Iterator

from dashboard.errors import ReadError
from dashboard.readers.common.budget import open_budget
from dashboard.readers.files.containers import gunzip
from dashboard.readers.files.delimited import iter_rows, split_columns
from dashboard.readers.files.workbook import iter_sheets
from dashboard.readers.recognition import FileType, recognize
from dashboard.readers.tables import raw_table


def preview(data: bytes, name: str) -> raw_table.Preview | None:
    """The columns and first rows of a table; None for a file that is no plain table.

    A person can then say which column is which, also where none could be guessed. Raises ReadError
    for a damaged file, and for one beyond the bounds.
    """
    with open_budget(name, len(data)):
        return _preview(data, name)


def _preview(data: bytes, name: str) -> raw_table.Preview | None:  # noqa: PLR0911 - a list of cases
    if not data.strip():
        return None
    found = recognize(data, name)
    if found.type is FileType.GZIP:
        data = gunzip(data, name)
        if not data.strip():
            return None
        found = recognize(data, name)
    if found.type is FileType.WORKBOOK:
        return _choose_best((rows for _, rows in iter_sheets(data, name, found.kind)), name)
    if found.type is FileType.WEB_PAGE and found.page is not None:
        return _choose_best(map(iter, found.page.tables), name)
    if found.type is not FileType.TEXT:
        return None
    try:
        text, delimiter = split_columns(found.text, name)
    except ReadError:
        return None
    table = raw_table.build_preview(iter_rows(text, delimiter, name), name)
    aligned = text is not found.text  # blanks stand in any text: a table only where names are known
    return None if aligned and not table.columns else table


def _choose_best(sheets: Iterable[Iterator[list[str]]], name: str) -> raw_table.Preview | None:
    """The first of several tables with the most known columns: a cover may stand before it."""
    previews = [raw_table.build_preview(rows, name) for rows in sheets]
    return max(previews, key=lambda preview: len(preview.columns), default=None)
