"""Opens a store whose file may be damaged, read-only or unreachable."""

from typing import NamedTuple

from geocache.errors import StoreError
from geocache.store import schema, sqlite_file
from geocache.store.backends import load_backend
from geocache.store.damage import finish_replacement, replace_if_damaged
from geocache.store.database import Trouble, public_url
from geocache.store.retry import DATABASE_ERRORS, summarize_error
from geocache.store.sqlite_file import is_passing
from geocache.store.store import Store


class Opened(NamedTuple):
    """The result of opening a store: ``None`` if that failed, and warnings for people.

    ``away`` says why a server could not be reached for now, ``passing`` why a file could not be
    written, if that may pass.
    """

    store: Store | None
    writable: bool
    warnings: tuple[str, ...] = ()
    away: str = ""
    passing: str = ""


def open_store(url: str, *, damaged: bool = False) -> Opened:
    """Open a store; creates its folder, file and tables if needed, and replaces a damaged file.

    Args:
        url: SQLAlchemy URL of the store.
        damaged: an error said that it is damaged: check all of it, however large it is.

    Raises:
        ConfigurationError: the URL cannot work.
        StoreError: the store was written by a newer version, or fails in another way.
    """
    file = sqlite_file.database_file(url)
    try:
        if file is None:
            return Opened(Store(url), writable=True)
        file.parent.mkdir(parents=True, exist_ok=True)
        finish_replacement(file)
        warnings: tuple[str, ...] = ()
        if file.exists():
            replace_if_damaged(file, whole=damaged)
            warnings = _describe_missing(sqlite_file.list_tables(file))
        return Opened(Store(url), writable=True, warnings=warnings)
    except DATABASE_ERRORS as error:
        trouble = load_backend(url).classify(error)
        if trouble is Trouble.AWAY:
            return Opened(None, writable=True, away=summarize_error(error))
        if trouble is Trouble.UNWRITABLE:
            return _open_to_read(url, error)
        why = f"the store at {public_url(url)} cannot be opened: {summarize_error(error)}"
        raise StoreError(why) from error


def _describe_missing(present: frozenset[str]) -> tuple[str, ...]:
    """What to say of tables that a store had once; they are made again when it is opened."""
    missing = sorted(set(schema.metadata.tables) - present)
    if not present or not missing:
        return ()
    lost = "tables" if len(missing) > 1 else "table"
    return (f"the store had lost its {lost} {', '.join(missing)}: made again, empty",)


def _open_to_read(url: str, error: Exception) -> Opened:
    cause = summarize_error(error)
    try:
        store = Store(url, read_only=True)
    except DATABASE_ERRORS:
        if is_passing(error):
            return Opened(None, writable=True, passing=cause)
        why = f"the store cannot be opened ({cause}): answers are kept in memory only"
        return Opened(None, writable=False, warnings=(why,))
    if is_passing(error):
        return Opened(store, writable=True, passing=cause)
    why = "the store is read-only: answers are kept in memory only"
    return Opened(store, writable=False, warnings=(why,))
