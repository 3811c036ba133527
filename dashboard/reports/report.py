"""What a picture or slides show: places, categories, figures and texts, without the site table."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from dashboard.maps.category import Category

TABLE_COLUMNS = ("facility", "city", "country", "status", "decision", "trial_id")


@dataclass(frozen=True)
class Report:
    """The content of a picture or of slides; it can be sent to another process.

    ``counts`` has a row per place and a column per category; ``cities`` the name of each place
    as written, ``place_names`` as the gazetteer has it; ``countries`` and ``states`` the number of
    sites by their codes, ``shade`` is which of them the land is shaded by, one of
    :data:`dashboard.maps.colours.SHADES`; ``country_rows``, ``site_rows`` and ``trial_rows`` (of
    the only trial) are tables as texts; ``figures`` are numbers with their nouns; ``unplaced``
    counts sites without a position.
    """

    title: str
    filter_text: str
    as_of: str
    latitudes: npt.NDArray[np.float64]
    longitudes: npt.NDArray[np.float64]
    counts: npt.NDArray[np.int64]
    cities: tuple[str, ...]
    place_names: tuple[str, ...]
    categories: tuple[Category, ...]
    colour_by: str
    countries: dict[str, int]
    states: dict[str, int]
    shade: str
    figures: tuple[str, ...]
    country_rows: tuple[tuple[str, int], ...]
    site_rows: tuple[tuple[str, ...], ...]
    site_title: str
    trial_rows: tuple[tuple[str, str], ...]
    sites: int
    unplaced: int
    credits: tuple[str, ...]
    link: str = ""
    bbox: tuple[float, float, float, float] | None = field(default=None)
