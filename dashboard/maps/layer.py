"""The layer of sites as data: what ``assets/site_map.js`` draws of a filtered site table."""

import hashlib
import json
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import numpy as np
import pandas as pd

from dashboard.maps.category import Category
from dashboard.maps.colours import Shade
from dashboard.maps.palette import FIELD_PREFIX, assign_categories
from dashboard.maps.places import (
    AREAS,
    describe_doubt,
    format_detail,
    format_title,
    index_places,
    label_places,
    read_site_texts,
)
from dashboard.maps.store import MapStore
from dashboard.sites import summary
from dashboard.sites.categoricals import list_texts
from dashboard.sites.memo import memoize_per_table
from geocache.geo.distance import distances_km

INLINE_SITES = 2_000
MAX_CIRCLES = 50
"""Selected sites whose uncertainty is drawn."""
"""Up to this many sites, all texts are in the layer, so that popups open without a request."""


NEAREST = 10
"""Sites around a place that the map shows at first where no radius is set."""


@dataclass(frozen=True, slots=True)
class Circle:
    """The point that "near" is measured from, and the radius (``None``: no limit)."""

    latitude: float
    longitude: float
    radius_km: float | None = None
    name: str = ""


def build_layer_data(
    sites: pd.DataFrame,
    *,
    colour_by: str = "status",
    selected: tuple[int, ...] = (),
    active: tuple[str, ...] = (),
    chosen: tuple[str, ...] = (),
    shade: Shade = "countries",
    circle: Circle | None = None,
    whole: pd.DataFrame | None = None,
    store: MapStore | None = None,
    owner: str = "",
    fields: tuple[str, ...] = (),
    within: Sequence[tuple[float, float]] = (),
) -> dict[str, Any]:
    """What the browser draws of the sites that have a position, as JSON values.

    Up to :data:`INLINE_SITES` sites, or without a ``store``, all is inline: ``places`` and
    ``sites`` as lists in one order, ``row`` being a site's label in the index of ``sites``.
    Otherwise ``source`` has URLs: of the places of ``whole``, of this filter's counts and sites.

    Args:
        sites: the filtered site table.
        colour_by: a key of :data:`~dashboard.maps.palette.COLOUR_BY`.
        selected: sites to highlight, as index labels.
        active: codes of the countries and states that are filtered by.
        chosen: values of ``colour_by`` that are filtered by.
        shade: what the land is shaded by.
        circle: drawn where the sites are filtered by distance.
        whole: the site table that ``sites`` was filtered from.
        store: holds what the URLs stand for.
        owner: the only session that may load them, empty for everyone.
        fields: own columns that popups show; without, the first ones with a value.
        within: latitude and longitude of the corners of the area that is filtered by.
    """
    inline: dict[str, Any] = {}
    data: dict[str, Any]
    if store is None or len(sites) <= INLINE_SITES:
        inline = _build_inline(sites, colour_by, fields)
        data = {"selected_places": _find_places(selected, inline)}
    else:
        base = sites if whole is None else whole
        categories, source = store.publish(base, sites, colour_by, owner, fields)
        rows = base.index.get_indexer(pd.Index(selected)) if selected else np.empty(0, np.int64)
        data = {
            "categories": _dump_categories(categories),
            "source": source,
            "selected_places": [int(place) for place in index_places(base).number[rows]],
        }
    data |= {
        "countries": _count_codes(sites, "country_code"),
        "states": _count_codes(sites, "state_code") if shade == "states" else {},
        "shade": shade,
        "legend": colour_by.removeprefix(FIELD_PREFIX),
        "active": list(active),
        "chosen": list(chosen),
        "selected": [int(row) for row in selected],
        "open_sites": len(sites if whole is None else whole),
    }
    if selected:
        data["uncertainty"] = _build_circles(sites, selected)
    if within:
        data["within"] = [[latitude, longitude] for latitude, longitude in within]
    if circle is not None:
        data["centre"] = {"lat": circle.latitude, "lon": circle.longitude}
        if circle.radius_km is not None:
            data["circle"] = data["centre"] | {"km": circle.radius_km}
        else:
            data["fit"] = find_nearest_points(sites, circle)
    revision = _digest({"inline": inline.get("revision"), **data})
    return inline | data | {"revision": revision}


@dataclass(frozen=True, slots=True)
class SiteWords:
    """A site's texts in a popup, and those of its place: its name, and why it is in doubt."""

    title: str
    detail: str
    place: str
    doubt: str = ""


def replace_words(data: dict[str, Any], words: Mapping[int, SiteWords]) -> dict[str, Any]:
    """The same layer with other texts; a place has those of its first site.

    Args:
        data: as :func:`build_layer_data` gives it, with all its texts inline.
        words: of each site, by its ``row``.
    """
    sites = [words[row] for row in data["sites"]["row"]]
    first = [sites[number] for number in data["places"]["first"]]
    told = {
        "places": data["places"]
        | {"label": [one.place for one in first], "doubt": [one.doubt for one in first]},
        "sites": data["sites"]
        | {"title": [one.title for one in sites], "detail": [one.detail for one in sites]},
    }
    return data | told | {"revision": _digest({"before": data["revision"], **told})}


def _count_codes(sites: pd.DataFrame, column: str) -> dict[str, int]:
    return {code: n for code, n in summary.count_values(sites[column]).items() if code}


def find_nearest_points(sites: pd.DataFrame, circle: Circle) -> list[list[float]]:
    """The centre and the :data:`NEAREST` sites nearest to it, as [latitude, longitude]."""
    located = sites[["latitude", "longitude"]].dropna()
    centre = (circle.latitude, circle.longitude)
    distances = distances_km(centre, located["latitude"], located["longitude"])
    nearest = located.iloc[np.argsort(np.asarray(distances), kind="stable")[:NEAREST]]
    found: list[list[float]] = nearest.round(5).to_numpy().tolist()
    return [list(centre), *found]


def _build_circles(sites: pd.DataFrame, selected: tuple[int, ...]) -> list[dict[str, float]]:
    """The circles in which the selected sites' hospitals likely lie, each once."""
    rows = sites.loc[sites.index.intersection(list(selected)[:MAX_CIRCLES])]
    rows = rows[rows["latitude"].notna() & rows["uncertainty_km"].notna()]
    columns = rows[["latitude", "longitude", "uncertainty_km"]].drop_duplicates()
    return [
        {"lat": round(lat, 5), "lon": round(lon, 5), "km": km}
        for lat, lon, km in columns.itertuples(index=False)
    ]


def _digest(data: dict[str, Any]) -> str:
    return hashlib.blake2b(json.dumps(data).encode(), digest_size=16).hexdigest()


def _dump_categories(categories: list[Category]) -> list[dict[str, str]]:
    return [category.to_json() for category in categories]


def _find_places(selected: tuple[int, ...], inline: dict[str, Any]) -> list[int]:
    """The places of some sites, by their position in ``inline["places"]``."""
    if not selected:
        return []
    position = {row: number for number, row in enumerate(inline["sites"]["row"])}
    first = inline["places"]["first"]
    return sorted({bisect_right(first, position[r]) - 1 for r in selected if r in position})


@memoize_per_table
def _build_inline(sites: pd.DataFrame, colour_by: str, fields: tuple[str, ...]) -> dict[str, Any]:
    """Places and sites with all their texts, sorted by position, precision, trial and number."""
    located = sites[sites["latitude"].notna()]
    order = np.lexsort(
        [
            np.asarray(list_texts(located[name]), dtype="str")
            for name in ("site_number", "trial_id", "precision")
        ]
        + [located["longitude"].to_numpy(), located["latitude"].to_numpy()]
    )
    located = located.iloc[order]
    categories, codes = assign_categories(located, colour_by)
    places = index_places(located)
    first = located.iloc[places.first]
    sizes = np.bincount(places.number, minlength=len(places)).tolist()
    doubts: list[dict[str, None]] = [{} for _ in sizes]
    for place, flags in zip(places.number.tolist(), list_texts(located["flags"]), strict=True):
        if flags and (doubt := describe_doubt(flags)):
            doubts[place][doubt] = None
    texts = read_site_texts(located, fields)
    data = {
        "categories": _dump_categories(categories),
        "places": {
            "lat": first["latitude"].round(5).tolist(),
            "lon": first["longitude"].round(5).tolist(),
            "area": [int(precision in AREAS) for precision in list_texts(first["precision"])],
            "label": label_places(located),
            "doubt": ["; ".join(reasons) for reasons in doubts],
            "sites": sizes,
            "first": list(accumulate(sizes[:-1], initial=0)) if sizes else [],
        },
        "sites": {
            "row": located.index.tolist(),
            "category": codes.tolist(),
            "title": [format_title(site) for site in texts],
            "detail": [format_detail(site) for site in texts],
        },
    }
    return data | {"revision": _digest(data)}
