"""The reader process exits with its server, whenever that ends."""

import os
import struct
from multiprocessing import get_context
from pathlib import Path

import pytest

from dashboard.library.reader_process import _serve
from dashboard.settings import Settings


def test_server_killed_while_sending_a_file_leaves_no_traceback(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, Settings(site_map_data=tmp_path)))
    process.start()
    theirs.close()
    os.write(ours.fileno(), struct.pack("!i", 1_000) + b"the first bytes")
    ours.close()
    process.join(60)
    assert process.exitcode == 0
    assert capfd.readouterr().err == ""
