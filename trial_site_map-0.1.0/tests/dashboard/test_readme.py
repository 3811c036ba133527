"""Every command and code block of the README works as described."""

import json
import re
import shlex
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import httpx
import pandas as pd
import pytest

from dashboard.cli import cli
from dashboard.cli import main as site_map
from dashboard.settings import SEEDS
from geocache.cli import main as geocache
from harness.command_line import run
from harness.registry_server import RegistryServer, run_registry, site, study
from harness.serving import ROOT, Server

README = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
LINES = [
    shlex.split(line, comments=True)
    for language, block in BLOCKS
    if language == "sh"
    for line in block.splitlines()
]
MAINS: dict[str, Callable[[Sequence[str]], None]] = {"site-map": site_map, "geocache": geocache}


def commands(program: str) -> list[list[str]]:
    """The README's commands of a program; there is at least one."""
    found = [words for words in LINES if words and words[0] == program]
    assert found
    return found


@pytest.fixture
def registry() -> Iterator[RegistryServer]:
    with run_registry(RegistryServer([study(1207388, site("LKH Graz"))])) as running:
        yield running


@pytest.fixture
def folder(data_folder: Path) -> Path:
    """A folder with files of the names the README uses."""
    here = data_folder.parent / "here"
    (here / "lists").mkdir(parents=True)
    shutil.copy(SEEDS / "NCT01207388.txt", here / "lists")
    (here / "places.csv").write_text("city,country\nGraz,Austria\n")
    (here / "truth.csv").write_text(
        "city,state,country,latitude,longitude\nGraz,,Austria,47.07,15.44\n"
    )
    for name, city in (("old.csv", "Graz"), ("new.csv", "Linz")):
        (here / name).write_text(f"facility,city,country\nA,{city},Austria\n")
    (here / "a.json").write_text(json.dumps([study(1, site("A"))]))
    return here


def test_only_shell_and_python_blocks_are_in_the_readme() -> None:
    assert {language for language, _ in BLOCKS} == {"sh", "python"}
    assert {words[0] for words in LINES if words} == {"make", "curl", "pip", *MAINS}
    assert commands("pip") == [["pip", "install", "."]]  # run by tests/test_package.py
    assert README.count("```") == 2 * len(BLOCKS)


def test_the_make_targets_exist() -> None:
    targets = {words[1] for words in commands("make")} | set(re.findall(r"`make ([\w-]+)", README))
    for target in sorted(targets):
        done = subprocess.run(
            ["make", "--dry-run", target], cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout.strip()


@pytest.mark.parametrize("words", commands("curl"), ids=lambda words: words[1][-20:])
def test_the_curl_commands_work(dashboard_server: Server, words: list[str]) -> None:
    url = words[1].replace("http://localhost:8501", dashboard_server.url)
    answer = httpx.get(url, timeout=30)
    assert answer.status_code == 200
    assert answer.text.count("Germany") or '"status":"ok"' in answer.text


def test_the_commands_work_in_order(
    data_folder: Path, folder: Path, registry: RegistryServer
) -> None:
    environment = {"SITE_MAP_DATA": str(data_folder), "SITE_MAP_REGISTRY_URL": registry.url}
    for program, *words in [*commands("site-map"), *commands("geocache")]:
        if words == ["run"]:  # run by tests/test_package.py
            assert cli.get_command(cli.make_context("site-map", ["run"]), "run")
            continue
        spread = [
            found
            for word in words
            for found in (sorted(p.name for p in folder.glob(word)) if "*" in word else [word])
        ]
        done = run(MAINS[program], spread, environment, folder)
        assert done.returncode == 0, f"{program} {words}\n{done.stderr.decode()}"
    made = pd.read_csv(folder / "sites.csv")
    assert made["latitude"].notna().all()
    assert {"sites.csv", "sites.xlsx", "located.csv"} <= {path.name for path in folder.iterdir()}
    assert registry.seen[0]["filter.ids"] == "NCT01207388"


@pytest.mark.parametrize("code", [block for language, block in BLOCKS if language == "python"])
def test_the_library_examples_work(
    data_folder: Path, capsys: pytest.CaptureFixture[str], code: str
) -> None:
    said: dict[str, object] = {"__name__": data_folder.name}
    exec(code, said)  # noqa: S102 - our own README
    if "sites" in said:
        sites = said["sites"]
        assert isinstance(sites, pd.DataFrame)
        assert sites["latitude"].round(1).tolist() == [47.1, 50.3]
    else:
        first, second = capsys.readouterr().out.splitlines()
        assert first.startswith("47.0")
        assert "ambiguous" in second or "None" in second


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "SECURITY.md"])
def test_linked_files_exist(name: str) -> None:
    text = (ROOT / name).read_text()
    linked = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)|(?:src|srcset)=\"([^\":]+)\"", text)
    paths = [first or second for first, second in linked]
    assert [path for path in paths if not (ROOT / path).exists()] == []
