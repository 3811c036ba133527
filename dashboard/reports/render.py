"""Draws reports in processes of their own, so that the server stays free for its pages.

Run as a module it is that process: a pickled task on standard input, the file on standard output.
"""

import hashlib
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable
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

_MOST_KEPT = 32
_MAX_KEPT_BYTES = 2_000_000
_drawn: dict[bytes, bytes] = {}
"""The last files by a hash of their task: a preview is drawn once, not at every rerun."""
_drawn_lock = threading.Lock()
turns = threading.BoundedSemaphore(MOST_AT_ONCE)


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


def render(
    report: Report,
    look: Look,
    template: Path | None = None,
    on_wait: Callable[[], object] = lambda: None,
) -> bytes:
    """The report as a file; equal reports give equal bytes.

    Args:
        report: what to show.
        look: how.
        template: a PowerPoint template for slides.
        on_wait: called if :data:`MOST_AT_ONCE` others are being drawn, before waiting for them.

    Raises:
        ExportError: it could not be drawn, with the reason.
    """
    task = pickle.dumps(_Task(report, look, template))
    key = hashlib.sha256(task).digest() if template is None else b""
    data = _drawn.get(key)
    if data is None:
        data = _draw_in_child(task, on_wait)
        _remember(key, data)
    return data


def _remember(key: bytes, data: bytes) -> None:
    if key and len(data) <= _MAX_KEPT_BYTES:
        with _drawn_lock:
            _drawn[key] = data
            while len(_drawn) > _MOST_KEPT:
                _drawn.pop(next(iter(_drawn)))


def _draw_in_child(task: bytes, on_wait: Callable[[], object]) -> bytes:
    if not turns.acquire(blocking=False):
        on_wait()
        turns.acquire()
    try:
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
    finally:
        turns.release()
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
