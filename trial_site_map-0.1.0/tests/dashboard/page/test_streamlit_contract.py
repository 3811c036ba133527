"""What the adapters assume of Streamlit, checked against the installed release.

A failure names what changed and the place in the adapter that needs to follow.
"""

import ast
import importlib
import re
import subprocess
import sys
import tomllib
from functools import partial
from importlib.metadata import version
from pathlib import Path

import pytest
import streamlit as st
from packaging.requirements import Requirement
from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).parents[3]
ADAPTER = "dashboard/page/streamlit_internals.py"
SERVER_ADAPTER = "dashboard/web/streamlit_server.py"
CONFIG = "dashboard/.streamlit/config.toml"
ASSETS = ROOT / "dashboard" / "assets"
RELEASE = f"Streamlit {st.__version__}"
PACKAGE = Path(st.__file__).parent
SECRET = "k3uCw0dFf6hR1bY8mQ4tVx7zLs2pN9aJ"  # noqa: S105
ORIGIN = "https://sites.example.org"


def imported_names() -> list[tuple[str, str]]:
    """(module, name) of everything the adapter imports from inside Streamlit."""
    tree = ast.parse((ROOT / ADAPTER).read_text())
    return [
        (node.module, name.name)
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("streamlit.")
        for name in node.names
        if node.module
    ]


@pytest.mark.parametrize(("module", "name"), imported_names())
def test_the_adapter_imports_what_is_there(module: str, name: str) -> None:
    try:
        found = hasattr(importlib.import_module(module), name)
    except ImportError:
        found = False
    assert found, f"{RELEASE} no longer has {module}.{name}: see its use in {ADAPTER}"


def test_only_the_adapter_imports_from_inside_streamlit() -> None:
    inside = re.compile(r"^\s*(?:from|import) streamlit\.(?!testing)", re.MULTILINE)
    users = [
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "dashboard").rglob("*.py")
        if inside.search(path.read_text())
    ]
    assert users == [ADAPTER]


def test_streamlit_has_an_upper_bound_that_the_installed_release_meets() -> None:
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    for requirement in map(Requirement, listed):
        if requirement.name in {"streamlit", "streamlit-folium", "folium"}:
            assert "<" in str(requirement.specifier), f"{requirement.name}: no upper bound"
            installed = version(requirement.name)
            assert requirement.specifier.contains(installed), (
                f"{requirement.name} {installed} is newer than the last release tried: raise the "
                "bound in pyproject.toml once the other tests pass"
            )


def test_a_run_knows_whether_the_browser_went_back_or_forward() -> None:
    context = importlib.import_module("streamlit.runtime.scriptrunner").ScriptRunContext
    assert hasattr(context, "is_history_navigation"), (
        f"{RELEASE} no longer says in ScriptRunContext whether the browser went back or forward: "
        f"see is_history_navigation in {ADAPTER}"
    )


class WatchedPath(list[str]):
    """``sys.path``, counting its changes by insert and remove."""

    changes = 0

    def insert(self, *arguments: object) -> None:
        self.changes += 1
        super().insert(*arguments)  # type: ignore[arg-type]

    def remove(self, entry: str) -> None:
        self.changes += 1
        super().remove(entry)


def test_streamlit_leaves_a_folder_on_the_import_path_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dashboard.page.streamlit_internals import keep_on_import_path  # noqa: PLC0415

    script = tmp_path / "script.py"
    script.write_text("import streamlit as st\nst.write('here')\n")
    watched = WatchedPath(sys.path)
    monkeypatch.setattr(sys, "path", watched)
    AppTest.from_file(str(script)).run()
    assert watched.changes == 2, (
        f"{RELEASE} no longer changes sys.path for each run: remove keep_on_import_path in "
        f"{ADAPTER}"
    )
    keep_on_import_path(tmp_path)
    AppTest.from_file(str(script)).run()
    assert watched.changes == 2, (
        f"{RELEASE} changes sys.path for each run even if the folder is there: see "
        f"keep_on_import_path in {ADAPTER}"
    )


def test_the_secrets_file_is_read_and_a_broken_one_is_noticed(secrets_file: Path) -> None:
    from dashboard.page import streamlit_internals  # noqa: PLC0415

    assert streamlit_internals.find_secrets_files() == []
    assert streamlit_internals.read_auth_section() is None
    secrets_file.write_text("[auth\n")
    assert streamlit_internals.find_secrets_files() == [secrets_file]
    assert streamlit_internals.read_auth_section() is None, (
        f"{RELEASE} no longer reports a broken secrets.toml in load_if_toml_exists: see "
        f"read_auth_section in {ADAPTER}"
    )
    secrets_file.write_text("[other]\nkey = 1\n")
    assert streamlit_internals.read_auth_section() == {}


@pytest.mark.parametrize("name", ["Ann", "Ann" * 3_000], ids=["one cookie", "in chunks"])
def test_the_login_cookie_that_streamlit_writes_is_read(secrets_file: Path, name: str) -> None:
    from streamlit.auth_util import set_cookie_with_chunks  # noqa: PLC0415
    from streamlit.web.server.starlette.starlette_app_utils import (  # noqa: PLC0415
        create_signed_value,
    )

    from dashboard.page.streamlit_internals import (  # noqa: PLC0415
        USER_COOKIE_NAME,
        read_login_claims,
        read_redirect_uri,
    )

    secrets_file.write_text(
        f'[auth]\nredirect_uri = "{ORIGIN}/oauth2callback"\ncookie_secret = "{SECRET}"\n'
    )
    cookies: dict[str, str] = {}
    claims = {"sub": "1", "name": name, "is_logged_in": True, "origin": ORIGIN}
    sign = partial(create_signed_value, SECRET)

    def set_cookie(name: str, value: str) -> None:
        cookies[name] = sign(name, value).decode()

    set_cookie_with_chunks(set_cookie, sign, USER_COOKIE_NAME, claims, cookie_attr_size=100)
    assert read_login_claims(cookies) == claims, (
        f"{RELEASE} writes its login cookie in another way: see read_login_claims in {ADAPTER}"
    )
    assert read_redirect_uri() == f"{ORIGIN}/oauth2callback"


def options(table: dict[str, object], prefix: str = "") -> list[str]:
    """The dotted names of a TOML table's values."""
    names: list[str] = []
    for name, value in table.items():
        names += options(value, f"{prefix}{name}.") if isinstance(value, dict) else [prefix + name]
    return names


@pytest.mark.parametrize("name", options(tomllib.loads((ROOT / CONFIG).read_text())))
def test_every_option_of_the_configuration_exists(name: str) -> None:
    known = importlib.import_module("streamlit.config").get_config_options()
    assert name in known, f"{RELEASE} no longer has the option {name}: see {CONFIG}"


@pytest.mark.parametrize(
    ("name", "module"),
    [
        ("runner.postScriptGC", "runtime/scriptrunner/script_runner.py"),
        ("global.minCachedMessageSize", "runtime/forward_msg_cache.py"),
        ("client.disableDataExport", "runtime/app_session.py"),
    ],
)
def test_an_undocumented_option_still_has_its_effect(name: str, module: str) -> None:
    source = PACKAGE / module
    assert source.is_file(), f"{RELEASE} no longer has {module}: see {name} in {CONFIG}"
    assert f'get_option("{name}")' in source.read_text(), (
        f"{RELEASE} no longer reads {name} in {module}: see {CONFIG}"
    )


def served_paths() -> set[str]:
    """The paths that Streamlit's server names as constants."""
    folder = PACKAGE / "web" / "server" / "starlette"
    found: set[str] = set()
    for path in folder.glob("starlette_*.py"):
        module = importlib.import_module(f"streamlit.web.server.starlette.{path.stem}")
        found |= {
            f"/{value}"
            for name, value in vars(module).items()
            if isinstance(value, str) and re.match(r"_?(?:BASE_)?ROUTE_", name)
        }
    return found


def test_the_paths_that_are_open_before_a_login_are_those_of_streamlit() -> None:
    from dashboard.web.streamlit_server import SHELL_PATHS, STATIC_FOLDERS  # noqa: PLC0415

    served = served_paths()
    files = {f"/{path.name}" for path in (PACKAGE / "static").iterdir()}
    for path in sorted(SHELL_PATHS - {"/"}):
        assert path in served | files, (
            f"{RELEASE} no longer serves {path}: see SHELL_PATHS in {SERVER_ADAPTER}"
        )
    for folder in STATIC_FOLDERS:
        assert folder.rstrip("/") in served, (
            f"{RELEASE} no longer serves {folder}: see STATIC_FOLDERS in {SERVER_ADAPTER}"
        )


def test_the_script_that_draws_components_is_found_with_what_it_imports() -> None:
    from dashboard.web.streamlit_server import find_component_scripts  # noqa: PLC0415

    names = [path.rpartition("/")[2] for path in find_component_scripts()]
    sentence = f"see find_component_scripts in {SERVER_ADAPTER}"
    assert any(name.startswith("ComponentInstance.") for name in names), (
        f"{RELEASE} no longer has a script ComponentInstance.*.js: {sentence}"
    )
    assert len(names) > 1, f"{RELEASE} writes imports in its scripts in another way: {sentence}"


def test_every_test_id_that_styles_and_scripts_look_for_is_on_streamlits_page() -> None:
    bundles = "".join(
        path.read_text(encoding="utf-8") for path in (PACKAGE / "static/static/js").glob("*.js")
    )
    found = 0
    for asset in sorted([*ASSETS.glob("*.css"), *ASSETS.glob("*.js")]):
        for name in re.findall(r"""data-testid=\\?["']?(\w[\w-]*)""", asset.read_text()):
            prefix, dash, kind = name.partition("-")
            known = f"{prefix}-${{" in bundles and kind in bundles if dash else name in bundles
            assert known, f"{RELEASE} no longer uses the test id {name}: see {asset.name}"
            found += 1
    assert found > 5


def test_no_python_module_names_a_test_id() -> None:
    modules = (ROOT / "dashboard").rglob("*.py")
    assert [path.name for path in modules if "data-testid" in path.read_text()] == []


def test_streamlit_run_finds_the_app_in_app_py() -> None:
    discovery = importlib.import_module("streamlit.web.server.app_discovery")
    found = discovery.discover_asgi_app(ROOT / "app.py")
    assert found.is_asgi_app, f"{RELEASE} no longer finds a literal st.App(…) call: see app.py"


def test_streamlits_loggers_write_in_the_common_format() -> None:
    code = """
import logging, sys
from streamlit import logger
old = logger.get_logger("streamlit.old")
from dashboard.page import streamlit_internals
streamlit_internals.use_common_logging()
logging.basicConfig(format="common %(message)s", stream=sys.stdout, force=True)
old.warning("of an old logger")
logger.get_logger("streamlit.new").warning("of a new logger")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    said = "common of an old logger\ncommon of a new logger\n"
    assert (done.stdout, done.stderr) == (said, ""), "Streamlit sets up its loggers in another way"
