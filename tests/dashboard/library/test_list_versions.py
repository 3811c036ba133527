"""Earlier versions of a list: kept as differences, bounded, compared with what came after."""

from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from dashboard.errors import UploadError
from dashboard.library.history.packing import pack_version, unpack_version
from dashboard.library.lists import merge, open_bytes
from dashboard.library.own_lists import versions
from dashboard.library.sides import are_versions, find_side
from dashboard.library.storage import build_shared_storage
from dashboard.library.upload_storage import EVERYONE
from dashboard.library.uploads import UploadStore
from dashboard.settings import Settings
from dashboard.sites.changes import find_changes

HEAD = "facility,city,country,Weeks,Tier\n"
GRAZ, LINZ, WIEN = (
    "LKH Graz,Graz,Austria,9,A\n",
    "KH Linz,Linz,Austria,,B\n",
    "AKH,Wien,Austria,4,A\n",
)


def build_list(*rows: str) -> bytes:
    return (HEAD + "".join(rows)).encode()


@pytest.fixture(params=["ada", EVERYONE])
def owner(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def store(any_store_url: str, tmp_path: Path) -> Iterator[UploadStore]:
    settings = Settings(site_map_data=tmp_path, geocache_url=SecretStr(any_store_url))
    with ExitStack() as stack:
        made = UploadStore(tmp_path / "lists", shared=build_shared_storage(settings))
        yield stack.enter_context(closing(made))


def test_a_new_version_keeps_name_colour_and_the_version_before(
    store: UploadStore, owner: str
) -> None:
    first = store.add(owner, build_list(GRAZ, LINZ), "wave.csv")
    store.change(owner, first.id, name="Wave 1", colour="#0072B2")
    second = store.add(owner, build_list(GRAZ, WIEN), "wave of may.csv", replaces=first.id)
    third = store.add(owner, build_list(WIEN), "Wave 1")
    (now,) = store.lists(owner)
    assert (now.id, now.opened.name, now.about.colour) == (third.id, "Wave 1", "#0072b2")
    assert now.about.key == first.id
    assert [one.sites for one in now.opened.versions] == [2, 2]
    assert len({one.name for one in now.opened.versions}) == 2, "also within one second"
    newer, older = (one.open().reading for one in now.opened.versions)
    assert newer is not None
    assert older is not None
    assert list(newer.sites["facility"]) == ["LKH Graz", "AKH"]
    assert list(older.sites["facility"]) == ["LKH Graz", "KH Linz"]
    assert older.fields is not None
    assert older.fields["Weeks"].dtype.kind == "f"
    assert older.fields["Tier"].tolist() == ["A", "B"]
    assert store.lists(owner)[0].opened is now.opened, "nothing is read or built twice"
    store.remove(owner, third.id)
    assert store.lists(owner) == ()
    with pytest.raises(UploadError, match="no longer here"):
        store.open_version(owner, now.opened.versions[0].id)
    assert second.id != third.id


def test_versions_are_compared_by_their_names(store: UploadStore) -> None:
    store.add("ada", build_list(GRAZ, LINZ), "wave.csv")
    now = store.add("ada", build_list(GRAZ, WIEN), "wave.csv")
    library = merge([now.opened], None)
    (version,) = now.opened.versions
    before = find_side("a", version.name, library, None)
    after = find_side("b", "wave", library, None)
    assert are_versions(before, after)
    changes = find_changes(before.sites, after.sites, before.dates, after.dates)
    assert sorted(zip(changes["change"], changes["facility"], strict=True)) == [
        ("added", "AKH"),
        ("removed", "KH Linz"),
    ]


def test_what_cannot_be_a_new_version_leaves_the_list_as_it_was(
    store: UploadStore, owner: str
) -> None:
    one = store.add(owner, build_list(GRAZ), "wave.csv")
    other = store.add(owner, build_list(LINZ), "other.csv")
    with pytest.raises(UploadError, match="the list stays as it was"):
        store.add(owner, b"just some words", "x.txt", replaces=one.id)
    with pytest.raises(UploadError, match="no longer here"):
        store.add(owner, build_list(GRAZ), "x.csv", replaces="0")
    for name, reason in (
        (" ", "needs a name"),
        ("x" * 121, "at most 120"),
        ("OTHER.csv", "another of your lists"),
    ):
        with pytest.raises(UploadError, match=reason):
            store.change(owner, one.id, name=name)
    with pytest.raises(UploadError, match="give a colour"):
        store.change(owner, one.id, colour="url(x)")
    store.change(owner, other.id, hidden=True)
    found = {each.opened.name: each.about.hidden for each in store.lists(owner)}
    assert found == {"wave.csv": False, "other.csv": True}


def test_a_copy_for_everyone_has_the_versions_too(store: UploadStore) -> None:
    store.add("ada", build_list(GRAZ), "wave.csv")
    one = store.add("ada", build_list(GRAZ, LINZ), "wave.csv")
    store.copy("ada", one.id, EVERYONE)
    store.remove("ada", one.id)
    (shared,) = store.lists(EVERYONE)
    assert [version.sites for version in shared.opened.versions] == [1]
    assert shared.opened.versions[0].open().reading is not None
    assert shared.about.added == one.about.added


def test_only_some_versions_are_kept(store: UploadStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(versions, "MAX_VERSIONS", 3)
    rows = [GRAZ.replace("9,A", f"{number},A") for number in range(6)]
    for number in range(6):
        now = store.add("ada", build_list(*rows[: number + 1]), "wave.csv")
    kept = [one.open().reading for one in now.opened.versions]
    assert [len(one.sites) for one in kept if one] == [5, 4, 3]
    monkeypatch.setattr(versions, "MAX_BYTES", 10)
    again = store.add("ada", build_list(GRAZ), "wave.csv")
    assert len(again.opened.versions) == 3, "what is too large itself is not kept"
    monkeypatch.setattr(versions, "MAX_SITES", 0)
    store.add("ada", build_list(LINZ), "wave.csv")
    assert len(store.lists("ada")[0].opened.versions) == 3


cells = st.sampled_from(["Graz", "Wien", "Österreich", "{x}", '"', "4", ""])
tables = st.lists(st.tuples(cells, cells, cells), max_size=12)


@given(st.lists(tables, min_size=1, max_size=4))
def test_every_version_comes_back_as_it_was(history: list[list[tuple[str, ...]]]) -> None:
    packed, whole = [], []
    before: list[tuple[object, ...]] = []
    for table in history:
        frame = pd.DataFrame(table, columns=["facility", "city", "Own"], dtype="str")
        data = frame.assign(country="Austria").to_csv(index=False).encode()
        reading = open_bytes(data, "x.csv").reading
        if reading is None:
            continue
        packed.append(pack_version(reading, before))
        _, before = unpack_version(packed[-1], before)
        whole.append(reading)
    before = []
    for data, reading in zip(packed, whole, strict=True):
        found, before = unpack_version(data, before)
        assert found.sites.astype("object").equals(reading.sites.astype("object"))
        blank = pd.DataFrame(index=found.sites.index)
        own = [one.fields if one.fields is not None else blank for one in (found, reading)]
        assert own[0].astype("object").equals(own[1].astype("object"))


def test_a_damaged_version_is_said_to_be_so() -> None:
    reading = open_bytes(build_list(GRAZ, LINZ), "x.csv").reading
    assert reading is not None
    data = pack_version(reading, [])
    _, rows = unpack_version(data, [])
    against = pack_version(reading, rows)
    for damaged in (data[:40], b"", against):
        with pytest.raises(ValueError, match="damaged"):
            unpack_version(damaged, [])
