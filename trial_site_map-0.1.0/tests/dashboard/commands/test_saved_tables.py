"""Site tables that ``warm -o`` and ``export -o`` save open without locating their sites again."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from dashboard.cli import cli
from dashboard.library.lists import Library, merge, open_bytes, open_file
from dashboard.library.session_key import load_session_key
from dashboard.service.geocoding import OfflineGeocoder
from dashboard.service.service import Service
from dashboard.settings import Settings
from dashboard.sites.categoricals import to_plain_text
from dashboard.sites.positions import Known
from geocache import GeoCache, Place, Position
from harness.site_tables import write_parquet

LIST = b"""trial_id,facility,city,country
NCT00000001,LKH Graz,Graz,Austria
NCT00000001,,Linz,Austria
NCT00000002,,Atlantis,Austria
NCT00000002,Spital,Bern,Switzerland
"""
GRAZ = Place("LKH Graz", "Graz", "", "", "Austria")


@pytest.fixture
def geocoder(data_folder: Path) -> Iterator[OfflineGeocoder]:
    with GeoCache(settings=Settings(site_map_data=data_folder)) as cache:
        yield OfflineGeocoder(cache)


@pytest.fixture
def key(data_folder: Path) -> str:
    """The key that this server signs with."""
    return load_session_key(Settings(site_map_data=data_folder))


@pytest.fixture(params=["warm", "export"])
def saved(
    request: pytest.FixtureRequest,
    data_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Path:
    """A file that the command saved."""
    monkeypatch.setenv("SITE_MAP_DATA", str(data_folder))
    source, target = tmp_path / "list.csv", tmp_path / "sites.parquet"
    source.write_bytes(LIST)
    words = {
        "warm": ["warm", str(source), "-o", str(target)],
        "export": ["export", "-o", str(target), "--source", str(source)],
    }[request.param]
    result = CliRunner().invoke(cli, words, standalone_mode=False)
    assert result.exception is None, result.exception
    assert result.return_value == 0
    return target


class Asked:
    """Locates places and records which."""

    def __init__(self, geocoder: OfflineGeocoder) -> None:
        self._geocoder = geocoder
        self.places: list[Place] = []

    def __call__(self, places: Sequence[Place]) -> Iterator[Position]:
        self.places += places
        return self._geocoder.locate_many(places)


def same(one: Library, other: Library) -> None:
    pd.testing.assert_frame_equal(to_plain_text(one.table), to_plain_text(other.table))


def test_saved_table_opens_without_locating_a_place(
    saved: Path, geocoder: OfflineGeocoder, key: str
) -> None:
    asked = Asked(geocoder)
    library = merge([open_file(saved, key)], asked, geocoder.known())
    assert asked.places == []
    same(library, merge([open_bytes(LIST, "list.csv")], geocoder.locate_many))
    assert library.table["latitude"].notna().tolist() == [True, True, False, True]


def test_places_with_a_pin_now_or_then_are_located_again(
    saved: Path,
    geocoder: OfflineGeocoder,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    key: str,
) -> None:
    cache = geocoder._cache
    cache.pin(GRAZ._replace(city="GRAZ"), 47.2, 15.6)
    asked = Asked(geocoder)
    library = merge([open_file(saved, key)], asked, geocoder.known())
    assert asked.places == [GRAZ]
    assert library.table["source"].tolist()[0] == "pin"
    again = tmp_path / "again.parquet"
    words = ["warm", str(saved), "-o", str(again)]
    assert CliRunner().invoke(cli, words, standalone_mode=False).return_value == 0
    cache.unpin(GRAZ)
    asked = Asked(geocoder)
    library = merge([open_file(again, key)], asked, geocoder.known())
    assert asked.places == [GRAZ]
    same(library, merge([open_bytes(LIST, "list.csv")], geocoder.locate_many))


def test_positions_of_other_providers_are_located_again(
    saved: Path, geocoder: OfflineGeocoder, key: str
) -> None:
    asked = Asked(geocoder)
    merge([open_file(saved, key)], asked, Known("gazetteer of another version"))
    assert len(asked.places) == 4


def test_only_the_other_list_is_located(saved: Path, geocoder: OfflineGeocoder, key: str) -> None:
    more = b"trial_id,city,country\nNCT00000003,Wien,Austria\n"
    for lists in (
        [open_file(saved, key), open_bytes(more, "more.csv")],
        [open_bytes(more, "more.csv"), open_file(saved, key)],
    ):
        asked = Asked(geocoder)
        library = merge(lists, asked, geocoder.known())
        assert [place.city for place in asked.places] == ["Wien"]
        assert library.table["latitude"].notna().sum() == 4
        assert (library.table["city"] == "Wien").sum() == 1


def test_server_opens_a_saved_table(saved: Path, data_folder: Path) -> None:
    service = Service(Settings(site_map_data=data_folder, site_map_sources=str(saved)))
    try:
        assert service.library().table["trial_id"].nunique() == 2
        service.editor().pins.pin([GRAZ], 47.2, 15.6, note="", who="")
        assert service.library().table["latitude"].iloc[0] == 47.2
    finally:
        service.close()


def test_places_not_asked_for_are_located_again(
    geocoder: OfflineGeocoder, tmp_path: Path, key: str
) -> None:
    table = merge([open_bytes(LIST, "list.csv")], geocoder.locate_many).table
    table["reason"] = table["reason"].astype("str")
    table.loc[1, "reason"] = "not asked: 403 from nominatim"
    write_parquet(table, tmp_path / "x.parquet", position_rules=geocoder.rules, signing_key=key)
    asked = Asked(geocoder)
    merge([open_file(tmp_path / "x.parquet", key)], asked, geocoder.known())
    assert [place.city for place in asked.places] == ["Linz"]


def test_warm_saves_only_parquet(tmp_path: Path) -> None:
    result = CliRunner().invoke(cli, ["warm", "x.csv", "-o", str(tmp_path / "sites.csv")])
    assert result.exit_code == 2
    assert "does not end in .parquet" in result.stderr


def test_table_with_some_columns_does_not_count_as_located(
    data_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SITE_MAP_DATA", str(data_folder))
    (tmp_path / "list.csv").write_bytes(LIST)
    target = tmp_path / "some.parquet"
    words = ["export", "-o", str(target), "--source", str(tmp_path / "list.csv")]
    columns = "trial_id,facility,city,country"
    result = CliRunner().invoke(cli, [*words, "--columns", columns], standalone_mode=False)
    assert result.return_value == 0, result.output
    opened = open_file(target)
    assert opened.reading is not None
    assert opened.reading.positions is None
