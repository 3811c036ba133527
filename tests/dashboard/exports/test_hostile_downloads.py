"""Downloads contain text from strangers as text, whatever it is."""

import csv
import io
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import geopandas
import pyarrow.parquet as pq
import pytest
from defusedxml.ElementTree import fromstring

from dashboard.exports import Content, Provenance, to_bytes
from dashboard.library.lists import merge, open_bytes
from dashboard.sites.categoricals import to_plain_text
from dashboard.sites.table import COLUMNS
from geocache.files.formula_injection import unescape_formula

KML = "{http://www.opengis.net/kml/2.2}"
PAYLOADS = (
    "]]><script>alert(1)</script><![CDATA[",
    "<![CDATA[ x ]]>",
    "</SimpleData></Placemark><Placemark><name>injected</name>",
    '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
    "&b; &amp; &#0; &#x1F; &lt;b&gt;",
    "<!-- comment --> <?php echo 1 ?>",
    '"},"geometry":null},{"type":"Feature","properties":{"facility":"injected',
    "</script><script>alert(1)</script>",
    "\\u0022 \\ \u2028 \u2029 \u0085 end",
    '"><img src=x onerror=alert(1)>',
    "$[name] $[facility/displayName] ${x} {{x}} %s %00",
    "\u202eright to left\u202c",
    '=HYPERLINK("http://example.org";"x")',
    "+1+cmd|' /C calc'!A0",
    "@SUM(1)",
    "-2+3",
    "javascript:alert(1)",
    "null\x00byte bell\x07 escape\x1b[31m",
    "lone \ufffe\uffff end",
)
OWN = '<b onload="x">]]> </own> & ${x}'
FIELDS = ("facility", "city", "state", "trial_title", "sponsor", "note", OWN)


NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@pytest.fixture(scope="module")
def content() -> Content:
    """A list with every payload in every text field, own columns and notes too, with points."""
    text = io.StringIO()
    writer = csv.writer(text)
    header = ["trial_id", "trial_title", "sponsor", "facility", "city", "state", "country"]
    writer.writerow([*header, OWN, *PAYLOADS])
    for number, payload in enumerate(PAYLOADS):
        writer.writerow(
            [f"T{number}", payload, payload, payload, payload, payload, "Austria"]
            + [payload] * (1 + len(PAYLOADS))
        )
    library = merge([open_bytes(text.getvalue().encode(), "<b>list</b> & ]]>.csv")], None)
    table = to_plain_text(library.table).assign(latitude=47.07, longitude=15.44)
    table["note"] = table["facility"]
    assert len(table.columns) == len(COLUMNS) + 1 + len(PAYLOADS), "no column is lost"
    hostile = {"gazetteer": "<script>alert(1)</script>"}
    about = Provenance(library, hostile).describe(table, filter_text="q=<script>&]]>")
    return Content("sites", table, about)


def rows(content: Content) -> list[dict[str, str]]:
    """The texts of the site table, which every file must contain."""
    table = content.rows[list(FIELDS)].astype(str)
    assert len(table) == len(PAYLOADS)
    assert all(table[name].nunique() == len(PAYLOADS) for name in FIELDS)
    found: list[dict[str, str]] = table.to_dict("records")
    return found


def test_geojson_holds_it_as_strings(content: Content, tmp_path: Path) -> None:
    data = to_bytes(content, "geojson")
    features = json.loads(data.decode())["features"]
    found = [{name: one["properties"][name] for name in FIELDS} for one in features]
    assert found == rows(content)
    assert all(one["geometry"]["coordinates"] == [15.44, 47.07] for one in features)
    (tmp_path / "sites.geojson").write_bytes(data)
    assert len(geopandas.read_file(tmp_path / "sites.geojson")) == len(PAYLOADS)


class Tags(HTMLParser):
    """The tags of a text that is read as HTML."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002 - its signature
        self.tags.append(tag)


def test_kml_is_well_formed_and_holds_it_as_text(content: Content, tmp_path: Path) -> None:
    data = to_bytes(content, "kml")
    document = fromstring(data, forbid_dtd=True)
    assert b"<![CDATA[" not in data
    marks = document.findall(f".//{KML}Placemark")
    expected = [
        {name: NOT_XML.sub("", value) for name, value in row.items()} for row in rows(content)
    ]
    found = [{one.get("name"): one.text for one in mark.iter(f"{KML}SimpleData")} for mark in marks]
    assert [{name: row[name] for name in FIELDS} for row in found] == expected
    assert [mark.findtext(f"{KML}name") for mark in marks] == [r["facility"] for r in expected]
    known = {"kml", "Document", "name", "open", "description", "ExtendedData", "Data", "value"}
    known |= {"Schema", "SimpleField", "Placemark", "SchemaData", "SimpleData", "Point"}
    assert {one.tag.removeprefix(KML) for one in document.iter()} == known | {"coordinates"}
    for words in document.iter(f"{KML}description"):  # a viewer reads these as HTML
        assert "script" in str(words.text)
        assert Tags(str(words.text)).tags == []
    (tmp_path / "sites.kml").write_bytes(data)
    assert len(geopandas.read_file(tmp_path / "sites.kml")) == len(PAYLOADS)


def test_csv_runs_in_no_spreadsheet_and_gives_it_back(content: Content) -> None:
    text = to_bytes(content, "csv").decode("utf-8-sig")
    cells = list(csv.DictReader(io.StringIO(text, newline="")))
    found = [{name: unescape_formula(one[name]) for name in FIELDS} for one in cells]
    assert found == rows(content)
    texts = [text for one in cells for text in (*one, *one.values())]
    assert not [text for text in texts if text.strip()[:1] in set("=+-@")]


def test_parquet_holds_it_as_it_is(content: Content) -> None:
    table = pq.read_table(io.BytesIO(to_bytes(content, "parquet")))
    assert table.select(list(FIELDS)).to_pylist() == rows(content)
