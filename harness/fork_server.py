"""The process that those of :mod:`harness.processes` are forked from."""

import gc
import json
import os
import runpy
import signal
import socket
import sys
import types
from importlib import import_module

MODULES = (
    "dashboard.cli",
    "dashboard.page.main",
    "dashboard.server",
    "distributed.cli.dask_scheduler",
    "distributed.cli.dask_worker",
    "geocache.providers.asker",
    "geocache.cli",
    "psycopg",
    "sqlalchemy.dialects.postgresql",
    "sqlalchemy.dialects.sqlite",
    "uvicorn",
)
_MOST_BYTES = 1 << 20


def main() -> None:
    """Fork a process for each message, until nobody is left who sends any."""
    line = socket.socket(fileno=int(sys.argv[1]))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for name in MODULES:
        import_module(name)
    gc.collect()
    gc.freeze()
    while True:
        message, files, _, _ = socket.recv_fds(line, _MOST_BYTES, 3)
        if not message:
            return
        reading, writing = os.pipe()
        between = os.fork()
        if between == 0:
            number = os.fork()
            if number:  # ends, so that the new one falls to who asked for it
                os.write(writing, str(number).encode())
                os._exit(0)
            for each in (line.detach(), reading, writing):
                os.close(each)
            become(json.loads(message), files)
            return
        os.waitpid(between, 0)
        line.send(os.read(reading, 32))
        for each in (*files, reading, writing):
            os.close(each)


def become(asked: dict[str, object], files: list[int]) -> None:
    """Go on as the process that was asked for."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if asked["session"]:
        os.setsid()
    for number, each in enumerate(files):
        os.dup2(each, number)
    for each in files:
        os.close(each)
    os.chdir(str(asked["cwd"]))
    os.environ.clear()
    os.environ.update(asked["env"])  # type: ignore[call-overload]
    sys.path[0] = str(asked["cwd"])
    how, what, *arguments = asked["arguments"]  # type: ignore[misc]
    gc.unfreeze()
    if how == "-m":
        sys.argv = [what, *arguments]
        runpy.run_module(what, run_name="__main__", alter_sys=True)
    else:
        sys.argv = ["-c", *arguments]
        module = sys.modules["__main__"] = types.ModuleType("__main__")
        exec(what, module.__dict__)  # noqa: S102 - a test's own


if __name__ == "__main__":
    main()
