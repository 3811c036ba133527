"""Tells what a file is by its content, and hands it to the reader of that format."""

import re
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

from dashboard.errors import ReadError
from dashboard.readers import (
    api_v2,
    classic_api,
    ctgov_download,
    ctis,
    flat_records,
    ictrp,
    legacy_xml,
    registry_page,
    site_list,
)
from dashboard.readers.containers import (
    gunzip,
    is_gzip,
    is_old_workbook,
    is_workbook,
    is_zip,
    zip_members,
)
from dashboard.readers.delimited import delimiter_of, rows_of
from dashboard.readers.encoding import decode
from dashboard.readers.gather import Gathered
from dashboard.readers.json_text import Progress, json_records, looks_like_json
from dashboard.readers.workbook import sheets_of

_LIST_FORMATS = {
    ",": "Site list (CSV)",
    ";": "Site list (CSV, semicolons)",
    "\t": "Site list (TSV)",
    "|": "Site list (pipe separated)",
}
_WORKBOOK_FORMAT = "Site list (XLSX)"

FORMATS = (
    api_v2.FORMAT,
    classic_api.FORMAT,
    ctgov_download.FORMAT,
    ctgov_download.OLD_FORMAT,
    legacy_xml.FORMAT,
    site_list.AACT_FORMAT,
    ctis.FORMAT,
    ictrp.FORMAT,
    registry_page.FORMAT,
    *_LIST_FORMATS.values(),
    _WORKBOOK_FORMAT,
    flat_records.RECORDS_FORMAT,
    flat_records.GEOJSON_FORMAT,
)
"""Every format that is read, by its human name. Those in a container say so behind it."""

_MOST_WRAPPINGS = 3
_NCT = re.compile(r"\bNCT\d{8}\b", re.IGNORECASE)
_NOT_TEXT = (
    (b"%PDF", "a PDF; save or copy its table as text or CSV"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"PAR1", "a Parquet file; export it as CSV"),
    (b"SQLite format 3", "a database; export its table as CSV"),
)


def gather(
    data: bytes,
    name: str,
    gathered: Gathered,
    columns: Mapping[str, str] | None = None,
    progress: Progress | None = None,
    wrappings: int = 0,
) -> str:
    """Read the file into ``gathered`` and return its format's name. Raises ReadError."""
    if not data or data.isspace():
        raise ReadError(name, "the file is empty")
    if is_gzip(data) or is_zip(data):
        if wrappings == _MOST_WRAPPINGS:
            raise ReadError(name, f"archives inside archives, more than {_MOST_WRAPPINGS} deep")
        return _unwrapped(data, name, gathered, columns, progress, wrappings + 1)
    _refuse_what_is_no_text(data, name)
    if looks_like_json(data):
        return _gather_json(data, name, gathered, columns, progress)
    if legacy_xml.looks_like_xml(data):
        return _gather_xml(data, name, gathered)
    text, notes = decode(data)
    gathered.warn(*notes)
    if registry_page.recognised(text):
        registry_page.gather_page(text, name, gathered)
        return registry_page.FORMAT
    return _gather_delimited(text, name, gathered, columns, progress)


def _unwrapped(
    data: bytes,
    name: str,
    gathered: Gathered,
    columns: Mapping[str, str] | None,
    progress: Progress | None,
    wrappings: int,
) -> str:
    if is_gzip(data):
        inner = gunzip(data, name)
        return gather(inner, name, gathered, columns, progress, wrappings) + ", gzip"
    if is_workbook(data):
        return _gather_workbook(data, name, gathered, columns)
    formats: list[str] = []
    problems: list[ReadError] = []
    for member in zip_members(data, name):
        part = Gathered(contacts=gathered.contacts is not None)
        shown = f"{name}/{member.name}"
        try:
            formats.append(gather(member.data, shown, part, columns, None, wrappings))
        except ReadError as error:
            problems.append(error)
            gathered.warn(f"{member.name}: {error.reason}")
            continue
        gathered.absorb(part)
        gathered.warn(*(f"{member.name}: {warning}" for warning in part.warnings))
    if not formats:
        if len(problems) == 1:
            raise problems[0]
        raise ReadError(name, "no file in this zip is a site list" if problems else "an empty zip")
    kinds = list(dict.fromkeys(formats))
    return f"{kinds[0] if len(kinds) == 1 else 'Several formats'}, zip of {len(formats)}"


def _refuse_what_is_no_text(data: bytes, name: str) -> None:
    if is_old_workbook(data):
        raise ReadError(name, "a workbook of before 2007 or locked by a password; save it as XLSX")
    for mark, what in _NOT_TEXT:
        if data.startswith(mark):
            raise ReadError(name, f"not a site list but {what}")
    head = data[:4_000]
    controls = sum(byte < 9 or 13 < byte < 32 for byte in head)
    wide = head[:2] in (b"\xff\xfe", b"\xfe\xff") or head[1::2].count(0) > len(head) // 3
    wide = wide or head[::2].count(0) > len(head) // 3
    if controls * 10 > len(head) and not wide:
        raise ReadError(name, "not a site list: the file is not text")


def _gather_json(
    data: bytes,
    name: str,
    gathered: Gathered,
    columns: Mapping[str, str] | None,
    progress: Progress | None,
) -> str:
    formats: list[str] = []
    unlike = 0
    records = json_records(data, name, gathered.warn, progress)
    for record in records:
        if api_v2.is_study(record):
            api_v2.gather_study(record, gathered)
            format_name = api_v2.FORMAT
        elif classic_api.is_classic_study(record):
            api_v2.gather_study(classic_api.to_v2(record), gathered)
            format_name = classic_api.FORMAT
        elif ctis.is_ctis(record):
            ctis.gather_ctis(record, gathered)
            format_name = ctis.FORMAT
        elif type(record) is dict and not formats:
            return _gather_records(chain([record], records), name, gathered, columns)
        else:
            unlike += 1
            continue
        if not formats or formats[-1] != format_name:
            formats.append(format_name)
    if not formats:
        raise ReadError(name, "JSON that holds no studies and no list of sites")
    if unlike:
        gathered.warn(f"{unlike} records are no studies and were left out")
    return formats[0]


def _gather_records(
    records: Iterator[Any], name: str, gathered: Gathered, columns: Mapping[str, str] | None
) -> str:
    first = next(records)
    if flat_records.is_feature(first):
        features = (
            flat_records.feature_record(one)
            for one in chain([first], records)
            if flat_records.is_feature(one)
        )
        table, format_name = flat_records.table_of(features), flat_records.GEOJSON_FORMAT
    else:
        objects = (one for one in chain([first], records) if type(one) is dict)
        table, format_name = flat_records.table_of(objects), flat_records.RECORDS_FORMAT
    mapping = site_list.mapping_of(table, name, columns)
    site_list.gather_table(table, mapping, gathered, name)
    return format_name


def _gather_xml(data: bytes, name: str, gathered: Gathered) -> str:
    if re.search(rb"<!doctype html|<html\b", data[:2_000], re.IGNORECASE):
        raise ReadError(name, "a web page as HTML; save it as text, or copy its text and paste it")
    for study in legacy_xml.xml_studies(data, name):
        api_v2.gather_study(study, gathered)
    return legacy_xml.FORMAT


def _gather_delimited(
    text: str,
    name: str,
    gathered: Gathered,
    columns: Mapping[str, str] | None,
    progress: Progress | None,
) -> str:
    delimiter = delimiter_of(text)
    if not delimiter:
        numbers = len({found.upper() for found in _NCT.findall(text[:1_000_000])})
        if numbers:
            raise ReadError(
                name, f"names {numbers} trials but no sites; fetch them from the registry instead"
            )
        raise ReadError(name, "not a site list in any known format")
    total = text.count("\n") + 1 if progress is not None else 1
    return _gather_rows(
        rows_of(text, delimiter, name),
        name,
        gathered,
        columns,
        _LIST_FORMATS[delimiter],
        lambda rows: progress(min(1.0, rows / total)) if progress is not None else None,
    )


def _gather_rows(
    rows: Iterator[list[str]],
    name: str,
    gathered: Gathered,
    columns: Mapping[str, str] | None,
    format_name: str,
    progress: Any = None,
) -> str:
    table = site_list.look_at(rows)
    if columns is None:
        for at, row in enumerate(table.sample[:5]):
            if ctgov_download.is_download(row):
                below = chain(table.sample[at + 1 :], table.rest)
                return ctgov_download.gather_download(row, below, gathered)
            if ictrp.is_ictrp(row):
                below = chain(table.sample[at + 1 :], table.rest)
                ictrp.gather_ictrp(row, below, gathered)
                return ictrp.FORMAT
    mapping = site_list.mapping_of(table, name, columns)
    site_list.gather_table(table, mapping, gathered, name, progress)
    return site_list.AACT_FORMAT if site_list.is_aact(table.header) else format_name


def _gather_workbook(
    data: bytes, name: str, gathered: Gathered, columns: Mapping[str, str] | None
) -> str:
    """Every sheet that holds sites; a sheet of notes beside them is passed over."""
    problem: ReadError | None = None
    format_name = ""
    for title, rows in sheets_of(data, name):
        part = Gathered()
        try:
            kind = _gather_rows(rows, name, part, columns, _WORKBOOK_FORMAT)
        except ReadError as error:
            problem = problem or ReadError(name, error.reason, error.where or f"sheet {title}")
            continue
        gathered.absorb(part)
        gathered.warn(*part.warnings)
        if not format_name:
            format_name = kind if kind == _WORKBOOK_FORMAT else f"{kind}, XLSX"
            gathered.columns, gathered.header = part.columns, part.header
    if not format_name:
        raise problem or ReadError(name, "a workbook without sheets")
    return format_name
