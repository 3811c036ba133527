"""The store's tables, and the way from an older version of them to this one.

``answers``  what a provider said: a hit, or a known miss (precision ``unresolved``)
``pins``     positions set by people
``claims``   queries being asked right now, so that nobody else asks them too
``paces``    when a provider may next be asked, over all processes
``meta``     ``schema`` (version of these tables), ``revision`` (grows with pins and answers), and
             for each offline provider the number of the version it last had

Rows of places are under :func:`geocache.keys.key_number` of their key: a lookup by number takes
two thirds of the time of one by text (measured: 475,000 against 330,000 rows a second in batches of
500). The key itself is kept beside it and compared. An answer's number also holds its provider and
version: what another version said is not found.

``about`` is the rest of a position as JSON: precision, score, flags, reason, alternatives. Many
places share it, so reading it as one costs half of five columns. A known miss has no latitude.
"""

from collections.abc import Callable

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Float,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    insert,
    select,
    update,
)

from geocache.errors import StoreError

SCHEMA_VERSION = 1

metadata = MetaData()

answers = Table(
    "answers",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("key", Text, nullable=False),
    Column("provider", String(64), nullable=False),
    Column("version", Text, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("latitude", Float),
    Column("longitude", Float),
    Column("place_name", Text, nullable=False),
    Column("about", Text, nullable=False),
    Column("query", Text, nullable=False),
    Column("reply", Text, nullable=False),
    Column("asked_at", BigInteger, nullable=False),
)

pins = Table(
    "pins",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("key", Text, nullable=False),
    Column("facility", Text, nullable=False),
    Column("city", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("postcode", Text, nullable=False),
    Column("country", Text, nullable=False),
    Column("latitude", Float, nullable=False),
    Column("longitude", Float, nullable=False),
    Column("note", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("pinned_at", BigInteger, nullable=False),
)

claims = Table(
    "claims",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("owner", Text, nullable=False),
    Column("until", Float, nullable=False),
)

paces = Table(
    "paces",
    metadata,
    Column("provider", String(64), primary_key=True),
    Column("next_at", Float, nullable=False),
)

meta = Table(
    "meta",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", BigInteger, nullable=False),
)

MIGRATIONS: dict[int, Callable[[Connection], None]] = {}
"""For each schema version the step that leads from it to the next."""


def prepare(connection: Connection) -> None:
    """Create what is missing and bring an older store up to :data:`SCHEMA_VERSION`.

    Nobody else may do so until the transaction ends (:meth:`Database.lock_schema`).

    Raises:
        StoreError: the store was written by a newer version.
    """
    meta.create(connection, checkfirst=True)
    found = connection.scalar(select(meta.c.value).where(meta.c.name == "schema"))
    if found is None:
        metadata.create_all(connection)
        rows = [{"name": "schema", "value": SCHEMA_VERSION}, {"name": "revision", "value": 0}]
        connection.execute(insert(meta), rows)
        return
    _refuse_newer(found)
    # Says at once if the file cannot be written, not at the first answer.
    connection.execute(update(meta).where(meta.c.name == "schema").values(value=found))
    for version in range(found, SCHEMA_VERSION):
        MIGRATIONS[version](connection)
    if found < SCHEMA_VERSION:
        connection.execute(update(meta).where(meta.c.name == "schema").values(value=SCHEMA_VERSION))


def check(connection: Connection) -> None:
    """Raise unless the tables are there and of this version, without writing anything.

    Raises:
        StoreError: the store is of another version.
        sqlalchemy.exc.DatabaseError: it has no such tables.
    """
    found = connection.scalar(select(meta.c.value).where(meta.c.name == "schema")) or 0
    _refuse_newer(found)
    if found < SCHEMA_VERSION:
        raise StoreError(
            f"the store has schema {found} and cannot be written to be brought up to date"
        )


def _refuse_newer(found: int) -> None:
    if found > SCHEMA_VERSION:
        raise StoreError(
            f"the store has schema {found}, this geocache knows up to {SCHEMA_VERSION}: "
            "update geocache, or name another store in GEOCACHE_URL"
        )
