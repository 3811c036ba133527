"""Counts of a site table: per country, status, trial, precision, and in one sentence."""

from dataclasses import dataclass

import pandas as pd

from dashboard.vocabulary import NOT_STATED
from geocache.countries import country_name

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


@dataclass(frozen=True, slots=True)
class KeyFigures:
    """The numbers above the map."""

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
    """What a country is called: its short English name, else the registry's text."""
    return country_name(code) or text or NOT_STATED


def country_labels(sites: pd.DataFrame) -> pd.Series:
    """For each row what its country is called, as :func:`country_label` says."""
    pairs = sites[["country_code", "country"]].drop_duplicates()
    labels = {
        (code, text): country_label(code, text)
        for code, text in pairs.itertuples(index=False, name=None)
    }
    keys = zip(sites["country_code"], sites["country"], strict=True)
    return pd.Series([labels[key] for key in keys], index=sites.index, dtype="str")


def key_figures(sites: pd.DataFrame) -> KeyFigures:
    """Counts over a site table; a city counts once in each country and state."""
    country = sites["country_code"].where(sites["country_code"] != "", sites["country"])
    named = sites.loc[sites["city"] != ""]
    return KeyFigures(
        sites=len(sites),
        countries=int(country[country != ""].nunique()),
        cities=len(named[["city", "state", "country_code", "country"]].drop_duplicates()),
        trials=int(sites["trial_id"].nunique()),
        on_map=int(sites["latitude"].notna().sum()),
    )


def by_country(sites: pd.DataFrame) -> pd.DataFrame:
    """A row a country with :data:`COUNTRY_COLUMNS`, most sites first, then by name.

    Grouped by ``country_code``; sites whose country has no code are grouped by its text.
    """
    frame = sites.assign(
        _text=sites["country"].where(sites["country_code"] == "", ""),
        _place=sites["city"] + "\x1f" + sites["state"],
        _recruiting=sites["status"] == "Recruiting",
    )
    frame["_place"] = frame["_place"].where(frame["city"] != "")
    grouped = frame.groupby(["country_code", "_text"], sort=False, observed=True)
    counts = grouped.agg(
        sites=("trial_id", "size"),
        cities=("_place", "nunique"),
        trials=("trial_id", "nunique"),
        recruiting=("_recruiting", "sum"),
    ).reset_index()
    counts["country"] = [
        country_label(code, text)
        for code, text in zip(counts["country_code"], counts["_text"], strict=True)
    ]
    counts["country"] = counts["country"].astype("str")
    counts = counts.sort_values(["sites", "country"], ascending=[False, True], kind="stable")
    return counts[list(COUNTRY_COLUMNS)].reset_index(drop=True)


def by_trial(sites: pd.DataFrame) -> pd.DataFrame:
    """A row a trial with :data:`TRIAL_COLUMNS`, in the table's order."""
    frame = sites.assign(
        _country=sites["country_code"].where(sites["country_code"] != "", sites["country"]),
        _recruiting=sites["status"] == "Recruiting",
    )
    grouped = frame.groupby("trial_id", sort=False, observed=True)
    counts = grouped.agg(
        trial_title=("trial_title", "first"),
        trial_status=("trial_status", "first"),
        phase=("phase", "first"),
        sponsor=("sponsor", "first"),
        sites=("trial_id", "size"),
        countries=("_country", "nunique"),
        recruiting=("_recruiting", "sum"),
    ).reset_index()
    return counts[list(TRIAL_COLUMNS)]


def counts_of(column: pd.Series) -> dict[str, int]:
    """How often each value stands in a column, most frequent first, then by value."""
    counts = column.value_counts()
    ordered = sorted(counts.items(), key=lambda item: (-item[1], str(item[0]).casefold()))
    return {str(value): int(count) for value, count in ordered if count}


def plural(count: int, one: str, many: str = "") -> str:
    """``1 site``, ``75 sites``, ``1,200 cities``."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def sentence(sites: pd.DataFrame, as_of: str = "") -> str:
    """The table in one sentence, as for a person who cannot see the map."""
    if sites.empty:
        return "No site."
    figures = key_figures(sites)
    parts = [
        f"{plural(figures.sites, 'site')} in {plural(figures.countries, 'country', 'countries')}"
    ]
    if figures.trials > 1:
        parts[0] += f" and {plural(figures.trials, 'trial')}"
    countries = by_country(sites)
    if len(countries) > 1:
        first = countries.iloc[0]
        parts.append(f"{first['country']} has the most, {first['sites']:,}")
    if figures.off_map:
        parts.append(f"{figures.on_map:,} on the map, {figures.off_map:,} not")
    else:
        parts.append("all on the map")
    if as_of:
        parts.append(f"as of {as_of}")
    return "; ".join(parts)
