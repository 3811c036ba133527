"""`site-map export` gives what the API gives."""

import io
import json
import subprocess
from pathlib import Path

import click
import httpx
import openpyxl
import pandas as pd
import pytest
from click.testing import CliRunner

from dashboard.cli import cli, main
from harness.command_line import run
from harness.serving import Server

QUERY = "country=DE&country=Italy&near=Munich%2C+Germany&columns=city%2Ccountry_code&limit=9"


def site_map(data_folder: Path, *words: str) -> subprocess.CompletedProcess[bytes]:
    """The command line over a data folder."""
    return run(main, ["export", *words], {"SITE_MAP_DATA": str(data_folder)}, data_folder)


def answer(server: Server, path: str) -> bytes:
    found = httpx.get(f"{server.url}{path}", timeout=30)
    assert found.status_code == 200
    return found.content


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "kml"])
def test_file_equals_the_api_response(
    dashboard_server: Server, data_folder: Path, tmp_path: Path, suffix: str
) -> None:
    out = tmp_path / f"sites.{suffix}"
    done = site_map(data_folder, QUERY, "-o", str(out))
    assert done.returncode == 0, done.stderr
    assert done.stdout == b""
    assert out.read_bytes() == answer(dashboard_server, f"/api/sites.{suffix}?{QUERY}")
    left = {path.name for path in tmp_path.iterdir() if path.is_file()}
    assert left == {out.name} | ({"sites.csv-metadata.json"} if suffix == "csv" else set())


def test_options_equal_a_query_string(
    dashboard_server: Server, data_folder: Path, tmp_path: Path
) -> None:
    done = site_map(
        data_folder,
        *("--country", "DE", "--country", "Italy", "--near", "Munich, Germany"),
        *("--columns", "city,country_code", "--limit", "9", "--format", "csv", "-o", "-"),
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == answer(dashboard_server, f"/api/sites.csv?{QUERY}")


def test_json_describes_the_file(data_folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "countries.csv"
    done = site_map(data_folder, "--table", "countries", "-o", str(out), "--json")
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert (said["rows"], said["format"], said["as_of"]) == (11, "csv", "2020-02-10")
    assert pd.read_csv(out)["sites"].sum() == 75


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--country", "Germny", "-o", "x.csv"), "closest first: DE"),
        (("contry=DE", "-o", "x.csv"), "contry: unknown parameter"),
        (("-o", "x.doc"), "one of the endings csv"),
        (("--table", "trials", "-o", "x.kml"), "trials can be written as csv or json"),
        (("--json", "-o", "-", "--format", "csv"), "both write to standard output"),
    ],
)
def test_bad_usage_is_explained_and_leaves_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(cli, ["export", *words], standalone_mode=False)
    assert isinstance(done.exception, click.UsageError)
    assert said in str(done.exception)
    assert list(tmp_path.iterdir()) == []


def test_bad_usage_is_one_line_and_exit_code_2(data_folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "missing" / "x.csv"
    done = site_map(data_folder, "-o", str(out))
    assert done.returncode == 2
    lines = [line for line in done.stderr.decode().splitlines() if line.startswith("site-map: ")]
    assert lines == [f"site-map: {out}: No such file or directory"]


def test_unreadable_list_is_exit_code_1(data_folder: Path, tmp_path: Path) -> None:
    lists = tmp_path / "lists"
    lists.mkdir()
    (lists / "damaged.bin").write_bytes(b"\x00\x01\x02" * 50)
    (lists / "good.csv").write_text("facility,city,country\n=1+1,Graz,Austria\n", "utf-8")
    out = tmp_path / "sites.xlsx"
    done = site_map(data_folder, "--source", str(lists), "-o", str(out))
    assert done.returncode == 1, done.stderr
    assert b"damaged.bin" in done.stderr
    sheet = openpyxl.load_workbook(io.BytesIO(out.read_bytes()))["Sites"]
    assert sheet["G2"].value == "=1+1"
    assert sheet["G2"].data_type == "s"
    (lists / "good.csv").unlink()
    assert site_map(data_folder, "--source", str(lists), "-o", str(out)).returncode == 2
