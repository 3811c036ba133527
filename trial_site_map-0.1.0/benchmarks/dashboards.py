"""A dashboard over a generated site list, and Chromium before it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
from playwright.sync_api import Browser

from dashboard.library.session_key import load_session_key
from dashboard.service.geocoding import OfflineGeocoder
from dashboard.settings import Settings
from geocache.gazetteer import Gazetteer
from geocache.lookup import GeoCache
from harness.chromium import SHELL, WINDOWED, run_chromium
from harness.serving import ROOT, Server, serving
from harness.site_tables import generate_site_table, write_parquet

INDEX = ROOT / ".venv" / "test-place-index"


def saved(sites: int, folder: Path, places: int | None = None) -> tuple[Path, pd.DataFrame]:
    """A generated site table of that size, saved as a dashboard of this version would save it."""
    table = generate_site_table(sites, places)
    with GeoCache("sqlite://", providers=[Gazetteer(INDEX)], settings=Settings()) as cache:
        mark = OfflineGeocoder(cache).rules
    path = folder / f"sites-{sites}.parquet"
    key = load_session_key(Settings(site_map_data=folder / "data"))
    write_parquet(table, path, position_rules=mark, as_of="2026-01-01", signing_key=key)
    return path, table


@contextmanager
def dashboard(sites: int, places: int | None = None) -> Iterator[tuple[Server, pd.DataFrame]]:
    """A running dashboard over so many generated sites (0: the seed), and its site table."""
    Gazetteer(INDEX)
    with TemporaryDirectory() as name:
        folder = Path(name)
        if not sites:
            with serving(folder, INDEX) as server:
                yield server, pd.DataFrame()
            return
        path, table = saved(sites, folder, places)
        with serving(folder, INDEX, SITE_MAP_SOURCES=str(path)) as server:
            yield server, table


@contextmanager
def chromium() -> Iterator[Browser]:
    """Chromium without a window, preferably the one that people use."""
    with run_chromium(*WINDOWED, SHELL) as browser:
        yield browser
