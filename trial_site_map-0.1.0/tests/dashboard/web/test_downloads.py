"""Downloads: each file only for the session it was made for."""

import httpx
from starlette.applications import Starlette
from starlette.requests import Request

from dashboard.web.downloads import Download, DownloadStore, build_owner, build_route
from tests.dashboard.web.asgi import request_app


def _owner(request: Request) -> str:
    return build_owner(request.cookies.get("session", ""))


def _file(text: str) -> Download:
    return Download("sites.csv", "text/csv", lambda: [text[:1].encode(), text[1:].encode()])


def _get(store: DownloadStore, path: str, session: str) -> httpx.Response:
    app = Starlette(routes=[build_route(store, _owner)])
    return request_app(app, path, {"Cookie": f"session={session}"} if session else {})


def test_two_sessions_with_files_of_equal_length_get_their_own() -> None:
    store = DownloadStore()
    a, b = store.offer("ada", "tab1", _file("A" * 9)), store.offer("bob", "tab2", _file("B" * 9))
    assert _get(store, a, "ada").text == "A" * 9
    answer = _get(store, b, "bob")
    assert answer.text == "B" * 9
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-disposition"] == 'attachment; filename="sites.csv"'


def test_nobody_else_gets_it() -> None:
    store = DownloadStore()
    path = store.offer("ada", "tab", _file("private"))
    for session in ("bob", "", "ada subject"):
        answer = _get(store, path, session)
        assert answer.status_code == 404
        assert "private" not in answer.text
    assert _get(store, path.replace("sites.csv", "other.csv"), "ada").status_code == 404


def test_the_address_stays_and_holds_what_the_tab_shows_now() -> None:
    store = DownloadStore()
    first = store.offer("ada", "tab", _file("before"))
    other = store.offer("ada", "second tab", _file("second"))
    assert store.offer("ada", "tab", _file("now")) == first
    assert _get(store, first, "ada").text == "now"
    assert _get(store, other, "ada").text == "second"


def test_who_logs_in_next_in_the_same_tab_gets_another_address() -> None:
    store = DownloadStore()
    first = store.offer("cookie ada", "tab", _file("ada's"))
    second = store.offer("cookie bob", "tab", _file("bob's"))
    assert first != second
    assert store.find("cookie ada", first.split("/")[2]) is None


def test_the_least_used_are_forgotten() -> None:
    store = DownloadStore(max_offers=2)
    paths = [store.offer("ada", f"tab{n}", _file(str(n))) for n in range(3)]
    assert [_get(store, path, "ada").status_code for path in paths] == [404, 200, 200]
    idle = DownloadStore(idle_seconds=-1)
    path = idle.offer("ada", "tab", _file("x"))
    assert _get(idle, path, "ada").status_code == 404
