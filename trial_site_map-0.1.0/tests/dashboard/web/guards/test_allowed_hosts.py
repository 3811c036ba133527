"""Hosts and origins: our own names answer, a rebound name and another site's page do not."""

from typing import Any

import pytest

from dashboard.access import parse_hosts
from dashboard.web.guards.allowed_hosts import AllowedHosts
from tests.dashboard.web.asgi import run_in_thread

HOSTS = ("sites.example.org", "*.trials.example")


def _status(
    kind: str,
    host: str | None,
    origin: str | None = None,
    method: str = "GET",
    at: str = "10.0.0.7",
) -> int:
    """The status of the answer; 200 if it passed, the close code of a refused websocket."""
    sent: list[dict[str, Any]] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    pairs = [(b"host", host), (b"origin", origin)]
    headers = [(name, value.encode("latin-1")) for name, value in pairs if value is not None]
    scope = {"type": kind, "method": method, "path": "/", "headers": headers, "server": (at, 8501)}
    run_in_thread(AllowedHosts(app, hosts=HOSTS)(scope, receive, send))
    return int(sent[0].get("status", sent[0].get("code", 0)))


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "localhost:8501",
        "LOCALHOST",
        "127.0.0.1:80",
        "[::1]:8501",
        "10.0.0.7:8501",
        "sites.example.org",
        "Sites.Example.org.:443",
        "a.trials.example",
        "b.a.trials.example",
    ],
)
def test_our_own_names_answer(host: str) -> None:
    assert _status("http", host) == 200
    assert _status("websocket", host, f"https://{host}") == 200


@pytest.mark.parametrize(
    "host",
    [
        None,
        "",
        "evil.example",
        "10.0.0.8",
        "localhost.evil.example",
        "trials.example",
        "sites.example.org:x",
        "user@localhost",
        "localhost/path",
        "xtrials.example",
        "localhost:8501:8501",
        "127.0.0.1.nip.io",
    ],
)
def test_a_name_that_is_not_ours_is_refused(host: str | None) -> None:
    assert _status("http", host) == 421
    assert _status("websocket", host) == 1008


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "file://", "http://localhost.evil.example"]
)
def test_another_sites_page_opens_no_websocket_and_changes_nothing(origin: str) -> None:
    assert _status("websocket", "sites.example.org", origin) == 1008
    assert _status("http", "sites.example.org", origin, "POST") == 403
    assert _status("http", "sites.example.org", origin) == 200


def test_a_page_on_localhost_connects_only_to_a_server_used_as_localhost() -> None:
    assert _status("websocket", "localhost:8501", "http://localhost:3000") == 200
    assert _status("websocket", "sites.example.org", "http://localhost:3000") == 1008


def test_names_are_parsed_and_what_is_none_is_refused() -> None:
    assert parse_hosts(" Sites.Example.org , *.trials.example,") == HOSTS
    for wrong in ("https://sites.example.org", "sites.example.org:443", "a b", "*"):
        with pytest.raises(ValueError, match="not a host name"):
            parse_hosts(wrong)
