"""Opening, filtering, counting and preparing the map, from a hundred sites to the whole registry.

The peer is pandas over text columns as a user would write it: a mask, and value_counts of every
filter's column.
"""

import resource
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import pandas as pd

from benchmarks.dashboards import saved
from benchmarks.report import Figure, printed, progress
from dashboard.library.lists import merge, open_file
from dashboard.library.session_key import load_session_key
from dashboard.maps.layer import build_layer_data
from dashboard.maps.store import MapStore
from dashboard.query import apply, facets
from dashboard.query.filters import Filters, list_choice_filters
from dashboard.settings import Settings
from dashboard.sites import summary
from dashboard.sites.categoricals import to_plain_text
from dashboard.sites.positions import Known

SIZES = (100, 1_000, 10_000, 100_000, 1_000_000, 3_500_000)
FILTERS = (
    Filters(country=("US",)),
    Filters(status=("Recruiting",)),
    Filters(country=("CN", "IN", "DE"), status=("Completed",)),
    Filters(phase=("Phase 3",)),
)
NONE = float("nan")


def opened(path: Path) -> tuple[float, float, float]:
    """Seconds to open a saved table, CPU seconds, peak memory in GB; in a process of its own."""
    key = load_session_key(Settings(site_map_data=path.parent / "data"))
    start, cpu = time.perf_counter(), time.process_time()
    one = open_file(path, key)
    assert one.reading is not None
    merge([one], None, Known(one.reading.position_rules))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    return time.perf_counter() - start, time.process_time() - cpu, peak


def seconds(call: Callable[[], object]) -> float:
    """How long a call takes."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def fresh(table: pd.DataFrame) -> pd.DataFrame:
    """The same table, nothing remembered of it but its texts."""
    return table.copy(deep=False)


def filtered(table: pd.DataFrame, filters: Filters) -> None:
    """One filter with all its facets."""
    apply.apply(table, filters)
    facets.facet_counts(table, filters)


def by_pandas(text: pd.DataFrame, filters: Filters) -> None:
    """The same over text, as a user would write it."""
    columns = {one.name: one.column for one in list_choice_filters(text)}
    masks = {name: text[columns[name]].isin(values) for name, values in filters.items()}
    keep = pd.Series(True, index=text.index)
    for mask in masks.values():
        keep &= mask
    text[keep]
    for name, column in columns.items():
        others = pd.Series(True, index=text.index)
        for other, mask in masks.items():
            if other != name:
                others &= mask
        text.loc[others, column].value_counts()


def figures(sizes: tuple[int, ...] = SIZES) -> Iterator[Figure]:
    """All figures, size by size."""
    for size in sizes:
        progress(f"{size:,} sites")
        with TemporaryDirectory() as folder:
            path, table = saved(size, Path(folder))
            with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
                took, cpu, peak = pool.submit(opened, path).result()
        whole = size == SIZES[-1]
        name = f"{size:,} sites"
        yield Figure(f"{name}: open from Parquet", took, "s", 12 if whole else NONE, "open", size)
        if whole:
            yield Figure(f"{name}: open from Parquet, CPU", cpu, "s")
            yield Figure(f"{name}: peak memory", peak, "GB", 3)
        yield from _of_table(table, size, name)


def _of_table(table: pd.DataFrame, size: int, name: str) -> Iterator[Figure]:
    filtered(table, Filters(q="hospital"))
    own = median(seconds(lambda f=f: filtered(fresh(table), f)) for f in FILTERS)
    yield Figure(f"{name}: a filter with all facets", own, "s", 0.3, "filter", size)
    if size <= 1_000_000:
        text = to_plain_text(table)
        peer = median(seconds(lambda f=f: by_pandas(text, f)) for f in FILTERS)
        yield Figure(
            f"{name}: the same by pandas over text", peer, "s", NONE, "filter, pandas", size
        )
        del text
    search = seconds(lambda: filtered(fresh(table), Filters(q="university tokyo")))
    yield Figure(f"{name}: a search with all facets", search, "s", NONE, "search", size)
    one = fresh(table)
    counting = seconds(lambda: (summary.key_figures(one), summary.count_by_country(one)))
    yield Figure(f"{name}: key figures and countries", counting, "s", NONE, "count", size)
    store = MapStore()
    build_layer_data(table, whole=table, store=store)
    kept = apply.apply(table, FILTERS[1])
    drawing = seconds(lambda: build_layer_data(kept, whole=table, store=store))
    yield Figure(f"{name}: the map's data of a filter", drawing, "s", NONE, "map data", size)


def main() -> None:
    """Print the figures."""
    for _ in printed(figures()):
        pass


if __name__ == "__main__":
    main()
