"""Files are read and compressed once, and answered the same ever after."""

import gzip
import socket
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import streamlit
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import Message

from dashboard.web.static_cache import StaticCache
from harness.serving import Server
from tests.dashboard.web.asgi import asked_of, run_apart

TEXT = b"let a = 1;\n" * 1_000
ZIPPED = {"Accept-Encoding": "gzip"}
PLAIN = {"Accept-Encoding": "identity"}


def asked(app: Starlette, path: str, headers: dict[str, str] = PLAIN) -> httpx.Response:
    return asked_of(app, path, headers)


def served(folder: Path, **options: int) -> Starlette:
    (folder / "a.js").write_bytes(TEXT)
    return Starlette(
        routes=[
            Mount("/static", StaticFiles(directory=folder)),
            Mount("/x", StaticFiles(directory=folder)),
        ],
        middleware=[Middleware(StaticCache, **options), Middleware(GZipMiddleware)],
    )


def test_a_file_is_answered_from_what_is_kept(tmp_path: Path) -> None:
    app = served(tmp_path)
    first = asked(app, "/static/a.js", headers=ZIPPED)
    (tmp_path / "a.js").unlink()
    again = asked(app, "/static/a.js", headers=ZIPPED)
    assert first.content == again.content == TEXT
    assert first.headers == again.headers
    assert again.headers["content-encoding"] == "gzip"
    assert int(again.headers["content-length"]) == len(gzip.compress(TEXT))


def test_who_cannot_unpack_gets_plain_text(tmp_path: Path) -> None:
    app = served(tmp_path)
    asked(app, "/static/a.js", headers=ZIPPED)
    assert "content-encoding" not in asked(app, "/static/a.js", headers=PLAIN).headers


def test_what_is_missing_and_what_is_no_file_is_not_kept(tmp_path: Path) -> None:
    app = served(tmp_path)
    assert asked(app, "/static/b.js").status_code == 404
    (tmp_path / "b.js").write_bytes(b"now")
    assert asked(app, "/static/b.js").content == b"now"
    assert asked(app, "/x/a.js").content == TEXT
    (tmp_path / "a.js").write_bytes(b"new")
    assert asked(app, "/x/a.js").content == b"new"


def test_a_browser_that_has_it_is_told_so(tmp_path: Path) -> None:
    app = served(tmp_path)
    tag = asked(app, "/static/a.js").headers["etag"]
    assert asked(app, "/static/a.js", headers={"If-None-Match": tag}).status_code == 304


def test_who_leaves_before_the_answer_spoils_it_for_nobody(tmp_path: Path) -> None:
    app = served(tmp_path)

    async def gone() -> Message:
        return {"type": "http.disconnect"}

    async def unheard(_: Message) -> None:
        """Nobody is there."""

    request = {"type": "http", "method": "GET", "headers": [], "query_string": b""}
    run_apart(app({**request, "path": "/static/a.js", "root_path": ""}, gone, unheard))
    assert asked(app, "/static/a.js").content == TEXT


def test_scripts_are_whole_though_others_left_early(dashboard_server: Server) -> None:
    """As a browser does that is reloaded before the page is there."""
    folder = Path(streamlit.__file__).parent / "static" / "static" / "js"
    address = urlsplit(dashboard_server.url)
    request = f"GET /static/js/%s HTTP/1.1\r\nHost: {address.netloc}\r\n\r\n"
    for script in folder.iterdir():
        with socket.create_connection((address.hostname, address.port or 80)) as left:
            left.sendall((request % script.name).encode())
    with httpx.Client(base_url=dashboard_server.url) as browser:
        for script in folder.iterdir():
            answer = browser.get(f"/static/js/{script.name}", headers=PLAIN)
            assert answer.content == script.read_bytes(), script.name


def test_no_more_is_kept_than_there_is_room_for(tmp_path: Path) -> None:
    app = served(tmp_path, max_bytes=len(TEXT))
    (tmp_path / "b.js").write_bytes(TEXT)
    for name in ("a.js", "b.js"):
        asked(app, f"/static/{name}")
        (tmp_path / name).unlink()
    assert asked(app, "/static/a.js").content == TEXT
    assert asked(app, "/static/b.js").status_code == 404
