"""The login that the operator configured in Streamlit, and the person who is logged in."""

from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any

import streamlit as st

from dashboard.access import Access, Person, parse_claims
from dashboard.page import streamlit_internals
from dashboard.service.service import service
from geocache.errors import ConfigurationError

DEFAULT = "default"
"""The provider that stands in ``[auth]`` itself."""

MIN_SECRET_LENGTH = 32
_REQUIRED = ("client_id", "client_secret", "server_metadata_url")


def is_configured() -> bool:
    """Whether ``secrets.toml`` has an ``[auth]`` section."""
    found = streamlit_internals.find_secrets_files()
    return bool(found and streamlit_internals.read_auth_section())


def list_providers() -> tuple[str, ...]:
    """The login providers by the names they have in ``secrets.toml``."""
    section = streamlit_internals.read_auth_section() or {}
    named = tuple(
        name
        for name in section
        if isinstance(section[name], Mapping) and "client_id" in section[name]
    )
    return ((DEFAULT,) if "client_id" in section else ()) + named


def current_person() -> Person | None:
    """The person who opened this page, verified by Streamlit when the websocket was opened."""
    return _parse(st.user.to_dict()) if is_configured() else None


def read_login_cookie(cookies: Mapping[str, str]) -> Person | None:
    """The person whose login a request's cookies prove."""
    claims = streamlit_internals.read_login_claims(cookies)
    return _parse(claims) if claims else None


def _parse(claims: Mapping[str, Any]) -> Person | None:
    return parse_claims(claims, trust_email=service().settings.site_map_trust_email)


def check_configuration(access: Access) -> None:
    """Refuse a configuration that lets in, or keeps out, people the operator did not mean.

    Raises:
        ConfigurationError: the login is incomplete, or people are named without a login.
    """
    found = streamlit_internals.find_secrets_files()
    section = streamlit_internals.read_auth_section()
    if found and section is None:
        raise ConfigurationError(
            f"{found[0]} is not valid TOML, so it is unknown whether a login is required"
        )
    if not section:
        if access.restricts:
            raise ConfigurationError(
                "SITE_MAP_READERS or SITE_MAP_EDITORS is set, but no login is configured: "
                "add [auth] to .streamlit/secrets.toml (docs/deploy.md)"
            )
        return
    if find_spec("authlib") is None:
        raise ConfigurationError(
            "[auth] in secrets.toml needs a package: pip install 'trial-site-map[login]'"
        )
    _check_section(section)


def _check_section(section: Mapping[str, object]) -> None:
    try:
        redirect_uri = streamlit_internals.read_redirect_uri()
    except ValueError as error:
        raise ConfigurationError(f"[auth] in secrets.toml: {error}") from None
    if not redirect_uri:
        raise ConfigurationError(
            "[auth] in secrets.toml: redirect_uri must be this server's address with "
            "/oauth2callback, such as https://sites.example.org/oauth2callback"
        )
    if len(str(section.get("cookie_secret", ""))) < MIN_SECRET_LENGTH:
        raise ConfigurationError(
            f"[auth] in secrets.toml: cookie_secret must have at least {MIN_SECRET_LENGTH} random "
            "characters, the same on every replica"
        )
    providers = list_providers()
    if not providers:
        raise ConfigurationError(f"[auth] in secrets.toml: {', '.join(_REQUIRED)} are missing")
    for name in providers:
        part = section if name == DEFAULT else section[name]
        missing = [key for key in _REQUIRED if isinstance(part, Mapping) and not part.get(key)]
        if missing:
            heading = "auth" if name == DEFAULT else f"auth.{name}"
            raise ConfigurationError(f"[{heading}] in secrets.toml: {', '.join(missing)} missing")
