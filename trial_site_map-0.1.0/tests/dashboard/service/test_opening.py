"""Opening the lists: what passes is tried again, what cannot pass ends the start in one line."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from dashboard.service import opener as opening
from dashboard.service.housekeeping import Housekeeping
from dashboard.service.opener import check_settings
from dashboard.service.service import Service
from dashboard.settings import Settings
from geocache.errors import ConfigurationError
from harness.geocaches import wait_until
from harness.serving import ROOT
from tests.dashboard.web.asgi import request_api


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "FIRST_PAUSE_SECONDS", 0.05)


@contextmanager
def opened(settings: Settings) -> Iterator[Service]:
    with closing(Service(settings)) as service:
        service.opener.start()
        yield service


def test_a_failure_that_passes_is_tried_again(tmp_path: Path, place_index: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "gazetteer").write_text("in the way for now")
    with opened(Settings(site_map_data=data)) as service:
        wait_until(lambda: service.opener.problem != "")
        health = request_api(service, "/api/health")
        assert health.status_code == 503
        assert health.json()["status"] == "starting"
        assert "the data folder cannot be used" in health.json()["reason"]
        assert str(tmp_path) not in health.text
        assert request_api(service, "/api/sites.csv").json()["error"] == "starting"
        (data / "gazetteer").unlink()
        (data / "gazetteer").symlink_to(place_index, target_is_directory=True)
        assert service.opener.wait(60)
        health = request_api(service, "/api/health")
        assert (health.status_code, health.json()["sites"]) == (200, 75)
        assert service.opener.problem == service.opener.failure == ""


def test_a_server_that_is_closed_while_it_tries_again_ends(tmp_path: Path) -> None:
    (tmp_path / "gazetteer").write_text("in the way")
    with opened(Settings(site_map_data=tmp_path)) as service:
        wait_until(lambda: service.opener.problem != "")
    assert service.opener.finished


def _put_a_file_in_the_way(folder: Path) -> dict[str, str]:
    (folder / "file").write_text("no folder")
    return {"SITE_MAP_DATA": str(folder / "file")}


WRONG: dict[str, Callable[[Path], dict[str, str]]] = {
    "GEOCACHE_PROVIDERS": lambda _: {"GEOCACHE_PROVIDERS": "gazeteer"},
    "GEOCACHE_CONTACT": lambda _: {"GEOCACHE_PROVIDERS": "nominatim"},
    "SITE_MAP_DATA": _put_a_file_in_the_way,
    "GEOCACHE_URL": lambda _: {"GEOCACHE_URL": "mysql://here/there"},
}


@pytest.mark.parametrize("setting", WRONG)
def test_a_setting_that_cannot_work_ends_the_process_in_one_line(
    tmp_path: Path, setting: str
) -> None:
    environment = {
        **os.environ,
        "SITE_MAP_DATA": str(tmp_path / "data"),
        **WRONG[setting](tmp_path),
    }
    command = [sys.executable, "-m", "dashboard.cli", "run", "--port", "0"]
    said = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert said.returncode == 2
    (line,) = said.stderr.strip().splitlines()
    assert setting in line


def test_settings_that_cannot_work_are_refused_before_anything_is_served(tmp_path: Path) -> None:
    check_settings(Settings(site_map_data=tmp_path / "made"))
    assert (tmp_path / "made").is_dir()
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(ConfigurationError, match=r"SITE_MAP_DATA.*a file is in the way"):
        check_settings(Settings(site_map_data=tmp_path / "file"))
    with pytest.raises(ConfigurationError, match=r"SITE_MAP_DATA.*not a directory"):
        check_settings(Settings(site_map_data=tmp_path / "file" / "below"))


def test_lists_expire_while_the_server_runs(data_folder: Path) -> None:
    service = Service(Settings(site_map_data=data_folder))
    service.uploads.add("ada", b"city,country\nGraz,Austria\n", "list.csv")
    (folder,) = (path for path in (data_folder / "lists").iterdir() if path.name != "everyone")
    failing = Housekeeping(_fail, service.uploads.delete_expired, pause_seconds=0.01)
    with closing(failing), closing(service):
        failing.start()
        assert len(service.uploads.lists("ada")) == 1
        long_ago = time.time() - 8 * 86_400
        os.utime(folder, (long_ago, long_ago))
        wait_until(lambda: not folder.exists())
        assert service.uploads.lists("ada") == ()


def _fail() -> None:
    raise OSError(30, "Read-only file system")
