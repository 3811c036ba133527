"""HTTP routes for the map of a large site table."""

import gzip
import json
import threading
from collections.abc import Iterator
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import httpx
import numpy as np
import pandas as pd
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request as HTTPRequest

from dashboard.maps.layer import INLINE_SITES, build_layer_data
from dashboard.maps.store import PAGE_SITES, MapStore
from dashboard.query.apply import apply
from dashboard.query.filters import Filters
from dashboard.web.map_data import routes
from harness.site_tables import generate_site_table

TYPES = {"i4": "<i4", "u4": "<u4", "u1": "u1"}


def unpacked(body: bytes) -> dict[str, object]:
    """As ``places.js`` reads it."""
    length = int.from_bytes(body[:4], "little")
    header: dict[str, object] = json.loads(body[4 : 4 + length])
    at = 4 + length
    for name, kind, count in header["arrays"]:  # type: ignore[attr-defined]
        assert at % 4 == 0
        header[name] = np.frombuffer(body, TYPES[kind], count, at)
        at += -(-count * np.dtype(TYPES[kind]).itemsize // 4) * 4
    assert at == len(body)
    return header


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    """More sites than travel with the layer."""
    return generate_site_table(INLINE_SITES * 4)


def _find_owner(request: HTTPRequest) -> str:
    return request.headers.get("x-session", "")


def test_what_a_private_list_shows_is_loaded_by_its_session_alone(
    table: pd.DataFrame, store: MapStore, address: str
) -> None:
    data = build_layer_data(table, whole=table, store=store, owner="ada")
    paths = [*data["source"].values()]
    paths[-1] += "?place=0"
    for path in paths:
        for session, status in (("ada", 200), ("bob", 404), ("", 404)):
            answer = httpx.get(address + path, headers={"X-Session": session}, timeout=60)
            assert answer.status_code == status, (path, session)


@pytest.fixture
def store() -> MapStore:
    """A store of the test's own."""
    return MapStore()


@pytest.fixture
def address(store: MapStore) -> Iterator[str]:
    """The store's routes behind a real server."""
    config = uvicorn.Config(
        Starlette(routes=routes(store, _find_owner)),
        port=0,
        log_level="error",
        ws="none",
        lifespan="off",
    )
    server = uvicorn.Server(config)
    bound = config.bind_socket()
    bound.listen()  # a request waits until the server is up
    thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]})
    thread.start()
    yield f"http://127.0.0.1:{bound.getsockname()[1]}"
    server.should_exit = True
    thread.join()
    bound.close()


def fetched(url: str) -> bytes:
    with urlopen(Request(url, headers={"Accept-Encoding": "gzip"})) as answer:
        assert answer.headers["Content-Encoding"] == "gzip"
        assert "private" in answer.headers["Cache-Control"]
        return gzip.decompress(answer.read())


def test_arrays_hold_every_located_site_once(
    table: pd.DataFrame, store: MapStore, address: str
) -> None:
    filters = Filters(status=("Recruiting", "Completed"))
    sites = apply(table, filters)
    data = build_layer_data(sites, whole=table, store=store)
    places = unpacked(fetched(address + data["source"]["places"]))
    counts = unpacked(fetched(address + data["source"]["counts"]))
    labels = [category["label"] for category in data["categories"]]
    located = sites[sites["latitude"].notna()]
    for number, label in enumerate(labels):
        expected = int((located["status"] == label).sum())
        assert int(np.sum(counts.get(f"c{number}", 0))) == expected
    points = set(zip(located["latitude"], located["longitude"], strict=True))
    shown = counts["place"]
    drawn = set(
        zip(places["lat"][shown] / 1e5, places["lon"][shown] / 1e5, strict=True)  # type: ignore[index]
    )
    assert drawn == points
    assert len(places["label"]) == len(places["lat"])  # type: ignore[arg-type]


def test_a_popup_gets_the_sites_of_its_place_in_pages(
    table: pd.DataFrame, store: MapStore, address: str
) -> None:
    sites = apply(table, Filters(country=("CN", "JP", "IN")))
    data = build_layer_data(sites, whole=table, store=store)
    counts = unpacked(fetched(address + data["source"]["counts"]))
    numbers = [counts[f"c{n}"] for n in range(len(data["categories"])) if f"c{n}" in counts]
    totals = np.sum(numbers, axis=0)
    most = int(np.argmax(totals))
    assert totals[most] > PAGE_SITES
    rows: list[int] = []
    while len(rows) < totals[most]:
        query = f"?place={counts['place'][most]}&offset={len(rows)}"  # type: ignore[index]
        with urlopen(address + data["source"]["sites"] + query) as answer:
            page = json.load(answer)
        assert page["total"] == totals[most]
        assert 0 < len(page["sites"]) <= PAGE_SITES
        rows += [site["row"] for site in page["sites"]]
    assert len(set(rows)) == len(rows)
    there = sites.loc[rows]
    assert len(there[["latitude", "longitude"]].drop_duplicates()) == 1
    assert there["trial_id"].astype("str").is_monotonic_increasing


def test_equal_views_share_an_address_and_others_do_not(
    table: pd.DataFrame, store: MapStore
) -> None:
    one = build_layer_data(apply(table, Filters(status=("Completed",))), whole=table, store=store)
    same = build_layer_data(apply(table, Filters(status=("Completed",))), whole=table, store=store)
    other = build_layer_data(table, whole=table, store=store)
    assert one == same
    assert one["source"]["places"] == other["source"]["places"]
    assert one["source"]["counts"] != other["source"]["counts"]
    assert one["revision"] != other["revision"]


def test_few_sites_travel_with_the_layer(table: pd.DataFrame, store: MapStore) -> None:
    data = build_layer_data(table.iloc[:INLINE_SITES], whole=table, store=store)
    assert "source" not in data
    assert len(store) == 0


@pytest.mark.parametrize("path", ["/map-data/guess.bin", "/map-data/guess/sites?place=1"])
def test_a_guessed_address_is_404(address: str, path: str) -> None:
    with pytest.raises(HTTPError) as raised:
        urlopen(address + path)
    with raised.value as answer:
        assert answer.code == 404


@pytest.mark.parametrize("query", ["", "?place=x", "?place=1&offset=-1"])
def test_a_malformed_query_is_400(
    table: pd.DataFrame, store: MapStore, address: str, query: str
) -> None:
    data = build_layer_data(table, whole=table, store=store)
    with pytest.raises(HTTPError) as raised:
        urlopen(address + data["source"]["sites"] + query)
    with raised.value as answer:
        assert answer.code == 400


def test_the_store_stays_small_and_keeps_the_newest(table: pd.DataFrame) -> None:
    store = MapStore(max_bytes=300_000)
    for country in ("CN", "IN", "US", "BR", "JP", "RU", "MX", "ID", "DE", "GB"):
        for status in ("Recruiting", "Completed", "Terminated"):
            sites = table[(table["country_code"] != country) & (table["status"] != status)]
            last = build_layer_data(sites, whole=table, store=store)
            assert store.size <= 300_000 or len(store) == 2
    token = last["source"]["counts"].removeprefix("/map-data/").removesuffix(".bin")
    assert store.get_body(token) is not None


def test_unused_views_expire(table: pd.DataFrame) -> None:
    store = MapStore(idle_seconds=0.0)
    for number in range(5):
        build_layer_data(table.iloc[number:], whole=table, store=store)
    assert len(store) == 2


def test_a_place_with_flags_is_ringed_with_a_reason(table: pd.DataFrame, store: MapStore) -> None:
    data = build_layer_data(table, whole=table, store=store)
    token = data["source"]["counts"].removeprefix("/map-data/").removesuffix(".bin")
    body = store.get_body(token)
    assert body is not None
    counts = unpacked(gzip.decompress(body))
    flagged = counts["place"][counts["doubt"] == 1]  # type: ignore[index]
    assert len(flagged)
    page = store.list_sites(token, [int(flagged[0])], 0)
    assert page is not None
    assert page["doubt"]
