"""Minutes by road from the operator's routing server, as it answers now or answered before."""

from dataclasses import dataclass, field

import pandas as pd

from dashboard.reach.road_times import Progress, RoadTimes, measure_road_times
from dashboard.settings import Settings
from dashboard.sites.memo import memoize_per_table
from geocache.providers.asker import Asker
from geocache.providers.attempts import Run
from geocache.providers.routing import RoutingProvider
from geocache.store import FallbackStore


@dataclass(frozen=True, slots=True)
class Router:
    """The routing server of ``SITE_MAP_ROUTING_URL`` with the store of its answers.

    Equal settings give equal routers, so that what one recalled can be memoized.
    """

    url: str
    store_url: str = field(repr=False)  # it may hold a password
    requests_per_second: float | None = None
    scheduled: bool = False

    @classmethod
    def from_settings(cls, settings: Settings) -> "Router | None":
        """The router of the settings; ``None`` if no server is named."""
        if not settings.site_map_routing_url:
            return None
        return cls(
            settings.site_map_routing_url,
            settings.store_url,
            settings.geocache_requests_per_second,
            settings.geocache_scheduled,
        )

    def ask(
        self, sites: pd.DataFrame, most_minutes: float, progress: Progress | None = None
    ) -> RoadTimes:
        """Ask for what is not stored yet.

        Whatever ``progress`` raises ends it; what was answered is kept.
        """
        return self._measure(sites, most_minutes, Run(scheduled=self.scheduled), progress)

    def recall(self, sites: pd.DataFrame, most_minutes: float) -> RoadTimes:
        """What is stored; nothing is sent."""
        return self._measure(sites, most_minutes, None, None)

    def _measure(
        self, sites: pd.DataFrame, minutes: float, run: Run | None, progress: Progress | None
    ) -> RoadTimes:
        provider = RoutingProvider(self.url, requests_per_second=self.requests_per_second)
        store = FallbackStore(self.store_url)
        try:
            asker = Asker(store, provider)
            return measure_road_times(
                sites, minutes, lambda places: asker.ask(places, run), progress
            )
        finally:
            store.close()


@memoize_per_table
def recall_road_times(
    sites: pd.DataFrame,
    most_minutes: float,
    router: Router,
    _changes: tuple[float, ...],
) -> RoadTimes:
    """What a router has stored, remembered until ``_changes`` are others."""
    return router.recall(sites, most_minutes)
