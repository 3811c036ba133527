"""The session's cookie: made and signed here, replaced otherwise; its key outlives the process."""

import stat
from pathlib import Path
from typing import Any

import pytest

from dashboard.library.session_key import load_session_key
from dashboard.settings import Settings
from dashboard.web.session_cookie import COOKIE, SessionCookie
from geocache.settings import load_settings
from tests.dashboard.web.asgi import run_in_thread


def _ask(cookie: str = "", path: str = "/", kind: str = "http", key: str = "k") -> tuple[str, str]:
    """The session id the application sees, and the cookie's value the browser gets."""
    seen: list[str] = []
    sent: list[str] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append(dict(scope["headers"]).get(b"cookie", b"").decode())
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def send(message: Any) -> None:
        sent.extend(value.decode() for name, value in message["headers"] if name == b"set-cookie")

    async def nothing() -> Any:
        return None

    headers = [(b"cookie", f"{COOKIE}={cookie}".encode())] if cookie else []
    scope = {"type": kind, "path": path, "headers": headers, "scheme": "https"}
    run_in_thread(SessionCookie(app, load_key=lambda: key)(scope, nothing, send))
    given = sent[0].split(";")[0].partition("=")[2] if sent else ""
    if sent:
        assert sent[0].endswith("; Path=/; HttpOnly; SameSite=Lax; Secure")
    return seen[0].removeprefix(f"{COOKIE}="), given


def test_the_page_gives_a_cookie_that_it_knows_again() -> None:
    session, cookie = _ask()
    assert len(session) >= 32
    assert cookie.startswith(session + ".")
    assert _ask(cookie) == (session, "")
    assert _ask(cookie, "/api/sites.csv") == (session, "")
    assert _ask(cookie, "/_stcore/stream", "websocket") == (session, "")


@pytest.mark.parametrize("forged", ["everyone", "x", "everyone.AAAA", "a" * 32, "..", "."])
def test_a_cookie_that_was_not_made_here_names_nobody(forged: str) -> None:
    session, cookie = _ask(forged)
    assert session not in {"", forged}
    assert cookie.startswith(session + ".")
    assert _ask(forged, "/_stcore/stream", "websocket") == ("", "")
    assert _ask(forged, "/downloads/x/sites.csv") == ("", "")


def test_a_cookie_of_another_key_is_replaced() -> None:
    session, cookie = _ask(key="another")
    assert _ask(cookie)[0] != session


def test_the_key_stays_and_is_readable_by_its_owner_alone(data_folder: Path) -> None:
    settings = load_settings(Settings)
    key = load_session_key(settings)
    assert len(key) >= 48
    assert load_session_key(settings) == key
    assert stat.S_IMODE((data_folder / "session.key").stat().st_mode) == 0o600


def test_replicas_over_one_database_share_the_key(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GEOCACHE_URL", postgres_url)
    keys = set()
    for name in ("one", "two"):
        monkeypatch.setenv("SITE_MAP_DATA", str(tmp_path / name))
        keys.add(load_session_key(load_settings(Settings)))
    assert len(keys) == 1
    monkeypatch.setenv("GEOCACHE_URL", "postgresql+psycopg://nobody:x@127.0.0.1:9/none")
    assert load_session_key(load_settings(Settings)) in keys, "the file's copy, while it is away"


def test_without_a_place_to_keep_it_there_is_a_key_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("SITE_MAP_DATA", str(tmp_path / "file" / "below"))
    assert len(load_session_key(load_settings(Settings))) >= 48
