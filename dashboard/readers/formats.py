"""Reads a file of any format with the reader for its content."""

from collections.abc import Iterator
from itertools import chain
from typing import Any

from dashboard.errors import ReadError
from dashboard.readers import xml_formats
from dashboard.readers.common.request import ReadRequest
from dashboard.readers.files import arrow_tables, shapefiles, statistics
from dashboard.readers.files.archives import decompress, tar_members
from dashboard.readers.files.containers import Member, gunzip, zip_members
from dashboard.readers.files.databases import iter_tables
from dashboard.readers.files.delimited import iter_rows, split_columns
from dashboard.readers.files.json_records import iter_json_records
from dashboard.readers.files.workbook import iter_sheets
from dashboard.readers.recognition import WORKBOOKS, FileType, Recognized, recognize
from dashboard.readers.registries import (
    api_v2,
    classic_api,
    ctgov_download,
    ctis,
    eu_ctr,
    fhir,
    ictrp,
    isrctn,
    legacy_xml,
    registry_page,
    registry_xml,
)
from dashboard.readers.tables import json_tables, raw_table, site_list
from dashboard.readers.tables.sheets import read_sheets
from dashboard.readers.tables.site_lines import are_site_lines, read_site_lines

_LIST_FORMATS = {
    ",": "Site list (CSV)",
    ";": "Site list (CSV, semicolons)",
    "\t": "Site list (TSV)",
    "|": "Site list (pipe separated)",
    "~": "Site list (separated by ~)",
    "\xac": "Site list (separated by ¬)",
    "^": "Site list (separated by ^)",
    "\xa6": "Site list (separated by ¦)",
    "\x1f": "Site list (separated by control characters)",
    "\x01": "Site list (separated by control characters)",
}
FORMATS = (
    api_v2.FORMAT,
    classic_api.FORMAT,
    ctgov_download.FORMAT,
    ctgov_download.OLD_FORMAT,
    legacy_xml.FORMAT,
    isrctn.FORMAT,
    registry_xml.SEARCH_FORMAT,
    registry_xml.FORMAT,
    xml_formats.FORMAT,
    xml_formats.KML_FORMAT,
    site_list.AACT_FORMAT,
    ctis.FORMAT,
    fhir.FORMAT,
    ictrp.FORMAT,
    ictrp.XML_FORMAT,
    registry_page.FORMAT,
    *_LIST_FORMATS.values(),
    *(f"Site list ({kind})" for kind in (*WORKBOOKS, "XLS", "HTML")),
    json_tables.RECORDS_FORMAT,
    json_tables.GEOJSON_FORMAT,
    "Shapefile",
    *(
        f"Site list ({kind})"
        for kind in (
            "Parquet",
            "Feather",
            "Arrow",
            "ORC",
            "SQLite",
            "GeoPackage",
            *statistics.KINDS,
        )
    ),
    arrow_tables.SITE_TABLE_FORMAT,
)
"""The names of all formats that can be read; archives append theirs."""

_MAX_WRAPPINGS = 3
_PAGE_START = 20_000


def read_file(data: bytes, request: ReadRequest) -> str:  # noqa: PLR0911 - a list of cases
    """Read a file into ``request.builder``; returns the name of its format. Raises ReadError."""
    found = recognize(data, request.name)
    request.builder.warn(*found.notes)
    match found.type:
        case FileType.GZIP | FileType.COMPRESSED | FileType.ZIP | FileType.TAR:
            return _read_packed(data, found, _unwrap(request))
        case FileType.WORKBOOK:
            sheets = iter_sheets(data, request.name, found.kind, request.builder.warn)
            return read_sheets(sheets, request, found.kind, _read_sheet)
        case FileType.ARROW:
            return _read_arrow(data, found.kind, request)
        case FileType.DATABASE:
            kind = "GeoPackage" if b"gpkg_contents" in data[:1_000_000] else "SQLite"
            return read_sheets(iter_tables(data, request.name), request, kind, _read_sheet)
        case FileType.STATISTICS:
            rows = statistics.iter_rows(data, found.kind, request.name)
            return _read_rows(rows, request, f"Site list ({found.kind})")
        case FileType.JSON:
            return _read_json(data, request)
        case FileType.XML:
            return _read_xml(data, request)
        case FileType.REGISTRY_PAGE:
            registry_page.read_pages(found.text, request.name, request.builder)
            return registry_page.FORMAT + (", HTML" if found.page is not None else "")
        case FileType.WEB_PAGE:
            return _read_web_page(found, request)
        case FileType.TEXT:
            return _read_delimited(found.text, request)


def _read_packed(data: bytes, found: Recognized, request: ReadRequest) -> str:
    match found.type:
        case FileType.GZIP:
            return read_file(gunzip(data, request.name), request) + ", gzip"
        case FileType.ZIP:
            return _read_members(zip_members(data, request.name), request, "zip")
        case FileType.TAR:
            return _read_members(tar_members(data, request.name), request, "tar")
        case _:
            content = decompress(data, found.kind, request.name)
            return f"{read_file(content, request)}, {found.kind}"


def _unwrap(request: ReadRequest) -> ReadRequest:
    if request.wrappings == _MAX_WRAPPINGS:
        raise ReadError(request.name, f"archives inside archives, more than {_MAX_WRAPPINGS} deep")
    return request._replace(wrappings=request.wrappings + 1)


def _read_members(members: Iterator[Member], request: ReadRequest, kind: str) -> str:
    formats: list[str] = []
    problems: list[ReadError] = []
    shapes: dict[str, bytes] = {}
    for member in members:
        if member.name.lower().endswith(shapefiles.PARTS):
            shapes[member.name] = member.data
            continue
        part = request.builder.new_part()
        inner = request._replace(name=f"{request.name}/{member.name}", builder=part, progress=None)
        try:
            formats.append(read_file(member.data, inner))
        except ReadError as error:
            problems.append(error)
            request.builder.warn(f"{member.name}: {error.reason}")
            continue
        request.builder.extend_with(part)
        request.builder.warn(*(f"{member.name}: {warning}" for warning in part.warnings))
        request.builder.notes += [f"{member.name}: {note}" for note in part.notes]
    formats += [
        _read_shapefile({part: shapes[one] for part, one in names.items()}, request)
        for names in shapefiles.list_shapefiles(list(shapes)).values()
    ]
    if not formats:
        if len(problems) == 1:
            raise problems[0]
        reason = f"no file in this {kind} is a site list" if problems else f"the {kind} is empty"
        raise ReadError(request.name, reason)
    kinds = list(dict.fromkeys(formats))
    return f"{kinds[0] if len(kinds) == 1 else 'Several formats'}, {kind} of {len(formats)}"


def _read_shapefile(parts: dict[str, bytes], request: ReadRequest) -> str:
    records = shapefiles.iter_records(parts, request.name, request.builder.warn)
    _read_table(json_tables.build_table(records), request, None)
    return "Shapefile"


def _read_arrow(data: bytes, kind: str, request: ReadRequest) -> str:
    sites = json_tables.SiteRecords(arrow_tables.iter_records(data, kind, request.name))
    table = json_tables.build_table(sites)._replace(crs=arrow_tables.read_crs(data, kind))
    if table.header or not sites.without_sites:
        _read_table(table, request, None)
    sites.add_trials(request.builder)
    return f"Site list ({kind})"


def _read_json(data: bytes, request: ReadRequest) -> str:
    builder = request.builder
    formats: set[str] = set()
    others = 0
    records = iter_json_records(data, request.name, builder.warn, request.progress)
    for record in records:
        if api_v2.is_study(record):
            api_v2.read_study(record, builder)
            formats.add(api_v2.FORMAT)
        elif classic_api.is_classic_study(record):
            api_v2.read_study(classic_api.to_v2(record), builder)
            formats.add(classic_api.FORMAT)
        elif ctis.is_ctis(record):
            ctis.read_ctis(record, builder)
            formats.add(ctis.FORMAT)
        elif fhir.is_resource(record) and not formats:
            fhir.read_resources(chain([record], records), builder)
            return fhir.FORMAT
        elif type(record) is dict and not formats:
            return _read_objects(record, records, request, data)
        elif type(record) is list and not formats:
            rows = (json_tables.format_row(one) for one in chain([record], records))
            return _read_rows(rows, request, json_tables.RECORDS_FORMAT)
        else:
            others += 1
        builder.flush()
    if not formats:
        raise ReadError(request.name, "JSON without studies and without a list of sites")
    if others:
        builder.warn(f"{others} records are no studies and were skipped")
    return formats.pop() if len(formats) == 1 else "Several JSON formats"


def _read_objects(
    first: dict[str, Any], rest: Iterator[Any], request: ReadRequest, data: bytes
) -> str:
    """Read GeoJSON features, or objects that are the rows of a table."""
    every = chain([first], rest)
    if json_tables.is_feature(first):
        features = json_tables.Features(every)
        table = json_tables.build_table(features)._replace(crs=json_tables.find_crs(data))
        _read_table(table, request, None)
        features.report(request.builder.warn)
        return json_tables.GEOJSON_FORMAT
    objects = (one for one in every if type(one) is dict)
    sites = json_tables.SiteRecords(objects)
    table = json_tables.build_table(sites)
    if table.header or not sites.without_sites:
        _read_table(table, request, None)
    sites.add_trials(request.builder)
    return json_tables.RECORDS_FORMAT


def _read_xml(data: bytes, request: ReadRequest) -> str:
    format_name, table = xml_formats.read_xml(data, request)
    if table is not None:
        _read_table(table, request, None)
    return format_name


def _read_web_page(found: Recognized, request: ReadRequest) -> str:
    """Read the tables of a web page as the sheets of a workbook."""
    page_tables = found.page.tables if found.page is not None else []
    sheets = ((f"table {at}", iter(rows)) for at, rows in enumerate(page_tables, 1))
    try:
        return read_sheets(sheets, request, "HTML", _read_sheet, found.text[:_PAGE_START])
    except ReadError as error:
        reason = "a web page as HTML without a table of sites; copy its text and paste it"
        raise ReadError(request.name, reason) from error


def _read_delimited(text: str, request: ReadRequest) -> str:
    text, delimiter = split_columns(text, request.name)
    lines = text.count("\n") + 1
    rows = iter_rows(text, delimiter, request.name, request.builder.warn)
    return _read_rows(rows, request, _LIST_FORMATS[delimiter], delimiter=delimiter, lines=lines)


def _read_sheet(rows: Iterator[list[str]], request: ReadRequest, country: str) -> str:
    return _read_rows(rows, request, "", country=country)


def _read_rows(
    rows: Iterator[list[str]],
    request: ReadRequest,
    format_name: str,
    *,
    delimiter: str = "",
    lines: int | None = None,
    country: str = "",
) -> str:
    table = raw_table.sample_table(rows, (request.columns or {}).values(), delimiter)
    if request.columns is None:
        for at, row in enumerate(table.sample[:5]):
            below = chain(table.sample[at + 1 :], table.rest)
            if ctgov_download.is_download(row):
                return ctgov_download.read_download(row, below, request.builder)
            if eu_ctr.is_eu_ctr_header(row):
                raise eu_ctr.build_refusal(request.name)
            if ictrp.is_ictrp(row):
                ictrp.read_ictrp(row, below, request.builder)
                return ictrp.FORMAT
    _read_table(table, request, lines, country)
    return site_list.AACT_FORMAT if raw_table.is_aact(table.header) else format_name


def _read_table(
    table: raw_table.RawTable, request: ReadRequest, lines: int | None, country: str = ""
) -> None:
    def show(rows: int) -> None:
        if request.progress is not None and lines is not None:
            request.progress(min(1.0, rows / lines))

    texts = (request.name,) if request.texts is None else request.texts
    if request.columns is None and are_site_lines(table):
        read_site_lines(table, request.builder, texts)
    else:
        mapping = raw_table.map_columns(table, request.name, request.columns, request.builder.warn)
        if request.columns is None:
            raw_table.warn_if_guessed(table, mapping, request.builder.warn)
            raw_table.check_rows(table, request.name)
            table, mapping = raw_table.fix_points(table, mapping, request.builder.warn)
        chosen = request.columns is not None
        site_list.read_site_list(
            table, mapping, request.builder, texts, country, show, chosen=chosen
        )
    if request.builder.lacks_trial and request.texts is None:
        request.builder.warn(site_list.NO_TRIAL)
