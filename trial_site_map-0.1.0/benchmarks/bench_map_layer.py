"""What a filter change costs the map: seconds on the server, kilobytes to the browser.

Beside it, in the same run, folium's own MarkerCluster of Markers (up to 5,000), FastMarkerCluster
and the data of st.map, as a user would write them.
"""

import time
from collections.abc import Callable, Iterator

import folium
import pandas as pd
from folium.plugins import FastMarkerCluster, MarkerCluster

from benchmarks.report import Figure, printed, progress
from dashboard.maps import folium_map
from dashboard.maps.layer import build_layer_data
from dashboard.maps.store import MapStore
from dashboard.query import apply
from dashboard.query.filters import Filters
from harness.site_tables import generate_site_table

SIZES = (1_000, 5_000, 20_000, 100_000, 3_500_000)
NONE = float("nan")


def ours(whole: pd.DataFrame, store: MapStore) -> int:
    """Bytes of a filter change of ours: the layer and the counts it points to."""
    kept = apply.apply(whole, Filters(status=("Completed", "Recruiting", "Terminated")))
    data = build_layer_data(kept, whole=whole, store=store)
    size = len(folium_map.SiteLayer(data).data_json)
    if "source" in data:
        token = data["source"]["counts"].rsplit("/", 1)[1].removesuffix(".bin")
        size += len(store.get_body(token) or b"")
    return size


def marker_cluster(sites: pd.DataFrame) -> int:
    """Bytes of a MarkerCluster of Markers."""
    made = folium.Map()
    cluster = MarkerCluster().add_to(made)
    for row in sites.itertuples():
        folium.Marker((row.latitude, row.longitude), popup=str(row.facility)).add_to(cluster)
    return len(made.get_root().render().encode())


def fast_marker_cluster(sites: pd.DataFrame) -> int:
    """Bytes of a FastMarkerCluster."""
    made = folium.Map()
    FastMarkerCluster(sites[["latitude", "longitude"]].to_numpy().tolist()).add_to(made)
    return len(made.get_root().render().encode())


def st_map(sites: pd.DataFrame) -> int:
    """Bytes of the points that st.map sends: a deck.gl layer of records."""
    records = sites[["latitude", "longitude"]].to_json(orient="records")
    return len(records.encode())


def _timed(call: Callable[[], int]) -> tuple[float, int]:
    start = time.perf_counter()
    size = call()
    return time.perf_counter() - start, size


def figures(sizes: tuple[int, ...] = SIZES) -> Iterator[Figure]:
    """Seconds and kilobytes of each, size by size."""
    for size in sizes:
        progress(f"{size:,} sites")
        yield from _of_size(size)


def _of_size(size: int) -> Iterator[Figure]:
    table = generate_site_table(size)
    store = MapStore()
    first, _ = _timed(lambda: len(str(build_layer_data(table, whole=table, store=store))))
    yield Figure(f"{size:,} sites: first map of a table", first, "s", NONE, "first map", size)
    located = table[table["latitude"].notna()]
    kinds: dict[str, tuple[int, Callable[[], int]]] = {
        "ours": (10**9, lambda: ours(table, store)),
        "MarkerCluster": (5_000, lambda: marker_cluster(located)),
        "FastMarkerCluster": (100_000, lambda: fast_marker_cluster(located)),
        "st.map": (3_500_000, lambda: st_map(located)),
    }
    for name, (most, call) in kinds.items():
        if size <= most:
            took, size_bytes = _timed(call)
            yield Figure(f"{size:,} sites: {name}", took, "s", NONE, f"map, {name}", size)
            yield Figure(f"{size:,} sites: {name}, to the browser", size_bytes / 1e3, "kB")


def main() -> None:
    """Print the figures."""
    for _ in printed(figures()):
        pass


if __name__ == "__main__":
    main()
