"""Files: the same rows in every format, read back by the programs people use."""

import csv
import io
import json
import zipfile
from pathlib import Path

import fastkml
import geopandas
import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from dashboard.errors import ExportError
from dashboard.exports import FORMATS, Content, Provenance, csvw, to_bytes, to_csv
from dashboard.exports.formula_injection import escape_formulas
from dashboard.exports.xlsx_file import MAX_SHEET_ROWS
from dashboard.library.lists import Library
from dashboard.sites.categoricals import to_categoricals, to_plain_text
from dashboard.sites.summary import count_by_country
from dashboard.sites.table import COLUMNS
from geocache.files.formula_injection import escape_formula, unescape_formula

KML_SCHEMA = Path(fastkml.__file__).parent / "schema" / "ogckml22.xsd"
AWKWARD = [
    'plain, "quoted"\r\nand broken',
    "=1+1",
    "`${x}` <b>&amp;</b> ]]>",
    "\x0b control \x00",
    "Zürich 東京 \U0001f3e5",
    "",
]

ORDINARY = [
    "-12.5", "+49 89 1234-567", "+1 (555) 123-4567", "-", "--", "-5 %", "1,234.5", "+3", "-1e5",
    "O'Neil", "'s-Hertogenbosch", "a=b", "x@y.org", "Klinik - Haus 2", "",
]  # fmt: skip

DANGEROUS = [
    "=1+1", "=cmd|' /C calc'!A0", "+SUM(A1:A9)", "-2+3+cmd|' /C calc'!A0", "@SUM(1)", "\t=1",
    "\r=1", "\n=1", " =1+1", "\x0b=1", "＝1+1", "\u2003=1", "\u200b=1",
    "＋1", "－1-A1", "＠SUM(1)", "-Hospital", "+1-800-FLOWERS",
    "'=1", "''=1", "\u00a0=1", "\ufeff=1",
]  # fmt: skip


@pytest.fixture
def content(seed_library: Library) -> Content:
    """The seed, one site without a position."""
    sites = to_plain_text(seed_library.table)
    sites.loc[0, ["latitude", "longitude"]] = float("nan")
    sites.loc[0, "precision"] = "unresolved"
    sites.loc[1, "facility"] = "".join(AWKWARD)
    provenance = Provenance(seed_library, {"gazetteer": "GeoNames (CC BY 4.0)"})
    return Content("sites", sites, provenance.describe(sites, filter_text="country=DE"))


def list_facts(content: Content) -> set[str]:
    return {
        content.about.as_of,
        content.about.filter,
        *content.about.lists,
        *content.about.sources,
        *content.about.attribution,
    }


def test_a_file_has_its_date_lists_and_attribution(content: Content) -> None:
    about = content.about
    assert about.as_of == "2020-02-10"
    assert about.lists == ("NCT01207388.txt (Registry page (text))",)
    assert about.sources == ("gazetteer",)
    assert any("ClinicalTrials.gov" in words for words in about.attribution)
    assert any("GeoNames" in words for words in about.attribution)


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_text_is_left_alone(text: str) -> None:
    assert escape_formulas(pa.array([text])).to_pylist() == [text]
    assert escape_formula(text) == text


@pytest.mark.parametrize("text", DANGEROUS)
def test_what_a_spreadsheet_would_run_gets_an_apostrophe(text: str) -> None:
    assert escape_formulas(pa.array([text])).to_pylist() == ["'" + text]
    assert unescape_formula("'" + text) == text


letters = st.characters(exclude_categories=["Cs"])
awkward = st.sampled_from("=+-@'\t\r\n \x00\x0b\u2003\xa0\ufeff1０＝")
signs = st.text(st.one_of(awkward, letters), max_size=12)


@given(st.lists(signs, max_size=5))
def test_escaped_text_can_always_be_restored(texts: list[str]) -> None:
    written = escape_formulas(pa.array(texts, pa.string())).to_pylist()
    assert written == [escape_formula(text) for text in texts], "Python and Arrow agree"
    assert [unescape_formula(text) for text in written] == texts
    for text in written:
        assert not text.lstrip().startswith(("=", "@"))


@given(st.lists(st.tuples(signs, signs, st.floats(allow_nan=False)), min_size=1, max_size=6))
def test_csv_is_read_back_cell_by_cell(rows: list[tuple[str, str, float]]) -> None:
    table = pd.DataFrame(rows, columns=["a", "b", "n"]).astype({"a": "str", "b": "str"})
    raw = to_csv(table)
    assert raw.startswith(b"\xef\xbb\xbf")
    read = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline=""), strict=True))
    assert read[0] == ["a", "b", "n"]
    assert [(unescape_formula(a), unescape_formula(b), float(n)) for a, b, n in read[1:]] == rows


def test_a_column_alone_loses_no_row() -> None:
    table = pd.DataFrame({"state": pd.Series(["", "Bavaria", ""], dtype="str")})
    read = pd.read_csv(io.BytesIO(to_csv(table)), keep_default_na=False)
    assert read["state"].tolist() == ["", "Bavaria", ""]


def test_coded_columns_are_written_as_plain_ones(content: Content) -> None:
    coded = to_categoricals(content.rows)
    assert to_csv(coded) == to_csv(content.rows)
    assert to_csv(coded.iloc[3:9]) == to_csv(content.rows.iloc[3:9])
    for suffix in FORMATS:
        made = Content("sites", coded, content.about)
        assert to_bytes(made, suffix) == to_bytes(content, suffix), suffix


def test_csv_metadata_says_where_the_data_is_from(content: Content) -> None:
    described = json.loads(csvw.build_metadata(content, "sites.csv"))
    assert described["url"] == "sites.csv"
    assert described["dc:date"] == "2020-02-10"
    assert "country=DE" in described["dc:description"]
    assert set(content.about.attribution) == set(described["dc:rights"])
    names = [column["name"] for column in described["tableSchema"]["columns"]]
    assert tuple(names) == COLUMNS


def test_excel_has_types_a_fixed_header_a_filter_and_no_formula(content: Content) -> None:
    book = openpyxl.load_workbook(io.BytesIO(to_bytes(content, "xlsx")))
    sheet = book["Sites"]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:AA76"
    head = [cell.value for cell in sheet[1]]
    assert tuple(head) == COLUMNS
    for number, row in enumerate(sheet.iter_rows(min_row=2)):
        for name, cell in zip(head, row, strict=True):
            assert cell.data_type != "f"
            if cell.value is not None:
                is_number = name in {"latitude", "longitude", "score", "uncertainty_km"}
                assert isinstance(cell.value, int | float if is_number else str), (number, name)
    assert sheet["N2"].value is None
    assert sheet["N4"].value == pytest.approx(content.rows["latitude"][2])
    about = " ".join(str(row[1].value) for row in book["About"].iter_rows())
    assert all(words in about for words in list_facts(content))


def test_excel_text_that_looks_like_a_formula_stays_text() -> None:
    rows = pd.DataFrame({"facility": pd.Series([*DANGEROUS, "x" * 40_000], dtype="str")})
    content = Content("sites", rows, Provenance(Library((), {}, rows), {}).describe(_sites(0)))
    raw = to_bytes(content, "xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(raw))["Sites"]
    values = [cell.value for cell in sheet["A"]]
    assert values[1:4] == DANGEROUS[:3]
    assert len(values[-1]) == 32_767
    with zipfile.ZipFile(io.BytesIO(raw)) as inside:
        assert b"<f>" not in inside.read("xl/worksheets/sheet1.xml")


def _sites(rows: int) -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series([""] * rows, dtype="str") for name in COLUMNS})


def test_more_rows_than_a_sheet_holds_is_a_clear_error() -> None:
    rows = pd.DataFrame({"trial_id": pd.Series("NCT00000001", index=range(MAX_SHEET_ROWS))})
    content = Content("sites", rows, Provenance(Library((), {}, rows), {}).describe(_sites(0)))
    with pytest.raises(ExportError, match=r"1,048,576 rows do not fit .* limit"):
        to_bytes(content, "xlsx")


def test_geojson_is_opened_by_geopandas_and_keeps_sites_without_a_position(
    content: Content, tmp_path: Path
) -> None:
    document = json.loads(to_bytes(content, "geojson"))
    assert document["type"] == "FeatureCollection"
    assert document["features"][0]["geometry"] is None
    assert set(document["about"]["attribution"]) == set(content.about.attribution)
    longitude, latitude = document["features"][2]["geometry"]["coordinates"]
    assert (latitude, longitude) == tuple(content.rows.loc[2, ["latitude", "longitude"]])
    file = tmp_path / "sites.geojson"
    file.write_bytes(to_bytes(content, "geojson"))
    frame = geopandas.read_file(file)
    assert len(frame) == 75
    assert frame.crs.to_epsg() == 4326
    assert frame.geometry.isna().sum() == 1
    assert tuple(frame.columns[:-1]) == COLUMNS


def test_kml_passes_the_schema_and_is_opened_by_geopandas(content: Content, tmp_path: Path) -> None:
    raw = to_bytes(content, "kml")
    etree.XMLSchema(file=str(KML_SCHEMA)).assertValid(etree.fromstring(raw))
    file = tmp_path / "sites.kml"
    file.write_bytes(raw)
    frame = geopandas.read_file(file)
    assert len(frame) == 75
    assert frame["city"].tolist() == content.rows["city"].tolist()
    assert all(words in raw.decode() for words in list_facts(content))


@pytest.mark.parametrize("columns", [("city",), ("trial_id", "score"), COLUMNS])
def test_kml_of_any_columns_and_no_row_passes_the_schema(
    content: Content, columns: tuple[str, ...]
) -> None:
    schema = etree.XMLSchema(file=str(KML_SCHEMA))
    for rows in (content.rows, content.rows.iloc[:0]):
        made = Content("sites", rows, content.about, columns)
        assert schema.validate(etree.fromstring(to_bytes(made, "kml"))), schema.error_log


def test_parquet_has_types_and_says_where_the_data_is_from(content: Content) -> None:
    read = pq.read_table(io.BytesIO(to_bytes(content, "parquet")))
    types = {field.name: str(field.type) for field in read.schema}
    for name in ("latitude", "longitude", "score", "uncertainty_km"):
        assert types[name] == "double"
    assert types["trial_id"] == types["site_number"] == "string"
    assert read["latitude"].null_count == 1
    assert read["facility"].to_pylist() == content.rows["facility"].tolist()
    metadata = read.schema.metadata
    assert metadata[b"as_of"] == b"2020-02-10"
    assert metadata[b"filter"] == b"country=DE"
    assert json.loads(metadata[b"about"])["attribution"] == list(content.about.attribution)


def test_json_is_read_by_pandas_with_types(content: Content) -> None:
    raw = to_bytes(content, "json").decode()
    frame = pd.read_json(io.StringIO(raw), orient="table")
    assert tuple(frame.columns) == COLUMNS
    assert frame["latitude"].isna().sum() == 1
    assert frame["site_number"].tolist() == content.rows["site_number"].tolist()
    assert json.loads(raw)["about"]["as_of"] == "2020-02-10"


@pytest.mark.parametrize("suffix", FORMATS)
def test_equal_data_gives_equal_bytes(content: Content, suffix: str) -> None:
    assert to_bytes(content, suffix) == to_bytes(content, suffix)


@pytest.mark.parametrize("suffix", FORMATS)
def test_an_empty_table_is_a_file_with_its_columns(content: Content, suffix: str) -> None:
    empty = Content("sites", content.rows.iloc[:0], content.about)
    assert b"trial_id" in to_bytes(empty, suffix) or suffix in {"xlsx", "geojson"}


@pytest.mark.parametrize("suffix", ["csv", "json"])
def test_counts_are_whole_numbers(content: Content, suffix: str) -> None:
    counts = Content("countries", count_by_country(content.rows), content.about)
    text = to_bytes(counts, suffix).decode()
    assert ("Germany,DE,17,17,1,0" in text) or ('"sites":17,"cities":17' in text)
