"""Imports the heavy modules once and forks the processes of :mod:`harness.processes`."""

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
    """Fork a process for each request until the connection is closed."""
    requests = socket.socket(fileno=int(sys.argv[1]))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for name in MODULES:
        import_module(name)
    gc.collect()
    gc.freeze()
    while True:
        message, files, _, _ = socket.recv_fds(requests, _MOST_BYTES, 3)
        if not message:
            return
        reading, writing = os.pipe()
        intermediate = os.fork()
        if intermediate == 0:
            pid = os.fork()
            if pid:  # exits, so that the new process becomes a child of the requester
                os.write(writing, str(pid).encode())
                os._exit(0)
            for descriptor in (requests.detach(), reading, writing):
                os.close(descriptor)
            run_command(json.loads(message), files)
            return
        os.waitpid(intermediate, 0)
        requests.send(os.read(reading, 32))
        for descriptor in (*files, reading, writing):
            os.close(descriptor)


def run_command(request: dict[str, object], files: list[int]) -> None:
    """Run the requested command in this process."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if request["session"]:
        os.setsid()
    for number, descriptor in enumerate(files):
        os.dup2(descriptor, number)
    for descriptor in files:
        os.close(descriptor)
    os.chdir(str(request["cwd"]))
    os.environ.clear()
    os.environ.update(request["env"])  # type: ignore[call-overload]
    sys.path[0] = str(request["cwd"])
    option, value, *arguments = request["arguments"]  # type: ignore[misc]
    gc.unfreeze()
    if option == "-m":
        sys.argv = [value, *arguments]
        runpy.run_module(value, run_name="__main__", alter_sys=True)
    else:
        sys.argv = ["-c", *arguments]
        module = sys.modules["__main__"] = types.ModuleType("__main__")
        exec(value, module.__dict__)  # noqa: S102 - a test's own code


if __name__ == "__main__":
    main()
