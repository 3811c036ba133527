"""Copies of lists that links show, on the database server of the geocache's store.

Each is a whole folder as a ZIP archive, which a replica unpacks when a link is first opened there.
"""

import io
import shutil
import tempfile
import threading
import time
import zipfile
from datetime import date
from pathlib import Path

from sqlalchemy import Column, Connection, MetaData, String, Table, delete, insert, select

from dashboard.errors import ListStorageError
from dashboard.library.sql import PartsTable, SqlTables

RECHECK_SECONDS = 2.0
"""For so long a copy that was there is not asked for again; each rerun of a page asks often."""

MAX_BYTES = 2_000_000_000
"""Of all copies together, packed."""

AWAY_SECONDS = 15.0
"""For so long a server that did not answer is not asked again: asking may take as long."""

metadata = MetaData()

copies = Table(
    "colleague_links",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("expires", String(10), nullable=False, index=True),
)
_parts = PartsTable("colleague_link_parts", metadata)


class SharedCopies:
    """Folders by name with the day they expire. Connects at the first call.

    Args:
        url: SQLAlchemy URL of the store.
        recheck_seconds: see :data:`RECHECK_SECONDS`.
        away_seconds: see :data:`AWAY_SECONDS`.
    """

    def __init__(
        self,
        url: str,
        recheck_seconds: float = RECHECK_SECONDS,
        away_seconds: float = AWAY_SECONDS,
    ) -> None:
        self._tables = SqlTables(url, metadata.create_all, _build_error)
        self._recheck_seconds = recheck_seconds
        self._away_seconds = away_seconds
        self._seen: dict[str, float] = {}
        self._away: tuple[float, str] | None = None
        self._lock = threading.Lock()

    def write(self, folder: Path, expires: str) -> None:
        """Store a copy of a folder under its name.

        Raises:
            OSError: the folder cannot be read, the server fails, or has too many copies.
        """
        data = _pack(folder)

        def do(connection: Connection) -> None:
            if _parts.count_bytes(connection) + len(data) > MAX_BYTES:
                raise ListStorageError(
                    f"all links together have more than {MAX_BYTES // 1_000_000} MB of lists"
                )
            connection.execute(insert(copies), {"name": folder.name, "expires": expires})
            _parts.write(connection, folder.name, data)

        self._tables.run(do)

    def is_there(self, name: str) -> bool:
        """Whether a copy is stored and was not deleted, as of a moment ago.

        Raises:
            OSError: the server fails.
        """
        seen = self._seen.get(name)
        if seen is not None and time.monotonic() - seen < self._recheck_seconds:
            return True
        if self._away is not None and time.monotonic() - self._away[0] < self._away_seconds:
            raise ListStorageError(self._away[1])
        wanted = select(copies.c.name).where(copies.c.name == name)
        try:
            found = self._tables.run(lambda connection: connection.scalar(wanted)) is not None
        except OSError as error:
            self._away = time.monotonic(), str(error)
            raise
        self._away = None
        if found:
            self._seen[name] = time.monotonic()
        else:
            self._seen.pop(name, None)
        return found

    def unpack(self, folder: Path) -> None:
        """Write the copy with a folder's name to that folder, whole or not at all.

        Raises:
            OSError: it cannot be written, or the server fails.
            ValueError: the copy is damaged.
        """
        data = self._tables.run(lambda connection: _parts.read(connection, folder.name))
        folder.parent.mkdir(parents=True, exist_ok=True)
        with self._lock, tempfile.TemporaryDirectory(dir=folder.parent, prefix=".link-") as made:
            whole = Path(made) / "whole"
            whole.mkdir(mode=0o700)
            _unpack(bytes(data), whole)
            try:
                whole.rename(folder)
            except OSError:
                if not folder.exists():  # else another process was faster
                    raise

    def delete(self, name: str) -> None:
        """Delete a copy, if it is there.

        Raises:
            OSError: the server fails.
        """
        self._seen.pop(name, None)

        def do(connection: Connection) -> None:
            connection.execute(delete(copies).where(copies.c.name == name))
            _parts.delete(connection, name)

        self._tables.run(do)

    def delete_expired(self, today: date) -> None:
        """Delete the copies that have expired.

        Raises:
            OSError: the server fails.
        """
        expired = select(copies.c.name).where(copies.c.expires <= f"{today}")
        for name in self._tables.run(lambda connection: list(connection.scalars(expired))):
            self.delete(name)

    def close(self) -> None:
        """Close connections; the next call opens new ones."""
        self._tables.close()


def _pack(folder: Path) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.iterdir()):
            if path.is_file() and not path.name.startswith("."):
                archive.writestr(path.name, path.read_bytes())
    return buffer.getvalue()


def _unpack(data: bytes, folder: Path) -> None:
    """Write an archive's files; only plain names, as :func:`_pack` wrote them.

    Raises:
        ValueError: it is damaged.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in archive.namelist():
                if Path(name).name != name or name.startswith("."):
                    raise ValueError("the copy of a list is damaged")
                with archive.open(name) as source, (folder / name).open("wb") as file:
                    shutil.copyfileobj(source, file)
    except zipfile.BadZipFile as error:
        raise ValueError(f"the copy of a list is damaged: {error}") from error


def _build_error(reason: str) -> ListStorageError:
    return ListStorageError(f"links cannot be reached: {reason}")
