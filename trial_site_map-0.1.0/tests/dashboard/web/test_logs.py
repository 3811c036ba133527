"""The log: an access line a request, in one format, without anything a person typed."""

import io
import json
import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest

from dashboard.web.logs import AccessLog, JsonFormatter, UtcFormatter, access, shown_path
from tests.dashboard.web.asgi import run_in_thread


@pytest.fixture(params=[UtcFormatter, JsonFormatter])
def logged(request: pytest.FixtureRequest) -> Iterator[io.StringIO]:
    """What the access log writes."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(request.param())
    access.addHandler(handler)
    access.setLevel(logging.INFO)
    yield written
    access.removeHandler(handler)
    access.setLevel(logging.NOTSET)


def _ask(path: str, kind: str = "http", *, fails: bool = False) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        if fails:
            raise RuntimeError
        if kind == "http":
            await send({"type": "http.response.start", "status": 204, "headers": []})
            await send({"type": "http.response.body", "body": b"12345"})
        else:
            await send({"type": "websocket.accept"})

    async def nothing(*_: Any) -> Any:
        return None

    scope = {"type": kind, "method": "GET", "path": path, "query_string": b"q=secret"}
    run_in_thread(AccessLog(app)(scope, nothing, nothing))


def test_a_request_has_one_line_without_its_query(logged: io.StringIO) -> None:
    _ask("/api/sites.csv")
    _ask("/_stcore/stream", "websocket")
    lines = logged.getvalue().splitlines()
    assert len(lines) == 2
    assert "secret" not in logged.getvalue()
    times = re.findall(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", logged.getvalue())
    assert len(times) == 2
    if lines[0].startswith("{"):
        entries = [json.loads(line) for line in lines]
        assert [(e["method"], e["path"], e["status"], e["bytes"]) for e in entries] == [
            ("GET", "/api/sites.csv", 204, 5),
            ("WEBSOCKET", "/_stcore/stream", 101, 0),
        ]
    else:
        assert re.search(r"Z INFO GET /api/sites.csv 204 \d+ ms 5 bytes$", lines[0])


def test_a_failure_is_logged_too(logged: io.StringIO) -> None:
    with pytest.raises(RuntimeError):
        _ask("/api/sites.csv", fails=True)
    assert "500" in logged.getvalue()


@pytest.mark.parametrize(
    "path", ["/assets/map.js", "/static/js/index.js", "/component/x", "/favicon.png"]
)
def test_static_files_are_not_logged(path: str, logged: io.StringIO) -> None:
    _ask(path)
    assert logged.getvalue() == ""


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/", "/"),
        ("/api/sites.csv", "/api/sites.csv"),
        ("/api/sites.csv-metadata.json", "/api/sites.csv-metadata.json"),
        ("/media/3f9a.csv", "/media/…"),
        ("/downloads/Xk3", "/downloads/…"),
        ("/_stcore/upload_file/session/file", "/_stcore/…"),
        ("/api/sites/../../etc", "/api/…"),
        ("/What a person typed/x", "/…"),
        ("/\n2026 forged line", "/…"),
    ],
)
def test_paths_show_no_ids_and_no_text_of_people(path: str, shown: str) -> None:
    assert shown_path(path) == shown
