"""Reach by road: the people whose way to a site takes as long as a routing server says."""

import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from dashboard.cli import main
from dashboard.reach.reach import measure_reach
from dashboard.reach.road_times import measure_road_times
from geocache.providers.asker import Asker
from geocache.providers.attempts import Run
from geocache.providers.routing import RoutingProvider
from geocache.store import FallbackStore
from harness.command_line import run
from harness.routing_server import run_routing

SITES = pd.DataFrame(
    {
        "country_code": "LU",
        "latitude": [49.61167, 49.61167, 49.49583],
        "longitude": [6.13, 6.13, 5.98056],
        "precision": "city",
    }
)
"""Two sites in Luxembourg, one in Esch."""


def test_a_kilometre_a_minute_is_as_far_as_the_straight_line(tmp_path: Path) -> None:
    store = FallbackStore(f"sqlite:///{tmp_path / 'cache.sqlite'}")
    with run_routing("valhalla") as state:
        asker = Asker(store, RoutingProvider(f"valhalla+{state.url}"))
        done: list[tuple[int, int]] = []
        road = measure_road_times(
            SITES, 12.0, lambda places: asker.ask(places, Run()), lambda *one: done.append(one)
        )
    store.close()
    assert (road.unasked, road.describe_faults()) == (0, "")
    assert done[-1] == (road.asked, road.asked) == (len(state.seen), len(state.seen))
    by_road = measure_reach(SITES, within_min=(12.0,), road=road).iloc[0]
    straight = measure_reach(SITES, (12.0,)).iloc[0]
    assert by_road["reached"] == straight["reached"] > 0
    assert by_road["choice_share"] == straight["choice_share"] > 0
    assert np.isnan(by_road["within_km"])


def reach(folder: Path, url: str, *words: str) -> subprocess.CompletedProcess[bytes]:
    """The command over the seed's sites in Austria, with a routing server."""
    settings = {"SITE_MAP_DATA": str(folder)} | ({"SITE_MAP_ROUTING_URL": url} if url else {})
    return run(main, ["reach", "country=AT", *words, "-o", "-"], settings, folder)


@pytest.mark.parametrize(
    ("failure", "sentence"),
    [
        ("", ""),
        ("404", "404 from routing"),
        ("page", "a web page instead of an answer from routing"),
        ("gone", "no connection to routing"),
    ],
)
def test_the_command_says_what_the_server_did_not_answer(
    data_folder: Path, failure: str, sentence: str
) -> None:
    with run_routing("osrm") as state:
        state.always = failure.replace("gone", "")
        if failure != "gone":
            done = reach(data_folder, f"osrm+{state.url}", "--within", "2min", "--route")
    if failure == "gone":
        done = reach(data_folder, f"osrm+{state.url}", "--within", "2min", "--route")
    said = done.stderr.decode()
    assert done.returncode == (1 if failure else 0), said
    assert sentence in said
    assert ("people count as not reached" in said) == bool(failure)
    rows = done.stdout.decode().splitlines()
    assert len(rows) == 2
    assert ",2," in rows[1]


def test_routes_need_a_server_and_minutes(data_folder: Path) -> None:
    without = reach(data_folder, "", "--within", "30min", "--route")
    assert without.returncode == 2
    assert "set SITE_MAP_ROUTING_URL" in without.stderr.decode()
    in_km = reach(data_folder, "osrm+http://127.0.0.1:1", "--within", "30km", "--route")
    assert "--route goes with minutes" in in_km.stderr.decode()
    wrong = reach(data_folder, "http://127.0.0.1:1", "--within", "30min", "--route")
    assert "SITE_MAP_ROUTING_URL: not a routing server such as" in wrong.stderr.decode()
