"""geocache as a library: public names, import time, no imports of the dashboard."""

import subprocess
import sys

import geocache
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
import sys, time
began = time.process_time()  # other work on the machine is not our cost
from geocache import GeoCache, Place
print(time.process_time() - began)
GeoCache("sqlite://", providers=()).close()
print(*sorted({"streamlit", "folium", "pandas", "dashboard"} & set(sys.modules)))
"""


def test_the_public_names() -> None:
    assert sorted(geocache.__all__) == PUBLIC
    assert all(hasattr(geocache, name) for name in PUBLIC)
    assert not hasattr(geocache, "nonsense")


def test_importing_is_cheap_and_brings_no_dashboard() -> None:
    runs = [
        subprocess.run(
            [sys.executable, "-c", IMPORT], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout.splitlines()
        for _ in range(3)
    ]
    assert min(float(seconds) for seconds, _ in runs) < 0.35
    assert all(not brought for _, brought in runs)


def test_the_package_says_that_it_is_typed() -> None:
    assert (ROOT / "geocache" / "py.typed").exists()
