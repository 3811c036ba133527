"""What a person asks of the Reach tab: a distance or minutes, a level, another trial."""

from functools import partial
from typing import NamedTuple

import pandas as pd
import streamlit as st

from dashboard.exports import Provenance
from dashboard.page.state import address
from dashboard.page.tabs.reach.tables import LEVELS
from dashboard.query.near import KM_PER
from dashboard.query.parameters import VIEW_PREFIX
from dashboard.reach import travel_time
from dashboard.reach.catchment import MOST_KM as MOST_CATCHMENT_KM
from dashboard.reach.reach import MOST_MINUTES
from dashboard.reach.travel_time import find_distance
from dashboard.sites.summary import first_trials

MINUTES = "minutes"
"""The measure beside km and miles."""

DEFAULT = {"km": 80, "miles": 50, MINUTES: 60}
MOST = {"km": 2_000, "miles": 1_250, MINUTES: MOST_MINUTES}
MAX_TRIALS = 500
PREFIX = "reach_"
"""The tab's parameters in the address begin with it, after ``view_``."""

_NEAR, _LEVEL, _AGAINST, _SHARED = (
    f"{PREFIX}{name}" for name in ("near", "level", "against", "shared")
)


class Asked(NamedTuple):
    """What a person asks of the tab.

    ``within_km`` is the straight line; with ``minutes`` the one that they are estimated from.
    ``words`` say the distance. ``catchment_km`` is set for shared access, ``against`` is the id of
    another trial.
    """

    within_km: float
    words: str
    level: str
    minutes: int = 0
    catchment_km: float | None = None
    against: str = ""

    def to_pairs(self) -> list[tuple[str, str]]:
        """The parameters of the dataset ``reach``."""
        within = ("within_min", str(self.minutes)) if self.minutes else ()
        within = within or ("within_km", f"{self.within_km:g}")
        pairs = [within, ("levels", self.level)]
        pairs += [("catchment_km", f"{self.catchment_km:g}")] if self.catchment_km else []
        return pairs + ([("against", self.against)] if self.against else [])


def is_in_link() -> bool:
    """Whether the address bar has something that is asked of this tab."""
    return any(name.startswith(f"{VIEW_PREFIX}{PREFIX}") for name, _ in address.view_pairs())


def draw_question(sites: pd.DataFrame, provenance: Provenance) -> Asked:
    """Draw the choice of distance or minutes, of the level, and of what else is shown.

    What differs from the default is in the address bar.
    """
    unit = address.unit()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        measure = _draw_choice(
            "Near means",
            _NEAR,
            {unit: unit, MINUTES: "Minutes (estimated)"},
            explained=travel_time.SOURCE,
        )
        number = _draw_number(measure)
        american = bool((sites["country_code"] == "US").any())
        levels = {name: words for name, words in LEVELS.items() if name != "county" or american}
        level = _draw_choice("By", _LEVEL, levels)
    timed = measure == MINUTES
    within_km = find_distance(number) if timed else number * KM_PER[unit]
    words = f"an estimated {number:,} minutes" if timed else f"{number:,} {unit}"
    with st.container(horizontal=True, vertical_alignment="center"):
        against = _draw_trial_choice(sites, provenance)
        st.session_state[_SHARED] = address.view(_SHARED, "") == "1"
        shared = st.toggle(
            "Shared access",
            key=_SHARED,
            disabled=within_km > MOST_CATCHMENT_KM,
            on_change=lambda: address.set_view(
                _SHARED, "1" if st.session_state[_SHARED] else "", ""
            ),
            help=f"Sites per million people if everybody within {words} of a site shares it "
            "(two-step floating catchment, 2SFCA). "
            f"Up to {MOST_CATCHMENT_KM:,.0f} km.",
        )
    catchment_km = within_km if shared and within_km <= MOST_CATCHMENT_KM else None
    return Asked(within_km, words, level, number if timed else 0, catchment_km, against)


def _draw_choice(
    label: str, key: str, names: dict[str, str], *, explained: str | None = None
) -> str:
    """Draw a choice whose first option is the default."""
    default = next(iter(names))
    asked = address.view(key, default)
    st.session_state[key] = asked if asked in names else default
    chosen = st.segmented_control(
        label,
        list(names),
        key=key,
        format_func=lambda name: names.get(name, name),
        on_change=partial(_remember, key, default),
        help=explained,
    )
    return str(chosen or default)


def _draw_number(measure: str) -> int:
    """Draw the field for the distance or the minutes, each of which is remembered by itself."""
    key, default, most = f"{PREFIX}{measure}", DEFAULT[measure], MOST[measure]
    asked = address.view(key, "")
    possible = asked.isdecimal() and 1 <= int(asked[:6]) <= most
    st.session_state[key] = int(asked[:6]) if possible else default
    number = st.number_input(
        f"Within ({measure})",
        min_value=1,
        max_value=most,
        step=5,
        key=key,
        on_change=partial(_remember, key, str(default)),
        width=140,
    )
    return int(number)


def _draw_trial_choice(sites: pd.DataFrame, provenance: Provenance) -> str:
    """Draw the choice of a trial to compare with, if there is another one; its id, or empty."""
    trials = provenance.library.trials
    shown = set(first_trials(sites, 2))
    others = [i for i in first_trials(provenance.library.table, MAX_TRIALS) if i]
    if len(shown) == 1:
        others = [i for i in others if i not in shown]
    if not others:
        return ""
    asked = address.view(_AGAINST, "")
    st.session_state[_AGAINST] = asked if asked in others else None
    chosen = st.selectbox(
        "Compare with a trial",
        others,
        key=_AGAINST,
        format_func=lambda i: f"{i} · {trials[i].title[:60]}" if i in trials else i,
        placeholder="Compare with a trial",
        label_visibility="collapsed",
        on_change=partial(_remember, _AGAINST, ""),
        width=320,
    )
    return str(chosen or "")


def _remember(name: str, default: str) -> None:
    address.set_view(name, str(st.session_state[name] or default), default)
