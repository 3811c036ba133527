"""Chooses the database backend for a URL."""

from geocache.errors import ConfigurationError
from geocache.store.database import Database, parse_url


def load_backend(url: str) -> type[Database]:
    """The backend class for a URL; call it with the URL to open the database.

    Raises:
        ConfigurationError: the URL is invalid, or its database is not supported.
    """
    backend = parse_url(url).get_backend_name()
    if backend == "sqlite":
        from geocache.store.sqlite import SQLite  # noqa: PLC0415

        return SQLite
    if backend == "postgresql":
        from geocache.store.postgres import PostgreSQL  # noqa: PLC0415

        return PostgreSQL
    raise ConfigurationError(
        f"GEOCACHE_URL: {backend} is not supported; name SQLite or PostgreSQL "
        "(postgresql+psycopg://…)"
    )
