"""Views stored under a short key that nobody can guess: too long for a link, or saved by name."""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

from sqlalchemy import Column, Connection, MetaData, String, Table, Text, delete, func, select

from dashboard.errors import SavedViewError
from dashboard.library.sql import SqlTables
from dashboard.settings import Settings
from geocache.store.backends import load_backend

T = TypeVar("T")

KEY_LENGTH = 22
MAX_PER_OWNER = 200
"""Views that one session may store; each is deleted a year after it was last opened."""

MAX_NAMED = 50
"""Views that one session may save by name."""

MAX_NAME = 60
"""Characters of such a name."""

KEPT_FOR = timedelta(days=365)

_KEY_BYTES = 16

_metadata = MetaData()

views = Table(
    "saved_views",
    _metadata,
    Column("key", String(KEY_LENGTH), primary_key=True),
    Column("owner", String(64), nullable=False, index=True),
    Column("digest", String(64), nullable=False),
    Column("query", Text, nullable=False),
    Column("used_on", String(10), nullable=False, index=True),
)
view_names = Table(
    "saved_view_names",
    _metadata,
    Column("owner", String(64), primary_key=True),
    Column("name", String(MAX_NAME), primary_key=True),
    Column("key", String(KEY_LENGTH), nullable=False),
)


@dataclass(frozen=True, slots=True)
class NamedView:
    """A view that a session saved by name."""

    name: str
    key: str
    query: str


class SavedViews:
    """Query strings by key: on the geocache's database server, or in a file of the data folder.

    Servers that share either share the views. Connects at the first call.

    Args:
        settings: say where.
    """

    def __init__(self, settings: Settings) -> None:
        self._folder = settings.site_map_data
        server = load_backend(settings.store_url).server
        url = settings.store_url if server else f"sqlite:///{self._folder / 'views.sqlite'}"
        self._tables = SqlTables(url, _metadata.create_all, SavedViewError)

    def save(self, query: str, owner: str, today: date | None = None) -> str:
        """The key of a query string; a session that stores the same again gets the same key.

        Raises:
            SavedViewError: the session has stored :data:`MAX_PER_OWNER`, or nothing can be stored.
        """
        day = today or datetime.now(UTC).date()
        hashed = _hash(owner)

        def do(connection: Connection) -> str:
            return _save(connection, query, hashed, day)

        return self._write(do)

    def save_named(self, query: str, owner: str, name: str, today: date | None = None) -> NamedView:
        """Save a query string by a name that only this session sees, in place of one of that name.

        Raises:
            SavedViewError: there is no name, it is too long, there are too many, or nothing can be
                stored.
        """
        plain = " ".join(name.split())
        if not plain:
            raise SavedViewError("a saved filter needs a name")
        if len(plain) > MAX_NAME:
            raise SavedViewError(
                f"a saved filter's name has at most {MAX_NAME} characters, not {len(plain)}"
            )
        day = today or datetime.now(UTC).date()
        hashed = _hash(owner)

        def do(connection: Connection) -> NamedView:
            key = _save(connection, query, hashed, day)
            own = view_names.c.owner == hashed
            connection.execute(delete(view_names).where(own, view_names.c.name == plain))
            count = select(func.count()).select_from(view_names).where(own)
            if (connection.scalar(count) or 0) >= MAX_NAMED:
                raise SavedViewError(f"{MAX_NAMED} filters are saved already: delete one first")
            row = {"owner": hashed, "name": plain, "key": key}
            connection.execute(view_names.insert(), row)
            return NamedView(plain, key, query)

        return self._write(do)

    def list_named(self, owner: str) -> tuple[NamedView, ...]:
        """The views that a session saved by name, by name.

        Raises:
            SavedViewError: the storage cannot be reached.
        """
        if not self._folder.exists():
            return ()
        columns = view_names.c
        wanted = (
            select(columns.name, columns.key, views.c.query)
            .join(views, views.c.key == columns.key)
            .where(columns.owner == _hash(owner))
        )
        rows = self._tables.run(lambda connection: connection.execute(wanted).all())
        named = (NamedView(row.name, row.key, row.query) for row in rows)
        return tuple(sorted(named, key=lambda one: one.name.casefold()))

    def delete_name(self, owner: str, name: str) -> None:
        """Delete a session's name for a view, if it is there; links to the view stay.

        Raises:
            SavedViewError: nothing can be stored.
        """
        own = view_names.c.owner == _hash(owner)
        wanted = delete(view_names).where(own, view_names.c.name == name)
        self._write(lambda connection: connection.execute(wanted))

    def _write(self, do: Callable[[Connection], T]) -> T:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SavedViewError(f"the data folder cannot be written: {error.strerror}") from error
        return self._tables.run(do)

    def load(self, key: str, today: date | None = None) -> str | None:
        """The query string of a key, ``None`` for an unknown or expired one.

        Raises:
            SavedViewError: the storage cannot be reached.
        """
        day = today or datetime.now(UTC).date()
        if len(key) != KEY_LENGTH or not self._folder.exists():
            return None

        def do(connection: Connection) -> str | None:
            wanted = select(views.c.query, views.c.used_on).where(views.c.key == key)
            found = connection.execute(wanted).first()
            if found is None or found.used_on < f"{day - KEPT_FOR}":
                return None
            if found.used_on != f"{day}":
                used = views.update().where(views.c.key == key).values(used_on=f"{day}")
                connection.execute(used)
            return str(found.query)

        return self._tables.run(do)

    def close(self) -> None:
        """Close connections; the next call opens new ones."""
        self._tables.close()


def _hash(owner: str) -> str:
    return hashlib.sha256(owner.encode()).hexdigest()


def _save(connection: Connection, query: str, owner: str, day: date) -> str:
    """The key of a query string of an owner's hash; what nobody opened for a year is deleted."""
    connection.execute(delete(views).where(views.c.used_on < f"{day - KEPT_FOR}"))
    known = select(views.c.key)
    connection.execute(delete(view_names).where(view_names.c.key.not_in(known)))
    digest = _hash(query)
    own = views.c.owner == owner
    key = connection.scalar(known.where(own, views.c.digest == digest))
    if key:
        return str(key)
    count = connection.scalar(select(func.count()).select_from(views).where(own)) or 0
    if count >= MAX_PER_OWNER:
        raise SavedViewError(
            f"you have stored {MAX_PER_OWNER} long links and filters, which is as many as one may"
        )
    key = secrets.token_urlsafe(_KEY_BYTES)
    row = {"key": key, "owner": owner, "digest": digest, "query": query, "used_on": f"{day}"}
    connection.execute(views.insert(), row)
    return key
