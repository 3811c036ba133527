"""The API over real HTTP, as pandas, geopandas and scripts use it."""

import gzip
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import geopandas
import httpx
import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pytest

from dashboard.exports import FORMATS
from dashboard.maps import bundle
from dashboard.query.filters import FILTERS
from dashboard.service.geocoding import OfflineGeocoder
from dashboard.service.service import Service
from dashboard.settings import Settings
from dashboard.sites.table import COLUMNS
from geocache.place import Place, Position
from harness.serving import Server
from tests.dashboard.web.asgi import request_api


@pytest.fixture(scope="session")
def client(dashboard_server: Server) -> Iterator[httpx.Client]:
    """A client of the dashboard over the seeds."""
    with httpx.Client(base_url=dashboard_server.url, timeout=30) as made:
        yield made


def read(answer: httpx.Response, suffix: str) -> pd.DataFrame:
    """The rows of a response."""
    file = io.BytesIO(answer.content)
    if suffix == "csv":
        return pd.read_csv(file, dtype={"site_number": str}, keep_default_na=False)
    if suffix == "json":
        return pd.read_json(io.StringIO(answer.text), orient="table", precise_float=True)
    if suffix == "xlsx":
        rows = list(openpyxl.load_workbook(file)["Sites"].values)
        return pd.DataFrame(rows[1:], columns=rows[0])
    if suffix == "parquet":
        return pq.read_table(file).to_pandas()
    return geopandas.read_file(file)


def test_health_counts_what_is_open(client: httpx.Client) -> None:
    answer = client.get("/api/health")
    assert answer.status_code == 200
    body = answer.json()
    assert {key: body[key] for key in ("status", "as_of", "trials", "sites", "countries")} == {
        "status": "ok",
        "as_of": "2020-02-10",
        "trials": 1,
        "sites": 75,
        "countries": 11,
    }
    assert body["unresolved"] == 0


def test_pandas_reads_the_url(dashboard_server: Server, seed: pd.DataFrame) -> None:
    frame = pd.read_csv(
        f"{dashboard_server.url}/api/sites.csv", dtype={"site_number": str}, keep_default_na=False
    )
    assert tuple(frame.columns) == COLUMNS
    assert frame["facility"].tolist() == seed["facility"].tolist()
    assert frame["latitude"].tolist() == seed["latitude"].tolist()


def test_geopandas_reads_the_url(dashboard_server: Server) -> None:
    frame = geopandas.read_file(f"{dashboard_server.url}/api/sites.geojson?country=DE")
    assert len(frame) == 17
    assert frame.total_bounds[0] > 5


@pytest.mark.parametrize("suffix", FORMATS)
def test_every_format_has_the_same_rows(client: httpx.Client, suffix: str) -> None:
    query = {"country": ["DE", "Italy"], "q": "uni"}
    frame = read(client.get(f"/api/sites.{suffix}", params=query), suffix)
    expected = read(client.get("/api/sites.csv", params=query), "csv")
    assert len(frame) == len(expected) > 3
    for column in ("trial_id", "site_number", "facility", "city", "country_code"):
        assert frame[column].tolist() == expected[column].tolist(), column
    for column in ("latitude", "longitude", "score", "uncertainty_km"):
        assert [float(v) for v in frame[column]] == expected[column].tolist(), column


@pytest.mark.parametrize(
    ("suffix", "media_type"),
    [
        ("csv", "text/csv; charset=utf-8"),
        ("json", "application/json"),
        ("geojson", "application/geo+json"),
        ("kml", "application/vnd.google-earth.kml+xml"),
        ("parquet", "application/vnd.apache.parquet"),
    ],
)
def test_every_format_says_what_it_is_and_whose(
    client: httpx.Client, suffix: str, media_type: str
) -> None:
    answer = client.get(f"/api/sites.{suffix}?country=PL")
    assert answer.headers["content-type"] == media_type
    assert answer.headers["x-as-of"] == "2020-02-10"
    assert answer.headers["x-total-count"] == "7"
    assert "ClinicalTrials.gov" in answer.headers["x-attribution"]
    assert "GeoNames" in answer.headers["x-attribution"]


def test_csv_names_its_metadata(client: httpx.Client) -> None:
    answer = client.get("/api/sites.csv?country=PL&status=Not+stated")
    target = answer.links["describedby"]["url"]
    beside = client.get(urljoin(str(answer.url), target))
    assert beside.headers["content-type"] == "application/csvm+json"
    described = beside.json()
    assert described["dc:date"] == "2020-02-10"
    assert "country=PL&status=Not+stated" in described["dc:description"]


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("country=DE", 17),
        ("country=Germany&country=it", 29),
        ("country=DE&view_tab=Sites&view_colour=trial", 17),
        ("status=Not+stated", 75),
        ("status=Recruiting", 0),
        ("city=Rome", 2),
        ("trial=NCT99999999", 0),
        ("city=Nowhere&sponsor=Nobody", 0),
        ("q=munster", 1),
        ("q=klinikum&q=berlin", 0),
        ("bbox=16,48,17,48.5", 1),
        ("bbox=-10,35,30,60", 73),
        ("near=48.2,16.37&radius_km=20", 1),
        ("near=Vienna,+Austria&radius_km=200", 3),
        ("limit=10", 10),
        ("offset=70", 5),
        ("limit=0", 0),
        ("precision=city&flag=", 75),
    ],
)
def test_the_address_bars_filters_work(client: httpx.Client, query: str, rows: int) -> None:
    if query.endswith("flag="):
        query = query.removesuffix("&flag=")
    answer = client.get(f"/api/sites.csv?{query}")
    assert answer.status_code == 200
    frame = read(answer, "csv")
    assert len(frame) == rows
    assert tuple(frame.columns)[: len(COLUMNS)] == COLUMNS


def test_near_sorts_by_distance_with_a_last_column(client: httpx.Client) -> None:
    frame = read(client.get("/api/sites.csv?near=Graz,+Austria&limit=5"), "csv")
    assert frame.columns[-1] == "distance_km"
    assert frame["distance_km"].is_monotonic_increasing
    assert frame["city"][0] == "Graz"
    chosen = read(client.get("/api/sites.csv?near=Graz,+Austria&limit=1&columns=city"), "csv")
    assert list(chosen.columns) == ["city", "distance_km"]


def test_columns_are_chosen_and_ordered(client: httpx.Client) -> None:
    for query in ("columns=city,trial_id", "columns=city&columns=trial_id"):
        frame = read(client.get(f"/api/sites.csv?{query}"), "csv")
        assert list(frame.columns) == ["city", "trial_id"]


def test_pages_put_together_are_the_whole(client: httpx.Client) -> None:
    whole = client.get("/api/sites.csv").text.split("\r\n")
    parts = [client.get(f"/api/sites.csv?limit=20&offset={n}").text for n in range(0, 80, 20)]
    rows = [row for part in parts for row in part.split("\r\n")[1:] if row]
    assert rows == [row for row in whole[1:] if row]


def test_countries_and_trials_are_counted(client: httpx.Client) -> None:
    countries = read(client.get("/api/countries.csv"), "csv")
    assert list(countries.columns) == [
        "country", "country_code", "sites", "cities", "trials", "recruiting",
    ]  # fmt: skip
    assert countries.iloc[0].tolist() == ["Germany", "DE", 17, 17, 1, 0]
    assert countries["sites"].sum() == 75
    assert len(client.get("/api/countries.json?country=DE").json()["data"]) == 1
    trials = client.get("/api/trials.json").json()["data"]
    assert [(t["trial_id"], t["sites"], t["countries"]) for t in trials] == [
        ("NCT01207388", 75, 11)
    ]
    assert trials[0]["start_date"] == "2010-11-30"
    assert trials[0]["enrollment"] == 116
    assert "Blinatumomab" in trials[0]["interventions"]
    header = client.get("/api/trials.csv").text.splitlines()[0]
    assert header.endswith(
        "recruiting,start_date,completion_date,first_posted,last_update,conditions,interventions,"
        "enrollment"
    )


def test_starts_are_counted_by_period_and_group(client: httpx.Client) -> None:
    years = client.get("/api/starts.json").json()
    assert [(row["period"], row["trials"], row["sites"]) for row in years["data"]] == [
        ("2010", 1, 75)
    ]
    assert "start date in their record" in years["about"]["method"]
    months = client.get("/api/starts.json?per=month&by=country&near=Munich,+Germany").json()["data"]
    assert (months[0]["period"], months[0]["group"], months[0]["sites"]) == (
        "2010-11", "Germany", 17,
    )  # fmt: skip
    assert client.get("/api/starts.csv?by=city").json()["parameter"] == "by"


@pytest.mark.parametrize(
    ("path", "parameter", "allowed"),
    [
        ("reach.json?against=NCT99999999", "against", "NCT01207388"),
        ("reach-next.csv?candidates=nothing.csv", "candidates", "NCT01207388"),
        ("reach.csv?within_min=0", "within_min", "1 to 600"),
        ("reach-rates.csv?levels=city", "levels", "country"),
    ],
)
def test_what_reach_cannot_be_asked_is_refused_with_what_can(
    client: httpx.Client, path: str, parameter: str, allowed: str
) -> None:
    answer = client.get(f"/api/{path}")
    assert answer.status_code == 400
    assert answer.json()["parameter"] == parameter
    assert any(allowed in one for one in answer.json()["allowed"])


def test_positions_have_coordinates_and_precision(client: httpx.Client) -> None:
    answer = client.get("/api/positions", params={"place": ["Graz, Austria", "Qwxzjk, Poland"]})
    graz, nowhere = answer.json()["data"]
    assert (graz["latitude"], graz["longitude"]) == (47.06733, 15.44197)
    assert graz["precision"] == "city"
    assert nowhere["latitude"] is None
    assert nowhere["precision"] == "unresolved"
    assert nowhere["reason"]
    assert client.get("/api/positions").status_code == 400
    point = client.get("/api/positions?place=48.1,11.5").json()["data"][0]
    assert (point["precision"], point["latitude"], point["longitude"]) == ("facility", 48.1, 11.5)
    assert client.get("/api/positions?place=91,0").json()["parameter"] == "place"


@pytest.mark.parametrize(
    ("query", "parameter", "first_allowed"),
    [
        ("contry=DE", "contry", "country"),
        ("status=recruting", "status", "Recruiting"),
        ("precision=citty", "precision", "city"),
        ("flag=ambigous", "flag", "ambiguous"),
        ("country=Germny", "country", "DE"),
        ("columns=citty", "columns", "city"),
        ("near=Grazz,+Austriaa+Qwxzjk", "near", "Graz, Austria"),
        ("near=95,10", "near", "latitude -90 to 90"),
        ("bbox=-200,0,1,1", "bbox", "W and E -180 to 180"),
        ("bbox=1,2,3", "bbox", "W and E -180 to 180"),
        ("near=1,1&radius_km=far", "radius_km", "above 0, up to 20040"),
        ("limit=-1", "limit", "0 to 2147483647"),
        ("offset=1.5", "offset", "0 to 2147483647"),
        ("limit=1&limit=2", "limit", None),
        ("q=" + "x" * 501, "q", None),
        ("&".join(["city=a"] * 101), "city", None),
        ("columns=distance_km", "columns", None),
        ("columns=" + ",".join(["city"] * 101), "columns", None),
    ],
)
def test_what_is_not_allowed_is_refused_with_the_most_similar_allowed(
    client: httpx.Client, query: str, parameter: str, first_allowed: str | None
) -> None:
    answer = client.get(f"/api/sites.csv?{query}")
    assert answer.status_code == 400
    body = answer.json()
    assert body["error"] == "bad_parameter"
    assert body["parameter"] == parameter
    assert body["message"]
    if first_allowed:
        assert body["allowed"][0] == first_allowed


def test_a_query_too_long_is_refused(client: httpx.Client) -> None:
    answer = client.get("/api/sites.csv?" + "&".join(["trial=NCT01207388"] * 3_400))
    assert answer.status_code == 400
    assert answer.json()["error"] == "query_too_long"


@pytest.mark.parametrize("suffix", FORMATS)
def test_an_unchanged_response_is_not_sent_again(client: httpx.Client, suffix: str) -> None:
    path = f"/api/sites.{suffix}?country=DE"
    first = client.get(path)
    tag = first.headers["etag"]
    again = client.get(path, headers={"If-None-Match": tag})
    assert again.status_code == 304
    assert again.content == b""
    assert again.headers["etag"] == tag
    assert client.get(path).content == first.content
    assert client.get(f"/api/sites.{suffix}?country=IT").headers["etag"] != tag
    assert client.get(path, headers={"If-None-Match": '"other", W/"more"'}).status_code == 200


def test_another_process_gives_the_same_tag(
    client: httpx.Client, place_index: Path, data_folder: Path
) -> None:
    service = Service(Settings(site_map_data=data_folder))
    service.opener.start()
    assert service.opener.wait(60)
    answer = request_api(service, "/api/sites.csv?near=Graz,+Austria")
    service.close()
    same = client.get("/api/sites.csv?near=Graz,+Austria")
    assert same.headers["etag"] == answer.headers["etag"]
    assert same.content == answer.content


def test_near_is_located_once_per_request(
    place_index: Path, data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    located: list[Place] = []
    search = OfflineGeocoder.search

    def count(self: OfflineGeocoder, place: Place) -> Position:
        located.append(place)
        return search(self, place)

    monkeypatch.setattr(OfflineGeocoder, "search", count)
    service = Service(Settings(site_map_data=data_folder))
    service.opener.start()
    assert service.opener.wait(60)
    answer = request_api(service, "/api/sites.csv?near=Graz,+Austria&radius_km=50")
    service.close()
    assert answer.headers["x-total-count"] == "1"
    assert located == [Place(city="Graz", country="Austria")]


@pytest.mark.parametrize("suffix", ["csv", "json", "geojson", "kml"])
def test_text_is_compressed_where_the_client_can_read_it(client: httpx.Client, suffix: str) -> None:
    path = f"/api/sites.{suffix}"
    plain = client.get(path, headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    with client.stream("GET", path, headers={"Accept-Encoding": "gzip"}) as answer:
        raw = b"".join(answer.iter_raw())
        assert answer.headers["content-encoding"] == "gzip"
        assert answer.headers["vary"] == "Accept-Encoding"
    assert gzip.decompress(raw) == plain.content
    assert len(raw) < len(plain.content) / 3


@pytest.mark.parametrize("suffix", FORMATS)
def test_head_has_the_headers_of_get(client: httpx.Client, suffix: str) -> None:
    path = f"/api/sites.{suffix}?country=DE"
    request_api, head = client.get(path), client.head(path)
    assert head.status_code == 200
    assert head.content == b""
    for name in ("etag", "content-type", "x-as-of", "x-total-count", "content-length"):
        assert head.headers.get(name) == request_api.headers.get(name), name


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
@pytest.mark.parametrize("path", ["/api/sites.csv", "/api/health", "/api/positions"])
def test_nothing_can_be_changed(client: httpx.Client, method: str, path: str) -> None:
    answer = client.request(method, path)
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD"
    assert answer.json()["error"] == "method_not_allowed"


@pytest.mark.parametrize(
    "path",
    [
        "/api/site.csv",
        "/api/sites.exe",
        "/api/countries.xlsx",
        "/api/../pyproject.toml",
        "/api/%2e%2e/%2e%2e/etc/passwd",
        "/api/sites.csv/..%2f..%2fetc%2fpasswd",
        "/api/sites.csv%00",
    ],
)
def test_an_unknown_path_is_a_404_with_similar_ones(client: httpx.Client, path: str) -> None:
    answer = client.get(path)
    if path.startswith("/api/../"):  # the client resolves it itself: the page answers
        assert "build-system" not in answer.text
        return
    assert answer.status_code in {400, 404}
    assert "root:" not in answer.text
    if path == "/api/site.csv":
        assert answer.json()["allowed"][0] == "/api/sites.csv"


HOSTILE = [
    "../../etc/passwd",
    "file:///etc/passwd",
    "http://127.0.0.1:1/",
    "\\\\host\\share",
    "%00",
]


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize("name", [*FILTERS, "columns", "limit", "place"])
def test_no_value_reaches_a_file_or_a_host(client: httpx.Client, name: str, value: str) -> None:
    path = "/api/positions" if name == "place" else "/api/sites.json"
    answer = client.get(path, params={name: value})
    assert answer.status_code in {200, 400}
    assert "root:" not in answer.text
    assert "Traceback" not in answer.text
    assert "/home" not in answer.text


def test_every_response_has_the_security_headers(client: httpx.Client) -> None:
    for path in ("/", "/api/sites.csv", "/api/docs", "/api/nothing", bundle.build_script().path):
        headers = client.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "frame-ancestors 'self'" in policy
        assert "http:" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "SAMEORIGIN"


@pytest.mark.parametrize("path", ["/api/docs", "/api", "/api/"])
def test_the_documentation_needs_no_other_host(client: httpx.Client, path: str) -> None:
    answer = client.get(path)
    assert answer.headers["content-type"].startswith("text/html")
    text = answer.text
    assert "<script" not in text
    assert "http://" not in text
    assert "https://" not in text
    for name in (*FILTERS, "columns", "limit", "offset", *COLUMNS):
        assert f"<code>{name}</code>" in text


def test_the_document_names_every_route_and_parameter(client: httpx.Client) -> None:
    document = client.get("/api/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    expected = {f"/api/sites.{suffix}" for suffix in FORMATS}
    expected |= {f"/api/{name}.{s}" for name in ("countries", "trials") for s in ("csv", "json")}
    expected |= {"/api/health", "/api/positions", "/api/openapi.json"}
    assert expected <= set(document["paths"])
    given: list[dict[str, Any]] = document["paths"]["/api/sites.csv"]["get"]["parameters"]
    shared = document["components"]["parameters"]
    names = [
        shared[p["$ref"].rpartition("/")[2]]["name"] if "$ref" in p else p["name"] for p in given
    ]
    assert set(names) == {*FILTERS, "columns", "limit", "offset"}


def test_until_the_lists_are_open_the_status_is_503(data_folder: Path) -> None:
    service = Service(Settings(site_map_data=data_folder))
    health = request_api(service, "/api/health")
    assert (health.status_code, health.json()["status"]) == (503, "starting")
    for path in ("/api/sites.csv", "/api/countries.json", "/api/positions?place=Graz"):
        answer = request_api(service, path)
        assert answer.status_code == 503
        assert answer.json()["error"] == "starting"
        assert answer.headers["retry-after"]


def test_a_failure_at_the_start_names_no_path(data_folder: Path) -> None:
    url = f"sqlite:///{data_folder}/missing/deeper/store.sqlite"
    service = Service(Settings(site_map_data=data_folder / "file.txt", geocache_url=url))
    (data_folder / "file.txt").write_text("not a folder")
    service.opener.start()
    assert service.opener.wait(60)
    assert service.opener.failure
    for path in ("/api/health", "/api/sites.csv"):
        answer = request_api(service, path)
        assert answer.status_code == 503
        assert str(data_folder) not in answer.text
        assert "file.txt" not in answer.text
