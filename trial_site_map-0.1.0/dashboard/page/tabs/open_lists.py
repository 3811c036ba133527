"""The open lists: a card for each, and what could not be read."""

import streamlit as st

from dashboard.library.lists import Library, OpenedList
from dashboard.page.state import session
from dashboard.page.tabs.lists import card
from dashboard.page.widgets.markdown import escape
from dashboard.service.viewer import Viewer
from dashboard.sites import summary

MAX_PROBLEMS = 5
MAX_CARDS = 25
"""More lists are rows of a table."""


def draw_problems(library: Library, viewer: Viewer) -> None:
    """Draw what could not be opened and the geocache's warnings; nothing if all is well.

    Lists that were added just now have a report of their own.
    """
    new = {id(one.opened) for one in session.find_new_lists(viewer)}
    failed = [one for one in library.lists if one.error and id(one) not in new]
    lines = [
        f"**{escape(one.name)}** was not opened: {escape(one.error)}"
        for one in failed[:MAX_PROBLEMS]
    ]
    if len(failed) > MAX_PROBLEMS:
        rest = len(failed) - MAX_PROBLEMS
        lines.append(
            f"{summary.plural(rest, 'more list')} {'was' if rest == 1 else 'were'} not opened."
        )
    if lines:
        lines.append("See the “Open lists” tab.")
        st.error("  \n".join(lines))
    for warning in viewer.geocoder.warnings:
        st.warning(escape(warning))


def draw_lists(library: Library, viewer: Viewer) -> None:
    """Draw a card for every open list: one's own first, then shared ones, then all others.

    Beyond :data:`MAX_CARDS` they are rows of a table.
    """
    own = viewer.uploads.lists()
    shared = viewer.shared_lists()
    link = session.find_link(viewer)
    mine = {one.opened.name for one in (*own, *((link.stored,) if link else ()))}
    public = {one.opened.name for one in shared}
    rest = [one for one in library.lists if one.name not in mine | public]
    others = [one for one in library.lists if one.name in public - mine]
    colours = card.find_colours(library.table)
    hidden = session.list_hidden(own)
    if link is not None:
        card.draw_linked(link, colours, hidden=link.stored.opened.name in hidden)
    for one in own:
        card.draw_own(one, library, viewer, colours)
    for number, opened in enumerate([*others, *rest]):
        if number < MAX_CARDS:
            stored = next((one for one in shared if one.opened.name == opened.name), None)
            card.draw_open(opened, stored, viewer, colours, hidden=opened.name in hidden)
    more = [*others, *rest][MAX_CARDS:]
    if more:
        _draw_table(more)
    if len(library.notes) > 1:
        several = summary.plural(len(library.notes), "trial")
        with st.expander(f"{several} are in several lists; the newest record of each is shown"):
            st.markdown("\n".join(f"- {escape(note)}" for note in library.notes))
    for note in library.notes if len(library.notes) == 1 else ():
        st.caption(escape(note))


def _draw_table(lists: list[OpenedList]) -> None:
    st.markdown(f"**{summary.plural(len(lists), 'more list')}**")
    st.dataframe(
        [_build_row(one) for one in lists],
        hide_index=True,
        column_config={
            "list": "List",
            "format": "Format",
            "trials": st.column_config.NumberColumn("Trials", format="localized"),
            "sites": st.column_config.NumberColumn("Sites", format="localized"),
            "as_of": "As of",
            "warnings": st.column_config.NumberColumn("Warnings", format="localized"),
            "problem": "Problem",
        },
        alt=f"More open lists, {len(lists)} rows",
    )


def _build_row(one: OpenedList) -> dict[str, object]:
    reading = one.reading
    return {
        "list": one.name,
        "format": reading.format if reading else "not opened",
        "trials": len(reading.trials) if reading else 0,
        "sites": len(reading.sites) if reading else 0,
        "as_of": reading.as_of if reading else "",
        "warnings": len(reading.warnings) if reading else 0,
        "problem": one.error,
    }
