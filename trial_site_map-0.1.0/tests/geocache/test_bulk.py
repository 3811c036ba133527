"""Locating CSV files of places."""

import csv
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geocache import GeoCache, InputError
from geocache.files.bulk import locate_file
from geocache.place import POSITION_COLUMNS
from harness.geocaches import ROOT, Atlas, store_url


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[GeoCache]:
    with GeoCache(store_url(tmp_path), providers=[Atlas()]) as opened:
        yield opened


def located(cache: GeoCache, folder: Path, content: str | bytes) -> list[dict[str, str]]:
    source, target = folder / "in.csv", folder / "out.csv"
    source.write_bytes(content if isinstance(content, bytes) else content.encode())
    locate_file(cache, source, target)
    with target.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_columns_are_found_in_any_order_and_case_and_the_others_kept(
    cache: GeoCache, tmp_path: Path
) -> None:
    content = (
        "id,COUNTRY, City ,Zip,score,reason\n1,Austria,Graz,8036,7,why not\n2,Greece,Atlantis,,,\n"
    )
    first, second = located(cache, tmp_path, content)
    kept = ["id", "COUNTRY", " City ", "Zip", "input_score", "input_reason"]
    assert list(first) == [*kept, *POSITION_COLUMNS]
    assert (first["id"], first["input_score"], first["input_reason"]) == ("1", "7", "why not")
    assert (first["latitude"], first["longitude"]) == ("47.06667", "15.45")
    assert (first["precision"], first["source"], first["score"]) == ("city", "atlas", "1")
    assert (second["latitude"], second["precision"]) == ("", "unresolved")
    assert second["reason"] == "unknown city"


@pytest.mark.parametrize(
    ("content", "city"),
    [
        (b"city;country\nGraz;Austria\n", "Graz"),
        (b"city\tcountry\r\nGraz\tAustria\r\n", "Graz"),
        (b"\xef\xbb\xbfcity,country\nGraz,Austria\n", "Graz"),
        ("city,country\nKöln,Germany\n".encode("utf-16"), "Köln"),
        ("city,country\nKöln,Germany\n".encode("latin-1"), "Köln"),
        (b'city,note\nGraz,"two\nlines, one cell"\n', "Graz"),
        (b"city\n\n\nGraz\n", "Graz"),
        (b"city,country,note\nGraz\n", "Graz"),
    ],
)
def test_encodings_and_delimiters_are_detected(
    cache: GeoCache, tmp_path: Path, content: bytes, city: str
) -> None:
    (row,) = located(cache, tmp_path, content)
    assert row["city"] == city


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "in.csv is empty"),
        ("name,land\nx,y\n", "no column named facility, city, .*; found: name, land"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(
    cache: GeoCache, tmp_path: Path, content: str, message: str
) -> None:
    (tmp_path / "out.csv").write_text("from before")
    with pytest.raises(InputError, match=message):
        located(cache, tmp_path, content)
    assert (tmp_path / "out.csv").read_text() == "from before"
    assert {each.name for each in tmp_path.glob("*out*")} == {"out.csv"}


def test_surplus_cells_are_cut_with_a_warning(cache: GeoCache, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("city\nGraz,surplus\n")
    summary = locate_file(cache, tmp_path / "in.csv", tmp_path / "out.csv")
    assert "row 2" in summary.warnings[0]


cells = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12)


@settings(
    max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(rows=st.lists(st.tuples(cells, cells), min_size=1, max_size=8))
def test_every_row_with_content_comes_out_once_in_order(
    cache: GeoCache, tmp_path: Path, rows: list[tuple[str, str]]
) -> None:
    with (tmp_path / "in.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("city", "note"), *rows])
    locate_file(cache, tmp_path / "in.csv", tmp_path / "out.csv")
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        found = [(row["city"], row["note"]) for row in csv.DictReader(file)]
    assert found == [row for row in rows if any(cell.strip() for cell in row)]


STREAM = """
import resource, sys
from geocache import GeoCache, Place
from harness.geocaches import Atlas
class Forgetful(Atlas):
    def locate(self, place):
        self.asked.clear()
        return super().locate(place)
count = int(sys.argv[1])
with GeoCache(sys.argv[2], providers=[Forgetful()]) as cache:
    places = (Place("", f"Town {i}", "", "", "") for i in range(count))
    assert sum(1 for _ in cache.locate_many(places)) == count
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def peak_kilobytes(count: int, folder: Path) -> int:
    folder.mkdir()
    command = [sys.executable, "-c", STREAM, str(count), store_url(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    return int(done.stdout)


def test_memory_is_constant_for_any_number_of_rows(tmp_path: Path) -> None:
    few, many = (peak_kilobytes(n, tmp_path / str(n)) for n in (20_000, 120_000))
    # SQLite's page cache and map grow to their bounds (32 MB and what is resident of 256 MB).
    assert many - few < 120_000
