"""Errors show a visitor neither paths nor tracebacks; the log has both."""

import re
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import readers
from dashboard.library.uploads import UploadStore
from dashboard.page import main
from dashboard.service.jobs.runner import Job, JobState
from dashboard.service.service import Service
from dashboard.settings import Settings
from tests.dashboard.web.asgi import request_api

PAGE = Path(main.__file__)
INSIDE = re.compile(r"Traceback|File \"|line \d+, in |\.py\b")


def shown(query: str = "") -> str:
    """All the text of the page."""
    page = AppTest.from_file(str(PAGE), default_timeout=60)
    if query:
        name, _, value = query.partition("=")
        page.query_params[name] = [value]
    page.run()
    assert not page.exception
    kinds = (page.error, page.warning, page.info, page.markdown, page.caption, page.toast)
    return "\n".join(str(one.value) for kind in kinds for one in kind).replace("\\", "")


def assert_no_internals(text: str, folder: Path) -> None:
    assert str(folder) not in text
    assert not INSIDE.search(text), text


def test_a_broken_source_is_named(
    opened: Callable[[], Service],
    data_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    folder = data_folder / "sources"
    folder.mkdir()
    (folder / "good.csv").write_text("facility,city,country\nLKH,Graz,Austria\n")
    (folder / "broken.json").write_text('{"protocolSection": {"identif')
    (folder / "gone.csv").symlink_to(folder / "nowhere")
    monkeypatch.setenv("SITE_MAP_SOURCES", f"{folder}:{folder / 'gone.csv'}")
    text = shown()
    assert "broken.json was not opened" in text.replace("*", "")
    assert_no_internals(text, data_folder)
    assert "broken.json" in caplog.text
    answer = request_api(opened(), "/api/sites.csv")
    assert answer.status_code == 200
    assert_no_internals(answer.text, data_folder)


@pytest.mark.parametrize("how", ["file in the way", "newer store"])
def test_an_unusable_data_folder_is_reported_without_its_path(  # noqa: PLR0917 - fixtures
    opened: Callable[[], Service],
    tmp_path: Path,
    place_index: Path,
    how: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    data = tmp_path / "house"
    if how == "file in the way":
        data.write_text("no folder")
    else:
        data.mkdir()
        (data / "gazetteer").symlink_to(place_index, target_is_directory=True)
        monkeypatch.setenv("GEOCACHE_URL", f"sqlite:///{data}/newer.sqlite")
        newer_store(data / "newer.sqlite")
    monkeypatch.setenv("SITE_MAP_DATA", str(data))
    text = shown()
    assert "The lists could not be opened" in text
    assert_no_internals(text, tmp_path)
    for path in ("/api/health", "/api/sites.csv", "/api/positions?place=Graz"):
        answer = request_api(opened(), path)
        assert answer.status_code == 503
        assert_no_internals(answer.text, tmp_path)
    assert str(data) in caplog.text
    assert ("Traceback" in caplog.text) == (how == "newer store"), "a setting's error says all"


def newer_store(file: Path) -> None:
    """A store as a later version would write it."""
    import sqlite3  # noqa: PLC0415

    from geocache.store import Store  # noqa: PLC0415

    with closing(Store(f"sqlite:///{file}")):
        pass
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE meta SET value = 99 WHERE name LIKE '%schema%'")


def test_a_broken_upload_and_a_failing_reader_are_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    uploads = UploadStore(tmp_path / "lists")
    one = uploads.add("eva", b"\x89PNG\r\n\x1a\n" + bytes(50), "picture.csv")
    assert one.opened.error
    assert_no_internals(one.opened.error, tmp_path)

    def fails(*_: object) -> str:
        raise RuntimeError(f"cannot open {tmp_path}/secret")

    monkeypatch.setattr(readers, "read_file", fails)
    two = uploads.add("eva", b"facility,city\nLKH,Graz\n", "list.csv")
    assert "could not be read" in two.opened.error
    assert_no_internals(two.opened.error, tmp_path)
    assert f"{tmp_path}/secret" in caplog.text
    assert "Traceback" in caplog.text


def test_a_bad_query_is_reported_on_the_page_and_over_http(
    opened: Callable[[], Service], data_folder: Path
) -> None:
    assert_no_internals(shown("near=Nowhere at all"), data_folder)
    for query in ("nope=1", "bbox=a,b,c,d", "near=Nowhere at all", "country=Ruritania"):
        answer = request_api(opened(), f"/api/sites.csv?{query}")
        assert answer.status_code == 400
        assert_no_internals(answer.text, data_folder)


@pytest.mark.parametrize("path", ["/api/sites.csv", "/api/positions?place=Graz", "/api/health"])
def test_a_failing_route_answers_500_without_details(
    opened: Callable[[], Service],
    data_folder: Path,
    path: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    opened().library()

    def fails(*_: object, **__: object) -> None:
        raise RuntimeError(f"cannot open {data_folder}/secret")

    library = opened().opener.opened.library
    monkeypatch.setattr(library, "current", fails)
    monkeypatch.setattr(library, "latest", fails)
    monkeypatch.setattr(opened().geocoder, "locate", fails)
    answer = request_api(opened(), path)
    assert answer.status_code == 500
    assert answer.json()["error"] == "internal"
    assert_no_internals(answer.text, data_folder)
    assert f"{data_folder}/secret" in caplog.text
    assert "Traceback" in caplog.text


def test_a_failed_job_shows_no_path(data_folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    def fails(_: Job) -> str:
        raise OSError(28, "No space left on device", str(data_folder / "secret"))

    running = Service(Settings(site_map_data=data_folder))
    job = running.jobs.start("a", "Fetch", fails)
    assert job.wait(30)
    assert job.state is JobState.FAILED
    assert_no_internals(job.message, data_folder)
    assert str(data_folder / "secret") in caplog.text
    assert "Traceback" in caplog.text
