"""geocache as a library: public names, import time, no imports of the dashboard."""

import gc
import subprocess
import sys

import geocache
from geocache.collector import pause_collector
from harness.geocaches import ROOT

PUBLIC = [
    "Alternative",
    "ClusterError",
    "ConfigurationError",
    "Flag",
    "GeoCache",
    "GeocacheError",
    "IndexBuildError",
    "InputError",
    "NotAskedError",
    "Place",
    "Position",
    "Precision",
    "StoreError",
    "__version__",
]

IMPORT = """
import sys
from geocache import GeoCache, Place
GeoCache("sqlite://", providers=()).close()
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""
HEAVY = {"dashboard", "folium", "geopy", "numpy", "pandas", "pyarrow", "shapely", "streamlit"}


def test_the_public_names() -> None:
    assert sorted(geocache.__all__) == PUBLIC
    assert all(hasattr(geocache, name) for name in PUBLIC)
    assert not hasattr(geocache, "nonsense")


def test_importing_brings_neither_the_dashboard_nor_heavy_packages() -> None:
    run = subprocess.run(
        [sys.executable, "-c", IMPORT], cwd=ROOT, capture_output=True, text=True, check=True
    )
    brought = set(run.stdout.split())
    assert "geocache" in brought
    assert not brought & HEAVY


def test_the_collector_pauses_while_a_command_imports() -> None:
    with pause_collector(freeze=True):
        assert not gc.isenabled()
    assert gc.get_freeze_count() > 1_000
    gc.unfreeze()
    assert gc.isenabled()


def test_the_package_says_that_it_is_typed() -> None:
    assert (ROOT / "geocache" / "py.typed").exists()
