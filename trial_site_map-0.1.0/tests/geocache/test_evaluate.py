"""The figures of an evaluation, and the command that prints them."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from geocache.commands.evaluate import (
    compute_figures,
    evaluate_command,
    group_by_country,
    measure,
    pick_worst,
    report,
)
from geocache.commands.truth import read_truth
from geocache.errors import InputError
from geocache.place import Flag, Place, Position, Precision

TRUTH = """\ufeffCity,state,Country,Latitude,longitude,zip,sites
Here,,Norway,60,10,,8
Near,,Norway,60,10,,1
Far,,Sweden,60,10,,1
Doubtful,,Sweden,60,10,,1
Coarse,,Sweden,60,10,,1
Nowhere,,Sweden,60,10,,
"""
KEYS = [
    "places",
    "sites",
    "within_5_km",
    "within_25_km",
    "within_100_km",
    "sites_within_25_km",
    "unresolved",
    "coarse",
    "flagged",
    "wrong",
    "wrong_unflagged",
]
ANSWERS = {
    "Here": Position(60.0, 10.0, Precision.CITY),
    "Near": Position(60.1, 10.0, Precision.CITY, flags=(Flag.PLACEHOLDER_FACILITY,)),
    "Far": Position(61.0, 10.0, Precision.CITY, "Far away", reason="official name"),
    "Doubtful": Position(65.0, 10.0, Precision.CITY, flags=(Flag.AMBIGUOUS,)),
    "Coarse": Position(60.5, 10.0, Precision.REGION),
}


def answer(place: Place) -> Position:
    return ANSWERS.get(place.city, Position())


@pytest.fixture
def truth(tmp_path: Path) -> Path:
    path = tmp_path / "truth.csv"
    path.write_text(TRUTH, encoding="utf-8")
    return path


def test_figures(truth: Path) -> None:
    found = compute_figures(measure(read_truth(truth), answer))
    assert list(found) == KEYS
    assert found["places"] == 6
    assert found["sites"] == 13
    assert found["within_5_km"] == pytest.approx(1 / 6, abs=1e-6)
    assert found["within_25_km"] == pytest.approx(2 / 6, abs=1e-6)
    assert found["within_100_km"] == pytest.approx(3 / 6, abs=1e-6)
    assert found["sites_within_25_km"] == pytest.approx(9 / 13, abs=1e-6)
    assert found["unresolved"] == pytest.approx(1 / 6, abs=1e-6)
    assert found["coarse"] == pytest.approx(1 / 6, abs=1e-6)
    assert found["flagged"] == pytest.approx(1 / 6, abs=1e-6)
    assert found["wrong"] == pytest.approx(3 / 6, abs=1e-6)
    assert found["wrong_unflagged"] == pytest.approx(1 / 6, abs=1e-6)


def test_by_country_and_worst(truth: Path) -> None:
    measured = measure(read_truth(truth), answer)
    assert {name: part["places"] for name, part in group_by_country(measured).items()} == {
        "Sweden": 4,
        "Norway": 2,
    }
    assert [one.truth.place.city for one in pick_worst(measured, 9)] == [
        "Far",
        "Doubtful",
        "Coarse",
        "Nowhere",
    ]
    text = report(measured, 1)
    assert "6 places, 13 sites" in text
    assert "row 4: Far, Sweden" in text
    assert "official name" in text


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("city,state\nA,B\n", "no column country, latitude, longitude"),
        ("city,state,country,latitude,longitude\nA,B,C,north,1\n", "row 2"),
        ("city,state,country,latitude,longitude\nA,B,C,91,1\n", "out of range"),
    ],
)
def test_unusable_files_say_where(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(content)
    with pytest.raises(InputError, match=message):
        read_truth(path)


def test_command(tmp_path: Path, data_folder: Path) -> None:
    path = tmp_path / "truth.csv"
    path.write_text(
        "city,state,country,latitude,longitude\nUppsala,,Sweden,59.86,17.64\nLyon,,France,40,4\n"
    )
    environment = {"SITE_MAP_DATA": str(data_folder)}
    done = CliRunner(env=environment).invoke(evaluate_command, [str(path), "--json"])
    assert done.exit_code == 0, done.output
    document = json.loads(done.stdout)
    assert list(document) == KEYS
    assert document["within_25_km"] == 0.5
    assert document["wrong_unflagged"] == 0.5
    done = CliRunner(env=environment).invoke(evaluate_command, [str(path), "--worst", "1"])
    assert "row 3: Lyon, France" in done.stdout


def test_command_without_a_usable_file(tmp_path: Path) -> None:
    for name in ("missing.csv", "empty.csv"):
        (tmp_path / "empty.csv").write_text("city,state,country,latitude,longitude\n")
        done = CliRunner().invoke(evaluate_command, [str(tmp_path / name)])
        assert done.exit_code == 2
        assert name in done.stderr
        assert done.stdout == ""


HOSPITALS = """facility,city,state,postcode,country,latitude,longitude
A,Graz,,,Austria,47.0817,15.4642
B,Vienna,,1090,Austria,48.2203,16.3469
C,Xqzzy,,,Austria,48.0,16.0
"""


def test_doors_are_measured_as_the_map_shows_them(tmp_path: Path, data_folder: Path) -> None:
    hospitals = tmp_path / "hospitals.csv"
    hospitals.write_text(HOSPITALS, encoding="utf-8")
    run = CliRunner(env={"SITE_MAP_DATA": str(data_folder)})
    result = run.invoke(evaluate_command, ["--doors", str(hospitals), "--json"])
    assert result.exit_code == 0, result.output
    figures = json.loads(result.stdout)
    assert figures["hospitals"] == 3
    assert figures["unresolved"] == pytest.approx(1 / 3, abs=1e-5)
    assert figures["within_5_km"] == pytest.approx(2 / 3, abs=1e-5)
    assert figures["p99_km"] is None
    assert figures["within_uncertainty"] == 1
    assert list(figures["countries"]) == ["Austria"]
    table = run.invoke(evaluate_command, ["--doors", str(hospitals)]).stdout
    assert "in circle" in table
    assert "Austria" in table
