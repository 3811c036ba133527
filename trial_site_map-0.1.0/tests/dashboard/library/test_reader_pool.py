"""Files are parsed in children with limits; the children end with their server."""

import gzip
import os
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from multiprocessing import active_children, get_context
from pathlib import Path
from types import ModuleType

import pytest
from pandas.testing import assert_frame_equal

from dashboard.errors import ReadError
from dashboard.library.lists import InlineReader
from dashboard.library.reader_pool import ReaderLimits, ReaderPool, _serve
from dashboard.settings import Settings
from harness.serving import ROOT

LIST = b"facility,city,country\nLKH Graz,Graz,Austria\nKH Linz,Linz,Austria\n"
MANY = b"facility,city,country\n" + b"".join(
    b"Sykehus %d,By %d,Norway\n" % (number, number) for number in range(400_000)
)


@pytest.fixture
def pool(data_folder: Path) -> Iterator[ReaderPool]:
    """A pool with the usual limits."""
    with closing(ReaderPool(Settings(site_map_data=data_folder))) as made:
        yield made


def test_a_child_reads_what_this_process_would(pool: ReaderPool, data_folder: Path) -> None:
    here, apart = InlineReader().read(LIST, "one.csv"), pool.read(LIST, "one.csv")
    assert here.reading is not None
    assert apart.reading is not None
    assert_frame_equal(here.reading.sites, apart.reading.sites)
    assert not (data_folder / "geocache.sqlite").exists()
    assert pool.read(LIST, "one.csv", locate=True).reading is not None
    assert (data_folder / "geocache.sqlite").exists(), "the child located the sites"
    assert "no column 'Ort'" in pool.read(LIST, "one.csv", {"city": "Ort"}).error
    assert "JSON" in pool.read(b"{ no", "bad.json").error
    assert not active_children()


def test_a_child_does_not_run_the_script_of_the_page(
    pool: ReaderPool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "page.py"
    script.write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\nraise RuntimeError('no page here')\n")
    page = ModuleType("__main__")
    page.__file__ = str(script)
    monkeypatch.setitem(sys.modules, "__main__", page)  # as Streamlit does while it draws a page
    assert pool.read(LIST, "one.csv").error == ""
    assert not (tmp_path / "ran").exists()


def test_why_there_is_no_preview_comes_from_the_child(pool: ReaderPool) -> None:
    bomb = gzip.compress(bytes(50_000_000))
    with pytest.raises(ReadError, match="unpacks to far more") as caught:
        pool.preview(bomb, "bomb.csv.gz")
    assert caught.value.name == "bomb.csv.gz"
    assert "unpacks" in caught.value.reason


def test_a_preview_is_made_in_a_child_too(pool: ReaderPool) -> None:
    found, here = pool.preview(LIST, "one.csv"), InlineReader().preview(LIST, "one.csv")
    assert found == here
    assert found is not None
    assert found.header == ("facility", "city", "country")


def test_a_file_that_takes_too_long_is_given_up(data_folder: Path) -> None:
    settings = Settings(site_map_data=data_folder, site_map_reader_seconds=0.3)
    with closing(ReaderPool(settings)) as pool:
        assert "longer than 0.3 seconds" in pool.read(MANY, "slow.csv").error
        assert not active_children()


@pytest.mark.skipif(sys.platform == "win32", reason="no limits of the system there")
def test_a_file_that_needs_too_much_memory_ends_its_child_only(data_folder: Path) -> None:
    settings = Settings(site_map_data=data_folder, site_map_reader_memory_mb=64)
    with closing(ReaderPool(settings)) as pool:
        assert "memory" in pool.read(MANY * 3, "large.csv").error.casefold()
        assert pool.read(LIST, "one.csv").reading is not None


def test_server_killed_while_sending_a_file_leaves_no_traceback(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    arguments = (theirs, ReaderLimits(60, 2**31), Settings(site_map_data=tmp_path))
    process = context.Process(target=_serve, args=arguments)
    process.start()
    theirs.close()
    os.write(ours.fileno(), struct.pack("!i", 1_000) + b"the first bytes")
    ours.close()
    process.join(60)
    assert process.exitcode == 0
    assert capfd.readouterr().err == ""


SERVER = """
import os, sys, threading
from multiprocessing import active_children
from dashboard.library.reader_pool import ReaderPool
from dashboard.settings import Settings
if __name__ == "__main__":
    pool = ReaderPool(Settings())
    rows = b"".join(b"Sykehus %d,By %d,Norway\\n" % (n, n) for n in range(3_000_000))
    data = b"facility,city,country\\n" + rows
    def told(step):
        if active_children():
            print("child", active_children()[0].pid, flush=True)
    pool.read(data, "large.csv", report=told)
"""


def test_a_killed_server_leaves_no_reader_behind(data_folder: Path, tmp_path: Path) -> None:
    script = tmp_path / "server.py"
    script.write_text(SERVER)
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "SITE_MAP_DATA": str(data_folder)}
    process = subprocess.Popen(
        [sys.executable, str(script)], env=environment, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    child = int(process.stdout.readline().split()[1])
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
    deadline = time.monotonic() + 30
    while _is_alive(child) and time.monotonic() < deadline:
        os.sched_yield()
    assert not _is_alive(child)


def _is_alive(pid: int) -> bool:
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="ascii")
    except OSError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"
