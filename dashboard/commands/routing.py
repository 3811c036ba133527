"""Minutes by road for ``site-map reach --route``: asks the operator's routing server."""

from dataclasses import replace
from typing import Any

import click
import pandas as pd
from tqdm import tqdm

from dashboard.exports.datasets import Dataset
from dashboard.reach.road_times import RoadTimes, measure_road_times
from dashboard.settings import Settings
from geocache.providers.asker import Asker
from geocache.providers.attempts import Run
from geocache.providers.routing import RoutingProvider
from geocache.settings import load_settings
from geocache.store import FallbackStore


class Router:
    """Measures reach by road with the server of ``SITE_MAP_ROUTING_URL``.

    ``measured`` is what the server answered, once the dataset was built.

    Raises:
        click.UsageError: no server is named.
    """

    def __init__(self) -> None:
        self._settings = load_settings(Settings)
        if not self._settings.site_map_routing_url:
            raise click.UsageError(
                "--route needs a routing server: set SITE_MAP_ROUTING_URL, such as "
                "valhalla+http://127.0.0.1:8002 or osrm+http://127.0.0.1:5000"
            )
        self.measured: RoadTimes | None = None

    def wrap(self, dataset: Dataset) -> Dataset:
        """The dataset ``reach`` with minutes by road instead of estimated ones."""

        def build(sites: pd.DataFrame, **options: Any) -> pd.DataFrame:
            road = self.measured = self._measure(sites, max(options["within_min"]))
            return dataset.build(sites, **options, road=road)

        def describe(sites: pd.DataFrame, **options: Any) -> str:
            assert dataset.describe_method is not None  # noqa: S101 - that of reach
            return dataset.describe_method(sites, **options, road=self.measured)

        def list_notes(sites: pd.DataFrame, **options: Any) -> list[str]:
            fault = self.measured.describe_faults() if self.measured else ""
            others = dataset.list_notes(sites, **options) if dataset.list_notes else []
            return [*others, *([fault] if fault else [])]

        return replace(
            dataset,
            build=build,
            describe_method=describe,
            list_notes=list_notes,
            credits=(*dataset.credits, RoutingProvider.attribution),
        )

    def _measure(self, sites: pd.DataFrame, most_minutes: float) -> RoadTimes:
        provider = RoutingProvider(
            self._settings.site_map_routing_url,
            requests_per_second=self._settings.geocache_requests_per_second,
        )
        store = FallbackStore(self._settings.store_url)
        try:
            asker, run = Asker(store, provider), Run(scheduled=self._settings.geocache_scheduled)
            with tqdm(desc="Routes", unit="area", delay=1, leave=False, disable=None) as bar:

                def show(done: int, total: int) -> None:
                    bar.total = total
                    bar.update(done - bar.n)

                return measure_road_times(
                    sites, most_minutes, lambda places: asker.ask(places, run), show
                )
        finally:
            store.close()
