"""The real geopy geocoders against a local server that speaks each provider's format."""

import time
from collections.abc import Iterator
from pathlib import Path

import geopy.geocoders
import pytest
from geopy.adapters import AioHTTPAdapter

from geocache import ConfigurationError, Flag, GeoCache, Place, Position, Precision
from geocache.keys import place_key
from geocache.providers import REFUSED, TERMS, GeopyProvider, build_providers, wrap_providers
from geocache.settings import GeocacheSettings
from harness.geocaches import GRAZ, ROOT, online_settings, store_url
from harness.provider_server import Known, ProviderServer, run_provider

HOSPITAL = Known("LKH Graz", 47.0807, 15.4662, "facility", within="Graz, Styria, Austria")
CITY = Known("Graz", 47.0708, 15.4386, within="Styria, Austria")
REGION = Known("Styria", 47.25, 15.0, "region")
ANYWHERE = sorted(TERMS)
IN_GRAZ = Place("LKH Graz", "Graz", "Styria", "8036", "Austria")


@pytest.fixture
def server() -> Iterator[ProviderServer]:
    with run_provider("nominatim", HOSPITAL, CITY, REGION) as running:
        yield running


def words_of(server: ProviderServer) -> list[str]:
    return [one.words for one in server.seen]


@pytest.mark.parametrize("service", ANYWHERE)
def test_each_service_finds_facility_city_and_region_by_its_own_format(
    service: str, tmp_path: Path
) -> None:
    knows_facilities = TERMS[service].knows_facilities
    with (
        run_provider(service, HOSPITAL, CITY, REGION) as server,
        GeoCache(settings=online_settings(server, tmp_path)) as cache,
    ):
        hospital = cache.locate(IN_GRAZ)
        city = cache.locate(IN_GRAZ._replace(facility="Research Site"))
        region = cache.locate(Place(state="Styria", country="Austria"))
        lost = cache.locate(Place(city="Atlantis", country="Austria"))
        agents = {one.user_agent for one in server.seen}
    if knows_facilities:
        assert (hospital.latitude, hospital.longitude) == (47.0807, 15.4662)
        assert hospital.precision is Precision.FACILITY
        assert hospital.flags == ()
    else:
        assert hospital.precision is Precision.CITY
    assert (city.latitude, city.longitude) == (47.0708, 15.4386)
    assert city.precision is Precision.CITY
    assert city.source == service
    assert city.flags == (Flag.PLACEHOLDER_FACILITY,)
    assert "Graz" in city.place_name
    assert region.precision is Precision.REGION
    assert lost.precision is Precision.UNRESOLVED
    assert lost.reason.startswith(f"{service}: city unknown: nothing found")
    assert all("somebody@example.org" in agent for agent in agents)


@pytest.mark.parametrize("service", ANYWHERE)
def test_an_unexpected_reply_is_never_a_known_miss(service: str, tmp_path: Path) -> None:
    place = Place(city="Graz", country="Austria")
    with (
        run_provider(service, CITY) as server,
        GeoCache(settings=online_settings(server, tmp_path)) as cache,
    ):
        for failure in ("empty object", "null", "page"):
            server.failures = [failure] * 3
            assert next(cache.locate_many([place])).reason.startswith("not asked: ")
        assert cache.stats()["answers"] == []
        server.failures = []
        assert next(cache.locate_many([place])).resolved


@pytest.mark.parametrize(
    ("failure", "reason", "requests", "most_seconds"),
    [
        ("403", "403 from nominatim", 1, 1),
        ("401", "401 from nominatim", 1, 1),
        ("404", "404 from nominatim", 1, 1),
        ("429", "429 from nominatim", 2, 3),
        ("429 after 1", "429 from nominatim", 2, 3),
        ("429 after 9999", "429 from nominatim", 1, 1),
        ("500", "500 from nominatim", 3, 5),
        ("503", "503 from nominatim", 3, 5),
        ("page", "a web page instead of an answer from nominatim", 1, 1),
        ("truncated", "unreadable reply from nominatim", 3, 5),
        ("huge", "a reply over 4 MB from nominatim", 1, 2),
        ("hang", "timeout from nominatim", 2, 6),
        ("trickle", "timeout from nominatim", 2, 6),
        ("drop", "no connection to nominatim", 3, 5),
    ],
)
def test_a_fault_is_shown_and_never_stored(  # noqa: PLR0917
    server: ProviderServer,
    tmp_path: Path,
    failure: str,
    reason: str,
    requests: int,
    most_seconds: float,
) -> None:
    place = Place(city="Graz", country="Austria")
    with GeoCache(settings=online_settings(server, tmp_path)) as cache:
        server.always = failure
        began = time.monotonic()
        assert cache.locate(place) == Position(reason=f"not asked: {reason}")
        assert time.monotonic() - began < most_seconds
        assert len(server.seen) == requests
        assert cache.stats()["answers"] == []
        assert cache.stats()["claims"] == 0
        server.always = ""
        assert next(cache.locate_many([place])).resolved


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://127.0.0.1:9", "no connection to nominatim"),
        ("http://nowhere.invalid", "unknown host for nominatim"),
    ],
)
def test_an_unreachable_server_is_no_known_miss(tmp_path: Path, url: str, reason: str) -> None:
    settings = GeocacheSettings(
        geocache_providers="nominatim",
        geocache_contact="somebody@example.org",
        geocache_nominatim_url=url,
        geocache_url=store_url(tmp_path),
    )
    with GeoCache(settings=settings) as cache:
        assert cache.locate(GRAZ).reason == f"not asked: {reason}"
        assert cache.stats()["answers"] == []


@pytest.mark.parametrize("failure", ["500", "429 after 1", "truncated", "drop"])
def test_a_transient_fault_is_retried(server: ProviderServer, tmp_path: Path, failure: str) -> None:
    server.failures = [failure]
    with GeoCache(settings=online_settings(server, tmp_path)) as cache:
        assert cache.locate(GRAZ).resolved
    assert len(server.seen) == 2
    if "after" in failure:
        assert server.seen[1].at - server.seen[0].at >= 1


@pytest.mark.parametrize(
    ("failure", "most_requests"), [("403", 1), ("429", 2), ("429 after 1", 2), ("404", 5)]
)
def test_refusals_and_failures_in_a_row_stop_the_run_and_keep_what_was_answered(
    server: ProviderServer, tmp_path: Path, failure: str, most_requests: int
) -> None:
    places = [Place(city=f"City {i}", country="Austria") for i in range(40)]
    with GeoCache(settings=online_settings(server, tmp_path)) as cache:
        assert len([p for p in cache.locate_many(places[:20]) if p.resolved]) == 20
        before = len(server.seen)
        server.always = failure
        found = list(cache.locate_many(places))
        assert [p.resolved for p in found] == [True] * 20 + [False] * 20
        number = failure.partition(" ")[0]
        assert {p.reason for p in found[20:]} == {f"not asked: {number} from nominatim"}
        assert len(server.seen) - before == most_requests
        server.always = ""
        assert all(p.resolved for p in cache.locate_many(places))


def test_single_lookups_do_not_ask_a_provider_that_refused(
    server: ProviderServer, tmp_path: Path
) -> None:
    server.always = "403"
    with GeoCache(settings=online_settings(server, tmp_path)) as cache:
        for city in ("Graz", "Linz", "Wels"):
            assert cache.locate(Place(city=city)).reason == "not asked: 403 from nominatim"
    assert len(server.seen) == 1


# What is asked, and what is believed


def test_nominatim_is_asked_facility_first_then_city_in_parts_then_words_then_region(
    server: ProviderServer, tmp_path: Path
) -> None:
    with GeoCache(settings=online_settings(server, tmp_path)) as cache:
        found = cache.locate(Place("Klinik Nirgends", "Nirgends", "Styria", "8999", "Austria"))
    assert found.precision is Precision.REGION
    queries = [one.query for one in server.seen]
    assert queries[0]["q"] == "Klinik Nirgends, Nirgends, Styria, Austria"
    assert queries[1]["city"] == "Nirgends"
    assert queries[1]["state"] == "Styria"
    assert queries[2]["q"] == "Nirgends, Styria, Austria"
    assert queries[3] == queries[3] | {"state": "Styria", "country": "Austria"}
    assert all(query["countrycodes"] == "at" for query in queries)
    assert len(queries) == 4


@pytest.mark.parametrize("facility", ["Research Site", "Novartis Investigative Site", "1106", ""])
def test_a_placeholder_facility_is_never_sent(
    server: ProviderServer, tmp_path: Path, facility: str
) -> None:
    with GeoCache(settings=online_settings(server, tmp_path)) as cache:
        assert cache.locate(IN_GRAZ._replace(facility=facility)).precision is Precision.CITY
    assert words_of(server) == ["Graz, Styria, Austria"]


def test_places_of_one_city_share_its_query(server: ProviderServer, tmp_path: Path) -> None:
    facilities = ["Research Site", "", "Site 12", "Investigational Site"]
    places = [IN_GRAZ._replace(facility=facility, postcode=facility) for facility in facilities]
    with GeoCache(settings=online_settings(server, tmp_path)) as cache:
        assert all(p.precision is Precision.CITY for p in cache.locate_many(places))
        assert cache.locate(places[0]).flags == (Flag.PLACEHOLDER_FACILITY,)
        assert cache.locate(places[1]).flags == ()
    assert len(server.seen) == 1


def test_a_postcode_alone_and_nothing_at_all(server: ProviderServer, tmp_path: Path) -> None:
    server.know(Known("8036", 47.08, 15.46, "postcode"))
    with GeoCache(settings=online_settings(server, tmp_path)) as cache:
        found = cache.locate(Place(postcode="8036", country="Austria"))
        assert found.precision is Precision.POSTCODE
        asked = len(server.seen)
        nothing = cache.locate(Place(country="Austria"))
        assert nothing.reason == "nothing to ask nominatim for"
        assert len(server.seen) == asked


def test_a_station_listed_before_the_city_is_ignored(
    server: ProviderServer, tmp_path: Path
) -> None:
    server.know(
        Known("Linz", 48.29, 14.291, "station", within="Austria"), Known("Linz", 48.306, 14.286)
    )
    with GeoCache(settings=online_settings(server, tmp_path)) as cache:
        found = cache.locate(Place(city="Linz", country="Austria"))
    assert (found.latitude, found.flags) == (48.306, ())


def test_only_a_station_is_a_known_miss(server: ProviderServer, tmp_path: Path) -> None:
    server.know(Known("Selzthal", 47.55, 14.31, "station"))
    with GeoCache(settings=online_settings(server, tmp_path)) as cache:
        found = cache.locate(Place(city="Selzthal", country="Austria"))
    assert not found.resolved
    assert found.reason == "nominatim: city unknown: only other found"


def test_two_towns_of_similar_importance_are_ambiguous(
    server: ProviderServer, tmp_path: Path
) -> None:
    server.know(
        Known("Springfield", 39.8, -89.65, country="us", importance=0.5),
        Known("Springfield", 37.2, -93.29, country="us", importance=0.48),
        Known("Springfield", 42.1, -72.59, country="us", importance=0.2),
    )
    with GeoCache(settings=online_settings(server, tmp_path)) as cache:
        found = cache.locate(Place(city="Springfield", country="United States"))
    assert found.flags == (Flag.AMBIGUOUS,)
    assert [one.latitude for one in found.alternatives] == [37.2, 42.1]
    assert found.score < 0.9


def test_a_point_in_another_country_is_flagged(server: ProviderServer, tmp_path: Path) -> None:
    server.know(Known("Wien", 40.71, -74.0, country="us"))
    with GeoCache(settings=online_settings(server, tmp_path)) as cache:
        found = cache.locate(Place(city="Wien", country="Austria"))
    assert Flag.OUTSIDE_COUNTRY in found.flags


def test_a_facility_of_another_name_is_flagged(server: ProviderServer, tmp_path: Path) -> None:
    server.know(Known("Klinik Nord", 47.1, 15.4, "facility"))
    server.known["klinik nord"] = [
        Known("Baumarkt Süd", 47.1, 15.4, "facility", within="Graz, Austria")
    ]
    with GeoCache(settings=online_settings(server, tmp_path)) as cache:
        found = cache.locate(Place("Klinik Nord", "Graz", "", "", "Austria"))
    assert found.flags == (Flag.APPROXIMATE,)


def test_the_query_the_time_and_a_summary_of_the_reply_are_stored(
    server: ProviderServer, tmp_path: Path
) -> None:
    before = int(time.time())
    with GeoCache(settings=online_settings(server, tmp_path)) as cache:
        cache.locate(Place(city="Graz", country="Austria"))
        (kept,) = cache.answers()
    assert kept.query == "city=Graz; country=Austria"
    assert '"osm_id": 17' in kept.reply
    assert before <= kept.asked_at <= time.time()
    assert kept.position.place_name == "Graz, Styria, Austria"


# Terms


def test_known_misses_expire_and_hits_by_the_terms_of_the_provider(tmp_path: Path) -> None:
    kept_days: dict[str, tuple[float, float]] = {}
    for service in ("nominatim", "locationiq", "here"):
        folder = tmp_path / service
        folder.mkdir()
        with (
            run_provider(service, CITY) as server,
            GeoCache(settings=online_settings(server, folder)) as cache,
        ):
            cache.locate(Place(city="Graz", country="Austria"))
            cache.locate(Place(city="Atlantis", country="Austria"))
            days = {
                answer.position.resolved: round((answer.expires_at - answer.asked_at) / 86_400)
                for answer in cache.answers()
            }
            kept_days[service] = (days[True], days[False])
    assert kept_days["nominatim"][0] > 1_000_000
    assert kept_days["nominatim"][1] == 30
    assert kept_days["locationiq"] == (2, 2)
    assert kept_days["here"] == (30, 30)


def test_answers_that_may_not_be_stored_stay_in_memory(tmp_path: Path) -> None:
    place = Place(city="Graz", country="Austria")
    with run_provider("arcgis", CITY) as server:
        with GeoCache(settings=online_settings(server, tmp_path)) as cache:
            assert cache.locate(place) == cache.locate(place)
            assert cache.locate(place).resolved
            assert cache.warnings == ()
        assert len(server.seen) == 1
        with GeoCache(settings=online_settings(server, tmp_path)) as cache:
            assert cache.stats()["answers"] == []
            assert cache.locate(place).resolved
        assert len(server.seen) == 2


@pytest.mark.parametrize("scheduled", [False, True])
@pytest.mark.parametrize("wanted", [None, 50.0, 0.02])
def test_no_setting_raises_the_public_limit(wanted: float | None, scheduled: bool) -> None:
    settings = GeocacheSettings(
        geocache_providers="nominatim",
        geocache_contact="somebody@example.org",
        geocache_requests_per_second=wanted,
    )
    (nominatim,) = build_providers(settings)
    assert isinstance(nominatim, GeopyProvider)
    least = 15.0 if scheduled else 1.0
    assert nominatim.interval_seconds(scheduled=scheduled) == max(
        least, 1 / wanted if wanted else 0
    )
    assert "1 request a second" in nominatim.notice


@pytest.mark.parametrize(
    "url", ["https://nominatim.openstreetmap.org", "nominatim.openstreetmap.org:443/"]
)
def test_the_public_server_does_not_count_as_ones_own(url: str) -> None:
    settings = GeocacheSettings(
        geocache_providers="nominatim",
        geocache_contact="somebody@example.org",
        geocache_nominatim_url=url,
        geocache_requests_per_second=100,
    )
    (nominatim,) = build_providers(settings)
    assert isinstance(nominatim, GeopyProvider)
    assert nominatim.interval_seconds(scheduled=False) == 1.0


def test_a_server_of_ones_own_has_the_limit_one_sets(
    server: ProviderServer, tmp_path: Path
) -> None:
    places = [Place(city=f"City {i}", country="Austria") for i in range(5)]
    settings = online_settings(server, tmp_path, geocache_requests_per_second=10)
    with GeoCache(settings=settings) as one, GeoCache(settings=settings) as other:
        began = time.monotonic()
        list(one.locate_many(places[:3]))
        list(other.locate_many(places))
        assert one.notices == ()
    passed = [request.at - began for request in server.seen]
    assert len(passed) == 5
    assert all(seconds >= 0.1 * number for number, seconds in enumerate(passed))


def test_the_attribution_of_each_provider_is_shown(server: ProviderServer, tmp_path: Path) -> None:
    with GeoCache(settings=online_settings(server, tmp_path)) as cache:
        assert cache.attributions == ("© OpenStreetMap contributors (ODbL)",)


# Refusing to start


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"geocache_providers": "nominatim"}, "GEOCACHE_CONTACT is not set"),
        (
            {"geocache_providers": "nominatm"},
            "unknown provider 'nominatm'; known: register, gazetteer, ",
        ),
        ({"geocache_providers": "googlev3"}, "googlev3 is refused: .* Google map"),
        ({"geocache_providers": "mapbox"}, "mapbox is refused: .* stored"),
        ({"geocache_providers": " , "}, "GEOCACHE_PROVIDERS is empty"),
        ({"geocache_providers": "photon,Photon"}, "names a provider twice"),
        ({"geocache_providers": "opencage"}, "GEOCACHE_KEYS has none for opencage"),
        ({"geocache_providers": "pelias"}, "pelias has no public server"),
        ({"geocache_providers": "photon", "geocache_servers": "photon"}, "GEOCACHE_SERVERS"),
        ({"geocache_providers": "photon", "geocache_servers": "foton=x"}, "'foton'"),
        ({"geocache_providers": "photon", "geocache_servers": "photon=ftp://x"}, "is not a URL"),
    ],
)
def test_a_provider_that_cannot_work_refuses_to_start(values: dict[str, str], message: str) -> None:
    contact = {} if "CONTACT" in message else {"geocache_contact": "somebody@example.org"}
    with pytest.raises(ConfigurationError, match=message):
        build_providers(GeocacheSettings(**{**contact, **values}))  # type: ignore[arg-type]


def test_secrets_are_never_shown() -> None:
    settings = GeocacheSettings(geocache_keys="opencage=hush")
    assert "hush" not in repr(settings)


# geopy's own objects


def test_any_geopy_geocoder_can_be_cached(server: ProviderServer, tmp_path: Path) -> None:
    geocoder = geopy.geocoders.Nominatim(domain=server.address, scheme="http", user_agent="mine")
    with GeoCache(store_url(tmp_path), providers=[geocoder]) as cache:
        assert cache.locate(IN_GRAZ).precision is Precision.FACILITY
        assert cache.locate(IN_GRAZ).source == "nominatim"
    assert len(server.seen) == 1
    assert server.seen[0].user_agent == "mine"


def test_results_of_an_unknown_geopy_geocoder_are_flagged(tmp_path: Path) -> None:
    class Homemade(geopy.geocoders.Photon):  # type: ignore[misc]
        pass

    with run_provider("photon", CITY) as server:
        geocoder = Homemade(domain=server.address, scheme="http")
        with GeoCache(store_url(tmp_path), providers=[geocoder]) as cache:
            found = cache.locate(Place(city="Graz", country="Austria"))
    assert found.source == "homemade"
    assert found.flags == (Flag.APPROXIMATE,)


def test_a_geopy_geocoder_must_be_allowed_and_synchronous() -> None:
    with pytest.raises(ConfigurationError, match="googlev3 is refused"):
        wrap_providers([geopy.geocoders.GoogleV3(api_key="x")])
    assert AioHTTPAdapter.is_available is False, "then try it here too"


# The book of providers


@pytest.mark.parametrize("name", [*ANYWHERE, *REFUSED])
def test_each_provider_is_in_the_docs(name: str) -> None:
    text = (ROOT / "docs" / "providers.md").read_text()
    assert f"`{name}`" in text
    if name in TERMS:
        assert TERMS[name].attribution in text


def test_keys_of_queries_are_no_keys_of_places(server: ProviderServer, tmp_path: Path) -> None:
    (nominatim,) = build_providers(online_settings(server, tmp_path))
    assert isinstance(nominatim, GeopyProvider)
    keys = [query.key for query in nominatim.queries(IN_GRAZ)]
    assert keys[0] == nominatim.build_first_key(IN_GRAZ)
    assert place_key(IN_GRAZ) not in keys
    assert len(set(keys)) == len(keys)
