"""The own columns of a list stay: with name, type and order, into every file and back."""

import io
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest

from dashboard.errors import FilterError
from dashboard.exports import FORMATS, About, Content, to_bytes
from dashboard.library.lists import extend, merge, open_bytes, without_contacts
from dashboard.query.apply import apply
from dashboard.query.facets import facet_counts
from dashboard.query.filters import Filters, parse, to_query
from dashboard.readers import TYPE_PREFIX, Reading
from dashboard.sites.categoricals import to_plain_text
from dashboard.sites.fields import find_field_type, is_contact, list_fields
from dashboard.sites.table import COLUMNS

ROWS = 300
HOSTILE = "<img src=x onerror=alert(1)> `${x}` \u202eعيادة"


def build_workbook() -> bytes:
    """300 sites with 12 columns of one's own."""
    rng = np.random.default_rng(7)
    own: dict[str, list[Any]] = {
        "PI tier": rng.choice(["A", "B", "C", None], ROWS).tolist(),
        "Start-up weeks": rng.integers(4, 40, ROWS).tolist(),
        "Past enrolment": [None if n % 7 == 0 else n * 1.25 for n in range(ROWS)],
        "Contract until": [pd.Timestamp(2026, 1 + n % 12, 1 + n % 28) for n in range(ROWS)],
        "Ethics approved": rng.choice(["yes", "no"], ROWS).tolist(),
        "Comment": [f"Comment {n}, “quoted”; {HOSTILE}" if n % 3 else None for n in range(ROWS)],
        "note": [f"theirs {n % 5}" for n in range(ROWS)],
        "score": [n % 10 for n in range(ROWS)],
        "Lab code": [f"{n:05}" for n in range(ROWS)],
        "Almost a number": ["n. d." if n == 5 else n for n in range(ROWS)],
        "x" * 350: ["long"] * ROWS,
        "שם": ["ימין"] * ROWS,
    }
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Hospital", "Town", "Country", *own])
    for n, row in enumerate(zip(*own.values(), strict=True)):
        cells = [cell.to_pydatetime() if isinstance(cell, pd.Timestamp) else cell for cell in row]
        sheet.append([f"Clinic {n}", ("Graz", "Linz", "Wien")[n % 3], "Austria", *cells])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


@pytest.fixture(scope="module")
def sites() -> pd.DataFrame:
    """The site table of the workbook."""
    opened = open_bytes(build_workbook(), "candidates.xlsx")
    assert opened.reading is not None, opened.error
    notes = " | ".join(opened.reading.notes)
    assert "Almost a number: a number in 299 of 300 rows; kept as text because of 'n. d.'" in notes
    assert "a name has 300 characters" in notes
    return merge([opened], None).table


def list_own(table: pd.DataFrame) -> pd.DataFrame:
    return to_plain_text(table[list_fields(table, COLUMNS)])


def test_each_column_is_kept_with_its_type(sites: pd.DataFrame) -> None:
    assert tuple(sites.columns[: len(COLUMNS)]) == COLUMNS
    types = {name: find_field_type(sites[name]) for name in list_fields(sites, COLUMNS)}
    assert types == {
        "PI tier": "choice",
        "Start-up weeks": "number",
        "Past enrolment": "number",
        "Contract until": "date",
        "Ethics approved": "choice",
        "Comment": "text",
        "input_note": "choice",
        "input_score": "number",
        "Lab code": "text",
        "Almost a number": "text",
        "x" * 300: "choice",
        "שם": "choice",
    }
    assert sites["Contract until"].tolist()[:2] == ["2026-01-01", "2026-02-02"]
    assert sites["Lab code"].tolist()[0] == "00000"
    assert np.isnan(sites["Past enrolment"][0])
    assert (sites["note"] == "").all()


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "geojson", "parquet", "json"])
def test_it_comes_back_from_every_format(sites: pd.DataFrame, suffix: str) -> None:
    file = to_bytes(Content("sites", sites, About()), suffix)
    opened = open_bytes(file, f"sites.{suffix}")
    assert opened.reading is not None, opened.error
    again = merge([opened], None).table
    pd.testing.assert_frame_equal(list_own(again), list_own(sites), check_column_type=False)
    assert again["facility"].tolist() == sites["facility"].tolist()


def test_they_are_filtered_counted_and_searched(sites: pd.DataFrame) -> None:
    def ask(**wanted: str) -> pd.DataFrame:
        return apply(sites, parse([(f"field.{name}", text) for name, text in wanted.items()]))

    tiers = sites["PI tier"]
    assert len(ask(**{"PI tier": "a"})) == (tiers == "A").sum()
    weeks = sites["Start-up weeks"]
    assert len(ask(**{"Start-up weeks": "12"})) == (weeks == 12).sum()
    assert len(ask(**{"Start-up weeks.min": "10", "Start-up weeks.max": "20.5"})) == (
        weeks.between(10, 20.5).sum()
    )
    until = sites["Contract until"].astype("str")
    assert len(ask(**{"Contract until.min": "2026-06-15"})) == (until >= "2026-06-15").sum()
    filters = parse([("field.PI tier", "A"), ("field.PI tier", "B")])
    assert parse(to_query(filters)) == filters
    assert sum(facet_counts(sites, filters)["field.PI tier"].values()) == (tiers != "").sum()
    assert len(apply(sites, Filters(q="comment quoted"))) == (sites["Comment"] != "").sum()


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("field.PI teir", "A", "no open list has the column PI teir"),
        ("field.status", "Recruiting", "no open list has the column status"),
        ("field.PI tier.min", "3", "holds text, which has no order"),
        ("field.Start-up weeks.min", "soon", "give a number or a date"),
        ("field.Start-up weeks.max", "2026-01-01", "holds numbers"),
        ("field.Contract until.max", "7", "holds dates"),
    ],
)
def test_what_cannot_be_filtered_is_refused(
    sites: pd.DataFrame, name: str, value: str, problem: str
) -> None:
    with pytest.raises(FilterError, match=problem) as raised:
        apply(sites, parse([(name, value)]))
    if "teir" in name:
        assert raised.value.allowed[0] == "field.PI tier"


def test_lists_of_different_columns_are_merged() -> None:
    one = open_bytes(b"city,country,Tier,Weeks\nGraz,Austria,A,7\n", "one.csv")
    two = open_bytes(b"city,country,Weeks,Rank\nLinz,Austria,soon,2\n", "two.csv")
    table = extend(merge([one], None), [two], None).table
    assert list_own(table).to_dict("list") == {
        "Tier": ["A"],
        "Weeks": ["soon"],
        "Rank": [2.0],
    } or list_own(table)["Weeks"].tolist() == ["7", "soon"]


def test_bad_headers_lose_nothing() -> None:
    head = "city,country,Tier,Tier,,=cmd|'/C calc'!A0," + ",".join(f"c{n}" for n in range(250))
    row = "Graz,Austria,A,B,unnamed,run," + ",".join(["v"] * 250)
    opened = open_bytes(f"{head}\n{row}\n".encode(), "odd.csv")
    assert opened.reading is not None, opened.error
    fields = opened.reading.fields
    assert fields is not None
    assert fields.shape == (1, 200)
    assert fields.iloc[0, :4].tolist() == ["A", "B", "unnamed", "run"]
    assert any("more than 200 columns" in note for note in opened.reading.notes)
    csv = to_bytes(Content("sites", merge([opened], None).table, About()), "csv").decode()
    assert ",'=cmd|" in csv.partition("\r\n")[0]


def test_nested_fields_and_truth_values_of_json() -> None:
    data = b'[{"city": "Graz", "country": "Austria", "lab": {"own": true, "size": 3.5}}]'
    opened = open_bytes(data, "sites.json")
    assert opened.reading is not None, opened.error
    assert opened.reading.fields is not None
    assert opened.reading.fields.to_dict("list") == {"lab.own": ["true"], "lab.size": [3.5]}


def test_people_and_contacts_are_told_apart() -> None:
    data = (
        b"city,country,PI,PI tier,E-mail,Reach,Phone number\n"
        b"Graz,Austria,Dr. Maria Muster,A,m@example.org,x@example.org,+43 316 1\n"
    )
    opened = open_bytes(data, "sites.csv")
    assert opened.reading is not None
    fields = opened.reading.fields
    assert fields is not None
    assert list(fields) == ["PI", "PI tier", "E-mail", "Reach", "Phone number"]
    assert [name for name in fields if is_contact(str(name), fields[name])] == [
        "PI", "E-mail", "Reach", "Phone number"
    ]  # fmt: skip
    shared = merge([without_contacts(opened)], None).table
    assert list_fields(shared, COLUMNS) == ["PI tier"]


def test_every_format_takes_own_columns(sites: pd.DataFrame) -> None:
    content = Content("sites", sites, About())
    for suffix in FORMATS:
        assert b"Start-up weeks" in to_bytes(content, suffix) or suffix in {"xlsx", "parquet"}


TYPED = (
    "city,country,Code,Weeks,Until,Signed\n"
    'Graz,Austria,7,12,2027-01-31,ja\nLinz,Austria,8,n. d.,May 2027,nein\nWien,Austria,9,"1,5",,x\n'
    'Wels,Austria,10,"1,234",1.2.2027,vielleicht\n'
)


def test_a_person_says_what_a_column_holds() -> None:
    def read(**types: str) -> Reading:
        columns = {f"{TYPE_PREFIX}{name}": kind for name, kind in types.items()} or None
        reading = open_bytes(TYPED.encode(), "x.csv", columns).reading
        assert reading is not None
        assert reading.fields is not None
        assert reading.sites["city"].tolist() == ["Graz", "Linz", "Wien", "Wels"]
        return reading

    def list_cells(reading: Reading, name: str) -> list[object]:
        assert reading.fields is not None
        return (
            reading.fields[name].astype("object").where(reading.fields[name].notna(), None).tolist()
        )

    plain = read()
    assert list_cells(plain, "Code") == [7, 8, 9, 10]
    assert list_cells(plain, "Weeks") == ["12", "n. d.", "1,5", "1,234"]
    said = read(Code="text", Weeks="number", Until="date", Signed="yes/no")
    assert list_cells(said, "Code") == ["7", "8", "9", "10"]
    assert list_cells(said, "Weeks") == [12, None, 1.5, None]
    assert list_cells(said, "Until") == ["2027-01-31", "", "", "2027-02-01"]
    assert list_cells(said, "Signed") == ["yes", "no", "yes", ""]
    notes = " | ".join(said.notes)
    assert "Weeks: read as number, as you chose; 2 cells are none and empty here" in notes
    assert "'n. d.'" in notes
    assert "Until: read as date" in notes
    assert "Signed: read as yes/no" in notes
    assert list_cells(read(Weeks="nonsense"), "Weeks")[1] == "n. d.", "an unknown type is none"
    frame = pd.read_csv(io.StringIO(TYPED), dtype="str").rename(columns=str)
    parquet = io.BytesIO()
    frame.to_parquet(parquet)
    columns = {f"{TYPE_PREFIX}Weeks": "number"}
    saved = open_bytes(parquet.getvalue(), "x.parquet", columns)
    assert saved.reading is not None, saved.error
    assert list_cells(saved.reading, "Weeks") == [12, None, 1.5, None]
