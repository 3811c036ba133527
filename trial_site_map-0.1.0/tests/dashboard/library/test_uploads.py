"""Uploaded lists: stored per owner, read again with other columns, never half-written."""

import gc
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from pydantic import SecretStr

from dashboard.errors import UploadError
from dashboard.library import uploads as uploads_module
from dashboard.library.lists import InlineReader, OpenedList, open_bytes
from dashboard.library.own_lists.opened_cache import count_table_bytes
from dashboard.library.storage import build_shared_storage
from dashboard.library.upload_storage import EVERYONE
from dashboard.library.uploads import UploadStore
from dashboard.settings import Settings

LIST = b"facility,city,country\nLKH Graz,Graz,Austria\n"
ODD = b"aa;bb;cc\nx1;Graz;q\nx2;Linz;q\n"

Opener = Callable[[], UploadStore]


@pytest.fixture(params=["ada", EVERYONE])
def owner(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def opener(any_store_url: str, tmp_path: Path) -> Iterator[Opener]:
    """Open the same store as another process does; shared lists in each kind of storage."""
    settings = Settings(site_map_data=tmp_path, geocache_url=SecretStr(any_store_url))
    with ExitStack() as stack:

        def opened() -> UploadStore:
            made = UploadStore(tmp_path / "lists", shared=build_shared_storage(settings))
            return stack.enter_context(closing(made))

        yield opened


def test_list_belongs_to_its_owner_and_survives_a_restart(
    opener: Opener, owner: str, tmp_path: Path
) -> None:
    opener().add(owner, LIST, "mine.csv")
    again = opener()
    (one,) = again.lists(owner)
    assert one.opened.reading is not None
    assert list(one.opened.reading.sites["facility"]) == ["LKH Graz"]
    assert again.read_data(owner, one.id) == LIST
    for other in {"ada", "eve", EVERYONE} - {owner}:
        assert again.lists(other) == ()
    assert not [path for path in (tmp_path / "lists").glob("*") if "ada" in path.name]


def test_list_of_the_same_name_is_replaced_and_a_removed_one_deleted(
    opener: Opener, owner: str, tmp_path: Path
) -> None:
    store, other = opener(), opener()
    store.add(owner, LIST, "mine.csv")
    second = store.add(owner, LIST + b"LKH Linz,Linz,Austria\n", "mine.csv")
    assert [one.id for one in other.lists(owner)] == [second.id]
    store.remove(owner, second.id)
    store.remove(owner, second.id)
    assert other.lists(owner) == ()
    for gone in (store.read_data, store.read_columns):
        with pytest.raises(UploadError, match="no longer here"):
            gone(owner, second.id)
    assert [path for path in (tmp_path / "lists").rglob("*") if path.is_file()] == []


def test_half_written_list_is_never_seen(tmp_path: Path) -> None:
    store = UploadStore(tmp_path)
    one = store.add("ada", LIST, "mine.csv")
    (folder,) = tmp_path.iterdir()
    (folder / "00000000000000000001-aaaaaaaa.bin").write_bytes(LIST)
    (folder / ".half.part").write_bytes(LIST[:5])
    (folder / "00000000000000000002-bbbbbbbb.json").write_text('{"name": "lost')
    assert [found.id for found in UploadStore(tmp_path).lists("ada")] == [one.id]


def test_unknown_table_is_read_with_named_columns(opener: Opener, owner: str) -> None:
    store, other = opener(), opener()
    one = store.add(owner, ODD, "odd.csv")
    assert one.opened.error
    assert [found.opened.error for found in other.lists(owner)] == [one.opened.error]
    header, _, rows = store.preview(owner, one.id)
    assert header == ("aa", "bb", "cc")
    assert rows[0] == ("x1", "Graz", "q")
    store.reread(owner, one.id, {"facility": "aa", "city": "bb"})
    for each in (other, opener()):
        (found,) = each.lists(owner)
        assert found.opened.reading is not None
        assert list(found.opened.reading.sites["city"]) == ["Graz", "Linz"]
        assert each.read_columns(owner, one.id) == {"facility": "aa", "city": "bb"}


def test_list_is_read_once(opener: Opener, owner: str) -> None:
    store = opener()
    added = store.add(owner, LIST, "mine.csv")
    assert store.lists(owner)[0].opened is added.opened
    chosen = store.reread(owner, added.id, {"city": "city"})
    assert chosen.opened is not added.opened
    assert store.lists(owner)[0].opened is chosen.opened


def test_too_many_or_too_large_lists_are_refused(
    opener: Opener, owner: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = opener()
    monkeypatch.setattr(uploads_module, "MAX_LISTS", 2)
    store.add(owner, LIST, "one.csv")
    store.add(owner, LIST, "two.csv")
    with pytest.raises(UploadError, match="close some first"):
        store.add(owner, LIST, "three.csv")
    monkeypatch.setattr(uploads_module, "MAX_LISTS", 3)
    monkeypatch.setattr(uploads_module, "MAX_BYTES", 2 * len(LIST) + 1)
    with pytest.raises(UploadError, match="lists"):
        store.add(owner, LIST, "large.csv")
    assert [one.opened.name for one in opener().lists(owner)] == ["one.csv", "two.csv"]


class CountingReader(InlineReader):
    """Records the names of the lists it reads."""

    def __init__(self, names: list[str]) -> None:
        self._names = names

    def read(
        self,
        data: bytes,
        name: str,
        columns: Mapping[str, str] | None = None,
        *,
        owner: str = "",
    ) -> OpenedList:
        """As an inline reader."""
        self._names.append(name)
        return super().read(data, name, columns, owner=owner)


def test_small_lists_stay_in_memory_whatever_their_number(tmp_path: Path) -> None:
    read: list[str] = []
    store = UploadStore(tmp_path, reader=CountingReader(read))
    sessions = [f"session {number}" for number in range(220)]
    for session in sessions:
        store.add(session, LIST, "mine.csv")
    read.clear()
    for session in sessions:
        assert len(store.lists(session)) == 1
    assert read == []


def test_large_lists_are_dropped_by_size_unless_in_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = LIST + b"".join(b"Clinic %d,Graz,Austria\n" % n for n in range(2_000))
    size = count_table_bytes(open_bytes(large, "x.csv"))
    assert size > len(large) // 2
    monkeypatch.setattr(uploads_module, "MAX_CACHED_BYTES", 2 * size + size // 2)
    read: list[str] = []
    store = UploadStore(tmp_path, reader=CountingReader(read))
    for name in ("a", "b", "c", "d"):
        store.add(name, large, f"{name}.csv")
    read.clear()
    gc.collect()
    shown = [store.lists(name) for name in ("c", "d")]
    assert read == [], "the last two are in memory"
    del shown
    in_use = store.lists("a")
    assert read == ["a.csv"], "the first was dropped"
    for name in ("b", "c", "d"):
        store.lists(name)
    assert store.lists("a") == in_use
    assert read.count("a.csv") == 1, "what a page still shows is not read again"
