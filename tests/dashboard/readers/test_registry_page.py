"""A registry page as text: the seed, and how other pages differ."""

from pathlib import Path

import pandas as pd
import pytest

from dashboard.errors import ReadError
from dashboard.readers import READ_COLUMNS, Reading, read

SEED = Path(__file__).parents[3] / "seeds" / "NCT01207388.txt"


@pytest.fixture(scope="module")
def seed() -> Reading:
    return read(SEED.read_bytes(), SEED.name)


def page(locations: str, countries: str = "") -> bytes:
    return f"A Trial\n\nNCT ID: NCT00000001\n\n{locations}\n\n{countries}\n".encode()


def test_each_of_several_pasted_pages_is_a_trial(seed: Reading) -> None:
    first = SEED.read_text(encoding="utf-8")
    second = page("Locations\n\nLKH Graz\n\nGraz, Austria\n\nSite Status").decode()
    third = second.replace("00000001", "00000002").replace("Graz, Austria", "Nowhere")
    for between in ("", "\n", "\r\n\r\n\r\n"):
        text = between.join([first.rstrip() + "\n", second, third])
        reading = read(text.encode(), "pasted")
        assert [trial.trial_id for trial in reading.trials] == [
            "NCT01207388",
            "NCT00000001",
            "NCT00000002",
        ]
        assert [trial.title for trial in reading.trials[1:]] == ["A Trial", "A Trial"]
        assert reading.trials[0] == seed.trials[0]
        counts = reading.sites["trial_id"].value_counts()
        assert counts.to_dict() == {"NCT01207388": 75, "NCT00000001": 1, "NCT00000002": 1}
        (warning,) = reading.warnings
        assert "no country in 'Nowhere'" in warning
        line = text.count("\n", 0, text.rindex("Site Status")) + 1
        assert warning.startswith(f"line {line}: ")


def test_a_page_pasted_twice_is_one_trial_and_the_newer_is_used(seed: Reading) -> None:
    text = SEED.read_text(encoding="utf-8")
    newer = text.replace("2020-02-10", "2021-01-01").replace("LKH Graz", "LKH Graz II")
    reading = read(f"{text}\n{newer}".encode(), "pasted")
    assert [trial.as_of for trial in reading.trials] == ["2021-01-01"]
    assert len(reading.sites) == len(seed.sites)
    assert reading.sites["facility"][0] == "LKH Graz II"


def test_the_seed_gives_75_sites_in_11_countries(seed: Reading) -> None:
    assert tuple(seed.sites.columns) == READ_COLUMNS
    assert seed.sites["country"].value_counts().to_dict() == {
        "Germany": 17,
        "Italy": 12,
        "France": 10,
        "Poland": 7,
        "Spain": 7,
        "Belgium": 5,
        "United Kingdom": 5,
        "Austria": 4,
        "Romania": 4,
        "Netherlands": 2,
        "Russia": 2,
    }
    assert seed.warnings == ()
    assert seed.as_of == "2020-02-10"


def test_the_seeds_sites_have_number_facility_and_city_as_written(seed: Reading) -> None:
    shown = seed.sites[["site_number", "facility", "city", "state", "postcode", "status"]]
    assert shown.iloc[0].tolist() == ["1102", "LKH Graz", "Graz", "", "", ""]
    assert shown.iloc[2].tolist() == ["1106", "", "Salzburg", "", "", ""]
    assert shown.iloc[17]["facility"] == "CHU de Bordeaux - Hôpital Haut Lévêque"
    assert "Hospital 12 de Octubre" in set(shown["facility"])
    assert seed.sites["site_number"].str.fullmatch(r"\d{4}").all()
    assert seed.sites["latitude"].isna().all()


def test_dates_in_words_become_iso() -> None:
    page = SEED.read_text()
    assert "2010-11-30" in page
    reading = read(page.replace("2010-11-30", "September 2010").encode(), "page.txt")
    assert reading.trials[0].start_date == "2010-09"


def test_the_seeds_trial_is_complete(seed: Reading) -> None:
    (trial,) = seed.trials
    assert trial.title.startswith("Confirmatory Phase II Study of Blinatumomab (MT103)")
    assert (trial.trial_id, trial.status, trial.phase) == ("NCT01207388", "Completed", "Phase 2")
    assert (trial.enrollment, trial.study_type) == (116, "Interventional")
    assert (trial.start_date, trial.completion_date) == ("2010-11-30", "2019-01-07")
    assert trial.has_results is True
    assert trial.conditions == ("B-cell Acute Lymphoblastic Leukemia",)
    assert (trial.allocation, trial.intervention_model) == ("Not applicable", "Single group")
    assert (trial.primary_purpose, trial.masking) == ("Treatment", "None (open label)")
    (arm,) = trial.arms
    assert (arm.label, arm.type) == ("Blinatumomab", "Experimental")
    assert arm.interventions == ("Blinatumomab",)
    (intervention,) = trial.interventions
    assert (intervention.name, intervention.type) == ("Blinatumomab", "Drug")
    assert intervention.other_names == ("AMG 103", "MT103", "BLINCYTO")
    assert (trial.minimum_age, trial.maximum_age, trial.sex) == ("18 Years", "", "All")
    assert trial.healthy_volunteers is False
    assert trial.sponsor == "Amgen Research (Munich) GmbH"
    assert trial.sponsors[0].sponsor_class == "Industry"
    assert trial.responsible_party == "Sponsor"
    assert [(i.name, i.affiliation) for i in trial.investigators] == [
        ("Ralf Bargou, MD", "Medizinische Klinik und Poliklinik II, Würzburg"),
        ("Nicola Gökbuget, MD", "Klinikum der Goethe Universität Frankfurt"),
    ]
    assert [r.pmid for r in trial.references] == [
        "38135369",
        "32619115",
        "30254079",
        "29358182",
        "27209293",
    ]
    assert {r.type for r in trial.references} == {"Derived"}
    assert [(o.id, o.source) for o in trial.other_ids] == [("MT103-203", "org_study_id")]
    (related,) = trial.related
    assert (related.trial_id, related.status, related.phase) == (
        "NCT04556084",
        "Terminated",
        "Phase 2",
    )
    assert len(trial.countries) == 11


def test_a_status_below_site_status_belongs_to_the_site() -> None:
    reading = read(
        page(
            "Locations\n\nA Clinic\n\nUlm, , Germany\n\nSite Status\n\nRECRUITING\n\n"
            "Completed Care\n\nBonn, , Germany\n\nSite Status\n\n"
            "C\n\nSeoul, , Korea, Republic of\n\nSite Status\n\nActive, not recruiting"
        ),
        "page.txt",
    )
    assert reading.sites["status"].tolist() == ["Recruiting", "", "Active, not recruiting"]
    assert reading.sites["facility"].tolist() == ["A Clinic", "Completed Care", "C"]
    assert reading.sites["country"].tolist()[2] == "Korea, Republic of"


@pytest.mark.parametrize(
    ("place", "city", "state", "country"),
    [
        ("Graz, , Austria", "Graz", "", "Austria"),
        ("Duarte, California, United States", "Duarte", "California", "United States"),
        (", , Austria", "", "", "Austria"),
        ("Graz, Austria", "Graz", "", "Austria"),
        ("Austria", "", "", "Austria"),
        ("Nowhere", "Nowhere", "", ""),
        ("Mitte, , Ruritania", "Mitte", "", "Ruritania"),
        (
            "Washington, D.C., District of Columbia, United States",
            "Washington, D.C.",
            "District of Columbia",
            "United States",
        ),
    ],
)
def test_no_site_is_lost_for_its_place(place: str, city: str, state: str, country: str) -> None:
    reading = read(page(f"Locations\n\nA Clinic\n\n{place}\n\nSite Status"), "page.txt")
    site = reading.sites.iloc[0]
    assert (site["city"], site["state"], site["country"]) == (city, state, country)


def test_a_page_without_locations_gives_a_warning() -> None:
    reading = read(page("Conditions\n\nAsthma"), "page.txt")
    assert len(reading.sites) == 0
    assert reading.sites["city"].dtype == pd.Series([""], dtype="str").dtype
    assert "no Locations section" in reading.warnings[0]
    assert reading.trials[0].conditions == ("Asthma",)


def test_countries_that_differ_from_the_sites_are_reported() -> None:
    reading = read(
        page("Locations\n\nA\n\nUlm, , Germany\n\nSite Status", "Countries\n\nAustria France"),
        "page.txt",
    )
    assert reading.warnings == (
        "NCT00000001: countries listed without a site: Austria, France",
        "NCT00000001: sites in countries not listed: Germany",
    )


def test_introductory_sentences_of_sections_are_dropped() -> None:
    text = (
        "Conditions\n\nSee the diseases that this research is about.\n\nAsthma\n\n"
        "Locations\n\nExplore where the study is taking place and who recruits.\n\n"
        "Ulm, , Germany\n\nSite Status"
    )
    reading = read(page(text), "page.txt")
    assert reading.trials[0].conditions == ("Asthma",)
    assert reading.sites["facility"].tolist() == [""]


def test_contacts_do_not_become_facilities() -> None:
    text = (
        "Locations\n\nA Clinic\n\nUlm, , Germany\n\nSite Status\n\nRECRUITING\n\n"
        "Contact: A. Person\n\n+49 000 000 00\n\nB Clinic\n\nBonn, , Germany\n\nSite Status"
    )
    assert read(page(text), "page.txt").sites["facility"].tolist() == ["A Clinic", "B Clinic"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_the_encoding_does_not_matter(encoding: str, seed: Reading) -> None:
    text = SEED.read_text(encoding="utf-8").translate({0x3BC: "u", 0x219: "s", 0x142: "l"})
    reading = read(text.encode(encoding), "page.txt")
    assert reading.sites["city"].tolist() == [city.replace("ș", "s") for city in seed.sites["city"]]


def test_an_empty_page_is_an_error_that_names_the_file() -> None:
    with pytest.raises(ReadError, match=r"^empty\.txt: the file is empty"):
        read(b" \n ", "empty.txt")


def test_groups_and_interventions_are_separate() -> None:
    text = """Study Groups

Arm A

Takes X,
then Y.

Group Type EXPERIMENTAL

X

Intervention Type DRUG

Tablets

Y

Intervention Type BEHAVIORAL

Talking

Arm B

Group Type PLACEBO_COMPARATOR

Interventions

X

Tablets

Intervention Type DRUG

Y

Talking

Intervention Type BEHAVIORAL

Other Intervention Names

Discover other names of the interventions.

Xanol XN-12

Sponsors

NCI

NIH

Sponsor Role collaborator

Acme

INDUSTRY

Sponsor Role lead"""
    (trial,) = read(page(text), "page.txt").trials
    assert [(arm.label, arm.type, arm.interventions) for arm in trial.arms] == [
        ("Arm A", "Experimental", ("X", "Y")),
        ("Arm B", "Placebo comparator", ()),
    ]
    assert trial.arms[0].description == "Takes X,\nthen Y."
    assert [(i.name, i.type, i.other_names) for i in trial.interventions] == [
        ("X", "Drug", ()),
        ("Y", "Behavioral", ()),
    ]
    assert trial.sponsor == "Acme"


def test_an_unknown_section_ends_the_one_before() -> None:
    text = (
        "Countries\n\nAustria\n\nHow To Join\n\nReach out to the team of the study to take part."
        "\n\nA. Person\n\nReferences\n\nDoe J. 2020.\n\nPMID: 12"
    )
    (trial,) = read(page(text), "page.txt").trials
    assert trial.countries == ("Austria",)
    assert [(r.citation, r.pmid) for r in trial.references] == [("Doe J. 2020.", "12")]
