"""Opening and merging lists; unreadable files are named and the others open."""

import shutil
from pathlib import Path

import pytest

from dashboard.library.lists import Library, extend, merge, open_bytes, open_sources
from dashboard.settings import SEEDS, Settings
from dashboard.sites.table import COLUMNS

SEED = SEEDS / "NCT01207388.txt"
PAGE = """A small trial

NCT ID: NCT00000001

Last Updated: 2024-05-06

Locations

{sites}

Countries

{countries}
"""


def test_columns_of_the_site_table(seed_library: Library) -> None:
    promised = (
        "trial_id, trial_title, trial_status, phase, sponsor, site_number, facility, city, state, "
        "postcode, country, country_code, status, latitude, longitude, precision, place_name, "
        "source, score, flags, reason, uncertainty_km, state_code, facility_id, facility_name, "
        "decision, note"
    )
    assert ", ".join(COLUMNS) == promised
    assert tuple(seed_library.table.columns) == COLUMNS


def page(*sites: tuple[str, str], countries: str = "Austria") -> str:
    lines = "\n\n".join(f"{facility}\n\n{place}\n\nSite Status" for facility, place in sites)
    return PAGE.format(sites=lines, countries=countries)


def test_seed_opens_with_every_site_located(seed_library: Library) -> None:
    assert [opened.error for opened in seed_library.lists] == [""]
    assert len(seed_library.table) == 75
    assert seed_library.table["latitude"].notna().all()
    assert seed_library.as_of == "2020-02-10"


def test_unreadable_files_are_named_and_the_others_open(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    shutil.copy(SEED, tmp_path / "good.txt")
    (tmp_path / "noise.bin").write_bytes(bytes(range(256)) * 4)
    (tmp_path / "prose.txt").write_text("Nothing here is a site list.")
    library = merge(open_sources([tmp_path, tmp_path / "missing.csv"]), None)
    errors = {opened.name: opened.error for opened in library.lists if opened.error}
    assert set(errors) == {"noise.bin", "prose.txt", "missing.csv"}
    assert errors["missing.csv"] == "no such file or folder"
    assert all(errors.values())
    assert len(library.table) == 75
    for name in errors:
        assert name in caplog.text


def test_empty_folder_is_reported(tmp_path: Path) -> None:
    library = merge(open_sources([tmp_path]), None)
    assert [opened.error for opened in library.lists] == ["the folder holds no site list"]
    assert library.table.empty
    assert library.as_of == ""


def test_sites_without_city_or_with_unknown_country_stay(tmp_path: Path, gazetteer: object) -> None:
    text = page(
        ("A Clinic", "Graz, , Austria"), ("B Clinic", ", , Austria"), ("C", "X, , Ruritania")
    )
    (tmp_path / "odd.txt").write_text(text)
    locate = gazetteer.locate  # type: ignore[attr-defined]
    table = merge(open_sources([tmp_path]), lambda places: map(locate, places)).table
    assert len(table) == 3
    unresolved = table[table["latitude"].isna()]
    assert "C" in list(unresolved["facility"])
    assert (unresolved["reason"] != "").all()
    assert set(unresolved["precision"]) == {"unresolved"}


def test_page_without_locations_opens_with_a_warning(tmp_path: Path) -> None:
    text = page().split("Locations")[0]
    (tmp_path / "short.txt").write_text(text)
    library = merge(open_sources([tmp_path]), None)
    (opened,) = library.lists
    assert opened.reading is not None
    assert opened.reading.warnings
    assert library.table.empty


def test_trial_in_two_lists_shows_the_newer_record(tmp_path: Path) -> None:
    text = page(("A Clinic", "Graz, , Austria"), ("B Clinic", "Linz, , Austria"))
    (tmp_path / "new.txt").write_text(text)
    old = page(("A Clinic", "Graz, , Austria")).replace("2024-05-06", "2020-01-01")
    (tmp_path / "old.txt").write_text(old)
    library = merge(open_sources([tmp_path]), None)
    assert list(library.table["facility"]) == ["A Clinic", "B Clinic"]
    assert len(library.notes) == 1
    assert "new.txt is shown" in library.notes[0]


@pytest.mark.parametrize(
    ("updated", "shown", "kept"),
    [
        ("2025-01-01", ["C Clinic"], "what you added is shown"),
        ("2020-01-01", ["A Clinic", "B Clinic"], "the newer record already open is shown"),
    ],
)
def test_added_trial_that_is_open_already_shows_the_newer_record(
    updated: str, shown: list[str], kept: str
) -> None:
    text = page(("A Clinic", "Graz, , Austria"), ("B Clinic", "Linz, , Austria"))
    library = merge([open_bytes(text.encode(), "open.txt")], None)
    assert extend(library, [], None) is library
    own = page(("C Clinic", "Wien, , Austria")).replace("2024-05-06", updated)
    both = extend(library, [open_bytes(own.encode(), "own.txt")], None)
    assert list(both.table["facility"]) == shown
    assert both.trials["NCT00000001"].last_updated == max(updated, "2024-05-06")
    assert both.notes == (f"NCT00000001 was already open; {kept}.",)
    assert [each.name for each in both.lists] == ["open.txt", "own.txt"]


def test_added_trial_is_shown_beside_the_open_ones() -> None:
    library = merge([open_bytes(page(("A", "Graz, , Austria")).encode(), "open.txt")], None)
    own = page(("C", "Wien, , Austria")).replace("NCT00000001", "NCT00000002")
    both = extend(library, [open_bytes(own.encode(), "own.txt")], None)
    assert list(both.table["facility"]) == ["A", "C"]
    assert set(both.trials) == {"NCT00000001", "NCT00000002"}
    assert both.notes == ()


def test_sources_are_split_like_a_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SITE_MAP_SOURCES", "/data/one.csv:/data/two")
    assert [str(p) for p in Settings().sources] == ["/data/one.csv", "/data/two"]
    monkeypatch.delenv("SITE_MAP_SOURCES")
    assert Settings().sources == (SEEDS,)
