"""Geocode job: asks the online providers for places that nobody knows offline."""

from collections import Counter
from collections.abc import Callable, Sequence
from hashlib import blake2b

import numpy as np
import pandas as pd

from dashboard.errors import GeocodeJobError
from dashboard.service.jobs.runner import Job, Work
from dashboard.sites.categoricals import factorize, spread
from dashboard.sites.memo import memoize_per_table
from dashboard.sites.positions import LocateMany, list_distinct_places
from dashboard.sites.summary import plural
from geocache.keys import place_key
from geocache.lookup import GeoCache
from geocache.place import NotAsked, Place, Status

MAX_PLACES = 1_000
"""The most places in one job: a public service answers one a second. `site-map warm` takes any
number."""


@memoize_per_table
def find_unasked_places(sites: pd.DataFrame, locate_many: LocateMany) -> tuple[Place, ...]:
    """The distinct places of a site table for which an online provider was not asked yet.

    The words of ``reason``, which a pin's note may contain too, only narrow the search: the status
    of the position that ``locate_many`` gives offline decides.
    """
    codes, reasons = factorize(sites["reason"])
    maybe = np.array(["not asked" in str(text) for text in reasons], dtype=bool)
    places = list_distinct_places(sites[spread(codes, maybe)])[1]
    positions = zip(places, locate_many(places), strict=True)
    return tuple(place for place, found in positions if found.status is Status.NOT_ASKED)


def build_geocode_key(places: Sequence[Place]) -> str:
    """The same key for the same places in any order, whoever asks."""
    text = "\x1e".join(sorted(map(place_key, places)))
    return f"ask:{blake2b(text.encode(), digest_size=16).hexdigest()}"


def build_geocode_work(
    cache: GeoCache, places: Sequence[Place], on_end: Callable[[], None] = lambda: None
) -> Work:
    """The job's work. Each answer is stored as it arrives; what fails can be asked again.

    ``on_end`` is called at the end, also after a failure or a cancellation.
    """

    def work(job: Job) -> str:
        found = 0
        causes: Counter[str] = Counter()
        job.report(0, len(places), "waiting for the first answer")
        try:
            for number, position in enumerate(cache.locate_many(places), 1):
                found += position.resolved
                if isinstance(position.reason, NotAsked):
                    causes[position.reason.cause] += 1
                job.report(number, len(places), f"{number:,} of {plural(len(places), 'place')}")
        finally:
            on_end()
        not_asked = causes.total()
        answered = len(places) - not_asked
        outcome = f"{plural(answered, 'place')} answered, {found:,} of all on the map"
        if not_asked:
            cause = causes.most_common(1)[0][0]
            raise GeocodeJobError(
                f"{outcome}; {not_asked:,} not asked ({cause}). What was answered is kept."
            )
        return outcome + "."

    return work
