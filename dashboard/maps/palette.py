"""Colours and shapes of the map's categories: each differs in shape too, not only in colour.

The colours are the palette of Okabe and Ito (2008) for colour-blind readers.
"""

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from dashboard.maps.category import SHAPES, Category
from dashboard.sites.categoricals import count_codes, factorize, find_first_rows, spread
from dashboard.sites.changes import ADDED, MOVED, REMOVED, STATUS, UNCHANGED
from dashboard.sites.decisions import DECLINED, ON_HOLD, SHORTLISTED, UNDECIDED
from dashboard.sites.list_rows import get_colours, number_lists
from dashboard.sites.memo import memoize_per_table
from dashboard.sites.vocabulary import NOT_STATED, SITE_STATUSES
from geocache.place import Precision

GREEN, SKY, BLUE, PURPLE = "#009e73", "#56b4e9", "#0072b2", "#cc79a7"
ORANGE, RED, YELLOW, GREY = "#e69f00", "#d55e00", "#d6c500", "#8a8f98"
NEUTRAL = "#4a6fa5"

STATUS_LOOKS = {
    "Recruiting": (GREEN, "circle"),
    "Not yet recruiting": (SKY, "triangle"),
    "Active, not recruiting": (BLUE, "square"),
    "Enrolling by invitation": (PURPLE, "hexagon"),
    "Completed": (ORANGE, "diamond"),
    "Suspended": (YELLOW, "triangle"),
    "Terminated": (RED, "cross"),
    "Withdrawn": (GREY, "cross"),
    "Available": (PURPLE, "star"),
    NOT_STATED: (NEUTRAL, "circle"),
}
PRECISION_LOOKS = {
    Precision.FACILITY: (GREEN, "star"),
    Precision.POSTCODE: (SKY, "diamond"),
    Precision.CITY: (BLUE, "circle"),
    Precision.REGION: (ORANGE, "hexagon"),
    Precision.COUNTRY: (RED, "square"),
}
DECISION_LOOKS = {
    SHORTLISTED: (GREEN, "star"),
    ON_HOLD: (ORANGE, "diamond"),
    DECLINED: (RED, "cross"),
    UNDECIDED: (NEUTRAL, "circle"),
}
FOUND_LOOKS = {
    "in both": (GREEN, "star"),
    "only in A": (BLUE, "circle"),
    "only in B": (ORANGE, "diamond"),
    "facility not named": (GREY, "cross"),
}
CHANGE_LOOKS = {
    ADDED: (GREEN, "star"),
    REMOVED: (RED, "cross"),
    STATUS: (ORANGE, "diamond"),
    MOVED: (PURPLE, "triangle"),
    UNCHANGED: (NEUTRAL, "circle"),
}
TRIAL_LOOKS = (
    *zip((BLUE, ORANGE, GREEN, PURPLE, RED, SKY, YELLOW), SHAPES, strict=True),
    ("#b2336b", "diamond"),
    ("#00695c", "hexagon"),
    ("#9c6b3f", "circle"),
    ("#7b61c4", "square"),
    ("#7cb342", "star"),
)
"""Of the trials or lists with most sites."""
STEPS = (
    ("#9ecae1", "triangle"),
    ("#6baed6", "circle"),
    ("#3182bd", "square"),
    ("#08519c", "hexagon"),
    ("#08306b", "star"),
)
"""Looks of a number's steps, from low to high."""
FIELD_PREFIX = "field."
"""What the map is coloured by if that is an own column, before its name."""
LIST_PREFIX = "list:"
"""Stands before a list's name in the value of a category, where those of trials stand too."""
OTHER_LOOK = (GREY, "cross")
COLOUR_BY = {
    "status": "status",
    "trial": "trial_id",
    "list": "",
    "precision": "precision",
    "decision": "decision",
}
"""What the map can be coloured by, each a filter's name too, and its column in the site table."""
_COMPARED = {"found": FOUND_LOOKS, "change": CHANGE_LOOKS}
"""Columns that only the sites of a comparison have, and the looks of their values."""
_COLUMNS = {**COLOUR_BY, **{name: name for name in _COMPARED}}


def assign_categories(
    sites: pd.DataFrame, colour_by: str
) -> tuple[list[Category], npt.NDArray[np.int8]]:
    """The categories of a site table, and for each row the number of its category.

    Of more than twelve trials or lists, the twelve with the most sites have a look of their own;
    the others share one, whose label says how many they are. Among trials, sites without one go by
    their list's name.
    """
    if colour_by.startswith(FIELD_PREFIX):
        categories, numbers = _assign_own_categories(sites, colour_by.removeprefix(FIELD_PREFIX))
        return list(categories), numbers
    if colour_by in {"trial", "list"}:
        return _assign_sources(sites, with_trials=colour_by == "trial")
    codes, distinct = factorize(sites[_COLUMNS[colour_by]])
    names = [str(name) or NOT_STATED for name in distinct]
    if colour_by == "status":
        categories = [Category(s, *STATUS_LOOKS[s]) for s in (*SITE_STATUSES, NOT_STATED)]
    elif colour_by == "precision":
        categories = [Category(str(p), *look) for p, look in PRECISION_LOOKS.items()]
    elif colour_by == "decision":
        names = [str(name) or UNDECIDED for name in distinct]
        categories = [Category(one, *look) for one, look in DECISION_LOOKS.items()]
    else:
        looks = _COMPARED[colour_by]
        categories = [Category(n, *look, pickable=False) for n, look in looks.items()]
    number = {category.label: i for i, category in enumerate(categories)}
    last = len(categories) - 1
    by_code = np.array([number.get(name, last) for name in names], dtype=np.int8)
    return categories, by_code[codes] if names else np.empty(0, dtype=np.int8)


def _assign_sources(
    sites: pd.DataFrame, *, with_trials: bool
) -> tuple[list[Category], npt.NDArray[np.int8]]:
    """As :func:`assign_categories`, of the sites' lists; of their trials where they have one."""
    numbers, lists = number_lists(sites)
    of_list, distinct = pd.factorize(np.array(lists, dtype=object))
    codes = of_list[numbers]
    lists = [str(name) or NOT_STATED for name in distinct]
    names = lists
    if with_trials:
        trial, trials = factorize(sites["trial_id"])
        has_trial = spread(trial, np.asarray(trials != ""))
        codes = np.where(has_trial, trial, codes + len(trials))
        names = [*map(str, trials), *lists]
    categories = _build_trial_categories(names, count_codes(codes, len(names)))
    if with_trials:
        first = find_first_rows(trial, len(trials))
        at = trials.get_indexer(pd.Index([one.label for one in categories], dtype=trials.dtype))
        titles = [str(sites["trial_title"].iloc[first[n]]) if n >= 0 else "" for n in at]
        categories = [
            replace(one, detail=title) for one, title in zip(categories, titles, strict=True)
        ]
    looks = {category.label: number for number, category in enumerate(categories)}
    colours = get_colours(sites)
    for name in set(lists) & set(looks):
        one = categories[looks[name]]
        categories[looks[name]] = replace(
            one,
            colour=colours.get(name, one.colour),
            value=f"{LIST_PREFIX}{name}" if with_trials and name != NOT_STATED else "",
            pickable=name != NOT_STATED,
        )
    last = len(categories) - 1
    by_code = np.array([looks.get(name, last) for name in names], dtype=np.int8)
    return categories, by_code[codes] if len(sites) else np.empty(0, dtype=np.int8)


@memoize_per_table
def _assign_own_categories(
    sites: pd.DataFrame, name: str
) -> tuple[list[Category], npt.NDArray[np.int8]]:
    """As :func:`assign_categories`, of an own column: steps of a number, else its values."""
    column = sites[name]
    if column.dtype.kind == "f":
        return _assign_steps(column.to_numpy())
    codes, distinct = factorize(column)
    names = [str(name) or NOT_STATED for name in distinct]
    counts = count_codes(codes, len(distinct))
    stated = np.where(np.asarray(distinct == ""), 0, counts)
    categories = _build_trial_categories(names, stated)
    has_others = bool(categories and categories[-1].others)
    look = (GREY, "circle") if has_others else OTHER_LOOK
    categories.append(Category(NOT_STATED, *look, pickable=False))
    number = {category.label: i for i, category in enumerate(categories)}
    other = len(categories) - (2 if has_others else 1)
    by_code = np.array([number.get(name, other) for name in names], dtype=np.int8)
    return categories, by_code[codes] if names else np.empty(0, dtype=np.int8)


def _assign_steps(values: npt.NDArray[np.float64]) -> tuple[list[Category], npt.NDArray[np.int8]]:
    """Steps of about equally many values, from pale to dark; the last for none."""
    stated = values[~np.isnan(values)]
    edges: list[float] = []
    if len(stated):
        edges = _find_quantiles(np.sort(stated), len(STEPS))
    steps = max(len(edges) - 1, 1 if len(stated) else 0)
    looks = [STEPS[round(i * (len(STEPS) - 1) / max(steps - 1, 1))] for i in range(steps)]
    labels = [
        f"{edges[i]:g} – {edges[min(i + 1, len(edges) - 1)]:g}"
        if len(edges) > 1
        else f"{edges[0]:g}"
        for i in range(steps)
    ]
    categories = [Category(n, *look, pickable=False) for n, look in zip(labels, looks, strict=True)]
    categories.append(Category(NOT_STATED, GREY, "cross", pickable=False))
    inner = edges[1:-1] if len(edges) > 2 else []
    codes = np.zeros(len(values), dtype=np.int8)
    for edge in inner:  # of four edges faster than searching in each of a million rows
        codes += values >= edge
    codes[np.isnan(values)] = len(categories) - 1
    return categories, codes


def _find_quantiles(ordered: npt.NDArray[np.float64], steps: int) -> list[float]:
    """The distinct ends of ``steps`` parts of equally many sorted values, as ``np.quantile``."""
    at = np.linspace(0, 1, steps + 1) * (len(ordered) - 1)
    below = np.floor(at).astype(np.int64)
    above = np.minimum(below + 1, len(ordered) - 1)
    found = ordered[below] + (at - below) * (ordered[above] - ordered[below])
    distinct: list[float] = np.unique(found).tolist()
    return distinct


def _build_trial_categories(trial_ids: list[str], counts: npt.NDArray[np.int64]) -> list[Category]:
    """A category for each trial or list with sites, most sites first, as far as there are looks."""
    ranked = np.argsort(-counts, kind="stable")[: int((counts > 0).sum())]
    categories = [
        Category(trial_ids[trial], colour, shape)
        for trial, (colour, shape) in zip(ranked, TRIAL_LOOKS, strict=False)
    ]
    others = len(ranked) - len(categories)
    if others:
        label = f"{others:,} other" + ("s" if others > 1 else "")
        categories.append(Category(label, *OTHER_LOOK, pickable=False, others=others))
    return categories
