"""The top of the page: which trials, in one sentence, and the key figures."""

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from dashboard.page.widgets.markdown import escape, link, trial_url
from dashboard.service.viewer import Viewer
from dashboard.sites import summary
from dashboard.sites.trial import Trial
from geocache.version import __version__

NAMED = 4
"""Of many trials so many are named."""


def draw_title(sites: pd.DataFrame, trials: Mapping[str, Trial], as_of: str) -> None:
    """Draw the title and the sentence on the filtered sites."""
    ids = summary.first_trials(sites, NAMED)
    if len(ids) == 1 and ids[0] in trials:
        _one_trial(trials[ids[0]], as_of)
    else:
        st.title("Trial site map", anchor=False)
        if len(sites):
            st.caption(escape(_many(ids, trials, summary.key_figures(sites).trials)))
    if len(sites):
        st.markdown(escape(summary.sentence(sites, as_of)))


def draw_key_figures(sites: pd.DataFrame) -> None:
    """Draw the key figures of the filtered sites."""
    figures = summary.key_figures(sites)
    with st.container(horizontal=True, gap="small"):
        st.metric("Sites", f"{figures.sites:,}", border=True)
        st.metric("Countries", f"{figures.countries:,}", border=True)
        st.metric("Cities", f"{figures.cities:,}", border=True)
        if figures.trials > 1:
            st.metric("Trials", f"{figures.trials:,}", border=True)
        st.metric("On the map", f"{figures.on_map:,} of {figures.sites:,}", border=True)


def build_file_title(sites: pd.DataFrame, trials: Mapping[str, Trial]) -> str:
    """What the sites are called in a file: their trial, or how many trials they are of."""
    ids = summary.first_trials(sites, 2)
    one = trials.get(ids[0]) if len(ids) == 1 else None
    if one:
        return ": ".join(part for part in (one.trial_id, one.title) if part) or "Site list"
    total = summary.key_figures(sites).trials
    return f"Trial site map: {summary.plural(total, 'trial')}" if total else "Site list"


def _one_trial(trial: Trial, as_of: str) -> None:
    st.title(escape(trial.title or trial.trial_id or "Site list"), anchor=False)
    dated = trial.as_of or trial.last_updated
    facts = [
        link(trial_url(trial), trial.trial_id) if trial.trial_id else "",
        escape(trial.acronym),
        escape(trial.status),
        escape(trial.phase),
        f"{trial.enrollment:,} participants" if trial.enrollment is not None else "",
        f"as of {escape(dated)}" if dated and dated != as_of else "",
    ]
    st.markdown(" · ".join(fact for fact in facts if fact))


def _many(ids: Sequence[str], trials: Mapping[str, Trial], total: int) -> str:
    """The first few by name, and how many there are."""
    names = [i or trials[i].title for i in ids if i or i in trials]
    if not total:
        return f"Without a trial's id: {names[0]}" if names else "Site lists that name no trial."
    more = f" and {total - len(names):,} more" if total > len(names) else ""
    return f"{summary.plural(total, 'trial')} open: {', '.join(names)}{more}"


def draw_footer(viewer: Viewer) -> None:
    """Draw the credits, and in short the policies of public services."""
    lines = [f"Positions: {escape(credit)}" for credit in viewer.geocoder.attributions]
    lines += [escape(notice) for notice in viewer.geocoder.notices]
    lines.append(f"Trial site map {escape(__version__)}. Borders are no statement on their status.")
    st.caption("  \n".join(lines))
