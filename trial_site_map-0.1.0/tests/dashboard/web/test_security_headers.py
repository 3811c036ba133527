"""Security headers, and the settings that change them."""

import pytest
from pydantic import ValidationError

from dashboard.settings import Settings
from dashboard.web.security_headers import build_content_policy, parse_tile_origin


@pytest.mark.parametrize(
    ("template", "origin"),
    [
        ("https://tile.example.org/{z}/{x}/{y}.png", "https://tile.example.org"),
        ("https://{s}.tile.example.org/{z}/{x}/{y}.png", "https://*.tile.example.org"),
        ("http://127.0.0.1:8080/{z}/{x}/{y}.png", "http://127.0.0.1:8080"),
        ("https://user:secret@tile.example.org/{z}", "https://tile.example.org"),
        ("javascript:alert(1)", ""),
        ("https://a.example.org; script-src *", "https://a.example.orgscript-src*"),
    ],
)
def test_a_tile_layer_allows_its_host_for_images_only(template: str, origin: str) -> None:
    if ";" in template:  # nothing gets out of its directive
        assert ";" not in parse_tile_origin(template)
        assert " " not in parse_tile_origin(template)
        return
    assert parse_tile_origin(template) == origin
    policy = build_content_policy(tiles=template)
    named = [rule for rule in policy.split("; ") if origin and origin in rule]
    assert all(rule.startswith("img-src") for rule in named)


@pytest.mark.parametrize(
    ("setting", "ancestors"),
    [
        ("", "'self'"),
        ("https://intranet.example.org", "'self' https://intranet.example.org"),
        ("https://*.example.org http://localhost:3000", None),
        ("*", "*"),
        ("'none'", "'none'"),
    ],
)
def test_who_may_embed_the_page_can_be_set(setting: str, ancestors: str | None) -> None:
    found = Settings(site_map_frame_ancestors=setting).frame_ancestors
    assert found == (ancestors or f"'self' {setting}")


@pytest.mark.parametrize(
    "setting", ["example.org; script-src *", "https://a\r\nX: y", "ftp://a", "x"]
)
def test_an_invalid_origin_is_refused(setting: str) -> None:
    with pytest.raises(ValidationError, match="SITE_MAP_FRAME_ANCESTORS"):
        Settings(site_map_frame_ancestors=setting)
