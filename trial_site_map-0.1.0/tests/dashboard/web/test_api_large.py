"""Long responses are streamed: the same rows, compressed or not."""

import io
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from lxml import etree

from dashboard.service.service import Service
from dashboard.settings import Settings
from dashboard.web.response_cache import MAX_UNSTREAMED_ROWS
from geocache.place import Place
from tests.dashboard.web.asgi import request_api

SITES = 2 * MAX_UNSTREAMED_ROWS + 345


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, place_index: Path) -> Iterator[Service]:
    """A service over a list of more sites than fit an unstreamed response."""
    folder = tmp_path_factory.mktemp("large")
    (folder / "gazetteer").symlink_to(place_index, target_is_directory=True)
    cities = ("Graz,Austria", "Munich,Germany", "Nowhere at all,Germany")
    lines = [f"Hospital {n},{cities[n % 3]},Recruiting" for n in range(SITES)]
    (folder / "sites.csv").write_text("facility,city,country,status\n" + "\n".join(lines))
    settings = Settings(site_map_data=folder, site_map_sources=str(folder / "sites.csv"))
    made = Service(settings)
    made.opener.start()
    assert made.opener.wait(120)
    yield made
    made.close()


def test_every_row_is_streamed_once_and_in_order(service: Service) -> None:
    answer = request_api(service, "/api/sites.csv")
    frame = pd.read_csv(io.BytesIO(answer.content), keep_default_na=False)
    assert frame["facility"].tolist() == [f"Hospital {n}" for n in range(SITES)]
    assert answer.headers["x-total-count"] == str(SITES)
    rows = request_api(service, "/api/sites.json").json()["data"]
    assert [row["facility"] for row in rows] == frame["facility"].tolist()
    features = request_api(service, "/api/sites.geojson").json()["features"]
    assert sum(feature["geometry"] is None for feature in features) == len(range(2, SITES, 3))
    kml = etree.fromstring(request_api(service, "/api/sites.kml").content)
    assert len(kml.findall(".//{http://www.opengis.net/kml/2.2}Placemark")) == SITES


@pytest.mark.parametrize("suffix", ["csv", "json", "geojson", "kml"])
def test_a_stream_is_the_same_compressed_and_a_second_time(service: Service, suffix: str) -> None:
    path = f"/api/sites.{suffix}"
    plain = request_api(service, path, **{"Accept-Encoding": "identity"})
    packed = request_api(service, path, **{"Accept-Encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.content == plain.content  # the client unpacked it
    assert plain.headers["etag"] == packed.headers["etag"]
    tag = plain.headers["etag"]
    assert request_api(service, path, **{"If-None-Match": tag}).status_code == 304
    head = request_api(service, path, "HEAD")
    assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", tag)


def test_a_page_of_it_is_not_streamed(service: Service) -> None:
    path = f"/api/sites.json?offset={SITES - 3}&limit=10"
    answer = request_api(service, path, **{"Accept-Encoding": "identity"})
    assert int(answer.headers["content-length"]) == len(answer.content)
    about = answer.json()["about"]
    assert (about["rows"], about["total"]) == (3, SITES)


def test_a_new_pin_changes_the_response_and_its_tag(service: Service) -> None:
    path = "/api/sites.csv?city=Nowhere+at+all&limit=1"
    before = request_api(service, path)
    assert "unresolved" in before.text
    place = Place(facility="Hospital 2", city="Nowhere at all", country="Germany")
    service.editor().pins.pin([place], 50.0, 10.0, note="", who="")
    after = request_api(service, path, **{"If-None-Match": before.headers["etag"]})
    assert after.status_code == 200
    assert "50,10," in after.text
    assert after.headers["etag"] != before.headers["etag"]
    service.editor().pins.unpin([place])
    assert request_api(service, path).text == before.text
    assert request_api(service, "/api/health").json()["sites"] == SITES
