"""Which kind of database a URL names."""

from geocache.errors import ConfigurationError
from geocache.store.database import Database, parse_url


def load_backend(url: str) -> type[Database]:
    """Which kind of database a URL names; called with the URL, it opens it.

    Raises:
        ConfigurationError: the URL is none, or names a kind that is not supported.
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
