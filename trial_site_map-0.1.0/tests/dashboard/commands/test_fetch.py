"""`site-map fetch` and `site-map refresh`, against a real HTTP server."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard.cli import main
from dashboard.library.fetched_storage import FolderTrialStorage
from harness.command_line import as_text, run
from harness.registry_server import RegistryServer, run_registry, site, study


@pytest.fixture
def server() -> Iterator[RegistryServer]:
    with run_registry(RegistryServer([study(1, site("A")), study(2, site("B"))])) as running:
        yield running


def site_map(
    *arguments: str, url: str, folder: Path, read_only: str = ""
) -> subprocess.CompletedProcess[str]:
    environment = {
        "SITE_MAP_DATA": str(folder),
        "SITE_MAP_REGISTRY_URL": url,
        "SITE_MAP_READ_ONLY": read_only,
    }
    return as_text(run(main, arguments, environment, folder))


def test_refresh_reports_changes(server: RegistryServer, tmp_path: Path) -> None:
    done = site_map("fetch", "nct 00000001,NCT00000002", url=server.url, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["NCT00000001: new", "NCT00000002: new"]
    assert FolderTrialStorage(tmp_path / "registry").list_ids() == ["NCT00000001", "NCT00000002"]
    server.studies[0] = study(1, site("A", status="COMPLETED"), site("C", "Linz"))
    done = site_map("refresh", url=server.url, folder=tmp_path)
    assert done.returncode == 0
    assert done.stdout.splitlines() == [
        "NCT00000001: + C, Linz, Austria",
        "NCT00000001: A, Graz, Austria: Recruiting -> Completed",
    ]


def test_search_as_json(server: RegistryServer, tmp_path: Path) -> None:
    done = site_map("fetch", "--condition", "Asthma", "--json", url=server.url, folder=tmp_path)
    document = json.loads(done.stdout)
    assert [trial["trial_id"] for trial in document["trials"]] == ["NCT00000001", "NCT00000002"]


def test_unknown_trial_is_named(server: RegistryServer, tmp_path: Path) -> None:
    done = site_map("fetch", "NCT00000001", "NCT09999999", url=server.url, folder=tmp_path)
    assert done.returncode == 1
    assert "NCT09999999: not in the registry" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["fetch"], "give NCT numbers"),
        (["fetch", "NCT1"], "give NCT numbers"),
        (["fetch", "--status", "Asleep"], "unknown status 'Asleep'"),
        (["refresh"], "no fetched trials yet"),
    ],
)
def test_bad_usage_is_one_line_and_exit_code_2(
    arguments: list[str], message: str, server: RegistryServer, tmp_path: Path
) -> None:
    done = site_map(*arguments, url=server.url, folder=tmp_path)
    assert done.returncode == 2
    assert message in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_other_server_is_reported_in_one_line(server: RegistryServer, tmp_path: Path) -> None:
    wrong = server.url.replace("/api/v2", "/elsewhere")
    done = site_map("fetch", "NCT00000001", url=wrong, folder=tmp_path)
    assert done.returncode == 2
    assert "refuses the request (status 404)" in done.stderr


def test_nothing_is_fetched_when_read_only(server: RegistryServer, tmp_path: Path) -> None:
    done = site_map("fetch", "NCT00000001", url=server.url, folder=tmp_path, read_only="1")
    assert done.returncode == 2
    assert server.seen == []
