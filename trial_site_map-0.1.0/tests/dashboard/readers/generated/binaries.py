"""Writes drafts as workbooks, columnar files, databases, statistics files, maps and archives."""

import bz2
import gzip
import io
import lzma
import sqlite3
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.feather
import pyarrow.orc
import pyarrow.parquet as pq
import pyreadstat
import shapefile
import xlsxwriter

from tests.dashboard.readers.binary_workbooks import xls as write_xls
from tests.dashboard.readers.binary_workbooks import xlsb as write_xlsb
from tests.dashboard.readers.generated.documents import list_records
from tests.dashboard.readers.generated.quirks import Draft

Write = Callable[[Draft], bytes]
Rows = list[list[str | float]]


def _typed_rows(change: Draft) -> Rows:
    """The rows with numbers as numbers, as a person types them into a workbook."""
    return [list(map(_to_number, row)) for row in change.rows()]


def _to_number(cell: str) -> str | float:
    plain = cell.removeprefix("-")
    if not plain or (plain.startswith("0") and "." not in plain):
        return cell
    return float(cell) if plain.replace(".", "", 1).isdigit() and plain[-1] != "." else cell


def xlsx(change: Draft) -> bytes:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    _fill_xlsx(book.add_worksheet("Sites"), _typed_rows(change))
    book.close()
    return file.getvalue()


def _fill_xlsx(sheet: Any, rows: Rows) -> None:
    for at, row in enumerate(rows):
        for column, cell in enumerate(row):
            if cell != "":
                (sheet.write_number if isinstance(cell, float) else sheet.write_string)(
                    at, column, cell
                )


def xlsx_of_texts(change: Draft) -> bytes:
    """Every cell as text, after a cover and before an empty sheet."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    book.add_worksheet("Cover").write_string(0, 0, "Feasibility")
    _fill_xlsx(book.add_worksheet("List"), [list(row) for row in change.rows()])
    book.add_worksheet("Sheet3")
    book.close()
    return file.getvalue()


def xlsx_of_openpyxl(change: Draft) -> bytes:
    """As openpyxl writes: texts inside the cells' own references."""
    file = io.BytesIO()
    book = openpyxl.Workbook()
    for row in _typed_rows(change):
        book.active.append([cell if cell != "" else None for cell in row])
    book.save(file)
    return file.getvalue()


def xls(change: Draft) -> bytes:
    return write_xls({"Sites": _typed_rows(change)})


def xlsb(change: Draft) -> bytes:
    rows = [[cell if cell != "" else None for cell in row] for row in _typed_rows(change)]
    return write_xlsb({"Sites": rows})


def ods(change: Draft) -> bytes:
    lines = "".join(
        f"<table:table-row>{''.join(map(_write_ods_cell, row))}</table:table-row>"
        for row in _typed_rows(change)
    )
    names = "urn:oasis:names:tc:opendocument:xmlns"
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content '
        f'xmlns:office="{names}:office:1.0" xmlns:table="{names}:table:1.0" '
        f'xmlns:text="{names}:text:1.0" office:version="1.2"><office:body><office:spreadsheet>'
        f'<table:table table:name="Sites">{lines}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    manifest = f'<manifest:manifest xmlns:manifest="{names}:manifest:1.0"/>'
    return zip_files(
        {
            "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": content.encode(),
            "META-INF/manifest.xml": manifest.encode(),
        }
    )


def _write_ods_cell(cell: str | float) -> str:
    if cell == "":
        return "<table:table-cell/>"
    if isinstance(cell, float):
        return f'<table:table-cell office:value-type="float" office:value="{cell:.12g}"/>'
    lines = "".join(f"<text:p>{escape(line)}</text:p>" for line in cell.split("\n"))
    return f'<table:table-cell office:value-type="string">{lines}</table:table-cell>'


WORKBOOKS: tuple[Write, ...] = (xlsx, xlsx_of_texts, xlsx_of_openpyxl, xls, xlsb, ods)


def _frame(change: Draft) -> pd.DataFrame:
    """The table with columns of one type: numbers, or else texts."""
    frame = pd.DataFrame(list_records(change), columns=change.list_names())
    for name, column in frame.items():
        if {str, float} <= set(map(type, column.dropna())):
            frame[name] = [cell if isinstance(cell, str) else _write_field(cell) for cell in column]
    return frame


def _table(change: Draft) -> pa.Table:
    return pa.Table.from_pandas(_frame(change), preserve_index=False)


def parquet(change: Draft) -> bytes:
    sink = io.BytesIO()
    pq.write_table(_table(change), sink)
    return sink.getvalue()


def parquet_of_pandas(change: Draft) -> bytes:
    return bytes(_frame(change).to_parquet())


def parquet_in_groups(change: Draft) -> bytes:
    sink = io.BytesIO()
    pq.write_table(_table(change), sink, row_group_size=2, compression="zstd", version="1.0")
    return sink.getvalue()


def feather(change: Draft) -> bytes:
    sink = io.BytesIO()
    pyarrow.feather.write_feather(_table(change), sink, compression="lz4")
    return sink.getvalue()


def arrow_stream(change: Draft) -> bytes:
    table = _table(change)
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue()


def orc(change: Draft) -> bytes:
    sink = io.BytesIO()
    pyarrow.orc.write_table(_table(change), sink)
    return sink.getvalue()


COLUMNAR: tuple[Write, ...] = (
    *(parquet, parquet_of_pandas, parquet_in_groups, feather, arrow_stream, orc),
)


def sqlite(change: Draft) -> bytes:
    """A table of sites beside one of users."""
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE users (id INTEGER PRIMARY KEY, login TEXT)")
    connection.execute("INSERT INTO users VALUES (1, 'somebody')")
    _frame(change).to_sql("trial_sites", connection, index=False)
    connection.commit()
    data = connection.serialize()
    connection.close()
    return data


def _read_back(write: Callable[[Path], object], name: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        write(path)
        return path.read_bytes()


def _short_names(change: Draft, names: Sequence[str]) -> pd.DataFrame:
    """The table with names that statistics programs allow, and empty texts for missing ones."""
    targets = list(change.columns)
    allowed = dict(
        zip(
            ("trial_id", "site_number", "facility", "city", "state", "postcode", "country"),
            names,
            strict=False,
        )
    )
    allowed |= {"status": "status", "latitude": "latitude", "longitude": "longitud", "own": "beds"}
    change.rename({target: allowed[target] for target in targets})
    frame = _frame(change)
    texts = [name for name in frame if name not in ("latitude", "longitud", "beds")]
    return frame.fillna(dict.fromkeys(texts, ""))


_STATISTICS = ("nctid", "siteno", "facility", "city", "state", "zip", "country")


def spss(change: Draft) -> bytes:
    frame = _short_names(change, _STATISTICS).rename(columns={"longitud": "longitude"})
    return _read_back(lambda path: pyreadstat.write_sav(frame, path), "x.sav")


def spss_compressed(change: Draft) -> bytes:
    frame = _short_names(change, _STATISTICS).rename(columns={"longitud": "longitude"})
    return _read_back(lambda path: pyreadstat.write_sav(frame, path, compress=True), "x.zsav")


def stata(change: Draft) -> bytes:
    frame = _short_names(change, _STATISTICS).rename(columns={"longitud": "longitude"})
    return _read_back(lambda path: pyreadstat.write_dta(frame, path), "x.dta")


def stata_of_pandas(change: Draft) -> bytes:
    frame = _short_names(change, _STATISTICS).rename(columns={"longitud": "longitude"})
    file = io.BytesIO()
    frame.to_stata(file, write_index=False, version=118)
    return file.getvalue()


def sas_transport(change: Draft) -> bytes:
    frame = _short_names(change, _STATISTICS)
    return _read_back(lambda path: pyreadstat.write_xport(frame, path), "x.xpt")


STATISTICS: tuple[Write, ...] = (spss, spss_compressed, stata, stata_of_pandas, sas_transport)


def shapefile_zip(change: Draft) -> bytes:
    """A shapefile's parts in a zip, in degrees of WGS 84."""
    parts = {ending: io.BytesIO() for ending in ("shp", "shx", "dbf")}
    names = [change.names[t] for t in change.columns if t not in ("latitude", "longitude")]
    change.own = {_cut(name): list(map(float, cells)) for name, cells in change.own.items()}
    with shapefile.Writer(**parts, shapeType=shapefile.POINT, encoding="utf-8") as writer:
        for name in names:
            writer.field(_cut(name), "C", size=200)
        for site, record in zip(change.sites.sites, list_records(change), strict=True):
            writer.point(site.longitude, site.latitude)
            writer.record(*[_write_field(record.get(name, "")) for name in names])
    files = {f"sites.{ending}": part.getvalue() for ending, part in parts.items()}
    wgs = (
        'GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],'
        'PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]'
    )
    return zip_files({**files, "sites.prj": wgs.encode(), "sites.cpg": b"UTF-8"})


def _cut(name: str) -> str:
    """A name as dBase keeps it: ten bytes, without blanks."""
    return name.replace(" ", "_").encode()[:10].decode(errors="ignore")


def _write_field(value: str | float) -> str:
    return f"{value:g}" if isinstance(value, float) else value


# Archives


def zip_files(files: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return file.getvalue()


def _tar(data: bytes, mode: str = "w") -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode=mode) as archive:  # type: ignore[call-overload]
        folder = tarfile.TarInfo("lists")
        folder.type = tarfile.DIRTYPE
        archive.addfile(folder)
        for name, content in (("lists/a", data), ("lists/readme.txt", b"Made by hand.\n")):
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return file.getvalue()


def _zstd(data: bytes) -> bytes:
    return bytes(pa.Codec("zstd").compress(data))


Pack = Callable[[bytes], bytes]
PACKINGS: dict[str, Pack] = {
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "zstd": _zstd,
    "zip": lambda data: zip_files({"list": data}),
    "zip_of_a_mac": lambda data: zip_files({"a/list": data, "__MACOSX/a/._list": b"\0\5"}),
    "zip_with_a_note": lambda data: zip_files({"a/list": data, "a/readme.txt": b"Made by hand.\n"}),
    "tar": _tar,
    "tar_gz": lambda data: _tar(data, "w:gz"),
    "tar_xz": lambda data: _tar(data, "w:xz"),
    "tar_bz2": lambda data: _tar(data, "w:bz2"),
    "zip_of_gzip": lambda data: zip_files({"list.gz": gzip.compress(data)}),
    "gzip_of_zip": lambda data: gzip.compress(zip_files({"list": data})),
    "zip_of_zip": lambda data: zip_files({"inner.zip": zip_files({"list": data})}),
    "tar_of_zip_of_gzip": lambda data: _tar(zip_files({"list.gz": gzip.compress(data)})),
}
