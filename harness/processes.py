"""Python processes for tests, forked from one that has imported what is installed.

Starting Python over a server's modules costs two to three seconds of a core, most of them spent on
pandas, SQLAlchemy, folium and Streamlit. Each process here is one of its own, with its arguments,
environment, folder and files as if it had been started by name, and a child of who asked for it;
only its modules are there already. What starting by name adds is held by tests that do.
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
_CHILDREN_OF_CHILDREN = 36  # PR_SET_CHILD_SUBREAPER: they become ours when their parent ends


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
    """As :class:`subprocess.Popen`, without input; ``-m`` and ``-c`` of this Python are forked."""
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
    """End a process that a test started: politely, then for certain."""
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


class _Forked(subprocess.Popen):  # type: ignore[type-arg]
    """A process that is there by another way than fork and exec."""

    def _execute_child(self, args: list[str], *more: Any) -> None:
        """As the class above, whose other arguments are many and stand in its order."""
        cwd, env = more[4:6]
        pipes = more[9:15]
        asked = {"arguments": args[1:], "cwd": str(cwd), "env": env, "session": more[20]}
        try:
            line = _forking()
            socket.send_fds(line, [json.dumps(asked).encode()], [pipes[0], pipes[3], pipes[5]])
            self.pid = int(line.recv(32))
        finally:
            self._close_pipe_fds(*pipes)  # type: ignore[attr-defined]
        self._child_created = True


def _can_fork() -> bool:
    """Only in tests, not where a process is measured from its start or where children go astray."""
    covered = any(name.startswith("COVERAGE_PROCESS") for name in os.environ)
    return "PYTEST_VERSION" in os.environ and sys.platform == "linux" and not covered


@cache
def _forking() -> socket.socket:
    """The end of a line to the process that forks; it ends when the line does."""
    ctypes.CDLL(None).prctl(_CHILDREN_OF_CHILDREN, 1, 0, 0, 0)
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
