"""Starts and stops Python processes for tests, forked from one that has imported the modules.

Importing a server's modules takes two to three seconds of processor time, most of it for pandas,
SQLAlchemy, folium and Streamlit. A forked process has its own arguments, environment, working
folder and files, and is a child of its caller. Other tests start the commands by name.
"""

import atexit
import ctypes
import json
import os
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).parent.parent
_PR_SET_CHILD_SUBREAPER = 36  # orphaned grandchildren become children of this process


def start_process(
    command: Sequence[str],
    *,
    cwd: Path = ROOT,
    env: Mapping[str, str] | None = None,
    output: IO[bytes] | int = subprocess.PIPE,
    errors: IO[bytes] | int = subprocess.PIPE,
    session: bool = False,
    text: bool = False,
) -> "subprocess.Popen[Any]":
    """Like :class:`subprocess.Popen` without input; ``python -m`` and ``python -c`` are forked."""
    python = command[0] == sys.executable and command[1] in {"-m", "-c"}
    make = _Forked if python and _can_fork() else subprocess.Popen
    return make(
        list(command),
        cwd=cwd,
        env=dict(os.environ if env is None else env),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=errors,
        start_new_session=session,
        text=text,
    )


def stop_process(process: subprocess.Popen[bytes]) -> None:
    """Stop a process: terminate it, and kill it after ten seconds."""
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


class _Forked(subprocess.Popen):  # type: ignore[type-arg]
    """A process that the fork server started."""

    def _execute_child(self, args: list[str], *more: Any) -> None:
        """Overrides the base class, whose many other arguments come by position."""
        cwd, env = more[4:6]
        pipes = more[9:15]
        request = {"arguments": args[1:], "cwd": str(cwd), "env": env, "session": more[20]}
        try:
            connection = _connect_to_fork_server()
            socket.send_fds(
                connection, [json.dumps(request).encode()], [pipes[0], pipes[3], pipes[5]]
            )
            self.pid = int(connection.recv(32))
        finally:
            self._close_pipe_fds(*pipes)  # type: ignore[attr-defined]
        self._child_created = True


def _can_fork() -> bool:
    """True in tests on Linux; coverage needs processes of its own to measure."""
    measured = any(name.startswith("COVERAGE_PROCESS") for name in os.environ)
    return "PYTEST_VERSION" in os.environ and sys.platform == "linux" and not measured


@cache
def _connect_to_fork_server() -> socket.socket:
    """A connection to the fork server, which exits when the connection is closed."""
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-m", "harness.fork_server", str(theirs.fileno())],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            pass_fds=[theirs.fileno()],
        )

    def end() -> None:
        ours.close()
        process.wait()

    atexit.register(end)
    return ours
