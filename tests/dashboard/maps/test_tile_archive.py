"""Files of tiles: the bundled one, a person's own, and those that cannot be used."""

import gzip
import hashlib
import logging
from pathlib import Path

import pytest

from dashboard.errors import TileArchiveError
from dashboard.maps import basemap
from dashboard.maps.tile_archive import TileArchive, collect_tiles, open_streets
from scripts.basemap.sources import ARCHIVES
from tests.dashboard.maps import tiles


def decode(z: int, x: int, y: int) -> dict[str, list[dict[str, object]]]:
    """Properties by layer of a tile of the bundled map; ``SHORT`` has the names."""
    data = basemap.load_bundled().get_tile(z, x, y)
    assert data is not None
    return tiles.decode_tile(gzip.decompress(data))


def test_the_bundled_map_is_small_and_holds_zooms_0_to_8() -> None:
    archive = basemap.load_bundled()
    assert archive.size <= 12_000_000
    assert archive.zooms == (0, 8)
    assert archive.kind == "vector"


def test_the_bundled_map_and_the_states_are_as_their_script_wrote_them() -> None:
    root = Path(__file__).parents[3]
    lines = (root / "scripts" / "basemap" / "SHA256SUMS").read_text().splitlines()
    found = {name: digest for digest, name in (line.split("  ") for line in lines)}
    made = {name: hashlib.sha256((root / name).read_bytes()).hexdigest() for name in found}
    assert made == found
    assert set(found) == {
        "dashboard/assets/basemap.pmtiles",
        "geocache/data/states.json",
        "geocache/data/states.npz",
    }
    assert basemap.load_bundled().metadata["sources"] == ARCHIVES


def test_antarctica_lies_in_the_south_alone() -> None:
    tiles_by_row = {y: decode(2, 1, y)["s"] for y in (0, 1, 3)}
    with_antarctica = [
        y for y, lands in tiles_by_row.items() if any(land.get("c") == "AQ" for land in lands)
    ]
    assert with_antarctica == [3]


def test_a_name_is_in_one_tile_and_a_capital_is_the_city_not_its_namesakes() -> None:
    tiles_of_zoom = [decode(5, x, y) for x in (8, 9, 10) for y in (11, 12)]
    places = [place for tile in tiles_of_zoom for place in tile.get("p", ())]
    capitals = [place["n"] for place in places if place.get("capital")]
    assert capitals.count("Washington") == 1
    cities = [place["n"] for place in places if place["k"] == "city"]
    assert cities.count("New York City") == 1
    hungary = [place["n"] for place in decode(6, 35, 22)["p"] if place["k"] == "city"]
    assert "Budapest" in hungary
    assert "Pest" not in hungary, "a part of Budapest"


def test_around_munich_are_its_towns_states_rivers_and_the_border() -> None:
    names: set[object] = set()
    countries: set[object] = set()
    layers: set[str] = set()
    for x in (135, 136, 137):
        for y in (88, 89, 90):
            tile = decode(8, x, y)
            names |= {place["n"] for place in tile.get("p", ())}
            countries |= {str(land.get("s"))[:2] for land in tile["s"]}
            layers |= set(tile)
    assert names >= {"Munich", "Augsburg", "Freising", "Rosenheim"}
    assert countries >= {"DE", "AT"}
    assert layers == {"s", "r", "b", "p"}
    assert "w" in decode(8, 134, 89), "Lake Constance"


def test_the_world_has_countries_with_names_in_several_languages_and_seas() -> None:
    parts = [decode(2, x, y) for x in range(4) for y in range(4)]
    places = [place for part in parts for place in part.get("p", ())]
    by_code = {place.get("code"): place for place in places if place["k"] == "country"}
    assert by_code["BR"]["n"] == "Brazil"
    assert by_code["BR"]["n:fr"] == "Brésil"
    assert by_code["CN"]["l"] == "中华人民共和国"
    oceans = {place["n"] for place in places if place["k"] == "ocean"}
    assert "Indian Ocean" in oceans
    kinds = {line["k"] for part in parts for line in part.get("b", ())}
    assert kinds >= {"country", "disputed"}


def test_fine_units_are_joined_to_regions_and_crimea_is_disputed() -> None:
    france = {land.get("s") for land in decode(5, 16, 11)["s"]}
    assert {"FR-IDF", "FR-HDF"} <= france
    assert not {"FR-75", "FR-59"} & france
    kinds = {line["k"] for line in decode(7, 76, 45)["b"]}
    assert "disputed" in kinds


def test_tiles_around_points_come_from_the_world_on_and_fit(tmp_path: Path) -> None:
    archive = basemap.load_bundled()
    found = list(collect_tiles(archive, [(48.1, 11.6), (-17.9, 179.9)], max_bytes=3_000_000))
    numbers = {(tile.z, tile.x, tile.y) for tile in found}
    assert {(0, 0, 0), (8, 136, 88), (8, 255, 140), (8, 0, 140)} <= numbers
    few = list(collect_tiles(archive, [(48.1, 11.6)], max_bytes=60_000))
    assert sum(len(tile.data) for tile in few) <= 60_000
    assert few[0].z == 0


def test_own_streets_are_opened_with_their_area_zooms_and_attribution(tmp_path: Path) -> None:
    path = tiles.write_streets(tmp_path / "munich.pmtiles")
    archive = open_streets(path)
    assert archive.zooms == (6, 9)
    assert archive.bounds == tiles.MUNICH
    options = basemap.build_options(tiles=str(path))
    assert options["streets"]["bounds"] == [[47.8, 11.0], [48.5, 12.0]]
    assert options["streets"]["attribution"] == (
        '<a href="https://osm.org/copyright" target="_blank" rel="noopener">© OSM</a> 1'
    )
    assert not options["tiles"]
    images = basemap.build_options(tiles=str(tiles.write_images(tmp_path / "red.pmtiles")))
    assert images["streets"]["kind"] == "raster"
    assert images["streets"]["imageType"] == "image/png"


def _write(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def test_a_file_that_cannot_be_used_is_told_in_one_line_and_the_bundled_map_is_used(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    good = tiles.write_streets(tmp_path / "good.pmtiles").read_bytes()
    cases = {
        tmp_path / "missing.pmtiles": "cannot be read: No such file or directory",
        _write(tmp_path / "text.pmtiles", b"hello" * 99): "is not a PMTiles file of version 3",
        _write(tmp_path / "short.pmtiles", good[:-9]): "is cut off: it has",
        _write(tmp_path / "empty.pmtiles", b""): "is not a PMTiles file of version 3",
        _write(tmp_path / "odd.pmtiles", good[:97] + b"\x77" + good[98:]): "has an unknown kind",
        tiles.write_streets(tmp_path / "other.pmtiles", layers=("earth",)): (
            "does not follow the Protomaps schema"
        ),
    }
    for path, reason in cases.items():
        with pytest.raises(TileArchiveError, match=reason):
            open_streets(path)
        caplog.clear()
        with caplog.at_level(logging.WARNING):
            assert basemap.build_options(tiles=str(path))["streets"] is None
        (line,) = caplog.messages
        assert line.startswith(f"SITE_MAP_TILES: {path} {reason}")
        assert line.endswith("; the bundled map is used")
        assert list(basemap.list_archives(str(path))) == list(basemap.list_archives())


def test_the_address_of_a_file_changes_with_its_content(tmp_path: Path) -> None:
    first = TileArchive(tiles.write_streets(tmp_path / "a.pmtiles")).digest
    again = TileArchive(tiles.write_streets(tmp_path / "b.pmtiles")).digest
    other = TileArchive(tiles.write_images(tmp_path / "c.pmtiles")).digest
    assert first == again != other
