"""The columns and first rows of a table, before it is read."""

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from dashboard.errors import ReadError
from dashboard.readers.common.budget import open_budget
from dashboard.readers.common.builder import ReadingBuilder
from dashboard.readers.common.request import ReadRequest
from dashboard.readers.files import statistics
from dashboard.readers.files.archives import decompress
from dashboard.readers.files.arrow_tables import iter_records
from dashboard.readers.files.containers import gunzip
from dashboard.readers.files.databases import iter_tables
from dashboard.readers.files.delimited import iter_rows, split_columns
from dashboard.readers.files.json_records import iter_json_records
from dashboard.readers.files.workbook import iter_sheets
from dashboard.readers.recognition import FileType, Recognized, is_parquet, recognize
from dashboard.readers.registries import api_v2, classic_api, ctis, fhir
from dashboard.readers.tables import raw_table
from dashboard.readers.tables.json_tables import (
    Features,
    SiteRecords,
    build_table,
    format_row,
    is_feature,
)
from dashboard.readers.xml_formats import read_xml


def preview(data: bytes, name: str) -> raw_table.Preview | None:
    """The columns and first rows of a table; None for a file that is no plain table.

    A person can then say which column is which, also where none could be guessed. Raises ReadError
    for a damaged file, and for one beyond the bounds.
    """
    with open_budget(name, len(data)):
        return _preview(data, name)


def _preview(data: bytes, name: str) -> raw_table.Preview | None:  # noqa: PLR0911 - a list of cases
    if not data.strip() or is_parquet(data):
        return None
    found = recognize(data, name)
    if found.type in (FileType.GZIP, FileType.COMPRESSED):
        gzip = found.type is FileType.GZIP
        data = gunzip(data, name) if gzip else decompress(data, found.kind, name)
        if not data.strip():
            return None
        found = recognize(data, name)
    if found.type is FileType.WORKBOOK:
        return _choose_best((rows for _, rows in iter_sheets(data, name, found.kind)), name)
    if found.type is FileType.WEB_PAGE and found.page is not None:
        return _choose_best(map(iter, found.page.tables), name)
    if found.type is FileType.DATABASE:
        return _choose_best((rows for _, rows in iter_tables(data, name)), name)
    if found.type is FileType.STATISTICS:
        return raw_table.build_preview(statistics.iter_rows(data, found.kind, name), name)
    if found.type in (FileType.ARROW, FileType.JSON, FileType.XML):
        return _preview_records(data, found, name)
    if found.type is not FileType.TEXT:
        return None
    try:
        text, delimiter = split_columns(found.text, name)
    except ReadError:
        return None
    table = raw_table.build_preview(iter_rows(text, delimiter, name), name)
    aligned = text is not found.text  # blanks stand in any text: a table only where names are known
    return None if aligned and not table.columns else table


def _preview_records(data: bytes, found: Recognized, name: str) -> raw_table.Preview | None:
    """The preview of records with named values; None for those of trials, whose sites are known."""
    if found.type is FileType.XML:
        _, table = read_xml(data, ReadRequest(name, ReadingBuilder()))
    elif found.type is FileType.JSON:
        table = _build_json_table(iter_json_records(data, name, lambda *_: None))
    else:
        table = build_table(SiteRecords(iter_records(data, found.kind, name)))
    if table is None or not table.header:
        return None
    shown = raw_table.build_preview(chain(table.sample, table.rest), name)
    return shown if shown.columns or len(shown.rows) > 1 else None  # a lone object is no table


def _build_json_table(records: Iterator[Any]) -> raw_table.RawTable | None:
    first = next(records, None)
    every = chain([first], records)
    if isinstance(first, list):
        return raw_table.sample_table(map(format_row, every))
    if not isinstance(first, dict) or any(is_trial(first) for is_trial in _TRIALS):
        return None
    if is_feature(first):
        return build_table(Features(every))
    return build_table(SiteRecords(one for one in every if isinstance(one, dict)))


_TRIALS = (api_v2.is_study, classic_api.is_classic_study, ctis.is_ctis, fhir.is_resource)


def _choose_best(sheets: Iterable[Iterator[list[str]]], name: str) -> raw_table.Preview | None:
    """The first of several tables with the most known columns: a cover may stand before it."""
    previews = [raw_table.build_preview(rows, name) for rows in sheets]
    return max(previews, key=lambda preview: len(preview.columns), default=None)
