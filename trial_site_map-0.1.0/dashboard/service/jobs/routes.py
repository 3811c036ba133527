"""Route job: asks the operator's routing server for minutes by road to the sites."""

from hashlib import blake2b

import pandas as pd

from dashboard.errors import GeocodeJobError
from dashboard.reach.site_points import build_site_points
from dashboard.service.jobs.runner import Job, Work
from dashboard.service.routing import Router
from dashboard.sites.summary import plural

KEY = "route:"
"""What the keys of these jobs begin with."""


def build_route_key(sites: pd.DataFrame, minutes: float) -> str:
    """The same key for sites at the same positions and the same minutes, whoever asks."""
    points = build_site_points(sites)
    digest = blake2b(points.latitudes.tobytes(), digest_size=16)
    digest.update(points.longitudes.tobytes())
    return f"{KEY}{minutes:g}:{digest.hexdigest()}"


def build_route_work(router: Router, sites: pd.DataFrame, minutes: float) -> Work:
    """The job's work. Each answer is stored as it arrives; what fails can be asked again."""

    def work(job: Job) -> str:
        job.report(0, 0, "waiting for the first answer")
        road = router.ask(
            sites,
            minutes,
            lambda done, total: job.report(done, total, f"{done:,} of {plural(total, 'area')}"),
        )
        if road.unasked:
            raise GeocodeJobError(road.describe_faults())
        return f"{plural(road.asked, 'area')} answered."

    return work
