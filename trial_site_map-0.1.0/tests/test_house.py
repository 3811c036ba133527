"""The layout of the code and the documents that describe it."""

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
    """The Python modules of each folder, without ``__init__``."""
    found: dict[Path, list[Path]] = {}
    for top in ("dashboard", "geocache", "tests", "harness", "benchmarks"):
        for path in (ROOT / top).rglob("*.py"):
            if path.name != "__init__.py":
                found.setdefault(path.parent.relative_to(ROOT), []).append(path)
    return found


def test_no_folder_has_more_than_20_modules() -> None:
    assert {folder: len(found) for folder, found in _folders().items() if len(found) > 20} == {}
    top = [path for path in (ROOT / "dashboard").iterdir() if path.name[0] not in "._"]
    names = [path.name for path in top if path.name != "py.typed"]
    assert len(names) <= 18, sorted(names)


@pytest.mark.parametrize("package", [name for name in MODULES if name.endswith("__init__.py")])
def test_every_package_says_what_it_is_for(package: str) -> None:
    docstring = ast.get_docstring(ast.parse((ROOT / package).read_text())) or ""
    assert len(docstring.splitlines()[0]) > 20


def test_no_module_is_longer_than_450_lines() -> None:
    scripts = (ROOT / "dashboard" / "assets").glob("*.js")
    modules = [*(ROOT / name for name in MODULES), *scripts]
    long = {path.name: n for path in modules if (n := path.read_text().count("\n")) > 450}
    assert long == {}


DOCUMENTS = [
    path.relative_to(ROOT).as_posix()
    for path in (*sorted((ROOT / "docs").glob("*.md")), *sorted(ROOT.glob("*.md")))
    if path.name != "CHANGELOG.md"  # it names what there once was
]
FOLDERS = {path.name for path in ROOT.iterdir() if path.is_dir() and path.name[0] != "."}
SOURCES = {
    path.name
    for folder in ("benchmarks", "dashboard", "geocache", "harness", "scripts", "tests")
    for path in (ROOT / folder).rglob("*")
    if path.suffix in {".py", ".js", ".css"}
}


def _prose(document: str) -> str:
    """A document on one line, without its blocks of code."""
    text = re.sub(
        r"^```.*?^```$", "", (ROOT / document).read_text(), flags=re.DOTALL | re.MULTILINE
    )
    return " ".join(text.split())


def _is_there(name: str) -> bool:
    """False if text in backticks names a file or module of this repository that is missing."""
    if re.fullmatch(r"(?:dashboard|geocache|harness)(?:\.(?!sqlite)\w+)+", name):
        path = ROOT / name.replace(".", "/")
        return (
            path.is_dir()
            or path.with_suffix(".py").exists()
            or _defines(path.name, f"{path.parent.relative_to(ROOT)}.py")
        )
    if "NAME" in name or not re.fullmatch(r"[\w./*-]+", name):
        return True  # a placeholder, or no file name
    if name.endswith((".py", ".js", ".css")) and "/" not in name:
        return name in SOURCES
    folder, slash, _ = name.partition("/")
    ours = slash and (folder in FOLDERS or name.endswith((".py", ".js", ".css")))
    return not ours or any(ROOT.glob(name))


@pytest.mark.parametrize("document", DOCUMENTS)
def test_documents_name_files_and_modules_that_exist(document: str) -> None:
    names = re.findall(r"`([^`]+)`", _prose(document))
    assert [name for name in names if not _is_there(name)] == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_documents_name_functions_and_classes_that_exist(document: str) -> None:
    """Wherever a document says ``name`` in ``path``."""
    path = r"((?:dashboard|geocache|harness|scripts|tests)/[^`]+\.(?:py|js))"
    named = re.findall(rf"`(\w+)`(?:,[^`]*,)?(?: in| from|,)? \(?`{path}`", _prose(document))
    assert [each for each in named if not _defines(*each)] == []


def test_the_architecture_and_the_recipes_are_concrete() -> None:
    """They name enough files for the tests above to mean something."""
    for document in ("docs/architecture.md", "CONTRIBUTING.md"):
        paths = re.findall(r"`(?:dashboard|geocache|tests)/[^`]+`", _prose(document))
        assert len(paths) > 15, document


def _defines(name: str, path: str) -> bool:
    """Whether a file defines a function, class or constant."""
    line = rf"^(?:async def |def |class |function |  function |    def )?{name}\b(?: =|:|\()"
    file = ROOT / path
    return file.exists() and re.search(line, file.read_text(), re.MULTILINE) is not None


def test_functions_are_named_with_verbs() -> None:
    """``count_sites``, not ``sites_of``."""
    named = [
        node.name
        for module in MODULES
        for node in ast.walk(ast.parse((ROOT / module).read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.endswith("_of")
    ]
    assert named == []


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
    listed = dict(re.findall(r"^\| ([a-z0-9-]+) \| ([^|]+) \|$", text, re.MULTILINE))
    direct = list_licences.direct_dependencies()
    assert len(direct) > 20
    licences = {name: list_licences.find_licence(distribution(name)) for name in direct}
    assert {name: listed.get(name) for name in direct} == licences, "run `make licences`"


@pytest.mark.parametrize(
    "name", ["CITATION.cff", ".pre-commit-config.yaml", ".github/workflows/ci.yml"]
)
def test_metadata_files_are_yaml_and_name_existing_files(name: str) -> None:
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
"""Calls that fail a browser test when they time out."""


def _can_fail(function: ast.AST, others: dict[str, ast.AST], seen: frozenset[str]) -> bool:
    """True if a test asserts something, itself or in functions of its module."""
    for node in ast.walk(function):
        if isinstance(node, ast.Assert):
            return True
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", None) or getattr(node.func, "id", "")
            if name in WAITS | {"raises", "warns"}:
                return True
            called = others.get(name) if name not in seen else None
            if called is not None and _can_fail(called, others, seen | {name}):
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
