"""Two servers on one data folder: each shows the changes made on the other."""

import os
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from harness.serving import Server, serving
from harness.visit import Visit, visiting

LIST = "facility,city,country\nKlinik Ost,Springfeld Qx,Germany\nLKH,Graz,Austria\n"
HEAD = "city,country,facility,latitude,longitude\n"
MANY = HEAD + "".join(f"City {n},Germany,Clinic,{48 + n % 5},{9 + n % 3}\n" for n in range(50_000))


class Two:
    """Starts servers over one list and one data folder."""

    def __init__(self, folder: Path, place_index: Path, stack: ExitStack) -> None:
        self.data = folder / "data"
        self._index = place_index
        self._stack = stack
        self._folder = folder
        (folder / "list.csv").write_text(LIST)
        self.data.mkdir()
        (self.data / "gazetteer").symlink_to(place_index, target_is_directory=True)

    def start(self, name: str) -> Server:
        folder = self._folder / name
        folder.mkdir()
        settings = {
            "SITE_MAP_DATA": str(self.data),
            "SITE_MAP_SOURCES": str(self._folder / "list.csv"),
        }
        return self._stack.enter_context(serving(folder, self._index, **settings))


@pytest.fixture
def two(tmp_path: Path, place_index: Path) -> Iterator[Two]:
    with ExitStack() as stack:
        yield Two(tmp_path, place_index, stack)


def fetch_sites(server: Server, query: str = "") -> bytes:
    with urlopen(f"{server.url}/api/sites.csv{query}") as answer:
        return bytes(answer.read())


def open_pins_uploader(visit: Visit) -> Locator:
    panel = visit.open_tab("Quality")
    panel.get_by_text("Pins set by people").click()
    uploader = panel.locator("[data-testid=stFileUploader]", has_text="5MB")
    expect(uploader).to_be_visible()
    return uploader


def upload(uploader: Locator, text: str) -> None:
    uploader.locator("input[type=file]").set_input_files(
        {"name": "pins.csv", "mimeType": "text/csv", "buffer": text.encode()}
    )


def pins_in(data: Path) -> int:
    with closing(sqlite3.connect(f"file:{data / 'geocache.sqlite'}?mode=ro", uri=True)) as store:
        assert store.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return int(store.execute("SELECT count(*) FROM pins").fetchone()[0])


def test_a_pin_set_on_one_server_shows_on_the_other_and_a_kill_damages_nothing(
    two: Two, browser: Browser
) -> None:
    one, other = two.start("one"), two.start("other")
    assert fetch_sites(one) == fetch_sites(other)
    with visiting(browser, other) as there:
        there.open(sites=1)
        with visiting(browser, one) as here:
            here.open(sites=1)
            uploader = open_pins_uploader(here)
            upload(uploader, f"{HEAD}Springfeld Qx,Germany,Klinik Ost,48.2,11.6\n")
            expect(here.page.get_by_text("1 pin imported")).to_be_visible()
            assert b"48.2,11.6,facility" in fetch_sites(other, "?city=Springfeld%20Qx")
            there.open_tab("Quality")
            there.wait_for_map(sites=2)
            expect(there.page.get_by_text("Pins set by people (1)")).to_be_visible()
            assert fetch_sites(one) == fetch_sites(other)

            upload(next_pins_uploader(here.page), MANY)
            os.kill(one.process.pid, signal.SIGKILL)
            one.process.wait(10)
        assert b"48.2,11.6,facility" in fetch_sites(other)
        assert pins_in(two.data) in {1, 50_001}, "all of an import or none of it"
        again = two.start("again")
        assert fetch_sites(again) == fetch_sites(other)
        there.page.reload()
        there.wait_for_map(sites=2)


def next_pins_uploader(page: Page) -> Locator:
    """The empty uploader that replaces one after its upload."""
    uploader = page.locator("[data-testid=stFileUploader]", has_text="5MB")
    expect(uploader.get_by_text("pins.csv")).to_have_count(0)
    return uploader
