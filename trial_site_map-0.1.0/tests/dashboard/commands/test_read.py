"""`site-map read`: output files, messages, exit codes."""

import csv
import io
import json
import os
import subprocess
from pathlib import Path

import pytest

from dashboard.cli import main
from harness.command_line import run

SEED = Path(__file__).parents[3] / "seeds" / "NCT01207388.txt"


def site_map(*arguments: object, folder: Path) -> subprocess.CompletedProcess[bytes]:
    return run(main, [*map(str, arguments)], {"SITE_MAP_DATA": str(folder)}, folder)


def rows_of(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))


def test_each_file_has_a_line_and_the_table_is_written(tmp_path: Path) -> None:
    other = tmp_path / "list.csv"
    other.write_text("Klinik;Ort;Land\nA;Graz;Österreich\n", encoding="cp1252")
    out = tmp_path / "out.csv"
    done = site_map("read", SEED, other, "-o", out, "--no-locate", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    lines = done.stderr.decode().splitlines()
    assert lines[0].endswith("Registry page (text), trials 1, sites 75, warnings 0")
    assert "Site list (CSV, semicolons), trials 0, sites 1" in lines[1]
    assert done.stdout == b""
    rows = rows_of(out.read_bytes())
    assert len(rows) == 76
    assert rows[75]["country"] == "Österreich"
    assert rows[0]["latitude"] == ""


def test_unreadable_file_does_not_stop_the_others(tmp_path: Path) -> None:
    bad = tmp_path / "bad.json"
    bad.write_text("{")
    done = site_map("read", bad, tmp_path / "gone", SEED, "-o", "-", "--no-locate", folder=tmp_path)
    assert done.returncode == 1
    assert len(rows_of(done.stdout)) == 75
    assert "bad.json: not read: not valid JSON" in done.stderr.decode()
    assert "gone: not read: no such file or folder" in done.stderr.decode()


def test_nothing_usable_is_exit_code_2_with_one_line(tmp_path: Path) -> None:
    bad = tmp_path / "bad.json"
    bad.write_text("{")
    done = site_map("read", bad, "-o", tmp_path / "out.csv", "--json", folder=tmp_path)
    assert done.returncode == 2
    (line,) = done.stderr.decode().splitlines()
    assert line.startswith(f"{bad}: not read: not valid JSON")
    assert "not valid JSON" in json.loads(done.stdout)["files"][0]["error"]
    assert not (tmp_path / "out.csv").exists()


def test_unwritable_output_is_exit_code_2_with_one_line(tmp_path: Path) -> None:
    out = tmp_path / "none" / "out.csv"
    done = site_map("read", SEED, "-o", out, "--no-locate", folder=tmp_path)
    assert done.returncode == 2
    assert done.stderr.decode().splitlines()[-1] == f"site-map: {out}: No such file or directory"


def test_output_can_be_a_pipe(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    done = site_map("read", SEED, "-o", pipe, "--no-locate", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert len(rows_of(os.read(reader, 1 << 16))) == 75
    os.close(reader)
    assert pipe.is_fifo()


def test_named_columns_and_json_with_the_guess(tmp_path: Path) -> None:
    odd = tmp_path / "odd.csv"
    odd.write_text("Country,City,Sitz\nAustria,A Clinic,Graz\n")
    done = site_map("read", odd, "--json", folder=tmp_path)
    assert json.loads(done.stdout)["files"][0]["columns"] == {"city": "City", "country": "Country"}
    named = ("--column", "city=Sitz", "--column", "facility=City", "--column", "country=Country")
    done = site_map("read", odd, *named, "-o", "-", "--no-locate", folder=tmp_path)
    (row,) = rows_of(done.stdout)
    assert (row["facility"], row["city"], row["country_code"]) == ("A Clinic", "Graz", "AT")


@pytest.mark.parametrize(
    "arguments",
    [["read"], ["read", "x.csv"], ["read", "x", "-o", "-", "--column", "town=Ort"]],
    ids=["no file", "no output", "no such column"],
)
def test_bad_usage_is_exit_code_2(arguments: list[str], tmp_path: Path) -> None:
    done = site_map(*arguments, folder=tmp_path)
    assert done.returncode == 2
    assert done.stderr.decode().startswith("site-map: ")


def test_sites_are_located_unless_no_locate(data_folder: Path, tmp_path: Path) -> None:
    done = site_map("read", SEED, "-o", tmp_path / "out.csv", folder=data_folder)
    assert done.returncode == 0, done.stderr
    rows = rows_of((tmp_path / "out.csv").read_bytes())
    assert all(row["latitude"] for row in rows)
