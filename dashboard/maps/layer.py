"""What the map shows of a site table, as data for ``site-map.js``."""

import hashlib
import json
from bisect import bisect_right
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from dashboard.maps.palette import Category, categories_of
from dashboard.maps.places import (
    AREAS,
    doubt,
    place_index,
    place_label,
    site_detail,
    site_title,
    words_of,
)
from dashboard.maps.store import MapStore
from dashboard.sites import summary
from dashboard.sites.categoricals import list_texts, memoize_per_table

INLINE_SITES = 2_000
"""Up to so many sites all texts travel with the layer: popups open without asking."""


@dataclass(frozen=True, slots=True)
class Circle:
    """Where "near" is measured from, and how far it reaches (``None``: any distance)."""

    latitude: float
    longitude: float
    radius_km: float | None = None
    name: str = ""


def layer_data(
    sites: pd.DataFrame,
    *,
    colour_by: str = "status",
    picked: tuple[int, ...] = (),
    active_countries: tuple[str, ...] = (),
    circle: Circle | None = None,
    whole: pd.DataFrame | None = None,
    store: MapStore | None = None,
) -> dict[str, Any]:
    """What the browser draws of the located sites.

    Sites at the same position and precision are one place. Up to :data:`INLINE_SITES` sites, and
    without a ``store``, ``places`` and ``sites`` hold all as lists in one order, ``row`` of a site
    being its label in the index of ``sites``. Else ``source`` holds addresses in the store, of the
    places of ``whole``, the table that ``sites`` was filtered from, and of counts. ``open`` is how
    many sites ``whole`` has.
    """
    data: dict[str, Any]
    told: dict[str, Any] = {}
    if store is None or len(sites) <= INLINE_SITES:
        told = _inline(sites, colour_by)
        data = {"picked_places": _places_of(picked, told)}
    else:
        base = sites if whole is None else whole
        categories, source = store.publish(base, sites, colour_by)
        rows = base.index.get_indexer(pd.Index(picked)) if picked else np.empty(0, np.int64)
        places = place_index(base).number[rows]
        data = {
            "categories": _looks(categories),
            "source": source,
            "picked_places": [int(place) for place in places],
        }
    data |= {
        "countries": {c: n for c, n in summary.count_values(sites["country_code"]).items() if c},
        "legend": colour_by,
        "active": list(active_countries),
        "picked": [int(row) for row in picked],
        "open": len(sites if whole is None else whole),
    }
    if circle is not None:
        data["centre"] = {"lat": circle.latitude, "lon": circle.longitude}
        if circle.radius_km is not None:
            data["circle"] = data["centre"] | {"km": circle.radius_km}
    return told | data | {"revision": _digest({"of": told.get("revision"), **data})}


def _digest(data: dict[str, Any]) -> str:
    return hashlib.blake2b(json.dumps(data).encode(), digest_size=16).hexdigest()


def _looks(categories: list[Category]) -> list[dict[str, str]]:
    return [category.for_browser() for category in categories]


def _places_of(picked: tuple[int, ...], data: dict[str, Any]) -> list[int]:
    """The numbers of the places of some sites, in the order of ``data``."""
    if not picked:
        return []
    position = {row: number for number, row in enumerate(data["sites"]["row"])}
    first = data["places"]["first"]
    return sorted({bisect_right(first, position[r]) - 1 for r in picked if r in position})


@memoize_per_table
def _inline(sites: pd.DataFrame, colour_by: str) -> dict[str, Any]:
    located = sites[sites["latitude"].notna()]
    order = np.lexsort(
        [
            np.asarray(list_texts(located[name]), dtype="str")
            for name in ("site_number", "trial_id", "precision")
        ]
        + [located["longitude"].to_numpy(), located["latitude"].to_numpy()]
    )
    located = located.iloc[order]
    categories, codes = categories_of(located, colour_by)
    number = place_index(located).number
    first_rows = located.iloc[place_index(located).first]
    sizes = np.bincount(number, minlength=len(first_rows)).tolist()
    doubts: list[dict[str, None]] = [{} for _ in sizes]
    for place, flags in zip(number.tolist(), list_texts(located["flags"]), strict=True):
        if flags and (why := doubt(flags)):
            doubts[place][why] = None
    starts = [0]
    for size in sizes[:-1]:
        starts.append(starts[-1] + size)
    labels = (list_texts(first_rows[n]) for n in ("city", "place_name", "country_code", "country"))
    words = words_of(located)
    data = {
        "categories": _looks(categories),
        "places": {
            "lat": first_rows["latitude"].round(5).tolist(),
            "lon": first_rows["longitude"].round(5).tolist(),
            "area": [int(p in AREAS) for p in list_texts(first_rows["precision"])],
            "label": [place_label(*of) for of in zip(*labels, strict=True)],
            "doubt": ["; ".join(of) for of in doubts],
            "sites": sizes,
            "first": starts if sizes else [],
        },
        "sites": {
            "row": located.index.tolist(),
            "category": codes.tolist(),
            "title": [site_title(site) for site in words],
            "detail": [site_detail(site) for site in words],
        },
    }
    return data | {"revision": _digest(data)}
