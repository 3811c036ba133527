"""Site lists with columns of any names, saved in any way."""

import csv
import io
import math

import pytest

from dashboard.errors import ReadError
from dashboard.readers import guess_columns, preview, read


def listed(text: str, **options: object) -> list[list[str]]:
    sites = read(text.encode(), "list.csv", **options).sites  # type: ignore[arg-type]
    return sites[["facility", "city", "state", "postcode", "country"]].to_numpy().tolist()


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (
            "NCT Number;Centre;Ville;Code postal;Pays;Statut",
            "trial_id;facility;city;postcode;country;status",
        ),
        (
            "Studie;Prüfzentrum;Straße;PLZ;Ort;Land;Status",
            "trial_id;facility;;postcode;city;country;status",
        ),
        (
            "Hospital;Town;Province;Postal Code;Country;Lat;Lng",
            "facility;city;state;postcode;country;latitude;longitude",
        ),
        (
            "Site No.;Principal Investigator;Institution;Address;City;State/Province;ZIP;Country",
            "site_number;;facility;;city;state;postcode;country",
        ),
        (
            "Centro;Ciudad;Provincia;CP;País;Latitud;Longitud",
            "facility;city;state;postcode;country;latitude;longitude",
        ),
        ("Struttura;Città;Regione;CAP;Paese", "facility;city;state;postcode;country"),
        (
            "NCTId;LocationFacility;LocationCity;LocationZip;LocationCountry;LocationStatus",
            "trial_id;facility;city;postcode;country;status",
        ),
        ("施設名;市;国", "facility;city;country"),
        (
            "CLINICAL SITE NAME;CITY NAME;STATE NAME;COUNTRY NAME",
            "facility;city;state;country",
        ),
        ("nct_id;overallStatus;siteStatus;town;pays", "trial_id;trial_status;status;city;country"),
        ("Name;Location", "facility;place"),
        (
            "Organisation;Locality;Region;Country Name;X;Y",
            "facility;city;state;country;longitude;latitude",
        ),
    ],
)
def test_columns_are_known_by_many_names(header: str, expected: str) -> None:
    columns, targets = header.split(";"), expected.split(";")
    wanted = {t: c for t, c in zip(targets, columns, strict=True) if t}
    assert guess_columns(columns, []) == wanted


def test_content_decides_if_names_do_not() -> None:
    rows = [["NCT00000001", "St. Anna", "Wien", "Austria"], ["NCT00000002", "B", "Graz", "Austria"]]
    guess = guess_columns(["A", "Site", "Ort", "Kraj"], rows)
    assert guess == {"trial_id": "A", "facility": "Site", "city": "Ort", "country": "Kraj"}


def test_codes_of_states_are_not_taken_for_countries() -> None:
    rows = [["Boston", "MA"], ["Duarte", "CA"], ["Denver", "CO"], ["Macon", "GA"]]
    assert guess_columns(["City", "State"], rows) == {"city": "City", "state": "State"}
    assert listed('Hospital,Location\nA,"Boston, MA"\nB,"Boston, MA, USA"\n') == [
        ["A", "Boston", "MA", "", ""],
        ["B", "Boston", "MA", "", "USA"],
    ]


def test_a_list_without_a_header_is_read_by_its_content() -> None:
    text = "City of Hope Hospital,Duarte,91010,United States\nLKH Graz,Graz,8036,Austria\n"
    assert listed(text) == [
        ["City of Hope Hospital", "Duarte", "", "91010", "United States"],
        ["LKH Graz", "Graz", "", "8036", "Austria"],
    ]


def test_a_person_can_choose_the_columns() -> None:
    text = "a,b,c\nLKH,Graz,Austria\n"
    columns = {"facility": "a", "city": "b", "country": "c"}
    assert listed(text, columns=columns) == [["LKH", "Graz", "", "", "Austria"]]
    reading = read(text.encode(), "list.csv", columns=columns)
    assert reading.columns == columns
    assert reading.header == ("a", "b", "c")


def test_a_table_can_be_previewed_before_its_columns_are_chosen() -> None:
    shown = preview(b"a,b,c\nLKH,Graz,Austria\n", "list.csv")
    assert shown is not None
    assert shown.header == ("a", "b", "c")
    assert shown.rows == (("LKH", "Graz", "Austria"),)
    guessed = preview(b"Sites\n\nOrt;Land\nGraz;Austria\n", "list.csv")
    assert guessed is not None
    assert guessed.columns == {"city": "Ort", "country": "Land"}
    assert preview(b'{"a": 1}', "study.json") is None


@pytest.mark.parametrize("columns", [{"city": "z"}, {"town": "a"}])
def test_a_column_that_does_not_exist_is_named(columns: dict[str, str]) -> None:
    with pytest.raises(ReadError, match=r"'(z|town)'"):
        read(b"a,b\nGraz,Austria\n", "list.csv", columns=columns)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_encoding_separator_and_line_end_do_not_matter(
    encoding: str, delimiter: str, line_end: str
) -> None:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator=line_end)
    writer.writerow(["Clinic", "City", "Country"])
    writer.writerow(['Klinikum "Nord", Haus 2', "Tübingen", "Germany"])
    writer.writerow(["Hôpital; Lyon|Sud", "Créteil", "France"])
    reading = read(text.getvalue().encode(encoding), "list")
    assert reading.sites["city"].tolist() == ["Tübingen", "Créteil"]
    assert reading.sites["facility"].tolist() == ['Klinikum "Nord", Haus 2', "Hôpital; Lyon|Sud"]


def test_cells_with_line_breaks_are_one_line() -> None:
    assert (
        listed('facility,city,country\n"Clinic\nof Graz",Graz,Austria\n')[0][0] == "Clinic of Graz"
    )


def test_mojibake_is_repaired_with_a_note() -> None:
    reading = read("city,country\nMÃ¼nchen,Germany\nKöln,Germany\n".encode(), "list.csv")
    assert reading.sites["city"].tolist() == ["München", "Köln"]
    assert "1 garbled lines repaired" in reading.warnings[0]


@pytest.mark.parametrize(
    ("latitude", "longitude", "point"),
    [
        ("47.07", "15.44", (47.07, 15.44)),
        ("47,07", "15,44", (47.07, 15.44)),
        ("47.07° N", "15.44 E", (47.07, 15.44)),
        ("33.9 S", "70.7 W", (-33.9, -70.7)),
        ("47°04'12\"N", "15°26'24\"E", (47.07, 15.44)),
        ("95", "15", None),
        ("0", "0", None),
        ("47.07", "", None),
        ("", "", None),
        ("north", "east", None),
    ],
)
def test_points_are_read_as_people_write_them(
    latitude: str, longitude: str, point: tuple[float, float] | None
) -> None:
    text = f"city;country;lat;lng\nGraz;Austria;{latitude};{longitude}\nLinz;Austria;48.3;14.3\n"
    site = read(text.encode(), "list.csv").sites.iloc[0]
    if point is None:
        assert math.isnan(site["latitude"])
        assert math.isnan(site["longitude"])
    else:
        assert (round(site["latitude"], 5), round(site["longitude"], 5)) == point


def test_positions_of_an_exported_table_are_not_read_back() -> None:
    header = "trial_id,facility,city,country,latitude,longitude,precision,source,score"
    text = (
        f"{header}\nNCT00000001,A,Graz,Austria,47.07,15.44,city,gazetteer,1.0\n"
        "NCT00000001,B,Linz,Austria,48.3,14.3,city,registry,1.0\n"
    )
    latitudes = read(text.encode(), "sites.csv").sites["latitude"].tolist()
    assert math.isnan(latitudes[0])
    assert latitudes[1] == 48.3


def test_trials_have_the_facts_of_the_list() -> None:
    text = (
        "nct,title,overall_status,phase,sponsor,site_status,city,country\n"
        "nct00000001,One,COMPLETED,Phase II,Acme,Green,Graz,Austria\n"
        "NCT00000001,,,,,RECRUITING,Linz,Austria\n"
    )
    reading = read(text.encode(), "list.csv")
    (trial,) = reading.trials
    assert (trial.trial_id, trial.title, trial.status) == ("NCT00000001", "One", "Completed")
    assert (trial.phase, trial.sponsor) == ("Phase 2", "Acme")
    assert reading.sites["status"].tolist() == ["", "Recruiting"]
    assert any("'Green' is unknown" in text for text in reading.warnings)


@pytest.mark.parametrize(
    ("written", "status"),
    [
        *(("Open", "Recruiting"), ("closed", "Completed"), ("On Hold", "Suspended")),
        *(("Closed to enrolment", "Active, not recruiting"), ("Start-up", "Not yet recruiting")),
        *(("Rekrutierung abgeschlossen", "Active, not recruiting"), ("Fermé", "Completed")),
        *(("En attente d'ouverture", "Not yet recruiting"), ("Abierto", "Recruiting")),
        *(("Arruolamento in corso", "Recruiting"), ("Encerrado", "Completed")),
        *(("Zamknięty", "Completed"), ("Набор открыт", "Recruiting"), ("募集中", "Recruiting")),
    ],
)
def test_statuses_in_the_words_of_sponsors_lists(written: str, status: str) -> None:
    reading = read(f"city,country,status\nGraz,Austria,{written}\n".encode(), "NCT00000001.csv")
    assert reading.sites["status"].tolist() == [status]
    assert reading.warnings == (f"site statuses read: {written!r} as {status}",)


@pytest.mark.parametrize("written", ["Active", "aktiv", "En cours", "Initiated"])
def test_a_status_that_does_not_show_whether_a_site_recruits_is_empty(written: str) -> None:
    reading = read(f"city,country,status\nGraz,Austria,{written}\n".encode(), "NCT00000001.csv")
    assert reading.sites["status"].tolist() == [""]
    assert "does not say whether a site recruits" in reading.warnings[0]


def test_the_trial_of_a_list_can_be_above_it_or_in_its_name() -> None:
    above = b"Sites of NCT01207388\n\nHospital,City,Country\nA,Graz,Austria\n"
    assert read(above, "list.csv").sites["trial_id"].tolist() == ["NCT01207388"]
    plain = b"Hospital,City,Country\nA,Graz,Austria\n"
    named = read(plain, "NCT01207388_sites.csv")
    assert named.sites["trial_id"].tolist() == ["NCT01207388"]
    assert read(plain, "list.csv").warnings == ("no column names a trial; the sites have none",)


def test_places_in_one_cell_are_split() -> None:
    text = 'Hospital,Location\nA,"Graz, Austria"\nB,"Duarte, California, United States"\n'
    assert [row[1:3] + row[4:] for row in listed(text)] == [
        ["Graz", "", "Austria"],
        ["Duarte", "California", "United States"],
    ]


def test_short_and_long_rows_are_read_as_far_as_they_go() -> None:
    reading = read(b"facility,city,country\nA,Graz\nB,Linz,Austria,more\n\n,,\n", "list.csv")
    assert reading.sites["city"].tolist() == ["Graz", "Linz"]
    assert any(
        "more cells than the header" in text and "row 3" in text for text in reading.warnings
    )


@pytest.mark.parametrize(
    ("header", "row"),
    [
        (
            "試験ID,施設名,市区町村,都道府県,国,緯度,経度",
            "NCT00000001,病院,文京区,東京都,日本,35,139",
        ),
        ("Studie;Zentrum;Prüfzentrum;Ort;Land;Breite;Länge", "N1;12;LKH;Graz;Austria;47,07;15,4"),
        ("Estudio;Centro;Nombre del centro;Ciudad;País", "NCT00000001;12;Hospital;Madrid;España"),
        ("Site #,Institution Name,City,ST,Zip,Country", "1,Duke,Durham,NC,27710,United States"),
    ],
)  # fmt: skip
def test_the_columns_of_lists_in_other_languages(header: str, row: str) -> None:
    reading = read(f"{header}\n{row}\n".encode(), "list.csv")
    sign = "," if "," in header else ";"
    taken = set(reading.columns.values())
    assert taken == set(header.split(sign))
    (site,) = reading.sites.itertuples()
    assert site.facility == row.split(sign)[2 if "12" in row else 1]
    assert site.site_number == ("12" if "12" in row else "1" if "Duke" in row else "")


def test_a_text_of_trial_numbers_alone_is_refused_with_advice() -> None:
    for text in ("NCT01207388\nNCT00000001", "NCT01207388, NCT00000001; nct 00000002"):
        with pytest.raises(ReadError, match=r"names \d trials but no sites; fetch them"):
            read(text.encode(), "numbers.txt")
