"""A killed server and a full disk: confirmed changes survive, and failures are reported."""

import contextlib
import os
import resource
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from geocache import GeoCache
from harness.registry_server import RegistryServer, run_registry, site, study
from harness.serving import Server, serving
from harness.visit import Visit, visiting

FIRST = "facility,city,country\nUniklinik,Freiburg,Germany\n"
DOUBTFUL = "facility,city,country\nClinic,Springfeld Qx,Germany\n"


def upload(one: Visit, name: str, text: str) -> None:
    """Upload a list on the page."""
    sidebar = one.page.get_by_test_id("stSidebar")
    if not sidebar.get_by_test_id("stFileUploader").is_visible():
        sidebar.get_by_text("Add sites").click()
    sidebar.locator("input[type=file]").set_input_files(
        {"name": name, "mimeType": "text/csv", "buffer": text.encode()}
    )


def fetch(one: Visit, numbers: str) -> None:
    """Fetch trials from the registry."""
    one.page.get_by_text("Add trials from the registry").click()
    one.page.get_by_role("textbox", name="NCT numbers").fill(numbers)
    one.page.get_by_role("button", name="Fetch", exact=True).click()


def pin(one: Visit, point: str) -> None:
    """Pin the first place in doubt."""
    one.select_first_row()
    box = one.page.get_by_label("Point to pin")
    box.fill(point)
    box.press("Enter")
    one.wait_until_idle()
    one.page.get_by_role("button", name="Pin 1 site here").click()


def kill(server: Server) -> None:
    os.kill(server.process.pid, signal.SIGKILL)
    server.process.wait(10)


def count_sites(server: Server, query: str = "") -> int:
    return len(server.fetch_sites(query))


def test_a_server_killed_during_an_upload_and_a_fetch_keeps_what_was_confirmed(
    browser: Browser, tmp_path: Path, place_index: Path
) -> None:
    trials = [study(number, site(f"Clinic {number}")) for number in range(1, 7)]
    numbers = " ".join(f"NCT{number:08}" for number in range(1, 7))
    many = "".join(f"Sykehus {n},By {n % 30_000},Norway\n" for n in range(40_000))
    registry = RegistryServer(trials, page_size=3, hold_from=1)
    with run_registry(registry):
        options = {"SITE_MAP_REGISTRY_URL": registry.url}
        with (
            serving(tmp_path, place_index, **options) as server,
            visiting(browser, server) as one,
        ):
            one.open(sites=75)
            upload(one, "first.csv", FIRST)
            one.wait_for_map(sites=76)
            fetch(one, numbers)
            expect(one.page.get_by_text("3 trials so far")).to_be_visible()
            upload(one, "many.csv", f"facility,city,country\n{many}")
            one.page.get_by_text("many.csv: ").first.wait_for(timeout=60_000)
            kill(server)
            registry.go_on.set()
            with serving(tmp_path, place_index, **options) as again:
                one.server = again  # the same browser with its cookies
                one.open(sites=79)
                assert count_sites(again) == 78, "an upload stays private to its session"
                expect(one.page.get_by_text("many.csv")).to_have_count(0)
                one.open_tab("Open lists")
                expect(one.page.get_by_text("only you see it")).to_be_visible()
                assert count_sites(again, "trial=NCT00000003") == 1
                fetch(one, numbers)
                expect(one.page.get_by_text("6 trials fetched")).to_be_visible()
                one.wait_for_map(sites=82)


def wait_until_the_store_is_writable(server: Server) -> None:
    """Send requests, as visitors would, until the store has written what it held in memory."""
    deadline = time.monotonic() + 60
    while "the store can be written again" not in server.log.read_text():
        assert time.monotonic() < deadline
        count_sites(server)
        time.sleep(0.2)


class Disk:
    """A disk of 4 MB for a server's data; a file size limit where none can be mounted."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._filler = folder / "filler"
        folder.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", "size=4m", "small", str(folder)]
        self.mounted = not subprocess.run(command, capture_output=True, check=False).returncode

    def fill(self, server: Server) -> None:
        """Use up all free space."""
        if not self.mounted:
            hard = resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE)[1]
            resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (1, hard))
            return
        with contextlib.suppress(OSError), self._filler.open("wb", buffering=0) as file:
            while True:
                file.write(bytes(4096))

    def free(self, server: Server) -> None:
        """Free the space again."""
        self._filler.unlink(missing_ok=True)
        hard = resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE)[1]
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (hard, hard))

    def close(self) -> None:
        """Unmount the disk."""
        if self.mounted:
            subprocess.run(["umount", "--lazy", str(self._folder)], check=True)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    made = Disk(tmp_path / "data")
    yield made
    made.close()


def test_a_full_disk_is_reported_and_a_pin_saved_later_survives_a_kill(
    browser: Browser, tmp_path: Path, place_index: Path, disk: Disk
) -> None:
    (tmp_path / "list.csv").write_text(DOUBTFUL)
    registry = RegistryServer([study(1, site("LKH Graz"))])
    with run_registry(registry):
        options = {
            "SITE_MAP_SOURCES": str(tmp_path / "list.csv"),
            "SITE_MAP_REGISTRY_URL": registry.url,
        }
        with (
            serving(tmp_path, place_index, **options) as server,
            visiting(browser, server, expected_traceback="No space left|File too large") as one,
        ):
            one.open(sites=0)
            one.open_tab("Quality")
            disk.fill(server)
            upload(one, "first.csv", FIRST)
            expect(one.page.get_by_text("first.csv: the list could not be stored:")).to_be_visible()
            fetch(one, "NCT00000001")
            expect(one.page.get_by_text("fetched trials cannot be stored:")).to_be_visible()
            pin(one, "48.1, 11.5")
            expect(one.page.get_by_text("it cannot be saved now").first).to_be_visible()
            expect(one.page.get_by_text("the store cannot be written").first).to_be_visible()
            one.wait_for_map(sites=1)
            assert server.fetch_sites("city=Springfeld%20Qx")[0]["latitude"] == "48.1"
            assert str(tmp_path) not in one.page.content()

            disk.free(server)
            wait_until_the_store_is_writable(server)
            one.page.reload()
            one.wait_for_map(sites=1)
            one.wait_until_idle()
            expect(one.page.get_by_text("the store cannot be written")).to_have_count(0)
            kill(server)
        with serving(tmp_path, place_index, **options) as again, visiting(browser, again) as one:
            one.open(sites=1)
            assert again.fetch_sites("city=Springfeld%20Qx")[0]["latitude"] == "48.1"
            fetch(one, "NCT00000001")
            one.wait_for_map(sites=2)
            one.open_tab("Quality")
            one.page.get_by_text("Pins set by people (1)").click()
            one.page.get_by_role("button", name="Remove", exact=True).click()
            one.wait_for_map(sites=1)
            kill(again)
        store = f"sqlite:///{tmp_path / 'data' / 'geocache.sqlite'}"
        with GeoCache(store, providers=()) as cache:
            assert cache.pins() == (), "a pin removed right before the server was killed"
