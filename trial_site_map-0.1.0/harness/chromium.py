"""Chromium without a window, which reaches this machine only."""

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--process-per-site",
)
"""No host but loopback resolves. All pages of a site share a process, which compiles the page's
scripts once."""

WITHOUT_OPTIMIZER = "--js-flags=--no-opt"
"""Turns off V8's slowest compiler, which only pays off for pages that stay open longer."""

SHELL = "chromium-headless-shell"
WINDOWED = ("chromium", "chromium-browser", "google-chrome")


def find_chromium(*names: str) -> str | None:
    """Path of Chromium: ``CHROMIUM``, else the first of ``names`` on the PATH, else None.

    Given None, Playwright starts the Chromium it installed itself.
    """
    return os.environ.get("CHROMIUM") or next((p for n in names if (p := shutil.which(n))), None)


@contextmanager
def run_chromium(*names: str, flags: Sequence[str] = FLAGS) -> Iterator[Browser]:
    """A running Chromium: the first of ``names`` that is installed."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_chromium(*names), args=list(flags)
        )
        yield browser
        browser.close()
