"""The key that signs session cookies: the same after a restart, and on every replica."""

import logging
import secrets
from contextlib import suppress
from pathlib import Path

from sqlalchemy import Column, Connection, MetaData, String, Table, select
from sqlalchemy.dialects.postgresql import insert

from dashboard.errors import SessionKeyError
from dashboard.library.sql import SqlTables
from dashboard.settings import Settings
from geocache.files.atomic import replace_file
from geocache.store.backends import load_backend

log = logging.getLogger(__name__)

_BYTES = 48
_NAME = "session-key"
_SECRETS = Table(
    "dashboard_secrets",
    MetaData(),
    Column("name", String(40), primary_key=True),
    Column("value", String(200), nullable=False),
)


def load_session_key(settings: Settings) -> str:
    """The key: from the database server if there is one, else from a file only this user may read.

    The file keeps a copy of the server's key, for a start while the server is away. If neither can
    be read or written, the key lasts as long as the process: sessions then end with it.
    """
    file = settings.site_map_data / "session.key"
    if load_backend(settings.store_url).server:
        try:
            key = _load_from_database(settings.store_url)
        except SessionKeyError as error:
            log.warning("The key of session cookies is not on the database server: %s", error)
        else:
            _write(file, key, replace=True)
            return key
    return (
        _read(file) or _write(file, secrets.token_urlsafe(_BYTES)) or secrets.token_urlsafe(_BYTES)
    )


def _load_from_database(url: str) -> str:
    tables = SqlTables(url, _SECRETS.metadata.create_all, SessionKeyError)

    def load(connection: Connection) -> str:
        wanted = select(_SECRETS.c.value).where(_SECRETS.c.name == _NAME)
        known = connection.execute(wanted).scalar()
        if known is None:
            made = {"name": _NAME, "value": secrets.token_urlsafe(_BYTES)}
            connection.execute(insert(_SECRETS).values(made).on_conflict_do_nothing())
            known = connection.execute(wanted).scalar_one()
        return str(known)

    try:
        return tables.run(load)
    finally:
        tables.close()


def _read(file: Path) -> str:
    with suppress(OSError):
        return file.read_text(encoding="ascii").strip()
    return ""


def _write(file: Path, key: str, *, replace: bool = False) -> str:
    """Write the file unless it is there; the key it holds then, empty if it cannot be written."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with replace_file(file, private=True, only_new=not replace) as opened:
            opened.write(key.encode("ascii"))
    except OSError as error:
        log.warning("The key of session cookies is not kept: %s", error.strerror or error)
        return ""
    return _read(file)
