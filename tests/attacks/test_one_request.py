"""One request neither holds up a real server nor gets past its guards."""

import base64
import secrets
import threading
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Browser

from dashboard.library.upload_storage import EVERYONE
from dashboard.web.session_cookie import COOKIE
from harness.serving import Server
from harness.visit import visiting

STRANGER = "evil.example"


@pytest.mark.parametrize("path", ["/", "/api/sites.csv", "/nonsense"])
def test_a_cookie_of_backslashes_is_refused_while_others_are_answered(
    dashboard_server: Server, path: str
) -> None:
    cookie = f'{COOKIE}="' + "\\" * 60_000
    statuses: list[int] = []

    def attack() -> None:
        answer = httpx.get(dashboard_server.url + path, headers={"Cookie": cookie}, timeout=60)
        statuses.append(answer.status_code)

    threads = [threading.Thread(target=attack) for _ in range(4)]
    for thread in threads:
        thread.start()
    health = httpx.get(f"{dashboard_server.url}/api/health", timeout=60)
    assert health.status_code == 200
    for thread in threads:
        thread.join()
    assert statuses == [431] * len(threads)


@pytest.mark.parametrize("path", ["/", "/api/sites.csv", "/api/health", "/static/x.js", "/media/x"])
@pytest.mark.parametrize("host", [STRANGER, f"127.0.0.1.{STRANGER}", f"localhost@{STRANGER}", ""])
def test_a_strangers_name_for_this_server_gets_nothing(
    dashboard_server: Server, path: str, host: str
) -> None:
    answer = httpx.get(dashboard_server.url + path, headers={"Host": host}, timeout=60)
    assert answer.status_code == 421
    assert answer.json()["error"] == "unknown_host"


def open_websocket(server: Server, **headers: str) -> int:
    """The status of the handshake for the page's websocket."""
    key = base64.b64encode(secrets.token_bytes(16)).decode()
    upgrade = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Key": key,
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Protocol": "streamlit",
    }
    with httpx.stream(
        "GET", f"{server.url}/_stcore/stream", headers=upgrade | headers, timeout=60
    ) as answer:
        return answer.status_code


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": f"http://{STRANGER}"},
        {"Origin": "null"},
        {"Origin": "file://"},
        {"Host": STRANGER, "Origin": f"http://{STRANGER}"},
        {"Host": STRANGER},
    ],
)
def test_a_websocket_of_another_site_is_refused(
    dashboard_server: Server, headers: dict[str, str]
) -> None:
    own = f"http://{urlsplit(dashboard_server.url).netloc}"
    assert open_websocket(dashboard_server, Origin=own) == 101
    assert open_websocket(dashboard_server, **headers) == 403


def test_a_forged_session_shares_nothing(browser: Browser, dashboard_server: Server) -> None:
    with visiting(browser, dashboard_server) as forger, visiting(browser, dashboard_server) as ben:
        cookie = {"name": COOKIE, "value": EVERYONE, "url": dashboard_server.url}
        forger.context.add_cookies([cookie])  # type: ignore[list-item]
        forger.open(sites=75)
        (now,) = [one for one in forger.context.cookies() if one["name"] == COOKIE]
        assert now["value"].partition(".")[0] != EVERYONE
        forger.page.get_by_text("Add sites", exact=True).click()
        forger.page.locator("input[type=file]").first.set_input_files(
            {
                "name": "secret.csv",
                "mimeType": "text/csv",
                "buffer": b"facility,city,country\nSecret Clinic,Graz,Austria\n",
            }
        )
        forger.wait_for_map(76)
        ben.open(sites=75)
        assert len(dashboard_server.fetch_sites()) == 75


@pytest.mark.parametrize(
    "path",
    [
        "/nonsense",
        "/static/anything",
        "/static/js/none.js",
        "/static/../nonsense",
        "/main",
        "/index.html",
        "/_stcore/nonsense",
        "/assets/nonsense.js",
        "/apis",
        "/downloads/nonsense",
        "/component/nonsense/index.html",
        "/media/nonsense",
        "/downloads/nonsense/x.csv",
        "/map-data/nonsense.bin",
        "/api/nonsense",
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_an_unknown_path_is_404(dashboard_server: Server, method: str, path: str) -> None:
    answer = httpx.request(method, dashboard_server.url + path, follow_redirects=True, timeout=60)
    assert answer.status_code == 404
    assert "text/html" not in answer.headers["content-type"]


@pytest.mark.parametrize(
    "path", ["/", "/?country=AT", "/favicon.png", "/manifest.json", "/api/docs", "/_stcore/health"]
)
def test_what_the_page_needs_is_there(dashboard_server: Server, path: str) -> None:
    assert httpx.get(dashboard_server.url + path, timeout=60).status_code == 200
