"""Placeholder facilities, and real ones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geocache.geo.facilities import is_placeholder


@pytest.mark.parametrize(
    "facility",
    [
        "",
        "  ",
        "1106",
        "As0006 125",
        "US1001",
        "Research Site",
        "Research Site 1001",
        "Novartis Investigative Site",
        "GSK Investigational Site",
        "Boehringer Ingelheim Investigational Site",
        "Ultragenyx Investigational Site",
        "Local Institution - 0038",
        "Local Institution",
        "Investigational Site Number : 8400001",
        "Investigational Site Number 056001",
        "For information regarding investigative sites, contact 1-877-CTLILLY (1-877-285-4559)",
        "Pfizer Investigational Site",
        "Clinical Trial Site",
        "Study Site",
        "Site 12",
        "Facility 01",
        "Recruitment",
        "Clinical Research Center",
        "Many Locations",
        "Research Facility ID ORG-000963",
        "N/A",
        "Unknown",
        "Regeneron Study Site",
        "Janssen Investigational Site",
        "UCB Site As0006 120",
    ],
)
def test_placeholders(facility: str) -> None:
    assert is_placeholder(facility)


@pytest.mark.parametrize(
    "facility",
    [
        "Duke Clinical Research Site",
        "Mayo Clinic",
        "Hospital 12 de Octubre",
        "Hospital General",
        "Hospital Clinic",
        "Clinical Research Facility, Guy's Hospital",
        "Central Hospital",
        "AKH Wien",
        "Department of Hematology",
        "NIHR Clinical Research Facility",
        "Site 1 - Royal Adelaide Hospital",
        "Универсальная клиника",
        "北京大学人民医院",
    ],
)
def test_names(facility: str) -> None:
    assert not is_placeholder(facility)


@given(st.text(max_size=1000))
def test_any_text_has_an_answer(facility: str) -> None:
    assert is_placeholder(facility) in (True, False)
