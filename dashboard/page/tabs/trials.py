"""The trials of the filtered sites: a table to select from, and a matrix by country."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from dashboard.page.state import address
from dashboard.page.tabs import pagination
from dashboard.page.tabs import sites as sites_tab
from dashboard.page.widgets.markdown import escape, nct_url
from dashboard.sites import list_rows, summary
from dashboard.sites.categoricals import to_plain_text
from dashboard.sites.memo import memoize_per_table
from dashboard.sites.records import get_records
from dashboard.sites.trial import Trial

MATRIX_TRIALS = 40
MATRIX_COUNTRIES = 30
_TABLE = "trials_table"
WRAPPED_ROW = 66
"""Height of a row in pixels; Streamlit breaks long texts into lines in rows above 64."""


def _filter_selected(ids: list[str]) -> None:
    rows = st.session_state[_TABLE]["selection"]["rows"]
    address.change(trial=tuple(ids[row] for row in rows if row < len(ids)))


@memoize_per_table
def _list_trials(sites: pd.DataFrame) -> pd.DataFrame:
    """The trials that have an id with their counts and facts, most sites first."""
    counts = summary.count_by_trial(sites).sort_values("sites", ascending=False, kind="stable")
    return summary.add_trial_facts(counts[counts["trial_id"] != ""], get_records(sites))


def draw_trials(sites: pd.DataFrame, trials: Mapping[str, Trial]) -> None:
    """Draw the table of trials, that of lists without trials, and both by countries."""
    every = _list_trials(sites)
    if len(every):
        _draw_trial_table(sites, every, trials)
    without = sites[(sites["trial_id"] == "").to_numpy()]
    if len(without):
        _draw_lists(without)
    if len(every) + len(list_rows.count_sites(without)) > 1:
        _draw_matrix(sites)


def _draw_trial_table(
    sites: pd.DataFrame, every: pd.DataFrame, trials: Mapping[str, Trial]
) -> None:
    title = summary.plural(summary.key_figures(sites).trials, "trial")
    st.markdown(f"**{title}**. Select rows to filter by trial.")
    counts = to_plain_text(
        pagination.paginate(every, list(every.columns), sites_tab.column_label, "trials")
    )
    counts["as_of"] = [_find_date(trials.get(i)) for i in counts["trial_id"]]
    counts["record"] = [nct_url(i) or None for i in counts["trial_id"]]
    ids = list(counts["trial_id"])
    selected = st.session_state.get(_TABLE, {}).get("selection", {}).get("rows", [])
    st.button(
        "Show only selected trials",
        key="keep_trials",
        disabled=not selected,
        on_click=_filter_selected,
        args=(ids,),
        icon=":material/filter_alt:",
    )
    st.dataframe(
        counts,
        hide_index=True,
        height="auto" if len(counts) < 7 else 440,
        row_height=WRAPPED_ROW,
        column_config={
            "trial_id": st.column_config.TextColumn("Trial", width=105),
            "trial_title": st.column_config.TextColumn("Title", width=430),
            "trial_status": st.column_config.TextColumn("Status", width=120),
            "phase": st.column_config.TextColumn("Phase", width=85),
            "sponsor": st.column_config.TextColumn("Sponsor", width=130),
            "sites": st.column_config.NumberColumn("Sites", format="localized"),
            "countries": st.column_config.NumberColumn("Countries", format="localized"),
            "recruiting": st.column_config.NumberColumn("Recruiting", format="localized"),
            "start_date": "Start",
            "completion_date": "Completion",
            "first_posted": "First posted",
            "last_update": "Last update",
            "conditions": st.column_config.TextColumn("Conditions", width=200),
            "interventions": st.column_config.TextColumn("Interventions", width=200),
            "enrollment": st.column_config.NumberColumn("Participants", format="localized"),
            "as_of": "As of",
            "record": st.column_config.LinkColumn("Record", display_text="Open"),
        },
        alt=f"Trials, {len(every):,} rows",
        **pagination.react_to_headers(
            len(every), list(every.columns), _TABLE, "trials", rows="multi-row"
        ),
    )


def _draw_lists(without: pd.DataFrame) -> None:
    """Draw the lists whose sites name no trial, each with a button that filters by it."""
    counts = list_rows.count_sites(without)
    st.markdown(f"**{summary.plural(len(counts), 'list')}** without a trial")
    with st.container(horizontal=True, gap="small"):
        for number, (name, count) in enumerate(counts.items()):
            st.button(
                f"{escape(name)}: {summary.plural(count, 'site')}",
                key=f"only_list_{number}",
                icon=":material/filter_alt:",
                on_click=address.change,
                kwargs={"list": (name,)},
                help="Show only the sites of this list",
            )


def _find_date(trial: Trial | None) -> str:
    return (trial.as_of or trial.last_updated) if trial else ""


def _draw_matrix(sites: pd.DataFrame) -> None:
    """Draw the sites of the largest trials, and of lists without one, by country."""
    st.markdown("**Sites by trial and country**")
    trial = sites["trial_id"].astype("str").to_numpy()
    names = pd.Series(trial, index=sites.index)
    if (trial == "").any():
        names = names.where(trial != "", pd.Series(list_rows.name_rows(sites), index=sites.index))
    counts = names.value_counts()
    largest = counts.index[:MATRIX_TRIALS]
    countries = summary.count_by_country(sites)["country"].head(MATRIX_COUNTRIES)
    of_largest = sites[names.isin(largest).to_numpy()]
    labels = summary.country_labels(of_largest)
    kept = labels.isin(countries).to_numpy()
    matrix = pd.crosstab(names[of_largest.index][kept], labels[kept])
    order = [country for country in countries if country in matrix.columns]
    matrix = matrix.reindex(index=[i for i in largest if i in matrix.index], columns=order)
    matrix.index.name = "Trial"
    st.dataframe(
        matrix.astype("Int64").mask(matrix == 0),
        placeholder="",
        height="auto" if len(matrix) < 10 else 380,
        alt=f"Sites by trial and country, {len(matrix)} trials by {len(order)} countries",
    )
    if len(counts) > MATRIX_TRIALS or sites["country_code"].nunique() > MATRIX_COUNTRIES:
        st.caption(
            f"Only the {MATRIX_TRIALS} trials and {MATRIX_COUNTRIES} countries with the most sites."
        )
