"""Asking online providers for the places that no one knows offline, as a job."""

from collections import Counter
from collections.abc import Sequence
from hashlib import blake2b

import numpy as np
import pandas as pd

from dashboard.errors import GeocodeJobError
from dashboard.jobs.runner import Job, Work
from dashboard.sites.categoricals import factorize, spread
from dashboard.sites.positions import list_distinct_places
from dashboard.sites.summary import plural
from geocache.best_answer import NOT_ASKED, was_not_asked
from geocache.keys import place_key
from geocache.lookup import GeoCache
from geocache.place import Place

MAX_PLACES = 1_000
"""Asked for in one job; a public service answers one a second. `site-map warm` takes any number."""


def find_unasked_places(sites: pd.DataFrame) -> tuple[Place, ...]:
    """The distinct places of a site table for which a provider was not asked yet."""
    codes, reasons = factorize(sites["reason"])
    open_ = np.array([NOT_ASKED in str(text) for text in reasons], dtype=bool)
    return tuple(list_distinct_places(sites[spread(codes, open_)])[1])


def build_geocode_key(places: Sequence[Place]) -> str:
    """One key for the same places, whoever asks."""
    text = "\x1e".join(sorted(map(place_key, places)))
    return f"ask:{blake2b(text.encode(), digest_size=16).hexdigest()}"


def build_geocode_work(cache: GeoCache, places: Sequence[Place]) -> Work:
    """The work of asking. Each answer is remembered as it comes; what fails can be asked again."""

    def work(job: Job) -> str:
        found = unasked_ = 0
        why: Counter[str] = Counter()
        job.report(0, len(places), "waiting for the first answer")
        for done, position in enumerate(cache.locate_many(places), 1):
            found += position.resolved
            if was_not_asked(position):
                unasked_ += 1
                reason = position.reason[position.reason.index(NOT_ASKED) :]
                why[reason.partition(";")[0].removeprefix(f"{NOT_ASKED}: ")] += 1
            job.report(done, len(places), f"{done:,} of {plural(len(places), 'place')}")
        answered = len(places) - unasked_
        said = f"{plural(answered, 'place')} answered, {found:,} of all on the map"
        if unasked_:
            reason = why.most_common(1)[0][0]
            raise GeocodeJobError(
                f"{said}; {unasked_:,} not asked ({reason}). What was answered is kept."
            )
        return said + "."

    return work
