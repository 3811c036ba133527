"""Which Chromium to start, and with which flags."""

import os
import shutil

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--js-flags=--no-opt",
    "--process-per-site",
)
"""No host but loopback resolves. A page's scripts are compiled once for all pages, and not by V8's
slowest compiler, which only pays off for pages that stay open longer."""

SHELL = "chromium-headless-shell"
WINDOWED = ("chromium", "chromium-browser", "google-chrome")


def find_chromium(*names: str) -> str | None:
    """Path of Chromium: ``CHROMIUM``, else the first of ``names`` on the PATH, else None.

    Given None, Playwright starts the Chromium it installed itself.
    """
    return os.environ.get("CHROMIUM") or next((p for n in names if (p := shutil.which(n))), None)
