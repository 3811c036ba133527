"""Tables with unknown headers, or none: a header never becomes a site."""

import pytest

from dashboard.errors import ReadError
from dashboard.readers import preview, read


@pytest.mark.parametrize(
    "body",
    [
        "LKH;Graz;Austria\nAKH;Wien;Austria",
        "LKH 1;Graz;Austria\nAKH 2;Wien;Austria",
        "Klinik;Graz;Austria",
    ],
    ids=["words", "digits", "one row"],
)
def test_a_header_of_unknown_words_is_no_site(body: str) -> None:
    data = f"aa;bb;cc\n{body}\n".encode()
    reading = read(data, "list.csv")
    assert reading.sites["city"].tolist() == [line.split(";")[1] for line in body.splitlines()]
    assert reading.columns == {"country": "cc", "city": "bb", "facility": "aa"}
    assert reading.header == ("aa", "bb", "cc")
    (told,) = [text for text in reading.warnings if "uncertain" in text]
    assert "(aa, bb, cc)" in told
    assert "city from 'bb'" in told
    shown = preview(data, "list.csv")
    assert shown is not None
    assert (shown.header, shown.columns) == (reading.header, reading.columns)
    again = read(data, "list.csv", columns={"facility": "bb", "country": "cc"})
    assert len(again.sites) == len(body.splitlines())
    assert not any("uncertain" in text for text in again.warnings)


def test_a_row_longer_than_the_header_fills_no_column() -> None:
    rows = [f"LKH;{city};Austria" for city in ("Graz", "Wien", "Linz", "Bregenz")]
    rows += ["LKH;Salzburg;Austria;47.8;13.04;5020;Recruiting"]
    reading = read("\n".join(["aa;bb;cc", *rows]).encode(), "list.csv")
    assert reading.header == ("aa", "bb", "cc")
    assert reading.columns == {"country": "cc", "city": "bb", "facility": "aa"}
    assert reading.sites["city"].tolist() == ["Graz", "Wien", "Linz", "Bregenz", "Salzburg"]


@pytest.mark.parametrize("body", ["1;Graz;8010\n2;Wien;1010", "x;47.1;15.4\ny;48.2;16.3"])
def test_numbers_below_an_unknown_header_are_refused(body: str) -> None:
    data = f"aa;bb;cc\n{body}\n".encode()
    with pytest.raises(ReadError, match=r"no column looks like .*columns: aa, bb, cc"):
        read(data, "list.csv")
    shown = preview(data, "list.csv")
    assert shown is not None
    assert shown.header == ("aa", "bb", "cc")
    assert read(data, "list.csv", columns={"city": "bb"}).columns == {"city": "bb"}


def test_a_first_site_with_a_misspelt_country_stays_a_site() -> None:
    rows = ["Charité;Berlin;Deutschlnd", "LKH;Graz;Austria", "UKE;Hamburg;Germany"]
    rows += ["UKU;Ulm;Germany", "KUK;Linz;Austria", "LKH;Salzburg;Austria"]
    reading = read("\n".join(rows).encode(), "list.csv")
    assert reading.sites["city"].tolist() == [row.split(";")[1] for row in rows]
    assert reading.sites["facility"].tolist()[:2] == ["Charité", "LKH"]
    assert any(
        "no row names the columns" in text and "uncertain" in text for text in reading.warnings
    )
