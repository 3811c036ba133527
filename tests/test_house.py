"""The house as its documents describe it."""

import ast
import re
from importlib.metadata import distribution
from pathlib import Path

import pytest
import yaml

from dashboard.settings import Settings
from scripts import list_licences

ROOT = Path(__file__).parent.parent
MODULES = sorted(
    path.relative_to(ROOT).as_posix()
    for package in ("dashboard", "geocache")
    for path in (ROOT / package).rglob("*.py")
)


def _folders() -> dict[Path, list[Path]]:
    """The Python modules of each folder of the packages and the tests, ``__init__`` apart."""
    found: dict[Path, list[Path]] = {}
    for top in ("dashboard", "geocache", "tests", "harness", "benchmarks"):
        for path in (ROOT / top).rglob("*.py"):
            if path.name != "__init__.py":
                found.setdefault(path.parent.relative_to(ROOT), []).append(path)
    return found


def test_no_folder_has_more_modules_than_a_reader_takes_in() -> None:
    assert {folder: len(held) for folder, held in _folders().items() if len(held) > 20} == {}
    top = [path for path in (ROOT / "dashboard").iterdir() if path.name[0] not in "._"]
    rooms = [path.name for path in top if path.name != "py.typed"]
    assert len(rooms) <= 18, sorted(rooms)


@pytest.mark.parametrize("package", [name for name in MODULES if name.endswith("__init__.py")])
def test_every_package_says_what_it_is_for(package: str) -> None:
    said = ast.get_docstring(ast.parse((ROOT / package).read_text())) or ""
    assert len(said.splitlines()[0]) > 20


def test_no_module_is_longer_than_one_thing_may_be() -> None:
    scripts = (ROOT / "dashboard" / "assets").glob("*.js")
    modules = [*(ROOT / name for name in MODULES), *scripts]
    long = {path.name: n for path in modules if (n := path.read_text().count("\n")) > 450}
    assert long == {}


def test_the_architecture_names_what_is_there() -> None:
    text = " ".join(_architecture().split())
    paths = re.findall(r"`((?:dashboard|geocache|docs|scripts|tests|harness)/[^`*]+)`", text)
    assert len(paths) > 15
    assert [path for path in paths if not (ROOT / path).exists()] == []
    named = re.findall(r"`(\w+)`(?: in|,)? \(?`((?:dashboard|geocache)/[^`]+\.(?:py|js))`", text)
    assert len(named) > 8
    assert [each for each in named if not _defines(*each)] == []


def _architecture() -> str:
    return (ROOT / "docs" / "architecture.md").read_text()


def test_the_recipes_name_what_is_there() -> None:
    text = " ".join((ROOT / "CONTRIBUTING.md").read_text().split())
    paths = re.findall(r"`((?:dashboard|docs|geocache|tests)/[^`N]+)`", text)
    assert len(paths) > 15
    assert [path for path in paths if not (ROOT / path).exists()] == []
    named = re.findall(r"`(\w+)`(?:,[^`]*,)? (?:in|from) `([^`]+)`", text)
    assert len(named) > 12
    assert [each for each in named if not _defines(*each)] == []


def _defines(name: str, path: str) -> bool:
    """Whether a file defines a function, class or constant."""
    line = rf"^(?:async def |def |class |function |  function |    def )?{name}\b(?: =|:|\()"
    return re.search(line, (ROOT / path).read_text(), re.MULTILINE) is not None


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-test.lock"])
def test_a_lock_holds_only_names_versions_and_hashes(name: str) -> None:
    lines = (ROOT / name).read_text().splitlines()
    allowed = re.compile(
        r"[A-Za-z0-9._-]+(\[[a-z0-9,-]+\])?==[^ ]+( ; .*)? \\|    --hash=sha256:[0-9a-f]{64}( \\)?"
    )
    assert [line for line in lines if not allowed.fullmatch(line)] == []


def test_every_setting_is_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text()
    names = [name.upper() for name in Settings.model_fields]
    assert names
    assert [name for name in names if f"`{name}`" not in readme] == []


def test_the_licence_of_every_dependency_is_listed() -> None:
    text = (ROOT / "docs" / "licences.md").read_text()
    said = dict(re.findall(r"^\| ([a-z0-9-]+) \| ([^|]+) \|$", text, re.MULTILINE))
    asked = list_licences.direct()
    assert len(asked) > 20
    true = {name: list_licences.licence(distribution(name)) for name in asked}
    assert {name: said.get(name) for name in asked} == true, "run `make licences`"


@pytest.mark.parametrize(
    "name", ["CITATION.cff", ".pre-commit-config.yaml", ".github/workflows/ci.yml"]
)
def test_what_others_read_is_yaml_and_names_files_that_are_there(name: str) -> None:
    text = (ROOT / name).read_text()
    assert isinstance(yaml.safe_load(text), dict)
    named = re.findall(r"(?:tests/|\.ci/|requirements)[\w./-]+", text)
    assert [path for path in named if not (ROOT / path).exists()] == []


TESTS = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "tests").rglob("test_*.py"))
WAITS = {
    "expect",
    "expect_download",
    "wait_for",
    "wait_for_function",
    "wait_for_map",
    "wait_for_url",
}
"""What fails a browser test by running out of time."""


def _can_fail(function: ast.AST, others: dict[str, ast.AST], seen: frozenset[str]) -> bool:
    """Whether a test asserts something, itself or through functions of its module."""
    for node in ast.walk(function):
        if isinstance(node, ast.Assert):
            return True
        if isinstance(node, ast.Call):
            named = node.func
            name = getattr(named, "attr", None) or getattr(named, "id", "")
            if name in WAITS | {"raises", "warns"}:
                return True
            asked = others.get(name) if name not in seen else None
            if asked is not None and _can_fail(asked, others, seen | {name}):
                return True
    return False


@pytest.mark.parametrize("name", TESTS)
def test_every_test_asserts_something(name: str) -> None:
    functions: dict[str, ast.AST] = {
        node.name: node
        for node in ast.walk(ast.parse((ROOT / name).read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    tests = [each for each in functions if each.startswith("test_")]
    assert tests
    idle = [each for each in tests if not _can_fail(functions[each], functions, frozenset({each}))]
    assert idle == []


@pytest.mark.parametrize(
    ("folder", "other"),
    [
        ("tests", "benchmarks"),
        ("benchmarks", "tests"),
        ("harness", "tests"),
        ("harness", "benchmarks"),
    ],
)
def test_tests_and_benchmarks_share_only_the_harness(folder: str, other: str) -> None:
    crossing = [
        path.name
        for path in (ROOT / folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == other
    ]
    assert crossing == []
