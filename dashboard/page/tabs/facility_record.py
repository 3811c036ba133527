"""One facility: its trials and spellings, and what an editor can correct of it."""

import pandas as pd
import streamlit as st

from dashboard.library.lists import Library
from dashboard.page.state import address, login
from dashboard.page.widgets.feedback import check_length, run_action
from dashboard.page.widgets.markdown import escape, link, trial_url
from dashboard.page.widgets.small_map import Mark, draw_small_map
from dashboard.service.facilities import FacilityCorrections
from dashboard.service.viewer import Viewer
from dashboard.sites.facilities import (
    count_by_facility,
    list_points,
    list_spellings,
    name_facilities,
    select_facility,
)
from dashboard.sites.facility_columns import find_whole
from dashboard.sites.summary import plural
from geocache.facilities import Named

_WHO = "facility_who"
_NAME = "facility_new_name"
_INTO = "facility_into"
_MAX_NAME_LENGTH = 80
_MAX_POINTS = 50
_MAX_TRIALS = 12
_MAX_SPELLINGS = 40


def draw_facility(facility_id: str, library: Library, viewer: Viewer) -> None:
    """Draw a facility over all open lists: trials, spellings, and ways to correct it."""
    sites = select_facility(library.table, facility_id)
    if sites.empty:
        return
    first = sites.iloc[0]
    spellings = list_spellings(sites)
    with st.container(border=True):
        place = ", ".join(part for part in (first.city, first.state, first.country) if part)
        st.markdown(f"**{escape(str(first.facility_name))}**  \n{escape(place)}")
        if whole := find_whole(library.table, facility_id, library.corrections):
            name = name_facilities(library.table, [whole])[whole]
            st.caption(f"Related to {escape(name)}, and counted apart from it.")
        st.button(
            "Show on the map",
            icon=":material/map:",
            key="facility_on_map",
            on_click=_show_on_map,
            args=(facility_id,),
        )
        left, right = st.columns(2, gap="medium")
        with left:
            _draw_map(sites, facility_id, viewer)
        with right:
            _draw_trials(sites, library)
        _draw_spellings(spellings, facility_id, viewer)
        if viewer.editor is not None:
            _draw_corrections(sites, spellings, facility_id, library, viewer)


def _draw_map(sites: pd.DataFrame, facility_id: str, viewer: Viewer) -> None:
    """Draw where the facility's sites are shown: the number of sites at each point."""
    points = list_points(sites)
    missing = len(sites) - int(points["sites"].sum())
    if points.empty:
        st.caption("None of its sites has a position.")
        return
    columns = (points[name].head(_MAX_POINTS).tolist() for name in points)
    marks = [
        Mark((latitude, longitude), f"{count:,}")
        for latitude, longitude, count in zip(*columns, strict=True)
    ]
    country = str(sites["country_code"].iloc[0])
    draw_small_map(marks, viewer.settings, key=f"facility_map_{facility_id}", country=country)
    words = [f"{plural(len(sites), 'site')} at {plural(len(points), 'point')}"]
    if missing:
        words.append(f"{missing:,} without a position")
    if (sites["precision"] == "city").any():
        words.append("a city's point is its centre, not the hospital's door")
    st.caption("; ".join(words) + ".")


def _draw_trials(sites: pd.DataFrame, library: Library) -> None:
    ids = sorted(set(sites["trial_id"].astype("str")) - {""})
    st.markdown(f"**{plural(len(ids), 'trial')}**")
    lines = []
    for trial_id in ids[:_MAX_TRIALS]:
        trial = library.trials.get(trial_id)
        title = f" · {escape(trial.title)}" if trial and trial.title else ""
        lines.append((link(trial_url(trial), trial_id) if trial else escape(trial_id)) + title)
    if len(ids) > _MAX_TRIALS:
        lines.append(f"… and {len(ids) - _MAX_TRIALS:,} more")
    st.markdown("  \n".join(lines))


def _draw_spellings(spellings: pd.DataFrame, facility_id: str, viewer: Viewer) -> None:
    cities = spellings["city"].nunique()
    under = f", written under {plural(cities, 'city', 'cities')}" if cities > 1 else ""
    st.markdown(f"**{plural(spellings['facility'].nunique(), 'spelling')}**{under}")
    editor = viewer.editor
    for number, row in enumerate(spellings.head(_MAX_SPELLINGS).itertuples(index=False)):
        with st.container(horizontal=True, vertical_alignment="center"):
            where = f" · {escape(str(row.city))}" if cities > 1 and row.city else ""
            count = f" · :gray[{plural(int(str(row.sites)), 'site')}]"
            st.markdown(f"{escape(str(row.facility))}{where}{count}", width="stretch")
            if editor is not None and len(spellings) > 1:
                st.button(
                    "Not the same",
                    key=f"facility_split_{facility_id}_{number}",
                    help="Make this spelling a facility of its own",
                    on_click=_split,
                    args=(_to_named(row), viewer, editor.facilities),
                )
    if len(spellings) > _MAX_SPELLINGS:
        st.caption(f"… and {len(spellings) - _MAX_SPELLINGS:,} more")


def _draw_corrections(
    sites: pd.DataFrame,
    spellings: pd.DataFrame,
    facility_id: str,
    library: Library,
    viewer: Viewer,
) -> None:
    assert viewer.editor is not None  # noqa: S101 - the caller looked
    corrections = viewer.editor.facilities
    named = [_to_named(row) for row in spellings.itertuples(index=False)]
    first = sites.iloc[0]
    with st.expander("Correct this facility"):
        if login.current_person() is None:
            st.text_input("Your name, saved with the correction", key=_WHO)
        st.text_input("Another name for it", key=_NAME)
        st.button("Rename", key="facility_rename", on_click=_rename,
                  args=(named, facility_id, viewer, corrections))  # fmt: skip
        near = library.table[(library.table["country_code"] == first.country_code).to_numpy()]
        others = count_by_facility(near)
        others = others[others["facility_id"] != facility_id]
        others = others.sort_values("city", key=lambda city: city != first.city, kind="stable")
        labels = {
            str(row.facility_id): f"{row.facility_name}, {row.city}"
            for row in others.head(500).itertuples(index=False)
        }
        st.selectbox(
            "It is the same as",
            list(labels),
            index=None,
            key=_INTO,
            format_func=lambda one: labels.get(one, one),
            placeholder="Choose a facility",
        )
        st.button("Make them one", key="facility_merge", on_click=_merge,
                  args=(named, library, viewer, corrections))  # fmt: skip
        if any(one.facility_id == facility_id for one in library.corrections):
            st.button("Undo all corrections of it", key="facility_undo", icon=":material/undo:",
                      on_click=_undo, args=(facility_id, viewer, corrections))  # fmt: skip


def _to_named(row: object) -> Named:
    return Named(*(str(getattr(row, name)) for name in Named._fields))


def _show_on_map(facility_id: str) -> None:
    address.change(facility=(facility_id,))


def _read_who() -> str:
    person = login.current_person()
    return person.display_name if person else str(st.session_state.get(_WHO, "")).strip()


def _split(spelling: Named, viewer: Viewer, corrections: FacilityCorrections) -> None:
    done = f"Apart now: {spelling.facility}"
    run_action(
        viewer, lambda: corrections.split(spelling, who=_read_who()), done, ":material/call_split:"
    )


def _rename(
    named: list[Named], facility_id: str, viewer: Viewer, corrections: FacilityCorrections
) -> None:
    if not check_length("Your name", _read_who(), _MAX_NAME_LENGTH):
        return
    name = str(st.session_state.get(_NAME, ""))
    if run_action(
        viewer,
        lambda: corrections.rename(named, facility_id, name, who=_read_who()),
        f"Renamed: {name}",
        ":material/edit:",
    ):
        st.session_state[_NAME] = ""


def _merge(
    named: list[Named], library: Library, viewer: Viewer, corrections: FacilityCorrections
) -> None:
    into = st.session_state.get(_INTO)
    if not into or not check_length("Your name", _read_who(), _MAX_NAME_LENGTH):
        return
    target = list_spellings(select_facility(library.table, into))
    of_target = [_to_named(row) for row in target.itertuples(index=False)]
    run_action(
        viewer,
        lambda: corrections.merge(named, into, of_target, who=_read_who()),
        "Joined to one facility",
        ":material/merge:",
    )


def _undo(facility_id: str, viewer: Viewer, corrections: FacilityCorrections) -> None:
    run_action(
        viewer, lambda: corrections.undo(facility_id), "Corrections undone", ":material/undo:"
    )
