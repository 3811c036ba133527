"""The wheel holds everything it needs: installed in another environment, it works."""

import csv
import os
import shutil
import subprocess
import sys
import sysconfig
from importlib.metadata import entry_points, version
from pathlib import Path
from urllib.request import Request, urlopen

import orjson
import pytest

from dashboard.maps import bundle
from dashboard.maps.basemap import list_archives
from geocache.version import __version__
from harness.serving import ROOT, serving

SHIPPED = ("dashboard", "geocache", "seeds", "pyproject.toml", "README.md", "LICENSE")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The ``bin`` folder of a new environment that holds only our wheel.

    Its dependencies come from the test environment, through ``PYTHONPATH``.
    """
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    for name in SHIPPED:
        target = source / name
        target.parent.mkdir(exist_ok=True)
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, target)
    npm = source / "dashboard" / "assets" / "npm"  # where `make dist` puts it
    shutil.copytree(bundle.NPM_FOLDER, npm, dirs_exist_ok=True)
    code = "from setuptools.build_meta import build_wheel; build_wheel('..')"
    _run([sys.executable, "-c", code], source)
    (wheel,) = folder.glob("*.whl")
    uv = [sys.executable, "-m", "uv", "--offline", "--no-cache", "--quiet"]
    _run([*uv, "venv", "--python", sys.executable, "env"], folder)
    python = folder / "env" / "bin" / "python"
    _run([*uv, "pip", "install", "--python", str(python), "--no-deps", str(wheel)], folder)
    shutil.rmtree(source)
    return python.parent


def _run(command: list[str], folder: Path, **settings: str) -> str:
    """What a command printed; fails unless it succeeded."""
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def _dependencies() -> dict[str, str]:
    return {"PYTHONPATH": sysconfig.get_path("purelib"), "PYTHONSAFEPATH": "1"}


def test_the_installed_geocache_locates_places(
    installed: Path, data_folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "in.csv").write_text("city,country\nGraz,Austria\nYvoir,Belgium\n")
    command = [str(installed / "geocache"), "locate", "in.csv", "-o", "out.csv"]
    _run(command, tmp_path, SITE_MAP_DATA=str(data_folder), **_dependencies())
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [round(float(row["latitude"])) for row in rows] == [47, 50]


def test_the_installed_dashboard_serves_the_seed(
    installed: Path, place_index: Path, tmp_path: Path
) -> None:
    command = (str(installed / "site-map"), "run")
    with serving(tmp_path, place_index, command, tmp_path, **_dependencies()) as server:
        with urlopen(f"{server.url}/api/health") as answer:
            health = orjson.loads(answer.read())
        assert (health["trials"], health["sites"], health["countries"]) == (1, 75, 11)
        assert health["version"] == __version__
        for path in ("/", bundle.build_script().path):
            with urlopen(server.url + path) as answer:
                assert answer.status == 200
                assert len(answer.read()) > 100
        (tiles,) = list_archives()
        asked = Request(server.url + tiles, headers={"Range": "bytes=0-6"})
        with urlopen(asked) as answer:
            assert (answer.status, answer.read()) == (206, b"PMTiles")


def test_the_wheel_holds_all_files_of_the_package(installed: Path) -> None:
    code = "import dashboard, geocache; print(dashboard.__file__); print(geocache.__file__)"
    paths = _run([str(installed / "python"), "-c", code], installed, **_dependencies()).split()
    assert [Path(path).is_relative_to(installed.parent) for path in paths] == [True, True]
    found = {
        name: _list_files(Path(paths[0]).parent.parent / name) for name in ("dashboard", "geocache")
    }
    for name in ("dashboard", "geocache"):
        assert _list_files(ROOT / name) - found[name] == set()
    seeds = {Path("seeds") / path for path in _list_files(ROOT / "seeds")}
    assert seeds - found["dashboard"] == set()


def _list_files(folder: Path) -> set[Path]:
    """The files of a folder and those below it, relative to it."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc")
    return {path.relative_to(folder) for path in files}


def test_the_version_is_defined_in_one_place() -> None:
    assert version("trial-site-map") == __version__
    assert {point.name for point in entry_points(group="console_scripts")} >= {
        "geocache",
        "site-map",
    }
