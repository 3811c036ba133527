"""Runs the command lines in this process, because starting Python takes a second.

Other tests start real processes, for exit codes, signals and concurrency.
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
    """Run a command line in ``folder`` with these settings only; its output and exit code."""
    unset = dict.fromkeys(
        name for name in os.environ if name.startswith(("SITE_MAP_", "GEOCACHE_"))
    )
    code: object = 0
    with (
        contextlib.chdir(folder),
        CliRunner().isolation(env={**unset, **environment}) as (out, errors, _),
    ):
        try:
            main(arguments)
        except SystemExit as end:
            code = end.code
        sys.stdout.flush()
        sys.stderr.flush()
        output = out.getvalue(), errors.getvalue()
    assert isinstance(code, int)
    return subprocess.CompletedProcess(list(arguments), code, *output)


def as_text(done: subprocess.CompletedProcess[bytes]) -> subprocess.CompletedProcess[str]:
    """The same with decoded output."""
    return subprocess.CompletedProcess(
        done.args, done.returncode, done.stdout.decode(), done.stderr.decode()
    )
