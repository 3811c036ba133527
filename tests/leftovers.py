"""A test run leaves nothing behind: a home folder of its own, and the checkout as it was.

Caches of the tools stay inside ``.venv/``.
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
_UNSEEN = {".git", ".venv", "__pycache__", ".mypy_cache", ".ruff_cache"}
_BROWSERS = {".cache", ".config", ".local/share/applications", ".local/share/pki", ".pki"}
"""What Chromium itself keeps in a home folder."""


class Leftovers:
    """Plugin: fails a run that left a file in the checkout or in its home folder."""

    def __init__(self) -> None:
        browsers = Path.home() / ".cache" / "ms-playwright"
        os.environ.setdefault("PLAYWRIGHT_BROWSERS_PATH", str(browsers))
        self._home = Path(tempfile.mkdtemp(prefix="home-"))
        os.environ["HOME"] = str(self._home)
        for name in ("CACHE", "CONFIG", "DATA", "STATE"):
            os.environ.pop(f"XDG_{name}_HOME", None)
        self._before = files(ROOT)
        self.left: list[str] = []

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Look what is there that was not."""
        home = files(self._home)
        shutil.rmtree(self._home, ignore_errors=True)
        own = {path for path in home if not any(path.startswith(name) for name in _BROWSERS)}
        names = {path for path in home if "site-map" in path or "geocache" in path}
        self.left = sorted(files(ROOT) - self._before)
        self.left += sorted(f"~/{path}" for path in own | names)
        if self.left and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Name what was left."""
        for path in self.left:
            terminalreporter.write_line(f"left behind: {path}", red=True)


def files(folder: Path) -> set[str]:
    """Every file of a folder, save what git and the tools keep there."""
    found = set()
    for at, folders, names in os.walk(folder):
        folders[:] = [each for each in folders if each not in _UNSEEN and ".egg-info" not in each]
        found |= {Path(at, name).relative_to(folder).as_posix() for name in names}
    return {path for path in found if not path.startswith(".coverage")}


def prepare(config: pytest.Config) -> None:
    """Once a run, before its workers start; in every process, where tools keep their notes."""
    _keep_bytecode()
    set_hypothesis_home_dir(ROOT / ".venv" / "hypothesis")
    settings.register_profile("suite", deadline=None)  # a busy machine is no failure
    settings.load_profile("suite")
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Leftovers(), "leftovers")


def _keep_bytecode() -> None:
    """No module is compiled twice, here or in a process that a test starts, or leaves a file."""
    sys.dont_write_bytecode = False
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.pycache_prefix = os.environ["PYTHONPYCACHEPREFIX"] = str(ROOT / ".venv" / "bytecode")
