"""The top and the bottom of the page: title, summary and key figures; credits."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial

import pandas as pd
import streamlit as st

from dashboard.errors import SavedViewError
from dashboard.page.state import address, links
from dashboard.page.widgets import on_demand
from dashboard.page.widgets.markdown import escape, link, trial_url
from dashboard.service.viewer import Viewer
from dashboard.sites import list_rows, summary
from dashboard.sites.trial import Trial
from geocache.version import __version__

TITLE = "Trial site map"
MAX_NAMED = 4
"""How many of several trials are named."""


def draw_title(sites: pd.DataFrame, trials: Mapping[str, Trial], as_of: str) -> None:
    """Draw the title, the trials, and a sentence on the filtered sites."""
    ids = summary.first_trials(sites, MAX_NAMED)
    if len(ids) == 1 and ids[0] in trials:
        _draw_trial(trials[ids[0]], as_of)
    else:
        without = list_rows.count_sites(sites[(sites["trial_id"] == "").to_numpy()])
        alone = ids == ("",) and len(without) == 1
        st.title(escape(next(iter(without))) if alone else TITLE, anchor=False)
        if len(sites) and not alone:
            total = summary.key_figures(sites).trials
            st.caption(escape(_name_trials(ids, trials, total, list(without))))
    if len(sites):
        st.markdown(escape(summary.sentence(sites, as_of)))


def draw_link_problem(notes: Sequence[str]) -> None:
    """Say what of a link cannot be shown, before anything is shown."""
    st.title(TITLE, anchor=False)
    points = "\n".join(f"- {escape(note)}" for note in notes)
    st.warning(f"Part of this link cannot be shown here:\n\n{points}")
    st.button(
        "Show the sites without it",
        key="confirm_link",
        type="primary",
        on_click=address.confirm,
        help="The rest of the link applies",
    )


def _draw_trial(trial: Trial, as_of: str) -> None:
    st.title(escape(trial.title or trial.trial_id or "Site list"), anchor=False)
    trial_date = trial.as_of or trial.last_updated
    facts = [
        link(trial_url(trial), trial.trial_id) if trial.trial_id else "",
        escape(trial.acronym),
        escape(trial.status),
        escape(trial.phase),
        f"{trial.enrollment:,} participants" if trial.enrollment is not None else "",
        f"as of {escape(trial_date)}" if trial_date and trial_date != as_of else "",
    ]
    st.markdown(" · ".join(fact for fact in facts if fact))


def _name_trials(
    ids: Sequence[str], trials: Mapping[str, Trial], total: int, lists: Sequence[str]
) -> str:
    """The first trials by their ids, and the lists whose sites have no trial by their names."""
    parts = []
    if total:
        parts.append(_name_some("trial", [i for i in ids if i], total))
    if lists:
        what = "list" if total else "list without a trial"
        many = "" if total else "lists without a trial"
        parts.append(_name_some(what, lists[:MAX_NAMED], len(lists), many))
    titles = [trials[i].title for i in ids if i in trials and trials[i].title]
    if not parts:
        return f"No trial ID: {titles[0]}" if titles else "The site lists name no trial."
    return "; ".join(parts)


def _name_some(what: str, names: Sequence[str], total: int, many: str = "") -> str:
    more = f" and {total - len(names):,} more" if total > len(names) else ""
    return f"{summary.plural(total, what, many)}: {', '.join(names)}{more}"


def draw_key_figures(sites: pd.DataFrame) -> None:
    """Draw the key figures of the filtered sites."""
    figures = summary.key_figures(sites)
    with st.container(horizontal=True, gap="small"):
        _draw_metric("Sites", f"{figures.sites:,}", "Rows of the lists, as filtered")
        _draw_metric("Countries", f"{figures.countries:,}", "Countries with such a site")
        _draw_metric("Cities", f"{figures.cities:,}", "Each once, however the lists spell it")
        if figures.trials > 1:
            _draw_metric("Trials", f"{figures.trials:,}", "Trials with such a site")
        on_map = f"{figures.on_map:,} of {figures.sites:,}"
        _draw_metric("On the map", on_map, "Sites with a position, at least of their region")


def _draw_metric(label: str, value: str, meaning: str) -> None:
    st.metric(label, value, border=True, help=meaning)


def draw_footer(viewer: Viewer) -> None:
    """Draw the credits, and short notices on the policies of public services."""
    lines = [f"Positions: {escape(credit)}" for credit in viewer.geocoder.attributions]
    lines += [escape(notice) for notice in viewer.geocoder.notices]
    lines.append(f"{TITLE} {escape(__version__)}")
    st.caption("  \n".join(lines))
    _draw_citation(viewer)


@st.fragment
def _draw_citation(viewer: Viewer) -> None:
    on_demand.popover(
        "How to cite",
        partial(_draw_citation_text, viewer),
        key="cite",
        icon=":material/format_quote:",
    )


def _draw_citation_text(viewer: Viewer) -> None:
    today = datetime.now().astimezone().date()
    as_of = viewer.library().as_of
    parts = [
        f"{TITLE}, version {__version__}",
        f"Sites of {as_of}" if as_of else "",
        *(f"Positions: {credit}" for credit in viewer.geocoder.attributions),
        f"{_build_link()}, seen on {today.isoformat()}",
    ]
    st.markdown("For a paper or slides")
    st.code(". ".join(part for part in parts if part) + ".", language=None, wrap_lines=True)
    st.caption("The link is that of this view: its filters are in it.")


def _build_link() -> str:
    try:
        return links.build_view_link()
    except SavedViewError:
        return links.get_page_url()
