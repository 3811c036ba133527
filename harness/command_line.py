"""The two command lines, run in this process: a real process takes a second only to start.

What a process adds (exit, signals, two at once) is held by tests that start one.
"""

import contextlib
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from click.testing import CliRunner


def run(
    main: Callable[[Sequence[str]], None],
    arguments: Sequence[str],
    environment: Mapping[str, str],
    folder: Path,
) -> subprocess.CompletedProcess[bytes]:
    """What a command line wrote, and its exit code, with just these settings and in that folder."""
    kept = dict.fromkeys(name for name in os.environ if name.startswith(("SITE_MAP_", "GEOCACHE_")))
    code: object = 0
    with (
        contextlib.chdir(folder),
        CliRunner().isolation(env={**kept, **environment}) as (out, errors, _),
    ):
        try:
            main(arguments)
        except SystemExit as end:
            code = end.code
        sys.stdout.flush()
        sys.stderr.flush()
        said = out.getvalue(), errors.getvalue()
    assert isinstance(code, int)
    return subprocess.CompletedProcess(list(arguments), code, *said)


def as_text(done: subprocess.CompletedProcess[bytes]) -> subprocess.CompletedProcess[str]:
    """The same with text for bytes."""
    return subprocess.CompletedProcess(
        done.args, done.returncode, done.stdout.decode(), done.stderr.decode()
    )
