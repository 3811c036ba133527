"""Adapter for what Streamlit does not document or promise: the only module that imports it.

``tests/dashboard/page/test_streamlit_contract.py`` checks each assumption against the installed
release. Paths and files of Streamlit's server are in :mod:`dashboard.web.streamlit_server`, style
rules on its markup in ``assets/streamlit.css``.
"""

import json
import logging
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit import logger as streamlit_logger
from streamlit import runtime
from streamlit.auth_util import (
    get_cookie_with_chunks,
    get_origin_from_redirect_uri,
    get_validated_redirect_uri,
)
from streamlit.elements.lib.column_types import ColumnConfig
from streamlit.errors import StreamlitAuthError
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.web.server.server_util import get_cookie_secret
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

__all__ = [
    "ColumnConfig", "count_waiting_uploads", "find_secrets_files", "is_history_navigation",
    "keep_on_import_path", "read_auth_section", "read_login_claims", "read_redirect_uri",
    "use_common_logging",
]  # fmt: skip


def count_waiting_uploads() -> dict[str, int]:
    """The bytes of uploaded files that no page has taken yet, by the page's id in their address."""
    if not runtime.exists():
        return {}
    waiting = runtime.get_instance().uploaded_file_mgr
    assert isinstance(waiting, MemoryUploadedFileManager)  # noqa: S101 - the one of every server
    return {
        page: sum(len(file.data) for file in list(files.values()))
        for page, files in list(waiting.file_storage.items())
    }


def is_history_navigation() -> bool:
    """Whether this run was caused by the browser's back or forward button."""
    run = get_script_run_ctx()
    return run is not None and run.is_history_navigation


def keep_on_import_path(folder: Path) -> None:
    """Put the page's folder on ``sys.path`` for good.

    Streamlit inserts it before each run and removes it afterwards unless it is there. An import in
    another thread that is walking the path at that moment skips an entry and fails.
    """
    if str(folder) not in sys.path:
        sys.path.append(str(folder))


def use_common_logging() -> None:
    """Let Streamlit's loggers, and uvicorn's that it set up, write as all others do.

    Streamlit gives each of its loggers a handler with a format of its own.
    """

    def pass_on(logger: logging.Logger) -> None:
        logger.handlers.clear()
        logger.propagate = True

    for log in streamlit_logger._loggers.values():  # noqa: SLF001
        pass_on(log)
    streamlit_logger.setup_formatter = pass_on


def find_secrets_files() -> list[Path]:
    """The ``secrets.toml`` files that exist.

    Read on demand: before ``st.App`` knows its script, Streamlit's options are not in force.
    """
    paths = [Path(str(name)) for name in st.get_option("secrets.files")]
    return [path for path in paths if path.exists()]


def read_auth_section() -> Mapping[str, Any] | None:
    """``[auth]`` in ``secrets.toml``: empty if there is none, ``None`` if no file can be read."""
    if not st.secrets.load_if_toml_exists():
        return None
    section: Mapping[str, Any] = st.secrets.get("auth", {})
    return section


def read_redirect_uri() -> str:
    """The ``redirect_uri`` of ``[auth]``, empty unless it ends with ``/oauth2callback``.

    Raises:
        ValueError: it is not a URL.
    """
    try:
        return get_validated_redirect_uri() or ""
    except StreamlitAuthError as error:
        raise ValueError(str(error)) from None


def read_login_claims(cookies: Mapping[str, str]) -> Mapping[str, Any] | None:
    """The claims in Streamlit's login cookie, ``None`` unless this server signed it for itself."""
    value = get_cookie_with_chunks(partial(_verify, cookies), USER_COOKIE_NAME)
    if value is None:
        return None
    try:
        claims = json.loads(value)
    except ValueError:
        return None
    if not isinstance(claims, dict) or claims.get("origin") != get_origin_from_redirect_uri():
        return None
    return claims


def _verify(cookies: Mapping[str, str], name: str) -> bytes | None:
    value = cookies.get(name)
    return decode_signed_value(get_cookie_secret(), name, value) if value else None
