"""Known weaknesses of Python and expat: which versions have them, and what is logged."""

import logging
from pathlib import Path

import pytest

from dashboard.web.guards import runtime_versions
from dashboard.web.guards.runtime_versions import (
    WEAKNESSES,
    describe_weaknesses,
    find_weaknesses,
    warn_about_versions,
)

SOUND_PYTHON, SOUND_EXPAT = (3, 13, 1), (2, 7, 3)
COOKIES = ["CVE-2024-7592", "CVE-2024-8088", "CVE-2024-6232"]
LENGTHS = ["CVE-2024-45490", "CVE-2024-8176"]


@pytest.mark.parametrize(
    ("python", "found"),
    [
        ((3, 11, 0), COOKIES),
        ((3, 11, 9), COOKIES),
        ((3, 11, 10), []),
        ((3, 11, 14), []),
        ((3, 12, 0), COOKIES),
        ((3, 12, 5), COOKIES),
        ((3, 12, 6), []),
        ((3, 13, 0), []),
        ((3, 14, 0), []),
        ((4, 0, 0), []),
    ],
)
def test_versions_of_python(python: tuple[int, ...], found: list[str]) -> None:
    assert [one.cve for one in find_weaknesses(python, SOUND_EXPAT)] == found


@pytest.mark.parametrize(
    ("expat", "found"),
    [
        ((2, 4, 9), ["CVE-2023-52425", *LENGTHS]),
        ((2, 5, 0), ["CVE-2023-52425", *LENGTHS]),
        ((2, 6, 0), LENGTHS),
        ((2, 6, 2), LENGTHS),
        ((2, 6, 3), ["CVE-2024-8176"]),
        ((2, 7, 0), []),
        ((2, 8, 0), []),
        ((3, 0, 0), []),
    ],
)
def test_versions_of_expat(expat: tuple[int, ...], found: list[str]) -> None:
    assert [one.cve for one in find_weaknesses(SOUND_PYTHON, expat)] == found


def test_one_line_names_versions_and_what_protects_the_server() -> None:
    python, expat = (3, 11, 7), (2, 5, 0)
    line = describe_weaknesses(find_weaknesses(python, expat), python, expat)
    assert line.startswith("Python 3.11.7 and expat 2.5.0: CVE-2024-7592: ")
    assert "the server reads cookies itself" in line
    assert "\n" not in line
    assert describe_weaknesses([], python, expat) == ""


@pytest.mark.parametrize(("expat", "lines"), [((2, 5, 0), 1), (SOUND_EXPAT, 0)])
def test_a_start_logs_one_line_or_none(
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    expat: tuple[int, ...],
    lines: int,
) -> None:
    monkeypatch.setattr(runtime_versions.sys, "version_info", (*SOUND_PYTHON, "final", 0))
    monkeypatch.setattr(runtime_versions, "expat_version", expat)
    with caplog.at_level(logging.WARNING, logger=runtime_versions.__name__):
        warn_about_versions()
    assert len(caplog.records) == lines


def test_the_security_policy_lists_each() -> None:
    text = (Path(__file__).parents[4] / "SECURITY.md").read_text(encoding="utf-8")
    for one in WEAKNESSES:
        (row,) = [line for line in text.splitlines() if line.startswith(f"| {one.cve} |")]
        for fixed in one.fixed_in:
            assert ".".join(map(str, fixed)) in row
