"""The same map as people write it with what there is, in Chromium: open it, and filter it.

A Streamlit page of a dozen lines each, over the same sites: folium's MarkerCluster of Markers, its
FastMarkerCluster, and st.map. What they load from CDNs comes from packages here at once, so their
times are those of a visitor with the fastest network; what draws nothing is answered empty.
"""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from urllib.error import URLError
from urllib.request import urlopen

import pandas as pd
from playwright.sync_api import Browser, BrowserContext, Page, Route
from xstatic.pkg import leaflet, leaflet_markercluster

from harness.processes import stop_process
from harness.serving import free_port

_HEAD = """
import pandas as pd
import streamlit as st

@st.cache_data
def sites():
    return pd.read_parquet({path!r})

st.set_page_config(layout="wide")
table = sites()
if st.toggle("Recruiting only"):
    table = table[table["status"] == "Recruiting"]
"""
_FOLIUM = """
import folium
from folium.plugins import FastMarkerCluster, MarkerCluster
from streamlit_folium import st_folium

made = folium.Map((20, 0), zoom_start=1)
{draw}
st_folium(made, height=460, use_container_width=True, returned_objects=[])
"""
_MARKERS = """
cluster = MarkerCluster().add_to(made)
for row in table.itertuples():
    folium.Marker((row.latitude, row.longitude), popup=row.facility).add_to(cluster)
"""
_FAST = """
FastMarkerCluster(table[["latitude", "longitude"]].values.tolist()).add_to(made)
"""
PEERS = {
    "MarkerCluster": (5_000, _FOLIUM.format(draw=_MARKERS)),
    "FastMarkerCluster": (100_000, _FOLIUM.format(draw=_FAST)),
    "st.map": (100_000, 'st.map(table[["latitude", "longitude"]])\n'),
}
"""Up to how many sites each is measured, and the rest of its page."""

_SHOWN = """(() => {
  const clock = (window.clock = { clicked: 0, shown: 0, sites: -1 });
  const seconds = () => performance.now() / 1000;
  document.addEventListener('click', () => { clock.clicked = seconds(); }, true);
  const clustered = () => {
    const frame = document.querySelector('iframe[title*="folium"]');
    let sites = 0;
    for (const icon of frame?.contentDocument?.querySelectorAll('.leaflet-marker-icon') ?? [])
      sites += icon.classList.contains('marker-cluster') ? Number(icon.innerText) : 1;
    return sites;
  };
  const look = () => {
    const sites = clustered();
    if (sites && sites !== clock.sites) { clock.sites = sites; clock.shown = seconds(); }
    requestAnimationFrame(look);
  };
  const draws = WebGL2RenderingContext.prototype.drawArraysInstanced;
  WebGL2RenderingContext.prototype.drawArraysInstanced = function (mode, first, count, instances) {
    if (instances !== clock.sites) { clock.sites = instances; clock.shown = seconds(); }
    return draws.call(this, mode, first, count, instances);
  };
  if (window === window.top) requestAnimationFrame(look);
})()"""
"""In the browser: when the map last showed another number of sites, and how many."""

_STUBS = {
    "leaflet.awesome-markers.js": "L.AwesomeMarkers = { icon: () => new L.Icon.Default() };",
    "jquery-3.7.1.min.js": """window.$ = (html) => {
  const made = document.createElement('template');
  made.innerHTML = html.trim();
  return made.content.children;
};""",
}
"""What folium takes of scripts that draw nothing of the map; of others it takes nothing."""

_STYLE = '{"version": 8, "sources": {}, "layers": []}'


def _from_packages(context: BrowserContext, own: str) -> None:
    known = {
        "leaflet.js": Path(leaflet.BASE_DIR) / "leaflet.js",
        "leaflet.css": Path(leaflet.BASE_DIR) / "leaflet.css",
    } | {path.name: path for path in Path(leaflet_markercluster.BASE_DIR).iterdir()}

    def answer(route: Route) -> None:
        url = route.request.url
        name = url.rsplit("/", 1)[-1].split("?")[0]
        if url.startswith(own):
            route.continue_()
        elif name in known:
            route.fulfill(path=known[name])
        elif name.endswith(".css"):
            route.fulfill(body="", content_type="text/css")
        elif name.endswith(".js"):
            route.fulfill(body=_STUBS.get(name, ""), content_type="text/javascript")
        elif name == "style.json":
            route.fulfill(body=_STYLE, content_type="application/json")
        else:
            route.abort()

    context.route("**/*", answer)


@contextmanager
def _serving(page: str, folder: Path) -> Iterator[str]:
    script = folder / "peer.py"
    script.write_text(page)
    port = free_port()
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "streamlit", "run", str(script), "--server.headless=true"),
            *(f"--server.port={port}", "--browser.gatherUsageStats=false"),
        ],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            try:
                with urlopen(f"{url}/_stcore/health", timeout=1):
                    break
            except (URLError, TimeoutError):
                time.sleep(0.1)
        yield url
    finally:
        stop_process(process)


def _shows(page: Page, before: int) -> int:
    """Wait until the map shows a number of sites other than before, and that for a while."""
    page.wait_for_function(
        "before => clock.sites > 0 && clock.sites !== before"
        " && performance.now() / 1000 - clock.shown > 0.7",
        arg=before,
        timeout=120_000,
    )
    return int(page.evaluate("() => clock.sites"))


def times(browser: Browser, peer: str, table: pd.DataFrame, rounds: int) -> dict[str, float]:
    """Medians of the seconds from page open to map drawn, and from filter change to map."""
    located = table[table["latitude"].notna()]
    columns = located[["facility", "status", "latitude", "longitude"]].astype(
        {"facility": str, "status": str}
    )
    opening, changing = [], []
    with TemporaryDirectory() as name:
        path = Path(name) / "sites.parquet"
        columns.to_parquet(path)
        with _serving(_HEAD.format(path=str(path)) + PEERS[peer][1], Path(name)) as url:
            for number in range(rounds):
                context = browser.new_context(viewport={"width": 1440, "height": 900})
                _from_packages(context, url)
                context.add_init_script(_SHOWN)
                page = context.new_page()
                page.goto(url)
                shown = _shows(page, -1)
                if number:  # the first visitor waits for imports and for the file
                    opening.append(page.evaluate("() => clock.shown"))
                for _ in range(2):
                    page.get_by_text("Recruiting only").click()
                    shown = _shows(page, shown)
                    changing.append(page.evaluate("() => clock.shown - clock.clicked"))
                context.close()
    return {"page open to map": median(opening), "filter to map": median(changing)}
