"""Isolates a test run: a temporary home folder, and no new file in the checkout.

The caches of the tools are in ``.venv/``.
"""

import os
import shutil
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis.configuration import set_hypothesis_home_dir

ROOT = Path(__file__).parent.parent
_IGNORED_FOLDERS = {".git", ".venv", "__pycache__", ".mypy_cache", ".ruff_cache"}
_CHROMIUM_FILES = {".cache", ".config", ".local/share/applications", ".local/share/pki", ".pki"}
"""What Chromium itself writes to a home folder."""


class Leftovers:
    """Plugin: fails a run that left files in the checkout or its home folder."""

    def __init__(self) -> None:
        browsers = Path.home() / ".cache" / "ms-playwright"
        os.environ.setdefault("PLAYWRIGHT_BROWSERS_PATH", str(browsers))
        self._home = Path(tempfile.mkdtemp(prefix="home-"))
        os.environ["HOME"] = str(self._home)
        for name in ("CACHE", "CONFIG", "DATA", "STATE"):
            os.environ.pop(f"XDG_{name}_HOME", None)
        self._before = list_files(ROOT)
        self.leftovers: list[str] = []

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Find new files."""
        home = list_files(self._home)
        shutil.rmtree(self._home, ignore_errors=True)
        own = {path for path in home if not any(path.startswith(name) for name in _CHROMIUM_FILES)}
        names = {path for path in home if "site-map" in path or "geocache" in path}
        self.leftovers = sorted(list_files(ROOT) - self._before)
        self.leftovers += sorted(f"~/{path}" for path in own | names)
        if self.leftovers and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """List them."""
        for path in self.leftovers:
            terminalreporter.write_line(f"left behind: {path}", red=True)


def list_files(folder: Path) -> set[str]:
    """The files of a folder, without those of git and the tools."""
    found = set()
    for at, folders, names in os.walk(folder):
        folders[:] = [
            each for each in folders if each not in _IGNORED_FOLDERS and ".egg-info" not in each
        ]
        found |= {Path(at, name).relative_to(folder).as_posix() for name in names}
    return {path for path in found if not path.startswith(".coverage")}


def prepare(config: pytest.Config) -> None:
    """Set up the tools' caches in each process and, once a run, the check for leftovers."""
    _cache_bytecode()
    set_hypothesis_home_dir(ROOT / ".venv" / "hypothesis")
    settings.register_profile("suite", deadline=None)  # a test may be slow on a busy machine
    settings.load_profile("suite")
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Leftovers(), "leftovers")


def _cache_bytecode() -> None:
    """Compile each module once, for this process and those it starts, outside the checkout."""
    sys.dont_write_bytecode = False
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.pycache_prefix = os.environ["PYTHONPYCACHEPREFIX"] = str(ROOT / ".venv" / "bytecode")
