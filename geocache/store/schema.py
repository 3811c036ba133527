"""The store's tables, and the way from an older version of them to this one.

``answers``  what a provider said: a hit, or a known miss (precision ``unresolved``)
``pins``     positions set by people, or without coordinates, places they left off the map
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

SCHEMA_VERSION = 2
OLDEST_READABLE = 1
"""The oldest version whose tables can be read as they are, where they cannot be written."""

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
    Column("latitude", Float),
    Column("longitude", Float),
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

_PINS_2 = """
CREATE TABLE pins_2 (
    id INTEGER NOT NULL, "key" TEXT NOT NULL,
    facility TEXT NOT NULL, city TEXT NOT NULL, state TEXT NOT NULL, postcode TEXT NOT NULL,
    country TEXT NOT NULL, latitude FLOAT, longitude FLOAT,
    note TEXT NOT NULL, who TEXT NOT NULL, pinned_at BIGINT NOT NULL, PRIMARY KEY (id)
)
"""


def _let_pins_be_without_coordinates(connection: Connection) -> None:
    # SQLite, where alone version 1 was, takes no constraint away from a table that is there.
    for statement in (
        _PINS_2,
        "INSERT INTO pins_2 SELECT * FROM pins",
        "DROP TABLE pins",
        "ALTER TABLE pins_2 RENAME TO pins",
    ):
        connection.exec_driver_sql(statement)


MIGRATIONS: dict[int, Callable[[Connection], None]] = {1: _let_pins_be_without_coordinates}
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


def bump(connection: Connection) -> None:
    """Move the revision on: what is shown is other than it was."""
    grown = update(meta).where(meta.c.name == "revision").values(value=meta.c.value + 1)
    connection.execute(grown)


def check(connection: Connection) -> None:
    """Raise unless the tables are there and can be read, without writing anything.

    Raises:
        StoreError: the store is of a newer version, or too old.
        sqlalchemy.exc.DatabaseError: it has no such tables.
    """
    found = connection.scalar(select(meta.c.value).where(meta.c.name == "schema")) or 0
    _refuse_newer(found)
    if found < OLDEST_READABLE:
        raise StoreError(
            f"the store has schema {found} and cannot be written to be brought up to date"
        )


def _refuse_newer(found: int) -> None:
    if found > SCHEMA_VERSION:
        raise StoreError(
            f"the store has schema {found}, this geocache knows up to {SCHEMA_VERSION}: "
            "update geocache, or name another store in GEOCACHE_URL"
        )
