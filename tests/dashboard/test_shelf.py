"""Lists that people bring: kept, told apart by owner, read again, never half-written."""

from pathlib import Path

import pytest

from dashboard import shelf as shelf_module
from dashboard.shelf import EVERYONE, Shelf, ShelfError

LIST = b"facility,city,country\nLKH Graz,Graz,Austria\n"


def test_a_list_is_its_owners_alone_and_survives_a_restart(tmp_path: Path) -> None:
    Shelf(tmp_path).add("ada", LIST, "mine.csv")
    again = Shelf(tmp_path)
    (one,) = again.lists("ada")
    assert one.opened.reading is not None
    assert list(one.opened.reading.sites["facility"]) == ["LKH Graz"]
    assert again.lists("eve") == ()
    assert again.lists(EVERYONE) == ()
    assert "ada" not in " ".join(path.name for path in tmp_path.iterdir())


def test_one_of_the_same_name_is_replaced_and_a_removed_one_is_gone(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.add("ada", LIST, "mine.csv")
    second = shelf.add("ada", LIST + b"LKH Linz,Linz,Austria\n", "mine.csv")
    assert [one.id for one in shelf.lists("ada")] == [second.id]
    shelf.remove("ada", second.id)
    assert shelf.lists("ada") == ()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_what_a_killed_process_left_half_written_is_never_seen(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    one = shelf.add("ada", LIST, "mine.csv")
    (folder,) = tmp_path.iterdir()
    (folder / "00000000000000000001-aaaaaaaa.bin").write_bytes(LIST)
    (folder / ".half.part").write_bytes(LIST[:5])
    (folder / "00000000000000000002-bbbbbbbb.json").write_text('{"name": "lost')
    assert [found.id for found in Shelf(tmp_path).lists("ada")] == [one.id]


def test_a_table_no_one_can_guess_is_read_once_its_columns_are_named(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    one = shelf.add("ada", b"aa;bb;cc\nx1;Graz;q\nx2;Linz;q\n", "odd.csv")
    assert one.opened.error
    header, _ = shelf.preview("ada", one.id)
    assert header == ("aa", "bb", "cc")
    shelf.reread("ada", one.id, {"facility": "aa", "city": "bb"})
    (found,) = Shelf(tmp_path).lists("ada")
    assert found.opened.reading is not None
    assert list(found.opened.reading.sites["city"]) == ["Graz", "Linz"]


def test_too_many_and_too_large_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = Shelf(tmp_path)
    monkeypatch.setattr(shelf_module, "MAX_LISTS", 2)
    shelf.add("ada", LIST, "one.csv")
    shelf.add("ada", LIST, "two.csv")
    with pytest.raises(ShelfError, match="close some first"):
        shelf.add("ada", LIST, "three.csv")
    monkeypatch.setattr(shelf_module, "MAX_BYTES", 10)
    with pytest.raises(ShelfError, match="lists"):
        shelf.add("eve", LIST, "large.csv")
    assert shelf.lists("eve") == ()
