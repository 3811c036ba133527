"""A reader guesses only with the places on its side, against no column's name, and says so."""

import bz2
import gzip
import io
import json
import lzma
import tarfile

import openpyxl
import pyarrow as pa
import pytest

from dashboard.errors import ReadError
from dashboard.readers import read
from dashboard.sites.reading import Reading


def opened(text: str, name: str = "NCT01207388.csv") -> Reading:
    return read(text.encode(), name)


def columns(reading: Reading, *names: str) -> list[list[str]]:
    return reading.sites[list(names)].to_numpy().tolist()


@pytest.mark.parametrize("word", ["NA", "N/A", "null", "None", "-", "nan", "#N/A", ".", "<NA>"])
def test_a_word_for_a_missing_value_is_missing_in_every_column(word: str) -> None:
    reading = opened(
        "Hospital,Line 3,City,State,Country\n"
        f"LKH,{word},Graz,{word},Austria\n{word},{word},{word},{word},{word}\n"
        f"AKH,{word},Wien,{word},{word}\n"
    )
    assert columns(reading, "facility", "city", "state", "country") == [
        ["LKH", "Graz", "", "Austria"],
        ["AKH", "Wien", "", ""],
    ]
    assert "country" in reading.columns
    assert reading.columns["country"] == "Country"


def test_a_column_filled_with_na_is_no_country() -> None:
    rows = "".join(f"Clinic {n},NA,Leeds,53.8,-1.52\n" for n in range(5))
    reading = opened(f"Hospital,Address3,City,Lat,Lon\n{rows}Clinic,Headington,Oxford,51.7,-1.2\n")
    assert "country" not in reading.columns
    assert set(reading.sites["country"]) <= {"", "United Kingdom"}
    assert any("Address3" in note for note in reading.notes)


@pytest.mark.parametrize(
    ("row", "country"),
    [
        ("Katutura,Windhoek,NA,,", "NA"),
        ("Clinic,,NA,-22.56,17.07", "NA"),
        ("Clinic,,NA,48.2,16.4", ""),
        ("Clinic,Graz,NA,,", ""),
    ],
)
def test_na_is_namibia_where_the_row_says_so(row: str, country: str) -> None:
    reading = opened(f"Hospital,City,Country,Lat,Lon\nAKH,Wien,AT,48.22,16.35\n{row}\n")
    assert reading.sites["country"].tolist() == ["AT", country]


def test_na_among_codes_without_gaps_is_namibia() -> None:
    reading = opened("Hospital,Country\nA,AT\nB,NA\nC,ZA\n")
    assert reading.sites["country"].tolist() == ["AT", "NA", "ZA"]


def test_a_column_named_state_stays_one() -> None:
    reading = opened(
        "site,city,state,country\nA,Tbilisi,,Georgia\nB,Atlanta,Georgia,United States\n"
        "C,Decatur,Georgia,United States\nD,Norwood,MA,United States\n"
    )
    assert reading.sites["state"].tolist() == ["", "Georgia", "Georgia", "MA"]


def test_a_state_column_of_countries_is_said_to_be_used_as_such() -> None:
    reading = opened("site,city,state\nA,Graz,Austria\nB,Ulm,Germany\nC,Lyon,France\n")
    assert reading.sites["country"].tolist() == ["Austria", "Germany", "France"]
    assert "column 'state' holds countries, not states; used as the country" in reading.warnings


def test_a_country_guessed_from_content_is_said_and_agrees_with_the_towns() -> None:
    rows = "LKH,Graz,Austria\nUKU,Ulm,Germany\nHCL,Lyon,France\n"
    reading = opened(f"Hospital,City,Where\n{rows}")
    assert reading.columns["country"] == "Where"
    assert "country guessed from the content of 'Where', uncertain" in reading.warnings
    foreign = "A,Lyon,Germany\nB,Marseille,Germany\nC,Toulouse,Austria\n"
    assert "country" not in opened(f"Hospital,City,Vendor\n{foreign}").columns


@pytest.mark.parametrize(
    "header", ["hisp_lat", "Sponsor country", "Site elevation", "Country of birth", "lat"]
)
def test_a_column_is_not_taken_for_what_its_name_only_resembles(header: str) -> None:
    reading = opened(f"Hospital,City,{header}\nA,Graz,{'Austria' if 'ountry' in header else 1}\n")
    assert set(reading.columns) == {"facility", "city"}
    said = [*reading.warnings, *reading.notes]
    assert any(header in sentence for sentence in said)


def test_a_row_of_hxl_tags_is_no_site() -> None:
    reading = opened(
        "Status,Country,Adm1,Location,Centre Name\n#status,#country,#adm1+name,#loc,#loc +name\n"
        "Open,Liberia,Bomi,Tubmanburg,ETC\n"
    )
    assert columns(reading, "facility", "country") == [["ETC", "Liberia"]]
    assert any("tags such as #status" in warning for warning in reading.warnings)


@pytest.mark.parametrize(
    ("facilities", "cities"),
    [
        ("['A', 'B']", "['Graz', 'Linz']"),
        ('["A", "B"]', '["Graz", "Linz"]'),
        ('c("A", "B")', 'c("Graz", "Linz")'),
        ("{A,B}", "{Graz,Linz}"),
        ("('A', 'B')", "['Graz', 'Linz']"),
    ],
)
def test_lists_in_cells_are_a_site_each(facilities: str, cities: str) -> None:
    def quote(text: str) -> str:
        return '"' + text.replace('"', '""') + '"'

    reading = opened(
        f"nct_id,facility,city,country\nNCT04000001,{quote(facilities)},{quote(cities)},Austria\n"
    )
    assert columns(reading, "trial_id", "facility", "city", "country") == [
        ["NCT04000001", "A", "Graz", "Austria"],
        ["NCT04000001", "B", "Linz", "Austria"],
    ]
    assert "rows with lists in their cells, split into sites: row 2 (2 sites)" in reading.warnings


def test_lists_of_different_lengths_stay_one_site_with_a_warning() -> None:
    reading = opened("facility,city,country\n\"['A', 'B', 'C']\",\"['Graz', 'Linz']\",Austria\n")
    assert columns(reading, "facility", "city") == [["A; B; C", "Graz; Linz"]]
    assert any("different lengths" in warning for warning in reading.warnings)


EU_CTR_PAGE = (
    "<!DOCTYPE html><html><body><table><tr><td>EudraCT Number:</td><td>2015-000001-12</td></tr>"
    "</table><table><tr><td>A.1</td><td>Member State Concerned</td><td>Germany</td></tr>"
    "<tr><td>B.1.3.4</td><td>Country</td><td>France</td></tr></table></body></html>"
)
EU_CTR_TEXT = (
    "EudraCT Number:          2015-000001-10\nSponsor Protocol Number: T1\n"
    "Trial protocol:          SE(Completed) PT(Completed)\n"
)
EU_CTR_TABLE = (
    "A.1 Member State Concerned,A.2 EudraCT number,B.1.1 Name of Sponsor,B.1.3.4 Country\n"
    "Germany,2015-000001-12,Pharma,France\n"
)


@pytest.mark.parametrize("text", [EU_CTR_PAGE, EU_CTR_TEXT, EU_CTR_TABLE])
def test_the_eu_clinical_trials_register_has_no_sites(text: str) -> None:
    with pytest.raises(ReadError, match="EU Clinical Trials Register"):
        opened(text)


@pytest.mark.parametrize(
    ("address", "city", "country"),
    [
        ("Tower Road, Clacton-on-Sea, Essex", "Clacton-on-Sea", ""),
        ("120 Princess Road, Manchester, Greater Manchester", "Manchester", ""),
        ("Nord, Saint-Louis", None, ""),
        ("Diamaguene, près du Lycee", None, ""),
        ("Auenbruggerplatz 1, 8036 Graz, Austria", "Graz", "Austria"),
    ],
)
def test_the_last_part_of_an_address_is_a_country_only_if_it_is_one(
    address: str, city: str | None, country: str
) -> None:
    reading = opened(f'Name,Address\nClinic,"{address}"\nClinic B,"Road 1, Graz"\n')
    assert reading.sites["country"][0] == country
    assert city is None or reading.sites["city"][0] == city


NESTED = {
    "size": 2,
    "results": [
        {
            "IDInfo": {"NCTID": "NCT00363001"},
            "Status": "Completed",
            "Sponsor": {"Name": "Pharma", "City": "Basel", "Country": "Switzerland"},
            "Locations": [
                {
                    "Facility": {"Name": "Barts", "Address": {"City": "London", "Country": "UK"}},
                    "Status": "Recruiting",
                },
                {"Facility": {"Name": "Gemelli", "Address": {"City": "Roma", "Country": "Italy"}}},
            ],
        },
        {"IDInfo": {"NCTID": "NCT00363002"}, "Locations": [{"Facility": {"Name": "Somewhere"}}]},
    ],
}


@pytest.mark.parametrize("wrapped", [False, True], ids=["a list", "deep inside"])
def test_sites_are_found_at_any_depth_of_json(wrapped: bool) -> None:
    document = {"answer": {"page": {"trials": NESTED["results"]}}} if wrapped else NESTED
    reading = read(json.dumps(document).encode(), "trials.json")
    assert columns(reading, "trial_id", "facility", "city", "country", "status") == [
        ["NCT00363001", "Barts", "London", "UK", "Recruiting"],
        ["NCT00363001", "Gemelli", "Roma", "Italy", ""],
    ]
    if not wrapped:
        assert [trial.trial_id for trial in reading.trials] == ["NCT00363001", "NCT00363002"]
        assert "trials without a site that has a place: NCT00363002" in reading.warnings


def test_a_trial_with_its_country_beside_its_sites_gives_its_sites() -> None:
    record = {
        "nct_id": "NCT00000001",
        "country": "Austria",
        "sites": [{"name": "LKH", "city": "Graz"}],
    }
    reading = read(json.dumps([record]).encode(), "trials.json")
    assert columns(reading, "facility", "city", "country") == [["LKH", "Graz", "Austria"]]


def _study(**fields: object) -> dict[str, object]:
    return {
        "resourceType": "ResearchStudy",
        "id": "own",
        "identifier": [
            {"value": "T-1"},
            {"system": "http://clinicaltrials.gov", "value": "NCT05000001"},
        ],
        "title": "A study",
        **fields,
    }


LOCATIONS = [
    {
        "resourceType": "Location",
        "id": "l1",
        "name": "North",
        "address": {"city": "Berlin", "country": "DE"},
        "position": {"latitude": 52.5, "longitude": 13.4},
    },
    {
        "resourceType": "Location",
        "id": "l2",
        "managingOrganization": {"reference": "Organization/o2"},
    },
    {
        "resourceType": "Organization",
        "id": "o2",
        "name": "South",
        "address": [{"city": "Ulm", "postalCode": "89081", "country": "DE"}],
    },
    {"resourceType": "Organization", "id": "o1", "name": "Sponsor", "address": [{"city": "Basel"}]},
]


def _fhir(shape: str) -> bytes:
    sites = [{"reference": "Location/l1"}, {"reference": "Location/l2"}]
    study = _study(site=sites, sponsor={"reference": "Organization/o1"})
    if shape == "contained":
        own = [{"reference": f"#{one['reference'][-2:]}"} for one in sites]
        study = _study(site=own, contained=LOCATIONS, sponsor={"reference": "#o1"})
        study["contained"][1]["managingOrganization"] = {"reference": "#o2"}  # type: ignore[index]
        return json.dumps(study).encode()
    if shape == "ndjson":
        return "\n".join(map(json.dumps, [*LOCATIONS, study])).encode()
    entries = [
        {"fullUrl": f"urn:{n}", "resource": one} for n, one in enumerate([study, *LOCATIONS])
    ]
    return json.dumps({"resourceType": "Bundle", "entry": entries}).encode()


@pytest.mark.parametrize("shape", ["bundle", "ndjson", "contained"])
def test_a_fhir_study_has_the_sites_it_refers_to(shape: str) -> None:
    reading = read(_fhir(shape), "study.json")
    assert columns(reading, "trial_id", "facility", "city", "postcode", "country") == [
        ["NCT05000001", "North", "Berlin", "", "DE"],
        ["NCT05000001", "South", "Ulm", "89081", "DE"],
    ]
    assert reading.sites["latitude"].tolist()[0] == 52.5
    assert [sponsor.name for sponsor in reading.trials[0].sponsors] == ["Sponsor"]


def test_fhir_locations_without_a_study_are_a_site_list() -> None:
    data = "\n".join(map(json.dumps, LOCATIONS[:3])).encode()
    assert read(data, "places.ndjson").sites["city"].tolist() == ["Berlin", "Ulm"]


def _tar(members: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return file.getvalue()


@pytest.mark.parametrize(
    "pack",
    [bytes, gzip.compress, bz2.compress, lzma.compress, pa.Codec("zstd").compress],
    ids=["tar", "gzip", "bzip2", "xz", "zstd"],
)
def test_each_file_of_a_tar_is_read_by_itself(pack: object) -> None:
    lists = {
        "a/sites.csv": b"site_id,facility,city,country\n1,LKH,Graz,Austria\n",
        "a/people.csv": b"Site_Name,PI_Name,Status\nLKH,Dr. Jane Example,Active\n",
        "a/._sites.csv": b"x",
    }
    packed = pack(_tar(lists))  # type: ignore[operator]
    if not isinstance(packed, bytes):
        packed = packed.to_pybytes()
    reading = read(packed, "lists.tar")
    assert columns(reading, "facility", "city") == [["LKH", "Graz"]]
    assert any(warning.startswith("a/people.csv: ") for warning in reading.warnings)


@pytest.mark.parametrize(
    ("start", "what"),
    [
        (b"7z\xbc\xaf\x27\x1c" + bytes(40), "7z archive"),
        (b"Rar!\x1a\x07\x00" + bytes(40), "RAR archive"),
        (b"RDX3\nX\n" + bytes(40), "R data file"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12\n", "Git LFS"),
    ],
)
def test_what_is_refused_is_named(start: bytes, what: str) -> None:
    with pytest.raises(ReadError, match=what):
        read(start, "any.file")


def test_one_bad_byte_spoils_no_other_letter() -> None:
    text = "site,city,country\nA,München,Deutschland\nB,Köln,Deutschland\nC \x00,São Paulo,Brasil\n"
    reading = read(text.encode().replace(b"\x00", b"\x9d"), "sites.csv")
    assert reading.sites["city"].tolist() == ["München", "Köln", "São Paulo"]
    assert reading.warnings[0] == "bytes that are not valid UTF-8, shown as \ufffd: line 4"


def test_a_line_in_another_encoding_is_read_as_that() -> None:
    text = "site,city,country\nA,München,Deutschland\nB,Köln,Deutschland\n".encode()
    reading = read(text + "C,Düren,Deutschland\n".encode("cp1252"), "sites.csv")
    assert reading.sites["city"].tolist() == ["München", "Köln", "Düren"]
    assert "line 4" in reading.warnings[0]


def test_formulas_without_a_result_and_what_is_hidden_are_said() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Sites"
    sheet.append(["Hospital", "City", "Country"])
    sheet.append(['=UPPER("lkh")', "Graz", "Austria"])
    sheet.append(["AKH", "Wien", "Austria"])
    sheet.row_dimensions[3].hidden = True
    other = book.create_sheet("Old")
    other.append(["Hospital", "City", "Country"])
    other.append(["UKU", "Ulm", "Germany"])
    other.sheet_state = "hidden"
    file = io.BytesIO()
    book.save(file)
    reading = read(file.getvalue(), "sites.xlsx")
    assert len(reading.sites) == 3
    said = "\n".join(reading.warnings)
    assert "sheet Sites: formulas without a stored result, read as empty: A2" in said
    assert "sheet Sites: hidden or filtered rows are read too: 1" in said
    assert "sheet Old is hidden" in said


@pytest.mark.parametrize(
    ("size", "row", "lines"),
    [(150_000, 2, True), (200_000, 1, False), (400_000, 39, False), (3_000_000, 30, True)],
)
def test_a_long_cell_hides_no_header(size: int, row: int, lines: bool) -> None:
    long = ("criteria, or; not | a b\n" if lines else "criteria, or; not | a b ") * (size // 24)
    rows = ["NCT Number,Brief Summary,Study Title,Locations"]
    rows += [
        f'NCT{n:08},"{long if n == row else "short"}",T,"LKH, Graz, Austria"' for n in range(1, 41)
    ]
    reading = opened("\n".join(rows))
    assert reading.format == "ClinicalTrials.gov download (since 2023)"
    assert reading.sites["city"].tolist() == ["Graz"] * 40


def test_a_lookup_sheet_is_passed_over_and_named() -> None:
    book = openpyxl.Workbook()
    book.active.append(["Hospital", "Town", "Postcode"])
    book.active.append(["Coed", "Swansea", "SA2 0GH"])
    other = book.create_sheet("Boards")
    other.append(["Health Board", "Postcode", "URL"])
    other.append(["Board", "SA12 7BR", "http://example.org"])
    file = io.BytesIO()
    book.save(file)
    reading = read(file.getvalue(), "wales.xlsx")
    assert reading.sites["city"].tolist() == ["Swansea"]
    assert "sheets without sites of their own, skipped: Boards" in reading.warnings
