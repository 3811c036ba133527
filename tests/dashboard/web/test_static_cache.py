"""Static files are read and compressed once."""

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
from tests.dashboard.web.asgi import request_app, run_in_thread

TEXT = b"let a = 1;\n" * 1_000
ZIPPED = {"Accept-Encoding": "gzip"}
PLAIN = {"Accept-Encoding": "identity"}


def get(app: Starlette, path: str, headers: dict[str, str] = PLAIN) -> httpx.Response:
    return request_app(app, path, headers)


def served(folder: Path, **options: int) -> Starlette:
    (folder / "a.js").write_bytes(TEXT)
    return Starlette(
        routes=[
            Mount("/static", StaticFiles(directory=folder)),
            Mount("/x", StaticFiles(directory=folder)),
        ],
        middleware=[Middleware(StaticCache, **options), Middleware(GZipMiddleware)],
    )


def test_a_file_is_served_from_the_cache(tmp_path: Path) -> None:
    app = served(tmp_path)
    first = get(app, "/static/a.js", headers=ZIPPED)
    (tmp_path / "a.js").unlink()
    again = get(app, "/static/a.js", headers=ZIPPED)
    assert first.content == again.content == TEXT
    assert first.headers == again.headers
    assert again.headers["content-encoding"] == "gzip"
    assert int(again.headers["content-length"]) == len(gzip.compress(TEXT))


def test_a_client_without_gzip_gets_the_plain_file(tmp_path: Path) -> None:
    app = served(tmp_path)
    get(app, "/static/a.js", headers=ZIPPED)
    assert "content-encoding" not in get(app, "/static/a.js", headers=PLAIN).headers


def test_missing_files_and_other_paths_are_not_cached(tmp_path: Path) -> None:
    app = served(tmp_path)
    assert get(app, "/static/b.js").status_code == 404
    (tmp_path / "b.js").write_bytes(b"now")
    assert get(app, "/static/b.js").content == b"now"
    assert get(app, "/x/a.js").content == TEXT
    (tmp_path / "a.js").write_bytes(b"new")
    assert get(app, "/x/a.js").content == b"new"


def test_a_browser_that_has_the_file_gets_304(tmp_path: Path) -> None:
    app = served(tmp_path)
    tag = get(app, "/static/a.js").headers["etag"]
    assert get(app, "/static/a.js", headers={"If-None-Match": tag}).status_code == 304


def test_a_client_that_disconnects_early_does_not_break_the_cache(tmp_path: Path) -> None:
    app = served(tmp_path)

    async def gone() -> Message:
        return {"type": "http.disconnect"}

    async def ignore(_: Message) -> None:
        """The client is gone."""

    request = {"type": "http", "method": "GET", "headers": [], "query_string": b""}
    run_in_thread(app({**request, "path": "/static/a.js", "root_path": ""}, gone, ignore))
    assert get(app, "/static/a.js").content == TEXT


def test_scripts_are_complete_after_other_clients_disconnected(dashboard_server: Server) -> None:
    """As when a browser reloads the page before it is loaded."""
    folder = Path(streamlit.__file__).parent / "static" / "static" / "js"
    address = urlsplit(dashboard_server.url)
    request = f"GET /static/js/%s HTTP/1.1\r\nHost: {address.netloc}\r\n\r\n"
    for script in folder.iterdir():
        with socket.create_connection((address.hostname, address.port or 80)) as connection:
            connection.sendall((request % script.name).encode())
    with httpx.Client(base_url=dashboard_server.url, timeout=60) as browser:
        for script in folder.iterdir():
            answer = browser.get(f"/static/js/{script.name}", headers=PLAIN)
            assert answer.content == script.read_bytes(), script.name


def test_the_cache_stays_within_its_limit(tmp_path: Path) -> None:
    app = served(tmp_path, max_bytes=len(TEXT))
    (tmp_path / "b.js").write_bytes(TEXT)
    for name in ("a.js", "b.js"):
        get(app, f"/static/{name}")
        (tmp_path / name).unlink()
    assert get(app, "/static/a.js").content == TEXT
    assert get(app, "/static/b.js").status_code == 404
