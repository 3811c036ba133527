"""Registry formats: trials and sites, and odd, large and damaged files."""

import csv
import io
import json
from typing import Any

import pytest

from dashboard.readers import read
from dashboard.readers.common.locations_text import split_all, split_cell
from dashboard.readers.files.json_records import AT_ONCE_BYTES
from dashboard.readers.registries.ctgov_download import FORMAT as DOWNLOAD
from dashboard.sites.trial import Trial

STUDY: dict[str, Any] = {
    "protocolSection": {
        "identificationModule": {
            "nctId": "NCT00000001",
            "orgStudyIdInfo": {"id": "AB-1"},
            "secondaryIdInfos": [{"id": "2015-001894-41", "type": "EUDRACT_NUMBER"}],
            "briefTitle": "A Trial",
            "officialTitle": "A Trial of Drugs",
            "acronym": "ATOD",
        },
        "statusModule": {
            "overallStatus": "ACTIVE_NOT_RECRUITING",
            "startDateStruct": {"date": "2015-09"},
            "completionDateStruct": {"date": "2020-05-31"},
            "studyFirstPostDateStruct": {"date": "2015-09-16"},
            "lastUpdatePostDateStruct": {"date": "2022-08-18"},
        },
        "sponsorCollaboratorsModule": {
            "responsibleParty": {"type": "PRINCIPAL_INVESTIGATOR", "investigatorFullName": "A. P."},
            "leadSponsor": {"name": "Acme", "class": "INDUSTRY"},
            "collaborators": [{"name": "NCI", "class": "NIH"}],
        },
        "conditionsModule": {"conditions": ["Asthma", "Cough"], "keywords": ["air"]},
        "designModule": {
            "studyType": "INTERVENTIONAL",
            "phases": ["PHASE1", "PHASE2"],
            "designInfo": {
                "allocation": "RANDOMIZED",
                "interventionModel": "PARALLEL",
                "primaryPurpose": "TREATMENT",
                "maskingInfo": {"masking": "DOUBLE", "whoMasked": ["PARTICIPANT", "INVESTIGATOR"]},
            },
            "enrollmentInfo": {"count": 116},
        },
        "armsInterventionsModule": {
            "armGroups": [
                {"label": "One", "type": "ACTIVE_COMPARATOR", "interventionNames": ["Drug: X"]}
            ],
            "interventions": [{"type": "DRUG", "name": "X", "otherNames": ["Y"]}],
        },
        "eligibilityModule": {
            "healthyVolunteers": False,
            "sex": "ALL",
            "minimumAge": "18 Years",
            "maximumAge": "75 Years",
        },
        "contactsLocationsModule": {
            "overallOfficials": [{"name": "A. P.", "affiliation": "U", "role": "STUDY_CHAIR"}],
            "locations": [
                {
                    "facility": "1102 - LKH",
                    "status": "RECRUITING",
                    "city": "Graz",
                    "zip": "8036",
                    "country": "Austria",
                    "contacts": [{"name": "A. Person", "role": "CONTACT", "phone": "000"}],
                    "geoPoint": {"lat": 47.06667, "lon": 15.45},
                },
                {"city": "Linz", "country": "Austria"},
            ],
        },
        "referencesModule": {"references": [{"pmid": "1", "type": "RESULT", "citation": "C"}]},
    },
    "derivedSection": {
        "miscInfoModule": {"versionHolder": "2026-04-09", "removedCountries": ["France"]}
    },
    "hasResults": True,
}


def first_trial(document: object) -> Trial:
    return read(json.dumps(document).encode(), "study.json").trials[0]


def test_an_api_v2_study_fills_the_whole_record() -> None:
    trial = first_trial(STUDY)
    assert (trial.trial_id, trial.title, trial.acronym) == ("NCT00000001", "A Trial", "ATOD")
    assert (trial.status, trial.phase) == ("Active, not recruiting", "Phase 1/Phase 2")
    assert (trial.start_date, trial.completion_date) == ("2015-09", "2020-05-31")
    assert (trial.last_updated, trial.as_of) == ("2022-08-18", "2026-04-09")
    assert trial.first_posted == "2015-09-16"
    assert (trial.enrollment, trial.has_results, trial.study_type) == (116, True, "Interventional")
    assert trial.conditions == ("Asthma", "Cough")
    assert (trial.allocation, trial.intervention_model) == ("Randomized", "Parallel")
    assert trial.masking == "Double (participant, investigator)"
    assert [(arm.type, arm.interventions) for arm in trial.arms] == [("Active comparator", ("X",))]
    assert trial.interventions[0].other_names == ("Y",)
    assert (trial.sex, trial.minimum_age, trial.maximum_age) == ("All", "18 Years", "75 Years")
    assert [(s.name, s.sponsor_class, s.role) for s in trial.sponsors] == [
        ("Acme", "Industry", "lead"),
        ("NCI", "NIH", "collaborator"),
    ]
    assert trial.responsible_party == "Principal investigator: A. P."
    assert [(o.id, o.type) for o in trial.other_ids] == [
        ("AB-1", ""),
        ("2015-001894-41", "EudraCT number"),
    ]
    assert trial.references[0].pmid == "1"
    assert trial.investigators[0].role == "Study chair"
    assert trial.countries == ("Austria",)


def test_sites_have_the_registrys_points_and_statuses() -> None:
    sites = read(json.dumps(STUDY).encode(), "study.json").sites
    assert sites.iloc[0].tolist() == [
        *("NCT00000001", "1102", "LKH", "Graz", "", "8036", "Austria", "Recruiting"),
        *(47.06667, 15.45),
    ]
    assert sites.iloc[1]["status"] == ""


def test_a_study_with_values_of_wrong_types_is_read() -> None:
    locations = [{"facility": 1106, "city": None, "country": ["Austria"]}, "Graz", None]
    study = {
        "protocolSection": {
            "identificationModule": {"nctId": "NCT00000001", "briefTitle": 7},
            "designModule": [],
            "contactsLocationsModule": {"locations": locations},
        }
    }
    reading = read(json.dumps(study).encode(), "study.json")
    assert reading.trials[0].title == "7"
    assert reading.sites["site_number"].tolist() == ["1106", "", ""]


def test_of_two_records_of_a_trial_the_newer_is_kept() -> None:
    old = json.loads(json.dumps(STUDY))
    old["derivedSection"]["miscInfoModule"]["versionHolder"] = "2024-01-01"
    old["protocolSection"]["contactsLocationsModule"]["locations"] *= 3
    for both in ([old, STUDY], [STUDY, old]):
        reading = read(json.dumps(both).encode(), "studies.json")
        assert len(reading.trials) == 1
        assert len(reading.sites) == 2
        assert reading.warnings == (
            "NCT00000001: more than one record in this file; that of 2026-04-09 is used",
        )


def numbered(number: int, text: str = "") -> dict[str, Any]:
    return {
        "protocolSection": {
            "identificationModule": {"nctId": f"NCT{number:08}"},
            "descriptionModule": {"briefSummary": text},
            "contactsLocationsModule": {"locations": [{"city": "Graz", "country": "Austria"}]},
        }
    }


@pytest.mark.parametrize("wrapped", [b"[%s]", b'{"nextPageToken":"a","studies":[%s]}'])
def test_a_large_file_is_read_record_by_record_with_progress(wrapped: bytes) -> None:
    text = 'Words with "quotes", [brackets] and \\ signs. ' * 2_000
    one = json.dumps(numbered(1, text))
    count = AT_ONCE_BYTES // len(one) + 2
    studies = ",".join(one.replace("NCT00000001", f"NCT{n:08}") for n in range(1, count + 1))
    steps: list[float] = []
    reading = read(wrapped % studies.encode(), "large.json", progress=steps.append)
    assert len(reading.sites) == len(reading.trials) == count
    assert reading.trials[0].summary == text
    assert steps == sorted(steps)
    assert 0 < steps[0] < 0.01
    assert steps[-1] <= 1


def test_a_truncated_file_gives_the_records_before_the_break() -> None:
    whole = json.dumps({"studies": [numbered(n) for n in range(1, 6)]}).encode()
    reading = read(whole[:-150], "cut.json")
    assert len(reading.trials) == 4
    assert "the file is truncated at byte" in reading.warnings[0]


def test_a_damaged_record_is_skipped() -> None:
    good = [json.dumps(numbered(n)) for n in range(1, 4)]
    bad = good[1].replace('"NCT00000002"', "NCT00000002")
    reading = read(f"[{good[0]},{bad},{good[2]}]".encode(), "odd.json")
    assert [trial.trial_id for trial in reading.trials] == ["NCT00000001", "NCT00000003"]
    assert "record 2, at byte" in reading.warnings[0]
    lines = read("\n".join([good[0], bad, good[2]]).encode(), "odd.jsonl")
    assert len(lines.trials) == 2
    assert "line 2 was skipped" in lines.warnings[0]


def test_records_are_distinguished_from_inner_objects_with_the_same_first_key() -> None:
    studies = [numbered(n) for n in range(1, 6)]
    inner = {"protocolSection": {"identificationModule": {"nctId": "NCT00000099"}}}
    studies[2]["resultsSection"] = {"more": [inner, inner, 'a text: },{"protocolSection":']}
    text = json.dumps(studies, indent=1)
    reading = read(text[:-1].encode(), "unfinished.json")
    assert [trial.trial_id for trial in reading.trials] == [f"NCT0000000{n}" for n in range(1, 6)]
    assert len(reading.sites) == 5


def test_json_with_nan_is_read() -> None:
    text = json.dumps([{"city": "Graz", "country": "Austria", "lat": float("nan")}])
    assert len(read(text.encode(), "pandas.json").sites) == 1


DOWNLOAD_CELLS = {
    "NCT Number": "NCT00000001",
    "Study Title": "A Trial",
    "Study Status": "COMPLETED",
    "Study Results": "YES",
    "Conditions": "Asthma|Cough",
    "Interventions": "DRUG: X|OTHER: Y",
    "Sponsor": "Acme, Inc.",
    "Collaborators": "NCI|NHS",
    "Sex": "ALL",
    "Phases": "PHASE2|PHASE3",
    "Enrollment": "101",
    "Funder Type": "INDUSTRY",
    "Study Type": "INTERVENTIONAL",
    "Study Design": "Allocation: RANDOMIZED|Masking: DOUBLE (PARTICIPANT, INVESTIGATOR)",
    "Other IDs": "AB-1|AB-2",
    "Start Date": "2020-06-18",
    "Last Update Posted": "2022-08-09",
    "Locations": "A, Graz, Austria",
}
DOWNLOAD_HEADER, DOWNLOAD_ROW = [*DOWNLOAD_CELLS], [*DOWNLOAD_CELLS.values()]


def table(*rows: list[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def test_a_download_fills_the_record_as_far_as_it_goes() -> None:
    reading = read(table(DOWNLOAD_HEADER, DOWNLOAD_ROW), "studies.csv")
    (trial,) = reading.trials
    assert reading.format == DOWNLOAD
    assert reading.as_of == "2022-08-09"
    assert (trial.status, trial.phase, trial.enrollment) == ("Completed", "Phase 2/Phase 3", 101)
    assert trial.conditions == ("Asthma", "Cough")
    assert [(i.type, i.name) for i in trial.interventions] == [("Drug", "X"), ("Other", "Y")]
    assert [s.name for s in trial.sponsors] == ["Acme, Inc.", "NCI", "NHS"]
    assert trial.allocation == "Randomized"
    assert trial.masking == "Double (participant, investigator)"
    assert [o.id for o in trial.other_ids] == ["AB-1", "AB-2"]


def test_a_download_from_before_2023_fills_the_record_too() -> None:
    header = ["Rank", "NCT Number", "Title", "Status", "Study Results", "Sponsor/Collaborators",
              "Gender", "Age", "Phases", "Start Date", "Locations", "URL"]  # fmt: skip
    row = ["1", "NCT00000001", "A Trial", "Active, not recruiting", "No Results Available",
           "Acme|NCI", "Female", "18 Years to 75 Years \xa0 (Adult)", "Phase 2",
           "August 15, 2017", "", ""]  # fmt: skip
    (trial,) = read(table(header, row), "studies.csv").trials
    assert (trial.status, trial.has_results) == ("Active, not recruiting", False)
    assert (trial.minimum_age, trial.maximum_age) == ("18 Years", "75 Years")
    assert (trial.start_date, trial.sex, trial.phase) == ("2017-08-15", "Female", "Phase 2")


def test_a_download_without_locations_gives_a_warning() -> None:
    reading = read(b"NCT Number,Study Title\nNCT00000001,A\nNCT00000002,B\n", "studies.csv")
    assert (len(reading.trials), len(reading.sites)) == (2, 0)
    assert "lacks the Locations column" in reading.warnings[0]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("LKH Graz, Graz, Austria", ("LKH Graz", "Graz", "", "", "Austria")),
        (
            "Medical Center, LLC, Rialto, California, 92377, United States",
            ("Medical Center, LLC", "Rialto", "California", "92377", "United States"),
        ),
        (
            "Institute, Hospital 5, Chisinau, Moldova, Republic of",
            ("Institute, Hospital 5", "Chisinau", "", "", "Moldova, Republic of"),
        ),
        ("Site, Kyoto, Kyoto, 606-8507, Japan", ("Site", "Kyoto", "Kyoto", "606-8507", "Japan")),
        ("Site, London, SW17 0QT, United Kingdom", ("Site", "London", "", "SW17 0QT", None)),
        ("Fakultni, Praha 2, 128 08, Czechia", ("Fakultni", "Praha 2", "", "128 08", "Czechia")),
        ("UCLA, Duarte, California, United States", ("UCLA", "Duarte", "California", "", None)),
        ("Charité, Berlin, Germany", ("Charité", "Berlin", "", "", "Germany")),
        ("1106, Salzburg, Austria", ("1106", "Salzburg", "", "", "Austria")),
        ("Getafe Hospital, Getafe, Madrid, Comunidad De, 28905, Spain",
         ("Getafe Hospital", "Getafe", "Madrid, Comunidad De", "28905", "Spain")),
        ("Salzburg, Austria", ("", "Salzburg", "", "", "Austria")),
        ("Austria", ("", "", "", "", "Austria")),
        ("Clinic, Springfield, Ruritania", ("Clinic", "Springfield", "", "", "Ruritania")),
    ],
)  # fmt: skip
def test_locations_are_split_from_the_right(text: str, parts: tuple[str | None, ...]) -> None:
    found = split_all([text])[text]
    wanted = tuple(text.rsplit(", ", 1)[1] if part is None else part for part in parts)
    assert tuple(found[:5]) == wanted


def test_a_bar_within_a_facility_does_not_end_a_site() -> None:
    assert split_cell("A | B, Graz, Austria|C, Linz, Austria") == [
        "A | B, Graz, Austria",
        "C, Linz, Austria",
    ]


def test_an_uncertain_split_keeps_the_site_with_a_warning() -> None:
    row = [*DOWNLOAD_ROW[:-1], "Ward, Lyon, Paris, France|A, Graz, Austria"]
    reading = read(table(DOWNLOAD_HEADER, row), "studies.csv")
    assert len(reading.sites) == 2
    assert "NCT00000001: 1 of 2 locations could be split" in reading.warnings[0]


XML = """<?xml version="1.0" encoding="UTF-8"?>
<clinical_study>
  <required_header><download_date>processed this data on May 11, 2018</download_date>
  </required_header>
  <id_info><org_study_id>AB-1</org_study_id><nct_id>NCT0000000{n}</nct_id></id_info>
  <brief_title>A Trial</brief_title>
  <brief_summary><textblock>
      One line
      goes on.

      Another.
  </textblock></brief_summary>
  <overall_status>Active, not recruiting</overall_status>
  <start_date>November 2010</start_date>
  <phase>Phase 1/Phase 2</phase>
  <study_design_info><intervention_model>Single Group Assignment</intervention_model>
    <masking>None (Open Label)</masking></study_design_info>
  <enrollment type="Actual">116</enrollment>
  <arm_group><arm_group_label>One</arm_group_label></arm_group>
  <intervention><intervention_type>Drug</intervention_type>
    <intervention_name>X</intervention_name><arm_group_label>One</arm_group_label>
    <other_name>Y</other_name></intervention>
  <eligibility><gender>All</gender><minimum_age>18 Years</minimum_age>
    <maximum_age>N/A</maximum_age><healthy_volunteers>No</healthy_volunteers></eligibility>
  <location><facility><name>1102 - LKH</name><address><city>Graz</city><zip>8036</zip>
    <country>Austria</country></address></facility><status>Recruiting</status>
    <contact><last_name>A. Person</last_name><phone>000</phone></contact></location>
  <study_first_posted type="Actual">May 2, 2012</study_first_posted>
  <last_update_posted type="Actual">March 3, 2018</last_update_posted>
  <clinical_results><a/></clinical_results>
</clinical_study>
"""


def test_legacy_xml_fills_the_record() -> None:
    reading = read(XML.replace("{n}", "1").encode(), "study.xml")
    (trial,) = reading.trials
    assert (trial.trial_id, trial.as_of) == ("NCT00000001", "2018-05-11")
    assert (trial.start_date, trial.first_posted) == ("2010-11", "2012-05-02")
    assert trial.last_updated == "2018-03-03"
    assert trial.summary == "One line goes on.\n\nAnother."
    assert (trial.phase, trial.masking) == ("Phase 1/Phase 2", "None (open label)")
    assert (trial.intervention_model, trial.enrollment) == ("Single group", 116)
    assert trial.arms[0].interventions == ("X",)
    assert (trial.maximum_age, trial.healthy_volunteers, trial.has_results) == ("", False, True)
    site = reading.sites.iloc[0]
    assert (site["site_number"], site["postcode"], site["status"]) == ("1102", "8036", "Recruiting")


def test_several_xml_records_in_one_file() -> None:
    one, two = XML.replace("{n}", "1"), XML.replace("{n}", "2")
    together = read((one + two).encode(), "studies.xml")
    body = (one + two).replace('<?xml version="1.0" encoding="UTF-8"?>', "")
    wrapped = read(f"<all>{body}</all>".encode(), "studies.xml")
    for reading in (together, wrapped):
        assert [t.trial_id for t in reading.trials] == ["NCT00000001", "NCT00000002"]


def test_xml_in_an_encoding_it_does_not_declare() -> None:
    text = XML.replace("{n}", "1").replace(">Graz<", ">Besançon, Hôpital<")
    assert read(text.encode("cp1252"), "study.xml").sites["city"].tolist() == ["Besançon, Hôpital"]


def test_an_ictrp_export_keeps_countries_and_invents_no_sites() -> None:
    header = ["TrialID", "Public title", "Recruitment Status", "Source Register", "Countries",
              "Export date", "Condition", "Intervention", "Target size", "Phase"]  # fmt: skip
    row = ["ChiCTR1", "A\n<br>trial", "Not recruiting", "ChiCTR", "China;Thailand;China",
           "4/27/2020 10:40:56 AM", "Cough; Fever", "Drug: X;Y", "50 persons", "4"]  # fmt: skip
    reading = read(table(header, row), "export.csv")
    (trial,) = reading.trials
    assert len(reading.sites) == 0
    assert "lists countries, no sites" in reading.warnings[0]
    assert trial.countries == ("China", "Thailand")
    assert (trial.status, trial.enrollment, trial.as_of) == ("Not recruiting", 50, "2020-04-27")
    assert trial.conditions == ("Cough", "Fever")


def test_a_ctis_record_has_sites_by_member_state() -> None:
    def part(country: str, *hospitals: str) -> dict[str, Any]:
        return {
            "mscInfo": {"countryName": country},
            "recruitmentSubjectCount": 7,
            "trialSites": [
                {
                    "organisationAddressInfo": {
                        "organisation": {"name": name},
                        "address": {"city": "C", "postcode": "08950"},
                    }
                }
                for name in hospitals
            ],
        }

    record = {
        "ctNumber": "2024-510663-34-00",
        "ctPublicStatusCode": 5,
        "startDateEU": "29/01/2021",
        "publishDate": "2025-09-16T03:39:42.531268872",
        "trialPhase": "Therapeutic exploratory (Phase II)",
        "trialCountries": ["Spain:4", "Italy:4", "France:1"],
        "authorizedApplication": {
            "authorizedPartsII": [part("Spain", "A", "B"), part("Italy", "C")]
        },
    }
    reading = read(json.dumps(record).encode(), "trial.json")
    assert reading.sites["country"].tolist() == ["Spain", "Spain", "Italy"]
    assert reading.sites["postcode"].tolist() == ["08950"] * 3
    (trial,) = reading.trials
    assert (trial.status, trial.phase) == ("Active, not recruiting", "Phase 2")
    assert (trial.start_date, trial.as_of, trial.enrollment) == ("2021-01-29", "2025-09-16", 14)
    assert trial.countries == ("Spain", "Italy", "France")


def test_geojson_points_are_sites() -> None:
    feature = {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [15.45, 47.06667]},
        "properties": {"name": "LKH", "city": "Graz", "country": "Austria"},
    }
    area = {"type": "Feature", "geometry": {"type": "Polygon"}, "properties": {"city": "Linz"}}
    sites = read(
        json.dumps({"type": "FeatureCollection", "features": [feature, area]}).encode(), "a.json"
    ).sites
    assert sites["latitude"].tolist()[0] == 47.06667
    assert sites["city"].tolist() == ["Graz", "Linz"]
    assert sites["latitude"].isna().tolist() == [False, True]


def test_a_bare_geojson_point_has_its_longitude_first() -> None:
    for document in ({"type": "Point", "coordinates": [13.0, 48.0]}, [
        {"type": "MultiPoint", "coordinates": [[13.0, 48.0]]}
    ]):  # fmt: skip
        reading = read(json.dumps(document).encode(), "point.geojson")
        assert reading.format == "GeoJSON"
        assert reading.sites[["latitude", "longitude"]].to_numpy().tolist() == [[48.0, 13.0]]


def test_keys_of_an_inner_object_are_columns() -> None:
    record = {"Site Name": "LKH", "geo": {"lat": 47.07, "lon": 15.44}, "address": {"city": "Graz"}}
    for document in ([record], {"total": 1, "data": [record]}, {"sites": [record]}):
        (site,) = read(json.dumps(document).encode(), "sites.json").sites.itertuples()
        assert (site.facility, site.city) == ("LKH", "Graz")
        assert (site.latitude, site.longitude) == (47.07, 15.44)


def test_each_ctis_record_of_a_search_is_a_trial() -> None:
    found = {"pagination": {"page": 1}, "data": [{"ctNumber": "2023-1"}, {"ctNumber": "2023-2"}]}
    reading = read(json.dumps(found).encode(), "search.json")
    assert [trial.trial_id for trial in reading.trials] == ["2023-1", "2023-2"]
    assert len(reading.warnings) == 2


def test_headings_of_conditions_are_read() -> None:
    browse = {"meshes": [{"id": "D001249", "term": "Asthma"}], "ancestors": [{"term": "Lung"}]}
    trial = first_trial({**STUDY, "derivedSection": {"conditionBrowseModule": browse}})
    assert (trial.mesh_terms, trial.mesh_ancestors) == (("Asthma",), ("Lung",))
    for broken in ([1], {"meshes": "x", "ancestors": [{"term": 4}, None]}):
        trial = first_trial({**STUDY, "derivedSection": {"conditionBrowseModule": broken}})
        assert "x" not in trial.mesh_terms
