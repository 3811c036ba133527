"""The filters in the sidebar, each choice with the number of sites it would leave."""

from collections.abc import Callable, Mapping
from functools import partial

import pandas as pd
import streamlit as st

from dashboard.errors import FilterError
from dashboard.library.own_lists.area_file import MAX_NAME
from dashboard.page.sidebar import area, eligibility, nearest, own_columns, registry_form, uploads
from dashboard.page.state import address
from dashboard.page.widgets.feedback import check_length
from dashboard.page.widgets.markdown import escape
from dashboard.query.field_filters import PREFIX
from dashboard.query.filter_kinds import GROUPS, ChoiceFilter, Filter
from dashboard.query.filters import FILTERS, Filters, find_filter
from dashboard.query.near import KM_PER
from dashboard.service.viewer import Viewer
from dashboard.sites.facilities import name_facilities
from dashboard.sites.summary import plural
from dashboard.sites.trial import Trial

_MAX_TITLE = 40


def draw_filters(
    filters: Filters,
    facets: dict[str, dict[str, int]],
    trials: Mapping[str, Trial],
    near_error: FilterError | None = None,
    *,
    sites: pd.DataFrame,
    viewer: Viewer,
    shown: int = 0,
) -> None:
    """Draw the filters; every change goes to the address bar.

    Args:
        filters: those that are set.
        facets: the choices of each filter with their counts.
        trials: the open trials by id.
        near_error: why the place of ``near`` was not found.
        sites: the whole site table.
        viewer: has the session's saved areas.
        shown: how many sites the filters leave.
    """
    with st.sidebar:
        st.subheader("Filters")
        _draw_search(FILTERS["q"], filters.q)
        if "Recruiting" in facets["status"]:
            st.session_state["filter_recruiting"] = filters.status == ("Recruiting",)
            st.toggle(
                f"Recruiting only ({facets['status']['Recruiting']:,})",
                key="filter_recruiting",
                on_change=_write_recruiting,
            )
        nearest.draw_nearest(filters, near_error)
        area.draw_area(filters, sites, viewer)
        eligibility.draw_eligibility(filters, facets, trials)
        for one in _sort_by_group(facets):
            counts, chosen = facets[one.name], filters.get(one.name, ())
            is_own = one.name.startswith(PREFIX)
            if not is_own and (chosen or len(counts) >= one.min_choices):
                named = partial(_name_trial, trials) if one.name == "trial" else None
                _draw_choices(one, counts, chosen, named)
        own_columns.draw_own_columns(filters, facets, sites, _draw_choices)
        _draw_show_button(shown)


def _draw_show_button(shown: int) -> None:
    """On a phone, where the filters fill the screen, the button that leads to the sites."""
    label = f"Show {plural(shown, 'site')}"
    with st.container(key="show_sites"):
        st.html(f"<button type='button' data-sm-fold>{label}</button>")


def _sort_by_group(names: Mapping[str, object]) -> list[ChoiceFilter]:
    found = [one for name in names if isinstance(one := find_filter(name), ChoiceFilter)]
    drawn = [one for one in found if one.group in GROUPS]
    return sorted(drawn, key=lambda one: GROUPS.index(one.group))


def _draw_search(one: Filter, value: str) -> None:
    key = f"filter_{one.name}"
    st.session_state[key] = value
    st.text_input(
        one.label,
        key=key,
        on_change=_write_search,
        args=(one,),
        placeholder="Facility, city, site number …",
        help=one.about,
        persist_state="session",
    )


def _write_search(one: Filter) -> None:
    value = st.session_state[f"filter_{one.name}"]
    if check_length(one.label, value, one.longest):
        address.change(**{one.name: value.strip()})


def _write_recruiting() -> None:
    only = st.session_state["filter_recruiting"]
    address.change(status=("Recruiting",) if only else ())


def _name_trial(trials: Mapping[str, Trial], trial_id: str) -> str:
    """A trial's number and its acronym, or the beginning of its title."""
    trial = trials.get(trial_id)
    named = (trial.acronym or trial.title) if trial else ""
    short = named if len(named) <= _MAX_TITLE else f"{named[:_MAX_TITLE].rstrip()}…"
    return f"{trial_id} {short}".strip()


def _draw_choices(
    one: ChoiceFilter,
    counts: dict[str, int],
    chosen: tuple[str, ...],
    name: Callable[[str], str] | None = None,
) -> None:
    label = name or one.choice_label
    key = f"filter_{one.name}"
    by_casefolded = {option.casefold(): option for option in counts}
    st.session_state[key] = [by_casefolded.get(value.casefold(), value) for value in chosen]
    st.multiselect(
        escape(one.label),
        list(dict.fromkeys([*counts, *st.session_state[key]])),
        key=key,
        format_func=lambda value: f"{label(value)} ({counts.get(value, 0):,})",
        on_change=_write_choices,
        args=(one,),
        placeholder="All",
        persist_state="session",
    )


def _write_choices(one: ChoiceFilter) -> None:
    address.change(**{one.name: tuple(st.session_state[f"filter_{one.name}"])})


def draw_add_sites(viewer: Viewer) -> None:
    """Draw the ways to add sites, above the filters."""
    with st.sidebar:
        _draw_add_sites(viewer)


@st.fragment
def _draw_add_sites(viewer: Viewer) -> None:
    uploads.draw_uploads(viewer)
    registry_form.draw_registry_form(viewer)


def draw_active_filters(filters: Filters, sites: pd.DataFrame) -> None:
    """Draw the filters that are set in one line, each with a button that removes it."""
    names = name_facilities(sites, filters.get("facility", ()))
    parts = [(one, part) for one, value in filters.pairs() for part in one.list_parts(value)]
    if not parts:
        return
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        for one, part in parts:
            text = names.get(part.text, part.text) if one.name == "facility" else part.text
            is_own = one.name.startswith(PREFIX)
            if one.name == "within" and (named := address.view(address.AREA, "")):
                text = escape(named[:MAX_NAME])
            if one.name == "near" and filters.radius_km is not None:
                unit = address.unit()
                text += f", {round(filters.radius_km / KM_PER[unit], 1):g} {unit}"
            st.button(
                escape(f"{one.label}: {text}") if is_own else f"{one.label}: {text}",
                icon=":material/close:",
                key=f"remove_{one.name}" + (f":{part.choice}" if part.choice else ""),
                help="Remove this filter",
                on_click=_remove,
                args=(one.name, part.rest),
            )
        if len(parts) > 1:
            st.button("Clear all", key="clear_all", type="tertiary", on_click=clear)


def _remove(name: str, rest: object) -> None:
    dependent = {one.name: one.empty for one in FILTERS.values() if one.needs == name}
    if name == "within":
        address.set_area("")
        return
    address.change(**{name: rest, **dependent})


def clear() -> None:
    """Remove every filter."""
    address.set_view(address.AREA, "", "")
    address.set_filters(Filters())
