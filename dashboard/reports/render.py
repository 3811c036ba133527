"""Draws reports in processes of their own, so that the server stays free for its pages.

Run as a module it is that process: a pickled task on standard input, the file on standard output.
"""

import pickle
import subprocess
import sys
import threading
from pathlib import Path
from typing import NamedTuple

from dashboard.errors import ExportError
from dashboard.reports.report import Report

MOST_AT_ONCE = 2
"""Reports drawn at the same time; others wait."""
TIMEOUT_SECONDS = 120.0
SUFFIXES = ("png", "svg", "pdf", "pptx")
SIZES = ("wide", "a4", "a4-portrait", "letter", "letter-portrait")
THEMES = ("light", "dark")
RESOLUTIONS = ("150", "300")
MEDIA_TYPES = {
    "png": "image/png",
    "svg": "image/svg+xml",
    "pdf": "application/pdf",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}

_turns = threading.BoundedSemaphore(MOST_AT_ONCE)


class Look(NamedTuple):
    """How a report is drawn: one of :data:`SUFFIXES`, :data:`SIZES`, :data:`THEMES`, and dpi."""

    suffix: str = "png"
    size: str = "wide"
    theme: str = "light"
    dpi: int = 150


class _Task(NamedTuple):
    report: Report
    look: Look
    template: Path | None


def render(report: Report, look: Look, template: Path | None = None) -> bytes:
    """The report as a file; equal reports give equal bytes.

    Args:
        report: what to show.
        look: how.
        template: a PowerPoint template for slides.

    Raises:
        ExportError: it could not be drawn, with the reason.
    """
    task = pickle.dumps(_Task(report, look, template))
    with _turns:
        try:
            done = subprocess.run(
                [sys.executable, "-m", "dashboard.reports.render"],
                input=task,
                capture_output=True,
                timeout=TIMEOUT_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise ExportError(
                f"drawing took longer than {TIMEOUT_SECONDS:g} seconds: narrow the filter"
            ) from None
    if done.returncode:
        reason = done.stderr.decode(errors="replace").strip().splitlines()
        raise ExportError(
            f"the picture could not be drawn: {reason[-1] if reason else 'no reason'}"
        )
    return done.stdout


def _draw(task: _Task) -> bytes:
    # Imported here, in the child: the drawing libraries, and those for slides only with slides.
    from dashboard.reports.picture import PictureFormat, draw_picture  # noqa: PLC0415

    form = PictureFormat(task.look.suffix, task.look.size, task.look.theme, task.look.dpi)
    if task.look.suffix == "pptx":
        from dashboard.reports.slides import draw_slides  # noqa: PLC0415

        return draw_slides(task.report, form, task.template)
    return draw_picture(task.report, form)


if __name__ == "__main__":
    sys.stdout.buffer.write(_draw(pickle.load(sys.stdin.buffer)))  # noqa: S301 - from its parent
