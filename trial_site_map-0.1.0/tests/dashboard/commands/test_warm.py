"""``site-map warm`` looks up every place once and stores the answers."""

import gzip
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from dashboard.cli import cli
from dashboard.commands import warm as warm_module
from dashboard.exports.csv_file import to_csv
from dashboard.readers import places, read, read_places
from dashboard.readers.tables import site_list
from dashboard.sites.categoricals import to_plain_text
from dashboard.sites.positions import list_distinct_places
from geocache import GeoCache, Place
from harness.site_tables import generate_site_table, write_parquet


def warm(*words: object) -> tuple[int, dict[str, int]]:
    """Run the command with ``--json``; its exit code and document."""
    result = CliRunner().invoke(cli, ["warm", *map(str, words), "--json"], standalone_mode=False)
    assert result.exception is None, result.exception
    return int(result.return_value or 0), json.loads(result.stdout)


@pytest.fixture
def lists(tmp_path: Path) -> Path:
    """A folder with two lists that share places."""
    folder = tmp_path / "lists"
    folder.mkdir()
    table = to_plain_text(generate_site_table(400, places=60))
    table[["latitude", "longitude"]] = float("nan")
    for name, part in (("a.csv", table.iloc[:250]), ("b.csv", table.iloc[150:])):
        (folder / name).write_bytes(to_csv(part))
    return folder


def distinct(lists: Path) -> int:
    table = to_plain_text(generate_site_table(400, places=60))
    return len(table[["facility", "city", "state", "postcode", "country"]].drop_duplicates())


def test_each_place_is_stored_once(data_folder: Path, lists: Path) -> None:
    code, done = warm(lists)
    assert code == 0
    assert done["files"] == 2
    assert done["sites"] == 500
    assert done["places"] <= distinct(lists)
    assert done["not_asked"] == 0
    with GeoCache() as cache:
        assert sum(1 for _ in cache.answers()) > 0
    assert warm(lists)[1] == done


def test_two_processes_find_the_same(
    data_folder: Path, lists: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = warm(lists)[1]
    (data_folder / "geocache.sqlite").unlink()
    monkeypatch.setattr(warm_module, "FEW_PLACES", 40)
    monkeypatch.setattr(warm_module, "CHUNK_PLACES", 30)
    assert warm(lists)[1] == alone


def test_unreadable_file_is_named_and_the_others_are_done(data_folder: Path, lists: Path) -> None:
    (lists / "c.json").write_bytes(b"{ no")
    code, done = warm(lists)
    assert code == 1
    assert done["not_read"] == 1
    assert done["sites"] == 500


@pytest.mark.parametrize("suffix", ["csv", "parquet", "csv.gz"])
def test_places_are_read_part_by_part_without_the_sites(
    tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "_PART_SITES", 100)
    monkeypatch.setattr(site_list, "_ROWS_AT_ONCE", 100)
    table = generate_site_table(700, places=60)
    path = tmp_path / f"list.{suffix}"
    if suffix == "parquet":
        write_parquet(table, path)
    else:
        data = to_csv(to_plain_text(table))
        path.write_bytes(gzip.compress(data) if suffix.endswith("gz") else data)
    parts: list[list[Place]] = []
    data = path.read_bytes()
    sites = read_places(data, path.name, lambda places: parts.append(list(places)))
    assert sites == 700
    assert {place for part in parts for place in part} == set(
        list_distinct_places(read(data, path.name).sites)[1]
    )
    assert max(map(len, parts)) <= 100 or suffix == "parquet"
