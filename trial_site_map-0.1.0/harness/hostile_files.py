"""Small generated files that are made to hurt a reader: bombs, repeats, cut and twisted formats."""

import gzip
import io
import json
import zipfile
from collections.abc import Iterator

import numpy as np
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq

ROW = b"LKH Graz,Graz,Austria\n"
HEADER = b"facility,city,country\n"


def build_corpus() -> Iterator[tuple[str, bytes]]:
    """Name and bytes of each file; the largest has 2 MB."""
    yield "nested.zip", _zip(*[_zip(*[_zip(HEADER + ROW * 4_000)] * 20)] * 20)
    yield "bomb.csv.gz", gzip.compress(bytes(50_000_000))
    yield "rows.parquet", _parquet(6_000_000, "Graz")
    yield "texts.parquet", _parquet(5_000, "x" * 100_000)
    yield "infinite.parquet", _numbers((float("inf"), 1e300, float("nan"), -2156.0))
    yield "far.xlsx", _workbook()
    yield "cut.json", json.dumps([{"facility": "LKH", "city": "Graz"}] * 5_000).encode()[:-100]
    yield "deep.json", b"[" * 100_000
    yield "keys.json", json.dumps({f"k{n}": {"city": "Graz"} for n in range(4_000)}).encode()
    yield "blanks.txt", b"Graz" + b" " * 60_000 + b"Austria\n" + b" " * 60_000
    yield "tags.html", b"<table>" + b"<tr><td>" * 30_000 + b"<aaaa" * 20_000
    yield "spans.html", b"<table>" + b"<tr><td colspan=1000 rowspan=1000>Graz" * 3_000
    yield "bars.csv", HEADER + b"a|" * 60_000 + b"\n"
    yield "quotes.csv", HEADER + b'"Graz,' * 20_000
    yield "entities.xml", _entities()
    yield "comma.csv", HEADER + b"," * 200_000 + b"\n"
    yield "many.csv", HEADER + ROW * 20_000
    yield "noise.bin", bytes(range(256)) * 4_000


def _zip(*contents: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, content in enumerate(contents):
            ending = "zip" if content.startswith(b"PK") else "csv"
            archive.writestr(f"{number}.{ending}", content)
    return file.getvalue()


def _parquet(rows: int, text: str) -> bytes:
    codes = pa.array(np.zeros(rows, np.int8))
    column = pa.DictionaryArray.from_arrays(codes, [text])
    names = ("trial_id", "facility", "city", "country")
    file = io.BytesIO()
    pq.write_table(pa.table(dict.fromkeys(names, column)), file)
    return file.getvalue()


def _numbers(latitudes: tuple[float, ...]) -> bytes:
    texts = ["Graz"] * len(latitudes)
    columns = dict.fromkeys(("trial_id", "facility", "city", "country"), texts)
    points = {"latitude": list(latitudes), "longitude": list(latitudes)}
    file = io.BytesIO()
    pq.write_table(pa.table({**columns, **points}), file)
    return file.getvalue()


def _workbook() -> bytes:
    book = openpyxl.Workbook()
    for number in range(20):
        sheet = book.active if number == 0 else book.create_sheet()
        sheet.append(["facility", "city", "country"])
        sheet.append(["LKH Graz", "Graz", "Austria"])
        sheet.cell(1_048_576, 16_384, "far")
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _entities() -> bytes:
    lines = ['<!ENTITY a0 "Graz">']
    lines += [f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10)]
    return f"<!DOCTYPE x [{''.join(lines)}]><clinical_study>&a9;</clinical_study>".encode()
