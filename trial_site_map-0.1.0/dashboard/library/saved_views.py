"""Views that are too long for a link, stored under a short key that nobody can guess."""

import hashlib
import secrets
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Column, Connection, MetaData, String, Table, Text, delete, func, select

from dashboard.errors import SavedViewError
from dashboard.library.sql import SqlTables
from dashboard.settings import Settings
from geocache.store.backends import load_backend

KEY_LENGTH = 22
MAX_PER_OWNER = 200
"""Views that one session may store; each is deleted a year after it was last opened."""

KEPT_FOR = timedelta(days=365)

_KEY_BYTES = 16

views = Table(
    "saved_views",
    MetaData(),
    Column("key", String(KEY_LENGTH), primary_key=True),
    Column("owner", String(64), nullable=False, index=True),
    Column("digest", String(64), nullable=False),
    Column("query", Text, nullable=False),
    Column("used_on", String(10), nullable=False, index=True),
)


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
        self._tables = SqlTables(url, views.metadata.create_all, SavedViewError)

    def save(self, query: str, owner: str, today: date | None = None) -> str:
        """The key of a query string; a session that stores the same again gets the same key.

        Raises:
            SavedViewError: the session has stored :data:`MAX_PER_OWNER`, or nothing can be stored.
        """
        day = today or datetime.now(UTC).date()
        digest = hashlib.sha256(query.encode()).hexdigest()
        key = secrets.token_urlsafe(_KEY_BYTES)
        hashed = hashlib.sha256(owner.encode()).hexdigest()
        row = {"key": key, "owner": hashed, "digest": digest, "query": query, "used_on": f"{day}"}

        def do(connection: Connection) -> str:
            connection.execute(delete(views).where(views.c.used_on < f"{day - KEPT_FOR}"))
            own = views.c.owner == hashed
            known = connection.scalar(select(views.c.key).where(own, views.c.digest == digest))
            if known:
                return str(known)
            count = connection.scalar(select(func.count()).select_from(views).where(own)) or 0
            if count >= MAX_PER_OWNER:
                raise SavedViewError(
                    f"you have stored {MAX_PER_OWNER} long links, which is as many as one may"
                )
            connection.execute(views.insert(), row)
            return key

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
