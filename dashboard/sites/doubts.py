"""Finds places to review in a site table: without a position, or with a doubtful one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dashboard.sites.categoricals import (
    Codes,
    combine_codes,
    factorize,
    find_first_rows,
    list_texts,
    spread,
)
from dashboard.sites.memo import memoize_per_table
from dashboard.sites.positions import find_rows, list_distinct_places
from geocache.geo.distance import distance_km
from geocache.place import (
    DOUBTFUL_FLAGS,
    REGISTER_PREFIX,
    Alternative,
    Place,
    Position,
    Precision,
)

MAX_DOUBTS = 500
"""More than a person corrects at once; a filter shows others."""

LEFT_OFF = "left off the map"

_GROUPED_BY = (
    "city",
    "state",
    "postcode",
    "country",
    "latitude",
    "longitude",
    "flags",
    "reason",
    "source",
)
DOUBT_COLUMNS = (
    *("question", "city", "state", "country", "sites", "place_name"),
    *("problem", "reason"),
)


@dataclass(frozen=True, slots=True)
class Doubt:
    """One place in doubt: its sites (index labels), distinct places and present position."""

    city: str
    state: str
    postcode: str
    country: str
    problem: str
    reason: str
    place_name: str
    rows: tuple[int, ...]
    places: tuple[Place, ...]
    latitude: float | None
    longitude: float | None

    @property
    def left_off(self) -> bool:
        """True if a person left the place off the map."""
        return self.problem == LEFT_OFF


@dataclass(frozen=True, slots=True)
class Doubts:
    """The first places in doubt, the number of all, and the number of sites by problem."""

    shown: tuple[Doubt, ...]
    places: int
    missing: int
    flagged: int
    left_off: int


def describe_problem(latitude: object, flags: str, source: str = "") -> str:
    """The problem of a position in a few words, empty if there is none."""
    if pd.isna(latitude):  # type: ignore[call-overload]
        return LEFT_OFF if source == "pin" else "not on the map"
    found = [flag for flag in flags.split(";") if flag in DOUBTFUL_FLAGS]
    return ", ".join(flag.replace("_", " ") for flag in found)


def ask(doubt: Doubt) -> str:
    """What one would ask a colleague about a place in doubt."""
    city, place = doubt.city or doubt.postcode or doubt.state, doubt.place_name.partition(",")[0]
    if doubt.left_off:
        return "Left off the map by a person"
    if doubt.latitude is None:
        return f"Where is {city}?" if city else "Which city is it? None is given"
    problems = doubt.problem.split(", ")
    questions = {
        "outside country": f"Is {city} in {doubt.country}? The point lies outside it",
        "conflicting point": f"Where in {city}? The registry's own point is elsewhere",
        "conflicting state": f"Is {city} in {doubt.state}? One of that name is in another state",
        "ambiguous": f"Which {city}? Others are about as likely",
        "approximate": (
            f"Is {city} the same as {place}?"
            if doubt.city and place and place != doubt.city
            else f"Where in {place or doubt.country}? Only the area is known"
        ),
    }
    return next((text for name, text in questions.items() if name in problems), doubt.problem)


@memoize_per_table
def find_doubts(sites: pd.DataFrame) -> Doubts:
    """The places in doubt, those without a position first, then by number of sites.

    Those that a person left off the map come last. Sites of one city, state, postcode and country
    with the same position and problem count as one place; at most :data:`MAX_DOUBTS` are listed.
    """
    flags, distinct = factorize(sites["flags"])
    doubtful = np.array([bool(describe_problem(0.0, str(text))) for text in distinct], dtype=bool)
    rows = np.flatnonzero(sites["latitude"].isna().to_numpy() | spread(flags, doubtful))
    table = sites.iloc[rows]
    group, keys = pd.factorize(combine_codes(_to_codes(table[name]) for name in _GROUPED_BY))
    count = np.bincount(group, minlength=len(keys))
    first = table.iloc[find_first_rows(group, len(keys))]
    missing = first["latitude"].isna().to_numpy()
    left_off = missing & (first["source"] == "pin").to_numpy()
    texts = (list_texts(first[name]) for name in ("country", "city"))
    ranked = sorted(
        zip(left_off.tolist(), (~missing).tolist(), (-count).tolist(), *texts, range(len(keys)),
            strict=True)
    )  # fmt: skip
    chosen = [one[-1] for one in ranked[:MAX_DOUBTS]]
    order = np.argsort(group, kind="stable")
    starts = np.searchsorted(group[order], np.arange(len(keys) + 1))
    return Doubts(
        shown=tuple(_build_doubt(table.iloc[order[starts[g] : starts[g + 1]]]) for g in chosen),
        places=len(keys),
        missing=int(count[missing & ~left_off].sum()),
        flagged=int(count[~missing].sum()),
        left_off=int(count[left_off].sum()),
    )


def _to_codes(column: pd.Series) -> tuple[Codes, int]:
    codes, distinct = factorize(column)
    return codes, len(distinct)


def _build_doubt(group: pd.DataFrame) -> Doubt:
    first = group.iloc[0]
    missing = pd.isna(first["latitude"])
    return Doubt(
        city=str(first["city"]),
        state=str(first["state"]),
        postcode=str(first["postcode"]),
        country=str(first["country"]),
        problem=describe_problem(first["latitude"], str(first["flags"]), str(first["source"])),
        reason=str(first["reason"]),
        place_name=str(first["place_name"]),
        rows=tuple(int(row) for row in group.index),
        places=tuple(list_distinct_places(group)[1]),
        latitude=None if missing else float(first["latitude"]),
        longitude=None if missing else float(first["longitude"]),
    )


def build_doubt_table(found: Sequence[Doubt]) -> pd.DataFrame:
    """The places in doubt as a table with :data:`DOUBT_COLUMNS`."""
    rows = [
        (ask(d), d.city, d.state, d.country, len(d.rows), d.place_name, d.problem, d.reason)
        for d in found
    ]
    return pd.DataFrame(rows, columns=list(DOUBT_COLUMNS))


REGISTRY_POINT = "the registry's own point"


def find_registry_points(
    readings: Iterable[pd.DataFrame], doubt: Doubt
) -> list[tuple[float, float]]:
    """The registry's own points at a place in doubt, as the lists have them, each once."""
    found = []
    for sites in readings:
        given = sites[sites["latitude"].notna() & sites["longitude"].notna()]
        mine = given[find_rows(given, doubt.places)]
        found += list(zip(mine["latitude"].tolist(), mine["longitude"].tolist(), strict=True))
    return list(dict.fromkeys(found))


def list_candidates(
    doubt: Doubt, answer: Position, own: Sequence[tuple[float, float]]
) -> list[Alternative]:
    """Where the place could be, its present position first; one of those within 1 km.

    Args:
        doubt: the place in doubt.
        answer: the geocache's position, with its alternatives.
        own: the registry's own points.
    """
    found: list[Alternative] = []
    if doubt.latitude is not None and doubt.longitude is not None:
        found.append(Alternative(doubt.latitude, doubt.longitude, doubt.place_name, 1.0))
    if answer.latitude is not None and answer.longitude is not None:
        name = answer.place_name
        found.append(Alternative(answer.latitude, answer.longitude, name, answer.score))
    found += [Alternative(*point, REGISTRY_POINT, 0.5) for point in own]
    found += answer.alternatives
    kept: list[Alternative] = []
    for one in found:
        here = one.latitude, one.longitude
        near = (distance_km(here, (k.latitude, k.longitude)) for k in kept)
        if all(apart > 1.0 for apart in near):
            kept.append(one)
    return kept


def judge_precision(candidate: Alternative, answer: Position) -> str:
    """How exact a candidate's point is, for a pin: the city's unless a record or register has it.

    Args:
        candidate: one of :func:`list_candidates`.
        answer: the geocache's position, whose alternatives are candidates.
    """
    is_door = candidate.place_name == REGISTRY_POINT or answer.source.startswith(REGISTER_PREFIX)
    return "" if is_door else Precision.CITY.value
