"""``site-map reach``: who lives near the filtered sites, and where nobody does."""

from functools import partial
from pathlib import Path

import click
import pandas as pd
from tqdm import tqdm

from dashboard.commands.export import export_dataset, list_pairs, query_options, split_query
from dashboard.exports.datasets import DATASETS, Dataset
from dashboard.exports.road_reach import use_road_times
from dashboard.reach.next_sites import MOST_SITES
from dashboard.reach.reach import LEVELS
from dashboard.reach.road_times import RoadTimes
from dashboard.service.routing import Router
from dashboard.settings import Settings
from geocache.settings import load_settings


@click.command("reach", short_help="People within a distance of the filtered sites, and gaps.")
@click.argument("query", default="")
@click.option(
    "-o", "--output", required=True, help="The CSV, JSON or XLSX file; - for standard output."
)
@click.option(
    "--within",
    multiple=True,
    metavar="DISTANCE",
    help="Such as 80km, 50mi or 30min (minutes as estimated from the straight line); by default "
    "25, 50, 100 and 200 km. Repeatable.",
)
@click.option(
    "--level", multiple=True, type=click.Choice(LEVELS), help="By default country. Repeatable."
)
@click.option(
    "--catchment",
    metavar="DISTANCE",
    help="Also sites per million people by two-step floating catchment of this distance.",
)
@click.option(
    "--against",
    metavar="TRIAL",
    help="Also the people who have these sites and not those of this trial.",
)
@click.option(
    "--route",
    is_flag=True,
    help="Minutes by road from the server of SITE_MAP_ROUTING_URL, not estimated ones.",
)
@click.option(
    "--gaps",
    is_flag=True,
    help="Instead: states and US counties without a site, and cities farther than --within.",
)
@click.option(
    "--next",
    "count",
    type=click.IntRange(1, MOST_SITES),
    help="Instead: so many cities where a further site would add most people within --within.",
)
@click.option(
    "--candidates",
    metavar="LIST",
    help="With --next: choose among the sites of this open list, not among cities.",
)
@click.option(
    "--source",
    multiple=True,
    type=click.Path(exists=True, path_type=Path),
    help="A file or folder to open instead of SITE_MAP_SOURCES. Repeatable.",
)
@partial(query_options, left_out=("within",))
def reach_command(
    *,
    query: str,
    output: str,
    within: tuple[str, ...],
    level: tuple[str, ...],
    catchment: str | None,
    against: str | None,
    route: bool,
    gaps: bool,
    count: int | None,
    candidates: str | None,
    source: tuple[Path, ...],
    **options: tuple[str, ...],
) -> int:
    """Write how many people live within a distance of the sites that a filter keeps.

    QUERY is the part after ? of the page's address or of an API link; options add to it. There
    ``within=`` is a drawn area; the option --within is a distance.

    Example: site-map reach "country=US&status=Recruiting" --within 80km -o reach.csv
    """
    if gaps and count:
        raise click.UsageError("--gaps and --next write different tables; choose one")
    for name, given in (
        ("--level", level),
        ("--catchment", catchment),
        ("--against", against),
        ("--route", route),
    ):
        if given and (gaps or count):
            raise click.UsageError(f"{name} goes with neither --gaps nor --next")
    if candidates and not count:
        raise click.UsageError("--candidates goes with --next only")
    own = [_name_distance(text, "beyond_km" if gaps else "within_km") for text in within]
    if (gaps or count) and any(name == "within_min" for name, _ in own):
        raise click.UsageError("--gaps and --next take a distance, no minutes")
    own += [("levels", text) for text in level]
    own += [("catchment_km", catchment)] if catchment else []
    own += [("against", against)] if against else []
    own += [("count", str(count))] if count else []
    own += [("candidates", candidates)] if candidates else []
    dataset = DATASETS["reach-gaps" if gaps else "reach-next" if count else "reach"]
    pairs = [*split_query(query), *list_pairs(options), *own]
    suffix = "csv" if output == "-" else None
    if not route:
        return export_dataset(dataset, pairs, output, suffix=suffix, source=source)
    if not any(name == "within_min" for name, _ in own):
        raise click.UsageError("--route goes with minutes, such as --within 30min")
    return _export_routes(dataset, pairs, output, suffix, source)


def _export_routes(
    dataset: Dataset,
    pairs: list[tuple[str, str]],
    output: str,
    suffix: str | None,
    source: tuple[Path, ...],
) -> int:
    """Write the dataset with minutes by road; exit code 1 if some areas were not answered for."""
    router = Router.from_settings(load_settings(Settings))
    if router is None:
        raise click.UsageError(
            "--route needs a routing server: set SITE_MAP_ROUTING_URL, such as "
            "valhalla+http://127.0.0.1:8002 or osrm+http://127.0.0.1:5000"
        )
    unasked = 0
    with tqdm(desc="Routes", unit="area", delay=1, leave=False, disable=None) as bar:

        def show(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        def measure(sites: pd.DataFrame, minutes: float) -> RoadTimes:
            nonlocal unasked
            road = router.ask(sites, minutes, show)
            unasked = road.unasked
            return road

        by_road = use_road_times(dataset, measure)
        code = export_dataset(by_road, pairs, output, suffix=suffix, source=source)
    return 1 if unasked else code


def _name_distance(text: str, name: str) -> tuple[str, str]:
    """The parameter and the value of a distance, or of minutes."""
    number = text.strip().removesuffix("utes").removesuffix("min")
    return ("within_min", number.strip()) if number != text.strip() else (name, text)
