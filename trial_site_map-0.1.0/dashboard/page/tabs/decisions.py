"""Decides about the selected sites: shortlist, hold, decline, note, rank, undo."""

from collections.abc import Callable, Sequence
from functools import partial

import pandas as pd
import streamlit as st

from dashboard.errors import UploadError
from dashboard.page.state import address, selection
from dashboard.page.widgets import on_demand
from dashboard.page.widgets.feedback import check_length, show_error
from dashboard.service.decisions import Before, count_decisions
from dashboard.service.viewer import Viewer
from dashboard.sites import summary
from dashboard.sites.categoricals import to_plain_text
from dashboard.sites.decisions import (
    DECISIONS,
    DECLINED,
    MAX_NOTE,
    ON_HOLD,
    SHORTLISTED,
    Decision,
    list_site_keys,
    select_shortlisted,
)

MAX_UNDO = 50
_UNDO = "decisions_before"
_NOTE = "decision_note"
_RANKS = "shortlist_ranks"
_ALL_ROWS, _SELECTED_ROWS = "all", "selected"
_BUTTONS = (
    (SHORTLISTED, "Shortlist", ":material/star:"),
    (ON_HOLD, "Put on hold", ":material/pause:"),
    (DECLINED, "Decline", ":material/block:"),
)


def draw_decisions(sites: pd.DataFrame, whole: pd.DataFrame, viewer: Viewer) -> None:
    """Draw what can be decided about the selected sites, and what was.

    Args:
        sites: the filtered site table.
        whole: the site table that ``sites`` was filtered from.
        viewer: the session, whose decisions these are.
    """
    selected = selection.find_selected(sites)
    counts = count_decisions(viewer.decisions.all())
    can_undo = bool(st.session_state.get(_UNDO))
    if not selected and not counts and not can_undo:
        return
    with st.container(border=bool(selected), key="decisions"):
        if selected:
            _draw_buttons(sites, whole, selected, viewer)
        with st.container(horizontal=True, vertical_alignment="center"):
            made = ", ".join(f"**{counts[one]:,}** {one}" for one in DECISIONS if one in counts)
            st.markdown(f"{made} · only you see this" if made else "", width="stretch")
            if counts.get(SHORTLISTED, 0) > 1:
                on_demand.popover(
                    "Order the shortlist",
                    partial(_draw_ranks, whole, viewer),
                    key="shortlist",
                    icon=":material/format_list_numbered:",
                )
            if SHORTLISTED in counts and "shortlisted" not in address.current().decision:
                st.button(
                    "Show the shortlist",
                    key="show_shortlist",
                    on_click=lambda: address.change(decision=(SHORTLISTED,)),
                    icon=":material/filter_alt:",
                )
            if can_undo:
                st.button(
                    "Undo",
                    key="undo_decision",
                    on_click=_undo,
                    args=(viewer,),
                    icon=":material/undo:",
                )


def choose_rows(
    sites: pd.DataFrame, whole: pd.DataFrame, made: Sequence[Decision], query: str
) -> tuple[pd.DataFrame, str]:
    """The rows to download, and the query string that asks for them.

    Draws a choice where there is one: all filtered rows, those selected, or the shortlist in its
    order.
    """
    selected = selection.find_selected(sites)
    listed = select_shortlisted(whole, made)
    labels = {_ALL_ROWS: "All filtered"}
    if selected:
        labels[_SELECTED_ROWS] = f"Selected ({len(selected):,})"
    if len(listed):
        labels[SHORTLISTED] = f"Shortlisted ({len(listed):,})"
    if len(labels) == 1:
        return sites, query
    chosen = st.segmented_control(
        "Rows to download",
        list(labels),
        default=_ALL_ROWS,
        key="download_rows",
        format_func=labels.__getitem__,
        label_visibility="collapsed",
    )
    if chosen == _SELECTED_ROWS:
        return sites.loc[list(selected)], f"{query}&view_rows=selected".removeprefix("&")
    if chosen == SHORTLISTED:
        return listed, f"decision={SHORTLISTED}"
    return sites, query


def _draw_buttons(
    sites: pd.DataFrame, whole: pd.DataFrame, selected: Sequence[int], viewer: Viewer
) -> None:
    rows = sites.loc[list(selected)]
    notes = list(dict.fromkeys(str(note) for note in rows["note"]))
    decided = {str(one) for one in rows["decision"]}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.markdown(f"**{summary.plural(len(selected), 'site')} selected**", width="content")
        for decision, label, icon in _BUTTONS:
            st.button(
                label,
                key=f"decide_{decision}",
                icon=icon,
                type="primary" if decided == {decision} else "secondary",
                on_click=_decide,
                args=(viewer, whole, selected, decision),
            )
        if decided != {""}:
            st.button(
                "Clear",
                key="decide_clear",
                on_click=_decide,
                args=(viewer, whole, selected, ""),
                icon=":material/close:",
            )
        st.session_state[_NOTE] = notes[0] if len(notes) == 1 else ""
        st.text_input(
            "Note",
            key=_NOTE,
            placeholder="Note" if len(notes) == 1 else "Several notes: a new one replaces them",
            label_visibility="collapsed",
            on_change=_write_note,
            args=(viewer, whole, selected),
            width=260,
        )


def _draw_ranks(whole: pd.DataFrame, viewer: Viewer) -> None:
    """Draw the shortlist with a rank to change in each row."""
    listed = select_shortlisted(whole, viewer.decisions.all())
    shown = to_plain_text(listed[["facility", "city", "country", "note"]])
    shown.insert(0, "rank", range(1, len(shown) + 1))
    labels = [int(label) for label in listed.index]
    st.caption("Change a number to move a site to that rank.")
    st.data_editor(
        shown,
        hide_index=True,
        disabled=["facility", "city", "country", "note"],
        column_config={
            "rank": st.column_config.NumberColumn("Rank", min_value=1, step=1),
            "facility": "Facility",
            "city": "City",
            "country": "Country",
            "note": "Note",
        },
        key=f"{_RANKS}_{hash(tuple(labels))}",
        on_change=_rank,
        args=(viewer, whole, labels),
    )


def _rank(viewer: Viewer, whole: pd.DataFrame, labels: list[int]) -> None:
    edited = st.session_state[f"{_RANKS}_{hash(tuple(labels))}"]["edited_rows"]
    order = list(labels)
    for row, changes in edited.items():
        label = labels[int(row)]
        order.remove(label)
        order.insert(max(0, int(changes.get("rank") or 1) - 1), label)
    _run(lambda: viewer.decisions.rank(list_site_keys(whole, order)))


def _decide(viewer: Viewer, whole: pd.DataFrame, selected: Sequence[int], decision: str) -> None:
    _run(lambda: viewer.decisions.decide(list_site_keys(whole, selected), decision))


def _write_note(viewer: Viewer, whole: pd.DataFrame, selected: Sequence[int]) -> None:
    note = st.session_state[_NOTE]
    if check_length("Note", note, MAX_NOTE):
        _run(lambda: viewer.decisions.write_note(list_site_keys(whole, selected), note))


def _undo(viewer: Viewer) -> None:
    made = st.session_state.get(_UNDO, ())
    if not made:
        return
    try:
        viewer.decisions.restore(made[-1])
    except UploadError as error:
        show_error(error)
    else:
        st.session_state[_UNDO] = made[:-1]


def _run(action: Callable[[], Before]) -> None:
    """Make a change that can be undone, or say why it was refused."""
    try:
        before = action()
    except UploadError as error:
        show_error(error)
    else:
        st.session_state[_UNDO] = (*st.session_state.get(_UNDO, ()), before)[-MAX_UNDO:]
