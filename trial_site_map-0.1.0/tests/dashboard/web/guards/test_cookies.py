"""Cookies: parsed in bounds, and only well-formed ones reach the application."""

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from dashboard.web.guards.cookies import MAX_COOKIE_BYTES, CookieGuard, parse_cookies
from tests.dashboard.web.asgi import run_in_thread


@pytest.mark.parametrize(
    ("header", "cookies"),
    [
        ("", {}),
        ("a=1", {"a": "1"}),
        ("a=1; b=2;c=3", {"a": "1", "b": "2", "c": "3"}),
        ("a=1; a=2", {"a": "1"}),
        (
            "_streamlit_user=2|1:0|10:1|4:user|QWxs==|0123; x=",
            {"_streamlit_user": "2|1:0|10:1|4:user|QWxs==|0123", "x": ""},
        ),
        ('site_map_session="a\\"b"; ok=1', {"ok": "1"}),
        ('quoted="1"; ok=1', {"ok": "1"}),
        ("no value; =no name; ok=1; bad name=2", {"ok": "1"}),
        ("a=\x00; b=\u00e9; ok=1", {"ok": "1"}),
        ("a=" + "x" * MAX_COOKIE_BYTES, {}),
    ],
)
def test_only_well_formed_cookies_are_read(header: str, cookies: dict[str, str]) -> None:
    assert parse_cookies(header) == cookies


@given(st.text(max_size=300))
def test_whatever_the_header_what_is_read_reads_back(header: str) -> None:
    read = parse_cookies(header)
    again = "; ".join(f"{name}={value}" for name, value in read.items())
    assert parse_cookies(again) == read


def _ask(cookie: str) -> httpx.Response:
    async def seen(request: Request) -> JSONResponse:
        return JSONResponse(dict(request.cookies))

    app = Starlette(routes=[Route("/", seen)], middleware=[Middleware(CookieGuard)])

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return await client.get("/", headers={"Cookie": cookie})

    return run_in_thread(ask())


def test_the_application_never_sees_a_quoted_cookie() -> None:
    assert _ask('site_map_session="' + "\\" * 4000 + '"; ok=1').json() == {"ok": "1"}
    assert _ask('site_map_session="x"').json() == {}


def test_a_large_cookie_header_is_refused_by_name() -> None:
    answer = _ask('site_map_session="' + "\\" * 60_000)
    assert answer.status_code == 431
    assert answer.json()["error"] == "cookies_too_large"
