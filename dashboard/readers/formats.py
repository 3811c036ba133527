"""Tells what a file is by its content, and hands it to the reader of that format."""

from collections.abc import Iterator
from itertools import chain
from typing import Any

from dashboard.errors import ReadError
from dashboard.readers.common.job import Job
from dashboard.readers.files import parquet
from dashboard.readers.files.containers import gunzip, zip_members
from dashboard.readers.files.delimited import divided, rows_of
from dashboard.readers.files.json_records import json_records
from dashboard.readers.files.workbook import sheets_of
from dashboard.readers.recognition import WORKBOOKS, FileType, Recognized, recognize
from dashboard.readers.registries import (
    api_v2,
    classic_api,
    ctgov_download,
    ctis,
    ictrp,
    legacy_xml,
    registry_page,
)
from dashboard.readers.tables import json_tables, site_list, tables
from dashboard.readers.tables.json_tables import site_records
from dashboard.readers.tables.sheets import gather_sheets
from dashboard.readers.tables.site_lines import are_site_lines, gather_lines

_LIST_FORMATS = {
    ",": "Site list (CSV)",
    ";": "Site list (CSV, semicolons)",
    "\t": "Site list (TSV)",
    "|": "Site list (pipe separated)",
}
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
    *(f"Site list ({kind})" for kind in (*WORKBOOKS, "XLS", "HTML")),
    json_tables.RECORDS_FORMAT,
    json_tables.GEOJSON_FORMAT,
    parquet.FORMAT,
)
"""Every format that is read, by its human name. Those in a container say so behind it."""

_MOST_WRAPPINGS = 3
_PAGE_START = 20_000


def gather(data: bytes, job: Job) -> str:  # noqa: PLR0911 - a list of cases
    """Read the file into ``job.gathered`` and return its format's name. Raises ReadError."""
    found = recognize(data, job.name)
    job.gathered.warn(*found.notes)
    match found.type:
        case FileType.GZIP:
            return gather(gunzip(data, job.name), _unwrapped(job)) + ", gzip"
        case FileType.ZIP:
            return _gather_members(data, _unwrapped(job))
        case FileType.WORKBOOK:
            sheets = sheets_of(data, job.name, found.workbook)
            return gather_sheets(sheets, job, found.workbook, _gather_sheet)
        case FileType.PARQUET:
            raise ReadError(job.name, "a Parquet file inside an archive; open it by itself")
        case FileType.JSON:
            return _gather_json(data, job)
        case FileType.XML:
            return _gather_xml(data, job)
        case FileType.REGISTRY_PAGE:
            registry_page.gather_pages(found.text, job.name, job.gathered)
            return registry_page.FORMAT + (", HTML" if found.page is not None else "")
        case FileType.WEB_PAGE:
            return _gather_web_page(found, job)
        case FileType.TEXT:
            return _gather_delimited(found.text, job)


def _unwrapped(job: Job) -> Job:
    if job.wrappings == _MOST_WRAPPINGS:
        raise ReadError(job.name, f"archives inside archives, more than {_MOST_WRAPPINGS} deep")
    return job._replace(wrappings=job.wrappings + 1)


def _gather_members(data: bytes, job: Job) -> str:
    formats: list[str] = []
    problems: list[ReadError] = []
    for member in zip_members(data, job.name):
        part = job.gathered.empty()
        inner = job._replace(name=f"{job.name}/{member.name}", gathered=part, progress=None)
        try:
            formats.append(gather(member.data, inner))
        except ReadError as error:
            problems.append(error)
            job.gathered.warn(f"{member.name}: {error.reason}")
            continue
        job.gathered.absorb(part)
        job.gathered.warn(*(f"{member.name}: {warning}" for warning in part.warnings))
    if not formats:
        if len(problems) == 1:
            raise problems[0]
        reason = "no file in this zip is a site list" if problems else "the zip is empty"
        raise ReadError(job.name, reason)
    kinds = list(dict.fromkeys(formats))
    return f"{kinds[0] if len(kinds) == 1 else 'Several formats'}, zip of {len(formats)}"


def _gather_json(data: bytes, job: Job) -> str:
    gathered = job.gathered
    formats: set[str] = set()
    unlike = 0
    records = json_records(data, job.name, gathered.warn, job.progress)
    for record in records:
        if api_v2.is_study(record):
            api_v2.gather_study(record, gathered)
            formats.add(api_v2.FORMAT)
        elif classic_api.is_classic_study(record):
            api_v2.gather_study(classic_api.to_v2(record), gathered)
            formats.add(classic_api.FORMAT)
        elif ctis.is_ctis(record):
            ctis.gather_ctis(record, gathered)
            formats.add(ctis.FORMAT)
        elif type(record) is dict and not formats:
            return _gather_records(record, records, job)
        elif type(record) is list and not formats:
            rows = (json_tables.cells(one) for one in chain([record], records))
            return _gather_rows(rows, job, json_tables.RECORDS_FORMAT)
        else:
            unlike += 1
        gathered.between()
    if not formats:
        raise ReadError(job.name, "JSON that holds no studies and no list of sites")
    if unlike:
        gathered.warn(f"{unlike} records are no studies and were left out")
    return formats.pop() if len(formats) == 1 else "Several JSON formats"


def _gather_records(first: dict[str, Any], others: Iterator[Any], job: Job) -> str:
    """GeoJSON features, or objects that are the rows of a table."""
    every = chain([first], others)
    if json_tables.is_feature(first):
        features = json_tables.Features(every)
        _gather_table(json_tables.table_of(features), job, None)
        if features.shapes:
            job.gathered.warn(f"{features.shapes} features are lines or areas and give no point")
        return json_tables.GEOJSON_FORMAT
    objects = (one for one in every if type(one) is dict)
    _gather_table(json_tables.table_of(site_records(objects)), job, None)
    return json_tables.RECORDS_FORMAT


def _gather_xml(data: bytes, job: Job) -> str:
    for study in legacy_xml.xml_studies(data, job.name):
        api_v2.gather_study(study, job.gathered)
        job.gathered.between()
    return legacy_xml.FORMAT


def _gather_web_page(found: Recognized, job: Job) -> str:
    """The tables of a page that list sites, read as the sheets of a workbook."""
    page_tables = found.page.tables if found.page is not None else []
    sheets = ((f"table {at}", iter(rows)) for at, rows in enumerate(page_tables, 1))
    try:
        return gather_sheets(sheets, job, "HTML", _gather_sheet, found.text[:_PAGE_START])
    except ReadError as error:
        reason = "a web page as HTML without a table of sites; copy its text and paste it"
        raise ReadError(job.name, reason) from error


def _gather_delimited(text: str, job: Job) -> str:
    text, delimiter = divided(text, job.name)
    lines = text.count("\n") + 1
    rows = rows_of(text, delimiter, job.name, job.gathered.warn)
    return _gather_rows(rows, job, _LIST_FORMATS[delimiter], sign=delimiter, lines=lines)


def _gather_sheet(rows: Iterator[list[str]], job: Job, country: str) -> str:
    return _gather_rows(rows, job, "", country=country)


def _gather_rows(
    rows: Iterator[list[str]],
    job: Job,
    format_name: str,
    *,
    sign: str = "",
    lines: int | None = None,
    country: str = "",
) -> str:
    table = tables.look_at(rows, (job.columns or {}).values(), sign)
    if job.columns is None:
        for at, row in enumerate(table.sample[:5]):
            below = chain(table.sample[at + 1 :], table.rest)
            if ctgov_download.is_download(row):
                return ctgov_download.gather_download(row, below, job.gathered)
            if ictrp.is_ictrp(row):
                ictrp.gather_ictrp(row, below, job.gathered)
                return ictrp.FORMAT
    _gather_table(table, job, lines, country)
    return site_list.AACT_FORMAT if tables.is_aact(table.header) else format_name


def _gather_table(table: tables.Table, job: Job, lines: int | None, country: str = "") -> None:
    def show(rows: int) -> None:
        if job.progress is not None and lines is not None:
            job.progress(min(1.0, rows / lines))

    texts = (job.name,) if job.texts is None else job.texts
    if job.columns is None and are_site_lines(table):
        gather_lines(table, job.gathered, texts)
    else:
        mapping = tables.mapping_of(table, job.name, job.columns)
        if job.columns is None:
            tables.say_if_guessed(table, mapping, job.gathered.warn)
            mapping = tables.upright(table, mapping, job.gathered.warn)
        site_list.gather_table(table, mapping, job.gathered, texts, country, show)
    if job.gathered.nameless and job.texts is None:
        job.gathered.warn(site_list.NO_TRIAL)
