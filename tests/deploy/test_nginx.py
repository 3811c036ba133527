"""Two replicas over one PostgreSQL, behind nginx as ``deploy/`` configures it."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, expect

from harness.postgres import Postgres
from harness.serving import Server, free_port, serving
from harness.visit import Visit, visiting
from tests.deploy.nginx import Front, nginx

COOKIE = "site_map_session"


@dataclass
class Replica:
    """One server process that can be stopped and started again on the same port."""

    folder: Path
    place_index: Path
    store: str
    port: int
    server: Server | None = None
    _running: ExitStack | None = None

    def start(self) -> None:
        self._running = ExitStack()
        running = serving(self.folder, self.place_index, port=self.port, GEOCACHE_URL=self.store)
        self.server = self._running.enter_context(running)

    def stop(self) -> None:
        if self._running is not None:
            self._running.close()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"


@dataclass
class Deployed:
    """nginx and the replicas behind it."""

    front: Front
    replicas: list[Replica]

    def client(self, cookie: str = "") -> httpx.Client:
        cookies = {COOKIE: cookie} if cookie else {}
        return httpx.Client(base_url=self.front.url, verify=False, cookies=cookies, timeout=60)  # noqa: S501

    def find_replica(self, cookie: str) -> str:
        """The address of the replica that last answered a request with this cookie."""
        return [line[1] for line in self.front.requests() if line[2] == cookie][-1]


@pytest.fixture(scope="module")
def deployed(
    tmp_path_factory: pytest.TempPathFactory, place_index: Path, postgres_server: Postgres
) -> Iterator[Deployed]:
    with ExitStack() as stack:
        store = stack.enter_context(postgres_server.database())
        replicas = []
        for name in ("one", "other"):
            folder = tmp_path_factory.mktemp(name)
            replicas.append(Replica(folder, place_index, store, free_port()))
            stack.callback(replicas[-1].stop)
            replicas[-1].start()
        addresses = [each.address for each in replicas]
        front = stack.enter_context(nginx(tmp_path_factory.mktemp("nginx"), addresses))
        yield Deployed(front, replicas)


@pytest.fixture
def visit(browser: Browser, deployed: Deployed) -> Iterator[Visit]:
    server = deployed.replicas[0].server
    assert server is not None
    with visiting(
        browser, Server(deployed.front.url, server.log, server.process), ignore_https_errors=True
    ) as made:
        yield made


def test_http_redirects_to_https(deployed: Deployed) -> None:
    answer = httpx.get(f"{deployed.front.plain_url}/?country=DE", timeout=60)
    assert answer.status_code == 301
    assert answer.headers["location"] == "https://127.0.0.1/?country=DE"


def test_all_replicas_and_nginx_give_the_same_response(deployed: Deployed) -> None:
    with deployed.client() as client:
        for path in ("/api/sites.csv", "/api/countries.json", "/api/sites.geojson?country=DE"):
            answers = {
                httpx.get(f"http://{each.address}{path}", timeout=60).content
                for each in deployed.replicas
            }
            answers.add(client.get(path).content)
            assert len(answers) == 1
        assert "max-age" in client.get("/").headers["strict-transport-security"]


def test_the_session_cookie_is_secure(deployed: Deployed) -> None:
    with deployed.client() as client:
        (cookie,) = client.get("/").headers.get_list("set-cookie")
    assert cookie.startswith(COOKIE)
    assert "; Secure" in cookie


def test_sessions_are_sticky_and_all_replicas_are_used(deployed: Deployed) -> None:
    with deployed.client() as client:
        for _ in range(3):
            for number in range(24):
                client.get("/api/health", headers={"Cookie": f"{COOKIE}=visitor{number}"})
    by_visitor: dict[str, set[str]] = {}
    for _, replica, cookie, *_ in deployed.front.requests():
        if cookie.startswith("visitor"):
            by_visitor.setdefault(cookie, set()).add(replica)
    assert len(by_visitor) == 24
    assert all(len(replicas) == 1 for replicas in by_visitor.values())
    used = set.union(*by_visitor.values())
    assert used == {each.address for each in deployed.replicas}


def test_a_pin_set_on_one_replica_shows_on_the_other_at_the_next_rerun(
    visit: Visit,
    browser: Browser,
    deployed: Deployed,
) -> None:
    """The page works through nginx, over TLS and a websocket."""
    visit.open(sites=75)
    (cookie,) = [c["value"] for c in visit.context.cookies() if c["name"] == COOKIE]
    here = deployed.find_replica(cookie)
    (there,) = [each for each in deployed.replicas if each.address != here]
    assert there.server is not None
    with visiting(browser, there.server) as other:
        other.page.goto(there.server.url)
        other.page.get_by_role("tab", name="Quality").wait_for(timeout=60_000)
        visit.page.get_by_role("tab", name="Quality").click()
        visit.page.get_by_text("Pins set by people (0)").click()
        uploader = visit.page.locator("[data-testid=stFileUploader]", has_text="5MB")
        pins = _pins_file(deployed)
        uploader.locator("input[type=file]").set_input_files(
            {"name": "pins.csv", "mimeType": "text/csv", "buffer": pins}
        )
        visit.page.get_by_text("1 pin imported").wait_for()
        other.page.get_by_role("tab", name="Quality").click()
        other.page.get_by_text("Pins set by people (1)").wait_for()
    for each in deployed.replicas:
        answer = httpx.get(f"http://{each.address}/api/sites.csv?country=AT&city=Graz", timeout=60)
        assert "47.25,15.25,facility" in answer.text
        assert ",pin," in answer.text


def _pins_file(deployed: Deployed) -> bytes:
    url = f"http://{deployed.replicas[0].address}/api/sites.json?country=AT&city=Graz"
    (site,) = httpx.get(url, timeout=60).json()["data"]
    head = "facility,city,state,postcode,country,latitude,longitude"
    parts = (f'"{site[n]}"' for n in ("facility", "city", "state", "postcode", "country"))
    return f"{head}\n{','.join(parts)},47.25,15.25\n".encode()


def test_a_rolling_restart_fails_no_request(deployed: Deployed) -> None:
    """While one replica is down or still opens its lists, the other one answers."""
    failed: list[str] = []
    answered = 0
    done = threading.Event()

    def ask() -> None:
        nonlocal answered
        number = 0
        with deployed.client() as client:
            while not done.is_set():
                number += 1
                headers = {"Cookie": f"{COOKIE}=asker{number % 16}"}
                try:
                    answer = client.get("/api/countries.json", headers=headers)
                    if answer.status_code != 200:
                        failed.append(f"{answer.status_code}")
                except httpx.HTTPError as error:
                    failed.append(repr(error))
                answered += 1

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        for each in deployed.replicas:
            each.stop()
            each.start()
    finally:
        done.set()
        asking.join()
    assert failed == []
    assert answered > 50


def test_browsers_move_to_the_other_replica_when_theirs_stops(
    visit: Visit, deployed: Deployed
) -> None:
    visit.open("?country=AT", sites=4)
    (cookie,) = [c["value"] for c in visit.context.cookies() if c["name"] == COOKIE]
    here = deployed.find_replica(cookie)
    (gone,) = [each for each in deployed.replicas if each.address == here]
    (left,) = [each for each in deployed.replicas if each.address != here]
    with visit.page.expect_websocket():
        gone.stop()
    with deployed.client(cookie) as client:
        assert client.get("/api/health").json()["status"] == "ok"
    assert deployed.find_replica(cookie).endswith(left.address)
    app = visit.page.get_by_test_id("stApp")
    expect(app).to_have_attribute("data-test-connection-state", "CONNECTED")
    # The page reconnects by itself and works: with a new session and the same filter.
    visit.page.get_by_role("tab", name="Quality").click()
    visit.page.get_by_text("Pins set by people (").wait_for(timeout=60_000)
    visit.page.reload()
    visit.wait_for_map(4)
    with suppress(httpx.HTTPError):
        assert not httpx.get(f"http://{gone.address}/api/health").is_success
