"""The open lists: what each holds, what could not be read, and what a session may close."""

import streamlit as st

from dashboard.library.lists import Library, OpenedList
from dashboard.library.uploads import StoredList
from dashboard.page.state import session
from dashboard.page.widgets.markdown import escape
from dashboard.service.editor import Editor
from dashboard.service.viewer import Viewer
from dashboard.sites import summary

GUESSED = ("facility", "city", "state", "postcode", "country", "status", "trial_id")
SHOWN_WARNINGS = 100
SHOWN_PROBLEMS = 5
_NOT_USED = "(none)"


def draw_problems(library: Library, cache_warnings: tuple[str, ...]) -> None:
    """Say at the top of the page what could not be opened; silent when all is well."""
    failed = [one for one in library.lists if one.error]
    lines = [
        f"**{escape(one.name)}** was not opened: {escape(one.error)}"
        for one in failed[:SHOWN_PROBLEMS]
    ]
    if len(failed) > SHOWN_PROBLEMS:
        more = summary.plural(len(failed) - SHOWN_PROBLEMS, "more list")
        lines.append(f"{more} could not be opened.")
    if lines:
        lines.append("“Open lists” says more, and closes what you added.")
        st.error("  \n".join(lines))
    for words in cache_warnings:
        st.warning(escape(words))


def _row(one: OpenedList, whose: str) -> dict[str, object]:
    reading = one.reading
    return {
        "list": one.name,
        "whose": whose,
        "format": reading.format if reading else "not opened",
        "trials": len(reading.trials) if reading else 0,
        "sites": len(reading.sites) if reading else 0,
        "as_of": reading.as_of if reading else "",
        "warnings": len(reading.warnings) if reading else 0,
        "problem": one.error,
    }


def draw_lists(library: Library, viewer: Viewer) -> None:
    """Draw every open list with its format, counts, date and warnings."""
    own = session.own_lists(viewer)
    mine = {id(one.opened) for one in own}
    rows = [_row(o, "you" if id(o) in mine else "everyone") for o in library.lists]
    st.dataframe(
        rows,
        hide_index=True,
        column_config={
            "list": "List",
            "whose": "Seen by",
            "format": "Format",
            "trials": st.column_config.NumberColumn("Trials", format="localized"),
            "sites": st.column_config.NumberColumn("Sites", format="localized"),
            "as_of": "As of",
            "warnings": st.column_config.NumberColumn("Warnings", format="localized"),
            "problem": "Problem",
        },
        alt=f"Open lists, {len(rows)} rows",
    )
    for one in own:
        _own(one, viewer)
    if viewer.editor is not None:
        for one in viewer.shared_lists():
            _shared(one, viewer.editor)
    for note in library.notes:
        st.caption(escape(note))
    for a_list in library.lists:
        if a_list.reading and a_list.reading.warnings:
            _warnings(a_list.name, a_list.reading.warnings)


def _warnings(name: str, warnings: tuple[str, ...]) -> None:
    with st.expander(f"{escape(name)}: {summary.plural(len(warnings), 'warning')}"):
        st.markdown("\n".join(f"- {escape(warning)}" for warning in warnings[:SHOWN_WARNINGS]))
        if len(warnings) > SHOWN_WARNINGS:
            st.caption(f"… and {len(warnings) - SHOWN_WARNINGS:,} more")


def _own(one: StoredList, viewer: Viewer) -> None:
    reading = one.opened.reading
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{escape(one.opened.name)}**, seen by you only", width="stretch")
            if viewer.editor is not None and reading is not None:
                st.button(
                    "Share with everyone here",
                    key=f"share_{one.id}",
                    icon=":material/group:",
                    on_click=session.share,
                    args=(viewer.editor, one.id),
                    help="Everyone who opens this server will see it, also over HTTP.",
                )
            st.button(
                "Close and delete",
                key=f"delete_{one.id}",
                icon=":material/delete:",
                on_click=session.remove,
                args=(viewer, one.id),
            )
        header, taken = (
            (reading.header, dict(reading.columns))
            if reading is not None
            else viewer.uploads.preview(one.id)
        )
        if header:
            _columns(one.id, header, taken, viewer)


def _shared(one: StoredList, editor: Editor) -> None:
    with st.container(horizontal=True, vertical_alignment="center", border=True):
        st.markdown(f"**{escape(one.opened.name)}**, shared with everyone here", width="stretch")
        st.button(
            "Close and delete for everyone",
            key=f"unshare_{one.id}",
            icon=":material/delete:",
            on_click=session.unshare,
            args=(editor, one.id),
        )


def _columns(name: str, header: tuple[str, ...], taken: dict[str, str], viewer: Viewer) -> None:
    with st.expander("Which column is what"), st.form(f"columns_{name}", border=False):
        with st.grid(4, min_column_width=150):
            for ours in dict.fromkeys((*GUESSED, *taken)):
                options = [_NOT_USED, *header]
                now = taken.get(ours, _NOT_USED)
                st.selectbox(
                    ours.replace("_", " ").capitalize(),
                    options,
                    index=options.index(now) if now in options else 0,
                    key=f"column_{name}_{ours}",
                )
        st.form_submit_button(
            "Read again with these columns", on_click=_reread, args=(name, taken, viewer)
        )


def _reread(name: str, taken: dict[str, str], viewer: Viewer) -> None:
    chosen = {
        ours: st.session_state[f"column_{name}_{ours}"]
        for ours in dict.fromkeys((*GUESSED, *taken))
        if st.session_state[f"column_{name}_{ours}"] != _NOT_USED
    }
    session.reread(viewer, name, chosen)
