"""Counts of a site table: per country, per trial, in total, and in one sentence."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from dashboard.sites.categoricals import (
    Codes,
    categorical_from_codes,
    combine_codes,
    count_codes,
    count_distinct_pairs,
    factorize,
    find_first_rows,
    spread,
)
from dashboard.sites.memo import memoize_per_table
from dashboard.sites.trial import Trial
from dashboard.sites.vocabulary import NOT_STATED
from geocache.geo.countries import country_name
from geocache.geo.states import state_name
from geocache.place import Precision

STATE_COLUMNS = (
    "state",
    "state_code",
    "country",
    "country_code",
    "sites",
    "cities",
    "trials",
    "recruiting",
)
COUNTRY_COLUMNS = ("country", "country_code", "sites", "cities", "trials", "recruiting")
TRIAL_COLUMNS = (
    "trial_id",
    "trial_title",
    "trial_status",
    "phase",
    "sponsor",
    "sites",
    "countries",
    "recruiting",
)
TRIAL_FACT_COLUMNS = (
    *("start_date", "completion_date", "first_posted", "last_update"),
    *("conditions", "interventions", "enrollment"),
)
"""What a trial's record adds to :data:`TRIAL_COLUMNS`."""


@dataclass(frozen=True, slots=True)
class KeyFigures:
    """The figures above the map."""

    sites: int
    countries: int
    cities: int
    trials: int
    on_map: int

    @property
    def off_map(self) -> int:
        """Sites without a position."""
        return self.sites - self.on_map


def country_label(code: str, text: str = "") -> str:
    """A country's short English name, else the registry's text."""
    return country_name(code) or text or NOT_STATED


def country_labels(sites: pd.DataFrame) -> pd.Series:
    """:func:`country_label` of each row."""
    land, names = _countries(sites)
    labels = categorical_from_codes(land, [country_label(*name) for name in names])
    return pd.Series(labels.astype("str"), index=sites.index)


@memoize_per_table
def key_figures(sites: pd.DataFrame) -> KeyFigures:
    """The key figures; a city counts once over its spellings, a missing trial id not at all."""
    land, names = _countries(sites)
    city, _ = _cities(sites)
    trial, trials = factorize(sites["trial_id"])
    named = np.array([bool(code or text) for code, text in names], dtype=bool)
    return KeyFigures(
        sites=len(sites),
        countries=int((named & (count_codes(land, len(names)) > 0)).sum()),
        cities=len(city),
        trials=int(((count_codes(trial, len(trials)) > 0) & np.asarray(trials != "")).sum()),
        on_map=int(sites["latitude"].notna().sum()),
    )


@memoize_per_table
def first_trials(sites: pd.DataFrame, most: int) -> tuple[str, ...]:
    """The first ``most`` trials of a site table, in its order."""
    trial, trials = factorize(sites["trial_id"])
    first = find_first_rows(trial, len(trials))
    order = np.argsort(first, kind="stable")[: min(most, int((first < len(sites)).sum()))]
    return tuple(str(name) for name in trials[order])


@memoize_per_table
def _countries(sites: pd.DataFrame) -> tuple[Codes, list[tuple[str, str]]]:
    """For each row the number of its country, and by number its code, or its text without one."""
    codes, distinct_codes = factorize(sites["country_code"])
    texts, distinct_texts = factorize(sites["country"])
    coded = np.asarray(distinct_codes != "")
    names = [(str(code), "") for code in distinct_codes]
    names += [("", str(text)) for text in distinct_texts]
    if coded.all():
        return codes, names[: len(distinct_codes)]
    has_code = spread(codes, coded)
    return np.where(has_code, codes, texts.astype(np.int64) + len(distinct_codes)), names


@memoize_per_table
def _cities(sites: pd.DataFrame) -> tuple[Codes, Codes]:
    """A number for each distinct city, and the number of its country.

    Spellings of one place (Munich, München) are one city; a city that was not found counts by its
    text and state.
    """
    land, names = _countries(sites)
    city, cities = factorize(sites["city"])
    state, states = factorize(sites["state"])
    named = np.flatnonzero(spread(city, np.asarray(cities != "")))
    if not len(named):
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    parts = [(land, len(names)), (state, len(states)), (city, len(cities))]
    spelling, keys = pd.factorize(combine_codes((code[named], size) for code, size in parts))
    place, places = factorize(sites["place_name"])
    exact, precisions = factorize(sites["precision"])
    is_found = spread(exact, np.asarray(precisions == Precision.CITY)) & spread(
        place, np.asarray(places != "")
    )
    rows = np.flatnonzero(is_found[named])
    first = find_first_rows(spelling[rows], len(keys))
    found = np.flatnonzero(first < len(rows))
    number = len(places) + np.arange(len(keys), dtype=np.int64)
    number[found] = place[named[rows[first[found]]]]
    lands = land[named[find_first_rows(spelling, len(keys))]]
    _, distinct = np.unique(number * max(1, len(names)) + lands, return_index=True)
    return number[distinct], lands[distinct]


@memoize_per_table
def count_by_country(sites: pd.DataFrame) -> pd.DataFrame:
    """One row per country with :data:`COUNTRY_COLUMNS`, most sites first, then by name.

    Grouped by ``country_code``; sites whose country has no code are grouped by its text.
    """
    land, names = _countries(sites)
    size = len(names)
    _, city_lands = _cities(sites)
    trial, trials = factorize(sites["trial_id"])
    of_land = count_codes(land, size)
    labels = [country_label(*name) for name in names]
    order = sorted(np.flatnonzero(of_land), key=lambda n: (-of_land[n], labels[n]))
    counts = pd.DataFrame(
        {
            "country": pd.Series([labels[n] for n in order], dtype="str"),
            "country_code": pd.Series([names[n][0] for n in order], dtype="str"),
            "sites": of_land[order],
            "cities": count_codes(city_lands, size)[order],
            "trials": _count_trials(land, trial, size, trials)[order],
            "recruiting": count_codes(land[_recruiting(sites)], size)[order],
        }
    )
    return counts[list(COUNTRY_COLUMNS)]


@memoize_per_table
def count_by_state(sites: pd.DataFrame) -> pd.DataFrame:
    """One row per state or province with :data:`STATE_COLUMNS`, most sites first, then by name.

    Grouped by ``state_code``; sites without one are a row for each country, with an empty state.
    """
    state, codes = factorize(sites["state_code"])
    land, lands = factorize(sites["country_code"])
    keys, distinct = pd.factorize(combine_codes([(land, len(lands)), (state, len(codes))]))
    size = len(distinct)
    trial, trials = factorize(sites["trial_id"])
    city, cities = factorize(sites["city"])
    named = spread(city, np.asarray(cities != ""))
    state_codes = [str(codes[key % len(codes)]) for key in distinct.tolist()]
    countries = [str(lands[key // len(codes)]) for key in distinct.tolist()]
    counts = pd.DataFrame(
        {
            "state": pd.Series([state_name(code) for code in state_codes], dtype="str"),
            "state_code": pd.Series(state_codes, dtype="str"),
            "country": pd.Series([country_label(code) for code in countries], dtype="str"),
            "country_code": pd.Series(countries, dtype="str"),
            "sites": np.bincount(keys, minlength=size),
            "cities": count_distinct_pairs(keys[named], city[named], size, len(cities)),
            "trials": _count_trials(keys, trial, size, trials),
            "recruiting": np.bincount(keys[_recruiting(sites)], minlength=size),
        }
    )
    counts = counts.sort_values(
        ["sites", "state", "country", "state_code"], ascending=[False, True, True, True]
    )
    return counts[list(STATE_COLUMNS)].reset_index(drop=True)


def _count_trials(group: Codes, trial: Codes, groups: int, trials: pd.Index) -> Codes:
    """The number of trials in each group; sites without a trial id add none."""
    named = np.asarray(trials != "")
    if not named.all():
        kept = spread(trial, named)
        group, trial = group[kept], trial[kept]
    return count_distinct_pairs(group, trial, groups, len(trials))


@memoize_per_table
def _recruiting(sites: pd.DataFrame) -> npt.NDArray[np.bool_]:
    codes, distinct = factorize(sites["status"])
    return spread(codes, np.array([word == "Recruiting" for word in distinct], dtype=bool))


@memoize_per_table
def count_by_trial(sites: pd.DataFrame) -> pd.DataFrame:
    """One row per trial with :data:`TRIAL_COLUMNS`, in the table's order."""
    trial, trials = factorize(sites["trial_id"])
    land, names = _countries(sites)
    size = len(trials)
    first = find_first_rows(trial, size)
    order = np.argsort(first, kind="stable")
    order = order[: int((first < len(sites)).sum())]
    named = ("trial_id", "trial_title", "trial_status", "phase", "sponsor")
    columns: dict[str, object] = {
        name: sites[name].iloc[first[order]].astype("str").to_numpy() for name in named
    }
    columns["sites"] = count_codes(trial, size)[order]
    columns["countries"] = _named_countries(trial, land, names, size)[order]
    columns["recruiting"] = count_codes(trial[_recruiting(sites)], size)[order]
    counts = pd.DataFrame(columns)
    return counts.astype(dict.fromkeys(named, "str"))[list(TRIAL_COLUMNS)]


def add_trial_facts(counts: pd.DataFrame, trials: Mapping[str, Trial]) -> pd.DataFrame:
    """The counts per trial with :data:`TRIAL_FACT_COLUMNS` from the trials' records.

    Dates are ISO 8601, as exact as the record (``2015-09``). Conditions and the names of
    interventions are separated by ``; ``. What a record does not say is empty; ``enrollment`` is
    then NaN.
    """
    nothing = Trial("")
    records = [trials.get(str(trial_id), nothing) for trial_id in counts["trial_id"]]
    texts = {
        "start_date": [record.start_date for record in records],
        "completion_date": [record.completion_date for record in records],
        "first_posted": [record.first_posted for record in records],
        "last_update": [record.last_updated for record in records],
        "conditions": ["; ".join(record.conditions) for record in records],
        "interventions": ["; ".join(one.name for one in r.interventions) for r in records],
    }
    facts = {name: pd.Series(values, dtype="str").array for name, values in texts.items()}
    enrollment = [np.nan if r.enrollment is None else float(r.enrollment) for r in records]
    return counts.assign(**facts, enrollment=np.array(enrollment, dtype=float))


def _named_countries(
    trial: Codes, land: Codes, names: list[tuple[str, str]], size: int
) -> npt.NDArray[np.int64]:
    named = spread(land, np.array([bool(code or text) for code, text in names], dtype=bool))
    if named.all():
        return count_distinct_pairs(trial, land, size, len(names))
    return count_distinct_pairs(trial[named], land[named], size, len(names))


def most_frequent(
    distinct: pd.Index, counts: Codes, limit: int, also: tuple[str, ...] = ()
) -> dict[str, int]:
    """Texts with their counts, most frequent first, then by text; counts of 0 are left out.

    At most ``limit``, and those in ``also``.
    """
    kept = np.flatnonzero(counts)
    if len(kept) > limit:
        least = -np.partition(-counts[kept], limit - 1)[limit - 1]
        likely = kept[counts[kept] >= least]
        asked = np.flatnonzero(distinct.isin(also) & (counts > 0)) if also else likely[:0]
        texts = distinct.to_numpy(dtype=object)
        ranked = sorted(
            ((str(texts[i]), int(counts[i])) for i in likely[: 4 * limit]), key=_by_frequency
        )
        chosen = ((str(texts[i]), int(counts[i])) for i in asked)
        return dict(sorted({**dict(ranked[:limit]), **dict(chosen)}.items(), key=_by_frequency))
    pairs = zip(distinct[kept].tolist(), counts[kept].tolist(), strict=True)
    return dict(sorted(((str(value), int(count)) for value, count in pairs), key=_by_frequency))


def _by_frequency(item: tuple[str, int]) -> tuple[int, str]:
    return -item[1], item[0].casefold()


def count_values(column: pd.Series) -> dict[str, int]:
    """The number of rows of each value of a column, most frequent first, then by value."""
    codes, distinct = factorize(column)
    return most_frequent(distinct, count_codes(codes, len(distinct)), len(distinct) + 1)


def plural(count: int, one: str, many: str = "") -> str:
    """``1 site``, ``75 sites``, ``1,200 cities``."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def sentence(sites: pd.DataFrame, as_of: str = "") -> str:
    """The table in one sentence, a text alternative to the map."""
    if sites.empty:
        return "No site."
    figures = key_figures(sites)
    parts = [
        f"{plural(figures.sites, 'site')} in {plural(figures.countries, 'country', 'countries')}"
    ]
    if figures.trials > 1:
        parts[0] += f" and {plural(figures.trials, 'trial')}"
    countries = count_by_country(sites)
    if len(countries) > 1:
        first, second = countries.iloc[0], countries.iloc[1]
        if first["sites"] > second["sites"]:
            parts.append(f"{first['country']} has the most, {first['sites']:,}")
    if figures.off_map:
        parts.append(f"{figures.on_map:,} on the map, {figures.off_map:,} not")
    else:
        parts.append("all on the map")
    if as_of:
        parts.append(f"as of {as_of}")
    return "; ".join(parts)
