"""The jobs panel: who gets which buttons."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.page import main
from dashboard.service.jobs.runner import Job
from dashboard.service.service import Service

BUTTONS = {"Cancel", "Resume", "Dismiss"}


@pytest.mark.parametrize("read_only", [False, True])
def test_only_an_editor_gets_buttons_for_the_job_of_another_session(
    opened: Callable[[], Service],
    data_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    read_only: bool,
) -> None:
    monkeypatch.setenv("SITE_MAP_DATA", str(data_folder))
    monkeypatch.setenv("SITE_MAP_READ_ONLY", str(read_only))
    release = threading.Event()

    def work(job: Job) -> str:
        release.wait(60)
        job.report(1)
        return "done"

    service = opened()
    service.library()
    job = service.jobs.start("shared", "Fetching 1 trial", work, owner="eva", resumable=True)
    page = AppTest.from_file(main.__file__, default_timeout=60)
    try:
        assert list_buttons(page) == (set() if read_only else {"Cancel"})
    finally:
        job.cancel()
        release.set()
    assert job.wait(60)
    assert list_buttons(page) == (set() if read_only else {"Resume", "Dismiss"})


def list_buttons(page: AppTest) -> set[str]:
    """The panel's buttons, after a run of the page."""
    page.run()
    assert not page.exception
    return {button.label for button in page.button} & BUTTONS
