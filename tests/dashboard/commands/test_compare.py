"""``site-map compare`` and ``/api/compare``: the same comparison, as a file and over HTTP."""

import io
import json
from contextlib import closing
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pandas as pd
import pytest

from dashboard.cli import main
from dashboard.library.saved_views import SavedViews
from dashboard.settings import Settings
from harness.command_line import run
from harness.serving import Server

EARLIER = """Facility,City,Country,Status
LKH Graz,Graz,Austria,Recruiting
KH Linz,Linz,Austria,Recruiting
"=HYPERLINK(1)",Wien,Austria,Recruiting
"""
LATER = """Facility,City,Country,Status
LKH Graz,Graz,Austria,Completed
"=HYPERLINK(1)",Wien,Austria,Recruiting
"=cmd|' /C calc'!A0",Salzburg,Austria,Recruiting
"""


@pytest.fixture
def versions(tmp_path: Path) -> tuple[Path, Path]:
    """Two versions of a list without trial ids."""
    files = tmp_path / "june" / "sites.csv", tmp_path / "november" / "sites.csv"
    for file, text in zip(files, (EARLIER, LATER), strict=True):
        file.parent.mkdir()
        file.write_text(text)
    return files


def test_two_versions_of_a_list_give_changes(
    versions: tuple[Path, Path], data_folder: Path, tmp_path: Path
) -> None:
    environment = {"SITE_MAP_DATA": str(data_folder)}
    out = tmp_path / "changes.csv"
    words = ["compare", *map(str, versions), "-o", str(out)]
    done = run(main, [*words, "--json"], environment, tmp_path)
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["changes"] == {"added": 1, "removed": 1, "status changed": 1}
    assert document["table"] == "changes"
    changes = pd.read_csv(out, keep_default_na=False)
    assert changes["change"].tolist() == ["added", "removed", "status changed"]
    assert changes["facility"].tolist()[0].startswith("'=cmd")
    assert changes["previous_status"].tolist() == ["", "Recruiting", "Recruiting"]
    sites = run(main, [*words[:3], "-o", "-", "--format", "json", "--table", "sites"],
                environment, tmp_path)  # fmt: skip
    found = json.loads(sites.stdout)
    assert found["facilities"] == {"in both": 2, "only in A": 1, "only in B": 1}
    assert found["data"][1]["nearest_km"] > 50


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["nothing-of-this-name", "country=DE"], "a=nothing-of-this-name: no open list"),
        (["country=DE", "country=Nowhere"], "country=Nowhere: unknown country"),
        (["country=DE", "country=FR", "--within-km", "0"], "within_km=0: give kilometres"),
        (["country=DE", f"view={'x' * 22}"], "no view is stored under this key"),
    ],
)
def test_bad_usage_is_one_line(
    words: list[str], problem: str, data_folder: Path, tmp_path: Path
) -> None:
    done = run(main, ["compare", *words, "-o", str(tmp_path / "x.csv")],
               {"SITE_MAP_DATA": str(data_folder)}, tmp_path)  # fmt: skip
    assert done.returncode == 2
    assert problem.encode() in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_the_api_compares_trials_lists_and_filters(dashboard_server: Server) -> None:
    def ask(suffix: str, **parameters: object) -> httpx.Response:
        query = urlencode(parameters)
        return httpx.get(f"{dashboard_server.url}/api/compare.{suffix}?{query}", timeout=30)

    answer = ask("json", a="NCT01207388", b="country=DE&country=IT")
    assert answer.status_code == 200
    body = answer.json()
    assert (body["a"]["sites"], body["b"]["sites"]) == (75, body["facilities"]["in both"])
    assert body["table"] == "sites"
    assert [one for one in body["attribution"] if "GeoNames" in one]
    by_name = ask("json", a="NCT01207388.txt", b="country=DE&country=IT").json()
    assert by_name["facilities"] == body["facilities"]
    again = httpx.get(
        str(answer.url), headers={"If-None-Match": answer.headers["ETag"]}, timeout=60
    )
    assert again.status_code == 304
    near = ask("csv", a="country=DE", b="country=AT", within_km=300)
    rows = pd.read_csv(io.BytesIO(near.content))
    assert rows["nearest_km"].max() <= 300
    assert set(rows["side"]) == {"A", "B"}
    for wrong, parameter in (
        ({"a": "country=DE"}, "b"),
        ({"a": "country=DE", "b": "no such"}, "b"),
        ({"a": "country=DE", "b": "country=FR", "table": "x"}, "table"),
        ({"a": "country=DE", "b": "country=FR", "c": "1"}, "c"),
    ):
        refused = ask("json", **wrong)
        assert (refused.status_code, refused.json()["parameter"]) == (400, parameter)


def test_a_saved_view_and_a_link_are_sides(
    dashboard_server: Server, data_folder: Path, tmp_path: Path
) -> None:
    settings = Settings(site_map_data=data_folder, geocache_url="")
    with closing(SavedViews(settings)) as views:
        key = views.save("view_colour=country&country=DE", "me")
    link = f"http://trials.example/?view={key}&status=Completed"
    done = run(main, ["compare", f"view={key}", link, "-o", "-", "--format", "json"],
               {"SITE_MAP_DATA": str(data_folder)}, tmp_path)  # fmt: skip
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["a"]["name"] == "country=DE"
    assert document["b"]["name"] == "country=DE&status=Completed"
    assert document["a"]["sites"] == 17
    query = urlencode({"a": f"view={'x' * 22}", "b": link.partition("?view=")[0]})
    refused = httpx.get(f"{dashboard_server.url}/api/compare.json?{query}", timeout=30)
    assert (refused.status_code, refused.json()["parameter"]) == (400, "a")
