"""Which spellings are joined to one facility, and which are not."""

import random
from pathlib import Path

import pytest

from geocache.errors import InputError
from geocache.facilities import Facility, FacilityJoiner, Named
from geocache.facilities.evaluation import (
    count_figures,
    count_related,
    judge_by_key,
    judge_pairs,
    read_pairs,
)
from geocache.facilities.spelling import spelling_key


def join(*names: str, city: str = "Linz", state: str = "", country: str = "Austria") -> list[str]:
    """The ids of some names of one city."""
    found = FacilityJoiner().join([Named(name, city, state, country) for name in names])
    return [facility.facility_id for facility in found]


def are_one(*names: str, city: str = "Linz", state: str = "", country: str = "Austria") -> bool:
    return len(set(join(*names, city=city, state=state, country=country))) == 1


SAME = [
    ("Linz", "Austria", "Klinik Sonnblick ( Site 0123 )", "Klinik Sonnblick /ID# 252899"),
    ("Linz", "Austria", "Universitätsklinikum Linz", "University Hospital of Linz"),
    ("Linz", "Austria", "Universitaetsklinikum Linz", "Universitätsklinikum Linz GmbH"),
    ("Wien", "Austria", "Klinikum Wallner Wien", "Wallner Hospital Vienna"),
    ("Lyon", "France", "CHU de Lyon", "Centre Hospitalier Universitaire Lyon"),
    ("Lyon", "France", "Clinique Saint Rambert", "St. Rambert Clinic"),
    ("Porto", "Portugal", "Hospital S.Bento", "Hospital de Sao Bento, Servico de Oncologia"),
    ("Pune", "India", "Bharadwaj Medical Institute", "Bhardwaj Medical Institute - Cardiology"),
    ("Pune", "India", "State Institute of Renal Sciences (SIRS)", "SIRS"),
    ("Kyiv", "Ukraine", "City Clinical Hospital #19", "City Clinical Hospital No. 19"),
    ("Brno", "Czechia", "Fakultni nemocnice u sv. Vita v Brne", "FN u sv. Vita Brno"),
    ("Sofia", "Bulgaria", 'UMHAT "Dr. Petar Vasilev" EAD', "UMHAT Dr. Petar Vasilev; Urology Unit"),
    ("Graz", "Austria", "Department of Pediatrics, Hospital Maierhof", "Krankenhaus Maierhof"),
    ("Wuhan", "China", "Lotus Hospital affiliated to Hubei East University", "Lotus Hospital"),
    ("Essex", "United Kingdom", "Royal Alder Hospital", "The Royal Alder Hospital NHS Trust"),
    ("Ankara", "Turkey", "Yildiz Universitesi Tip Fakultesi", "Yildiz University Medical Faculty"),
]  # fmt: skip

APART = [
    ("Moscow", "Russia", "City Hospital No. 15", "City Hospital No. 31"),
    ("Berlin", "Germany", "Rosenklinik, Campus Mitte", "Rosenklinik, Campus Nord"),
    ("Sydney", "Australia", "Bankside Hospital", "The Children's Hospital at Bankside"),
    ("Leeds", "United Kingdom", "Royal Alder Hospital", "Royal Thorn Hospital"),
    ("Wuhan", "China", "First Affiliated Hospital of Hubei East University",
     "Second Affiliated Hospital of Hubei East University"),
    ("Oslo", "Norway", "University of Oslo", "Oslo University Hospital"),
    ("Leeds", "United Kingdom", "North Alder Hospital", "South Alder Hospital"),
    ("Lyon", "France", "Hôpital Saint-Rambert", "Hôpital Saint-Clair"),
    ("Lima", "Peru", "Clinica Santa Beatriz", "Clinica Privada Santa Beatriz Militar"),
    ("Kyiv", "Ukraine", "Oncology Center Verba", "Cardiology Center Verba"),
]  # fmt: skip


@pytest.mark.parametrize(("city", "country", "one", "other"), SAME)
def test_one_facility_in_two_spellings(city: str, country: str, one: str, other: str) -> None:
    assert are_one(one, other, city=city, country=country)


@pytest.mark.parametrize(("city", "country", "one", "other"), APART)
def test_two_facilities_that_look_alike(city: str, country: str, one: str, other: str) -> None:
    assert not are_one(one, other, city=city, country=country)


def test_a_city_in_two_languages_is_one_place() -> None:
    found = FacilityJoiner().join(
        [
            Named("Klinik Sonnblick", "Wien", "", "Austria"),
            Named("Klinik Sonnblick", "Vienna", "", "Österreich"),
            Named("Klinik Sonnblick", "Salzburg", "", "Austria"),
        ]
    )
    assert found[0] == found[1]
    assert found[0].facility_id != found[2].facility_id


def test_cities_of_one_name_are_told_apart_by_state() -> None:
    one = join("Mercy Hospital", city="Springfield", state="Illinois", country="US")
    assert one != join("Mercy Hospital", city="Springfield", state="Missouri", country="US")


def test_a_name_between_two_does_not_join_them() -> None:
    """Guy's = Guy's and St Thomas' = St Thomas' would make one of two hospitals."""
    one, _, other = join("Alder Hospital", "Alder & Thorn Hospital", "Thorn Hospital")
    assert one != other


def test_placeholders_are_no_facility() -> None:
    found = FacilityJoiner().join(
        [Named("Research Site", "Linz", "", "Austria"), Named("", "Linz")]
    )
    assert found == [Facility(), Facility()]


def test_says_how_a_name_was_joined() -> None:
    names = [
        "University Hospital Linz",
        "UNIVERSITY HOSPITAL LINZ",
        "Universitätsklinikum Linz",
        "Department of Urology, University Hospital Linz",
        "UHL",
    ]
    found = FacilityJoiner().join([Named(name, "Linz", "", "Austria") for name in names])
    assert {one.facility_name for one in found} == {"University Hospital Linz"}
    assert [one.match for one in found] == ["exact", "exact", "language", "part of", "acronym"]
    assert found[0].score == 1
    assert all(0 < one.score < 1 for one in found[2:])


def test_a_part_is_linked_to_its_whole() -> None:
    whole, part = FacilityJoiner().join(
        [
            Named("Rosenklinik", "Berlin", "", "Germany"),
            Named("Rosenklinik, Campus Nord", "Berlin", "", "Germany"),
        ]
    )
    assert part.part_of == whole.facility_id
    assert whole.part_of == ""


def test_equal_sites_have_equal_ids_in_any_order() -> None:
    sites = [
        Named(name, city, "", country) for city, country, *names in SAME + APART for name in names
    ]
    expected = dict(zip(sites, FacilityJoiner().join(sites), strict=True))
    shuffled = random.Random(1).sample(sites, len(sites))  # noqa: S311
    assert dict(zip(shuffled, FacilityJoiner().join(shuffled), strict=True)) == expected


def test_one_more_list_gives_what_all_at_once_give() -> None:
    sites = [Named(name, city, "", country) for city, country, *names in SAME for name in names]
    joiner = FacilityJoiner()
    joiner.join(sites[: len(sites) // 2])
    assert joiner.join(sites) == FacilityJoiner().join(sites)


def test_the_key_of_a_spelling() -> None:
    assert spelling_key("Dana-Farber Cancer Institute") == spelling_key(
        "DANA FARBER cancer institute"
    )
    assert spelling_key("The Royal Alder") == spelling_key("Royal Alder")
    assert spelling_key("Royal Alder") != spelling_key("Royal Thorn")


def test_odd_names_are_read() -> None:
    names = [
        "-",
        "(",
        "'",
        "??",
        "12",
        "Ł" * 400,
        "医院",
        "a" * 3,
        "\x00 Klinik",
        "«»",
        "Klinik (",
        "#",
    ]
    assert len(FacilityJoiner().join([Named(name, "Linz", "", "Austria") for name in names])) == 12


PAIRS = """country,place,a,b,label,confidence
AT,"Linz, Austria",Klinik Sonnblick ( Site 0001 ),Klinik Sonnblick ( Site 0002 ),same,3
AT,"Linz, Austria",University Hospital Linz,Universitätsklinikum Linz,same,3
AT,"Linz, Austria",University Hospital Linz,Klinik Sonnblick,different,3
AT,"Linz, Austria",Rosenklinik,"Rosenklinik, Campus Nord",related,2
AT,"Linz, Austria",Rosenklinik,Klinik Sonnblick,same,1
"""


def test_figures_of_judged_pairs(tmp_path: Path) -> None:
    file = tmp_path / "pairs.csv"
    file.write_text(PAIRS, encoding="utf-8")
    judged = judge_pairs(read_pairs(file))
    figures = count_figures(judged)
    assert (figures.same, figures.different) == (2, 1)
    assert (figures.precision, figures.recall) == (1, 1)
    assert count_related(judged) == (1, 0)
    assert count_figures(judge_by_key(judged)).recall == 0
    assert [one.kind for one in judged[:2]] == ["site number", "language"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("country,place,a,b\n", "no column label"),
        ("country,place,a,b,label\nAT,Linz,x,y,perhaps\n", "row 2: label 'perhaps'"),
        ("country,place,a,b,label,confidence\nAT,Linz,x,y,same,high\n", "row 2: confidence 'high'"),
    ],
)
def test_pairs_that_cannot_be_read(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "pairs.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=says):
        read_pairs(file)


def join_places(*sites: tuple[str, str], country: str) -> list[Facility]:
    """The facilities of some names, each with its city."""
    return FacilityJoiner().join([Named(name, city, "", country) for name, city in sites])


@pytest.mark.parametrize(
    ("name", "city", "suburb", "country"),
    [
        ("Klinikum Grosshadern", "München", "Großhadern", "Germany"),
        ("Klinikum Grosshadern", "Munich", "Munich-Grosshadern", "Germany"),
        ("Klinikum der Universität München", "Munich", "Grosshadern", "Germany"),
        ("Westmead Hospital", "Sydney", "Westmead", "Australia"),
        ("Hôpital Albert Fournier", "Paris", "Créteil", "France"),
    ],
)
def test_a_hospital_under_its_city_and_its_suburb_is_one(
    name: str, city: str, suburb: str, country: str
) -> None:
    one, other = join_places((name, city), (f"{name} ( Site 0012 )", suburb), country=country)
    assert one.facility_id == other.facility_id
    assert one.facility_name == other.facility_name == name


@pytest.mark.parametrize(
    ("one", "other", "suburb", "country"),
    [
        ("Universitätsklinikum", "Klinikum der Universität", "Grosshadern", "Germany"),
        ("City Hospital", "City Hospital", "Grosshadern", "Germany"),
        ("Klinik Rosenhain", "Klinik Rosenhain", "Augsburg", "Germany"),
        ("Maria Hospital", "Maria Hospital", "Grosshadern", "Germany"),
        ("Rosenhain Hospital", "Rosenhain Children's Hospital", "Grosshadern", "Germany"),
        ("Rosenhain Hospital, Campus Nord", "Rosenhain Hospital", "Grosshadern", "Germany"),
        ("Rosenhain Dermatology Center", "Rosenhain Dermatology Center", "Pasing", "Germany"),
    ],
)
def test_neighbours_with_names_alike_are_two(
    one: str, other: str, suburb: str, country: str
) -> None:
    first, second = join_places((one, "Munich"), (other, suburb), country=country)
    assert first.facility_id != second.facility_id


def test_a_name_in_two_suburbs_is_a_chain() -> None:
    name = "Rosenhain Hospital"
    found = join_places((name, "Munich"), (name, "Pasing"), (name, "Bogenhausen"), country="DE")
    assert len({one.facility_id for one in found}) == 3


def test_a_suburbs_hospital_that_could_be_two_of_the_city_stays_apart() -> None:
    """The suburb's one facility has the names of two: its campus tells which of them it is."""
    whole, campus = "Klinikum der Universität München", "Klinikum Universität München, Campus "
    city, part, here, too = join_places(
        *((whole, "Munich"), (campus + "Grosshadern", "Munich")),
        *((whole, "Grosshadern"), (campus + "Grosshadern", "Grosshadern")),
        country="Germany",
    )
    assert city.facility_id != part.facility_id
    assert here.facility_id == too.facility_id == part.facility_id
    assert part.part_of in {city.facility_id, ""}


def test_new_york_is_new_york_city() -> None:
    found = FacilityJoiner().join(
        [Named("Alder Hospital", city, "New York", "US") for city in ("New York", "New York City")]
    )
    assert found[0].facility_id == found[1].facility_id


def test_suburbs_give_equal_facilities_in_any_order_and_when_one_comes_later() -> None:
    sites = [
        Named("Klinikum Grosshadern", "Munich", "", "DE"),
        Named("Klinikum Grosshadern, Urologie", "Grosshadern", "", "DE"),
        Named("Klinikum Rosenhain", "Munich", "", "DE"),
        Named("Rosenhain Klinikum", "Pasing", "", "DE"),
    ]
    joiner = FacilityJoiner()
    joiner.join(sites[:1])
    found = joiner.join(sites)
    assert joiner.join(sites[::-1]) == found[::-1]
    assert FacilityJoiner().join(sites) == found
    assert len({one.facility_id for one in found}) == 2
