"""Streamlit's login as the operator configured it: whether there is one, and who is signed in.

Everything is read when it is asked for: before ``st.App`` knows its script, Streamlit's own options
are not in force.
"""

import json
from collections.abc import Mapping
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit import config
from streamlit.auth_util import (
    get_cookie_with_chunks,
    get_origin_from_redirect_uri,
    get_secrets_auth_section,
    get_validated_redirect_uri,
)
from streamlit.errors import StreamlitAuthError
from streamlit.runtime.secrets import secrets_singleton
from streamlit.web.server.server_util import get_cookie_secret
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from dashboard.access import Access, Person, parse_claims
from geocache.errors import ConfigurationError

DEFAULT = "default"
SHORTEST_SECRET = 32
_NEEDED = ("client_id", "client_secret", "server_metadata_url")


def is_configured() -> bool:
    """Whether the operator set a login up: ``[auth]`` in Streamlit's ``secrets.toml``."""
    return any(path.exists() for path in _files()) and bool(get_secrets_auth_section())


def _files() -> list[Path]:
    return [Path(str(name)) for name in config.get_option("secrets.files")]


def list_providers() -> tuple[str, ...]:
    """The login providers by the names they have in ``secrets.toml``."""
    section = get_secrets_auth_section()
    named = tuple(
        name
        for name in section
        if isinstance(section[name], Mapping) and "client_id" in section[name]
    )
    return ((DEFAULT,) if "client_id" in section else ()) + named


def current_person() -> Person | None:
    """Who opened this page, as Streamlit checked when its websocket was opened."""
    return parse_claims(st.user.to_dict()) if is_configured() else None


def read_login_cookie(cookies: Mapping[str, str]) -> Person | None:
    """Who a request's cookies say is there: the one that Streamlit signs after a login."""
    value = get_cookie_with_chunks(partial(_unsigned, cookies), USER_COOKIE_NAME)
    if value is None:
        return None
    try:
        claims = json.loads(value)
    except ValueError:
        return None
    if not isinstance(claims, dict) or claims.get("origin") != get_origin_from_redirect_uri():
        return None
    return parse_claims(claims)


def _unsigned(cookies: Mapping[str, str], name: str) -> bytes | None:
    value = cookies.get(name)
    return decode_signed_value(get_cookie_secret(), name, value) if value else None


def check_configuration(access: Access) -> None:
    """Raise where people would be let in, or kept out, other than the operator meant.

    Raises:
        ConfigurationError: a login is half configured, or people are named without one.
    """
    found = [path for path in _files() if path.exists()]
    if found and not secrets_singleton.load_if_toml_exists():
        raise ConfigurationError(f"{found[0]} cannot be read as TOML: whether to log in is unknown")
    section: Mapping[str, Any] = get_secrets_auth_section()
    if not section:
        if access.restricts:
            raise ConfigurationError(
                "SITE_MAP_READERS and SITE_MAP_EDITORS name people, and no login tells who is "
                "there: set up [auth] in .streamlit/secrets.toml (docs/deploy.md)"
            )
        return
    if find_spec("authlib") is None:
        raise ConfigurationError(
            "[auth] in secrets.toml needs a package: pip install 'trial-site-map[login]'"
        )
    _check_section(section)


def _check_section(section: Mapping[str, Any]) -> None:
    try:
        returns = get_validated_redirect_uri()
    except StreamlitAuthError as error:
        raise ConfigurationError(f"[auth] in secrets.toml: {error}") from None
    if returns is None:
        raise ConfigurationError(
            "[auth] in secrets.toml: redirect_uri must be this server's address with "
            "/oauth2callback, as https://sites.example.org/oauth2callback"
        )
    if len(str(section.get("cookie_secret", ""))) < SHORTEST_SECRET:
        raise ConfigurationError(
            f"[auth] in secrets.toml: cookie_secret must be {SHORTEST_SECRET} random characters "
            "or more, and the same on every replica"
        )
    names = list_providers()
    if not names:
        raise ConfigurationError(f"[auth] in secrets.toml: {', '.join(_NEEDED)} are missing")
    for name in names:
        part = section if name == DEFAULT else section[name]
        missing = [key for key in _NEEDED if not part.get(key)]
        if missing:
            of = "" if name == DEFAULT else f".{name}"
            raise ConfigurationError(f"[auth{of}] in secrets.toml: {', '.join(missing)} missing")
