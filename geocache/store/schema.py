"""The store's tables, and migrations from older versions of them.

``answers``      a provider's answer: a hit, or a known miss (precision ``unresolved``)
``pins``         positions set by people; without coordinates, places left off the map
``claims``       queries being sent right now, so that no other process sends them too
``rate_limits``  when a provider may be asked next, over all processes
``corrections``  which facility a spelling is, as people said
``meta``         ``schema`` (version of these tables), ``revision`` (grows with pins and answers),
                 and the last version of each offline provider, as a number

The primary key of places is :func:`geocache.keys.key_number` of their key: a lookup by number takes
two thirds of the time of one by text (measured: 475,000 against 330,000 rows a second in batches of
500). The key's text is stored and compared as well. An answer's number also depends on its provider
and version, so answers of another version are not found.

``about`` is the rest of a position as JSON: precision, score, flags, reason, alternatives,
uncertainty_km. Many places share it, and one column is read in half the time of six. A known
miss has no latitude.
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
    inspect,
    select,
    update,
)

from geocache.errors import NewerStoreError

SCHEMA_VERSION = 4
OLDEST_READABLE = 1
"""The oldest version that can be read without a migration, where the store is read-only."""

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
    Column("precision", Text, nullable=False, server_default=""),
)

corrections = Table(
    "corrections",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("key", Text, nullable=False),
    Column("facility", Text, nullable=False),
    Column("city", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("country", Text, nullable=False),
    Column("facility_id", Text, nullable=False),
    Column("facility_name", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("corrected_at", BigInteger, nullable=False),
)

claims = Table(
    "claims",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("owner", Text, nullable=False),
    Column("until", Float, nullable=False),
)

rate_limits = Table(
    "paces",  # its name in the databases of all versions
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


def _allow_pins_without_coordinates(connection: Connection) -> None:
    # Version 1 existed on SQLite only, which cannot drop a constraint of an existing table.
    for statement in (
        _PINS_2,
        "INSERT INTO pins_2 SELECT * FROM pins",
        "DROP TABLE pins",
        "ALTER TABLE pins_2 RENAME TO pins",
    ):
        connection.exec_driver_sql(statement)


def _add_corrections(connection: Connection) -> None:
    corrections.create(connection, checkfirst=True)


def _add_pin_precision(connection: Connection) -> None:
    columns = {column["name"] for column in inspect(connection).get_columns("pins")}
    if "precision" not in columns:  # the table may have been lost, and made again
        statement = "ALTER TABLE pins ADD COLUMN precision TEXT NOT NULL DEFAULT ''"
        connection.exec_driver_sql(statement)


MIGRATIONS: dict[int, Callable[[Connection], None]] = {
    1: _allow_pins_without_coordinates,
    2: _add_corrections,
    3: _add_pin_precision,
}
"""For each schema version the migration to the next."""


def prepare(connection: Connection) -> None:
    """Create missing tables and migrate an older store to :data:`SCHEMA_VERSION`.

    The caller holds :meth:`Database.lock_schema`.

    Raises:
        NewerStoreError: the store was written by a newer version.
    """
    meta.create(connection, checkfirst=True)
    found = connection.scalar(select(meta.c.value).where(meta.c.name == "schema"))
    if found is None:
        metadata.create_all(connection)
        rows = [{"name": "schema", "value": SCHEMA_VERSION}, {"name": "revision", "value": 0}]
        connection.execute(insert(meta), rows)
        return
    _refuse_newer(found)
    metadata.create_all(connection)
    touch(connection)  # fails now if the file cannot be written, not at the first answer
    for version in range(found, SCHEMA_VERSION):
        MIGRATIONS[version](connection)
    if found < SCHEMA_VERSION:
        connection.execute(update(meta).where(meta.c.name == "schema").values(value=SCHEMA_VERSION))


def touch(connection: Connection) -> None:
    """Write a value as it is; raises if the database cannot be written."""
    connection.execute(update(meta).where(meta.c.name == "schema").values(value=meta.c.value))


def bump_revision(connection: Connection) -> None:
    """Increase the revision, after a change that users can see."""
    grown = update(meta).where(meta.c.name == "revision").values(value=meta.c.value + 1)
    connection.execute(grown)


def check(connection: Connection) -> None:
    """Check that the tables can be read; writes nothing.

    Raises:
        NewerStoreError: the store is of a newer version, or too old to be read without a migration.
        sqlalchemy.exc.DatabaseError: the tables are missing.
    """
    found = connection.scalar(select(meta.c.value).where(meta.c.name == "schema")) or 0
    _refuse_newer(found)
    if found < OLDEST_READABLE:
        raise NewerStoreError(
            f"the store has schema {found}, which is too old, and cannot be written to migrate it"
        )


def _refuse_newer(found: int) -> None:
    if found > SCHEMA_VERSION:
        raise NewerStoreError(
            f"the store has schema {found}, this geocache knows up to {SCHEMA_VERSION}: "
            "update geocache, or name another store in GEOCACHE_URL"
        )
