"""Settings that cannot work are refused by name, before anything is served."""

import pytest

from dashboard.settings import Settings
from geocache.errors import ConfigurationError
from geocache.settings import load_settings


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("SITE_MAP_TILES", "tiles", "not a URL such as https://example.org"),
        ("SITE_MAP_TILES", "https://example.org/{z}/{x}.png", "neither a .pmtiles file nor a URL"),
        ("SITE_MAP_REGISTRY_URL", "ftp://example.org", "not a URL"),
        ("SITE_MAP_FRAME_ANCESTORS", "example", "is not an origin such as"),
        ("SITE_MAP_DIRECTIONS_URL", "maps", "not a URL"),
        ("SITE_MAP_DIRECTIONS_URL", "https://example.org/{latitude}", "no URL such as"),
        ("SITE_MAP_DIRECTIONS_URL", "https://example.org/{place}/{who}", "no URL such as"),
        ("SITE_MAP_HOSTS", "https://example.org", "not a host name"),
        ("SITE_MAP_LOG", "loud", "'quiet'"),
        ("SITE_MAP_READ_ONLY", "perhaps", "boolean"),
        ("GEOCACHE_CONTACT", "somebody", "neither an e-mail address nor a URL"),
        ("GEOCACHE_NOMINATIM_URL", "ftp://example.org", "not a URL"),
        ("GEOCACHE_NOMINATIM_URL", "our server", "not a URL"),
        ("GEOCACHE_REQUESTS_PER_SECOND", "0", "greater than 0"),
    ],
)
def test_setting_that_cannot_work_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigurationError) as refused:
        load_settings(Settings)
    words = str(refused.value)
    assert words.startswith(f"{name}: ")
    assert said in words
    assert words.endswith(f", got {value!r}")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SITE_MAP_TILES", "https://{s}.example.org/{z}/{x}/{y}.png"),
        ("SITE_MAP_TILES", "/tiles/{z}/{x}/{-y}.png"),
        ("SITE_MAP_DIRECTIONS_URL", "https://example.org/?to={latitude},{longitude}"),
        ("SITE_MAP_DIRECTIONS_URL", "https://example.org/?q={place}"),
        ("GEOCACHE_CONTACT", "Ada <ada@example.org>"),
        ("GEOCACHE_CONTACT", "https://example.org/us"),
        ("GEOCACHE_NOMINATIM_URL", "http://127.0.0.1:8080/nominatim"),
        ("GEOCACHE_NOMINATIM_URL", "nominatim.example.org:8080/search"),
    ],
)
def test_valid_setting_is_taken_as_written(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    assert getattr(load_settings(Settings), name.lower()) == value
