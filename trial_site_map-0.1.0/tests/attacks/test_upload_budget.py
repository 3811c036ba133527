"""One budget for everything that an upload holds, however it is packed, nested or repeated."""

import gzip
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dashboard.errors import ReadError
from dashboard.readers import preview, read, read_places
from dashboard.readers.common import budget
from dashboard.readers.files.workbook_size import fits_in_memory
from harness.site_tables import generate_site_table, write_parquet

NAMES = ("trial_id", "facility", "city", "country")
KEY = "the key of this server"


def zipped(*contents: bytes, kind: str = "csv") -> bytes:
    """A zip of some files."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for number, content in enumerate(contents):
            archive.writestr(f"{number}.{kind}", content)
    return file.getvalue()


def table(**columns: object) -> bytes:
    """A Parquet file."""
    file = io.BytesIO()
    pq.write_table(pa.table(columns), file, compression="zstd")
    return file.getvalue()


def repeated(text: str, rows: int) -> pa.DictionaryArray:
    """A column that costs a file next to nothing."""
    return pa.DictionaryArray.from_arrays(pa.array(np.zeros(rows, np.int8)), [text])


def read_all_places(data: bytes, name: str) -> int:
    """As :func:`read_places`, for the number of sites."""
    return read_places(data, name, lambda _: None)


@pytest.mark.parametrize("reader", [read, read_all_places])
def test_zips_in_a_zip_share_one_budget(
    reader: Callable[[bytes, str], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budget, "_ALWAYS_ALLOWED_BYTES", 50_000)
    inner = zipped(b"city,country\n" + b"A,AT\n" * 9_000)
    outer = zipped(*[zipped(*[inner] * 12, kind="zip")] * 12, kind="zip")
    assert len(outer) * budget.MAX_RATIO < 12 * 12 * 45_000 / 4
    assert len(read(inner, "inner.zip").sites) == 9_000
    with pytest.raises(ReadError, match="unpacks to far more"):
        reader(outer, "outer.zip")


def test_rows_of_all_members_count_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "MAX_ROWS", 5_000)
    csv = b"city,country\n" + b"Graz,Austria\n" * 1_900
    records = b'[{"city":"Graz","country":"Austria"}' + b',{"city":"Graz"}' * 1_900 + b"]"
    assert len(read(zipped(csv, records), "two.zip").sites) == 3_801
    for nested in (
        zipped(csv, csv, records),
        zipped(csv, zipped(csv, zipped(records)), kind="zip"),
    ):
        with pytest.raises(ReadError, match="more than 5,000 sites"):
            read(nested, "three.zip")


def test_more_sites_than_so_small_a_file_can_list_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(budget, "_ALWAYS_ALLOWED_ROWS", 5_000)
    small = zipped(b"city,country\n" + b"A,AT\n" * 5_001)
    with pytest.raises(ReadError, match="more than 5,000 sites in so small a file"):
        read(small, "small.zip")


def test_a_small_parquet_file_of_millions_of_rows_is_refused_unread() -> None:
    data = table(**{name: repeated("Graz", 6_000_000) for name in NAMES})
    assert len(data) < 100_000
    for reader in (read, read_all_places):
        with pytest.raises(ReadError, match="sites in so small a file"):
            reader(data, "many.parquet")


def test_long_texts_of_a_parquet_file_are_cut_or_refused() -> None:
    long = pa.array([f"{number} " + "x" * 50_000 for number in range(40)])
    graz = repeated("Graz", 40)
    columns = {"trial_id": graz, "facility": long, "city": graz, "country": graz}
    found = read(table(**columns), "long.parquet").sites
    assert found["facility"].str.len().max() == 2_000
    longer = pa.array([f"{number} " + "x" * 1_000_000 for number in range(40)])
    with pytest.raises(ReadError, match="unpacks to far more"):
        read(table(**{**columns, "facility": longer}), "longer.parquet")


def test_own_columns_of_a_parquet_file_spend_from_the_budget_too() -> None:
    columns = {name: repeated("Graz", 1_000) for name in NAMES}
    reading = read(table(**columns, notes=pa.array(["x" * 300_000] * 1_000)), "own.parquet")
    assert reading.fields is not None
    assert set(reading.fields["notes"].astype("str").str.len()) == {2_000}
    longer = pa.array([f"{number} " + "x" * 1_000_000 for number in range(40)])
    columns = {name: repeated("Graz", 40) for name in NAMES}
    with pytest.raises(ReadError, match="unpacks to far more"):
        read(table(**columns, notes=longer), "longer.parquet")


def test_parquet_is_cleaned_as_any_other_file() -> None:
    columns = {
        "trial_id": ["NCT00000001 "] * 4,
        "facility": ["1102 - LKH\u2028Graz", "1103", "MÃ¼nchen Klinik", None],
        "city": [" Graz\x00", "Linz\n", "MÃ¼nchen", "Wien"],
        "country": ["Austria", "Austria", "Germany", "Austria"],
        "status": ["RECRUITING", "on hold", "whatever", ""],
        "trial_status": ["COMPLETED"] * 4,
        "latitude": [float("inf"), 1e300, 48.1, 0.0],
        "longitude": [15.0, 14.3, 11.6, 0.0],
    }
    reading = read(table(**columns), "odd.parquet")
    sites = reading.sites.astype(dict.fromkeys(("facility", "city", "status"), "str"))
    assert sites["facility"].tolist() == ["LKH Graz", "", "München Klinik", ""]
    assert sites["site_number"].astype("str").tolist() == ["1102", "1103", "", ""]
    assert sites["city"].tolist() == ["Graz", "Linz", "München", "Wien"]
    assert sites["status"].tolist() == ["Recruiting", "Suspended", "", ""]
    assert sites["latitude"].tolist()[2] == 48.1
    assert sites["latitude"].isna().tolist() == [True, True, False, True]
    assert [(trial.trial_id, trial.status) for trial in reading.trials] == [
        ("NCT00000001", "Completed")
    ]
    assert "impossible coordinates" in " ".join(reading.warnings)


def test_positions_are_believed_only_as_this_server_saved_them(tmp_path: Path) -> None:
    sites, path = generate_site_table(50), tmp_path / "saved.parquet"
    write_parquet(sites, path, position_rules="gazetteer 1", as_of="2024-02-03", signing_key=KEY)
    data = path.read_bytes()
    assert read(data, "own", signing_key=KEY).positions is not None
    assert read(data, "own").as_of == "2024-02-03"
    for_another = read(data, "own", signing_key="the key of another server")
    unsigned = tmp_path / "unsigned.parquet"
    write_parquet(sites.assign(latitude=1e300), unsigned, position_rules="gazetteer 1")
    changed = data.replace(b"2024-02-03", b"2024-02-04")
    assert changed != data
    for reading in (
        for_another,
        read(unsigned.read_bytes(), "forged", signing_key=KEY),
        read(changed, "changed", signing_key=KEY),
        read(data, "upload"),
    ):
        assert reading.positions is None
        assert reading.position_rules == ""
        assert reading.sites["latitude"].isna().all()


def test_a_date_in_the_future_is_not_believed(tmp_path: Path) -> None:
    path = tmp_path / "future.parquet"
    for claimed in ("2999-01-01", "not a date", "9" * 100):
        write_parquet(generate_site_table(5), path, as_of=claimed)
        assert read(path.read_bytes(), "future").as_of == ""


def test_sheets_of_a_workbook_are_measured_together() -> None:
    book = openpyxl.Workbook()
    for number in range(12):
        sheet = book.active if number == 0 else book.create_sheet()
        sheet.append(["city", "country"])
        sheet.cell(30_000, 50, "far")
    file = io.BytesIO()
    book.save(file)
    assert not fits_in_memory(file.getvalue(), "sheets.xlsx")


def test_workbooks_of_a_zip_share_one_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "MAX_CELLS", 10_000)
    file = io.BytesIO()
    pd.DataFrame({"city": ["Graz"] * 3_000, "country": "Austria"}).to_excel(file, index=False)
    book = file.getvalue()
    assert len(read(zipped(book, kind="xlsx"), "one.zip").sites) == 3_000
    with pytest.raises(ReadError, match="more than 10,000 cells"):
        read(zipped(book, book, kind="xlsx"), "two.zip")


def test_a_preview_spends_from_a_budget_too() -> None:
    with pytest.raises(ReadError, match="unpacks to far more"):
        preview(gzip.compress(b"a,b\n" * 1_000_000), "large.csv.gz")
