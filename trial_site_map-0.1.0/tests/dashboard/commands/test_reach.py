"""`site-map reach` gives what the API gives."""

import subprocess
from pathlib import Path

import httpx
import openpyxl
import pytest

from dashboard.cli import main
from harness.command_line import run
from harness.serving import Server


def reach(data_folder: Path, *words: str) -> subprocess.CompletedProcess[bytes]:
    """The command over a data folder."""
    return run(main, ["reach", *words], {"SITE_MAP_DATA": str(data_folder)}, data_folder)


@pytest.mark.parametrize(
    ("words", "path"),
    [
        (["--within", "80km", "--within", "50mi"], "reach.csv?within_km=80km&within_km=50mi"),
        (["country=DE", "--level", "state"], "reach.csv?country=DE&levels=state"),
        (["--gaps", "--country", "PL"], "reach-gaps.csv?country=PL"),
        (["--next", "2", "--within", "50"], "reach-next.csv?within_km=50&count=2"),
        (
            ["--within", "30min", "--catchment", "80km", "--against", "nct01207388"],
            "reach.csv?within_min=30&catchment_km=80km&against=nct01207388",
        ),
    ],
)
def test_the_file_equals_the_api_response(
    dashboard_server: Server, data_folder: Path, tmp_path: Path, words: list[str], path: str
) -> None:
    out = tmp_path / "reach.csv"
    done = reach(data_folder, *words, "-o", str(out))
    assert done.returncode == 0, done.stderr
    answer = httpx.get(f"{dashboard_server.url}/api/{path}", timeout=60)
    assert answer.status_code == 200
    assert out.read_bytes() == answer.content
    assert len(answer.text.splitlines()) > 2


def test_the_workbook_says_how_it_was_computed(data_folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "reach.xlsx"
    assert reach(data_folder, "-o", str(out)).returncode == 0
    book = openpyxl.load_workbook(out)
    facts = {row[0].value: row[1].value for row in book["About"].iter_rows()}
    assert "great-circle distance" in facts["method"]
    assert "World Population Prospects" in facts["attribution"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--within", "0"], "within_km=0: give more than 0"),
        (["--within", "50 leagues"], "within_km=50 leagues"),
        (["--within", "30000km"], "at most 20,038 km"),
        (["--gaps", "--next", "3"], "choose one"),
        (["--gaps", "--level", "state"], "--level goes with neither"),
        (["--next", "21"], "21"),
        (["--within", "999min"], "within_min=999: give 1 to 600 minutes"),
        (["--gaps", "--within", "30min"], "take a distance, no minutes"),
        (["--catchment", "900km"], "catchment_km=900km: give more than 0 and at most 200 km"),
        (["--next", "3", "--against", "NCT01207388"], "--against goes with neither"),
        (["--against", "NCT99999999"], "against=NCT99999999: no open trial has this id"),
        (["--next", "2", "--candidates", "nowhere.csv"], "candidates=nowhere.csv: no open list"),
        (["--candidates", "nowhere.csv"], "--candidates goes with --next only"),
        (["nonsense=1"], "nonsense"),
    ],
)
def test_what_is_wrong_is_said_in_a_line(data_folder: Path, words: list[str], said: str) -> None:
    done = reach(data_folder, *words, "-o", "-")
    assert done.returncode == 2
    assert said in done.stderr.decode()
    assert done.stdout == b""
