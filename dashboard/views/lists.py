"""The open lists: what each holds, what could not be read, and what a session may close."""

import streamlit as st

from dashboard.library import Library, OpenedList
from dashboard.links import plain
from dashboard.views import own_lists

GUESSED = ("facility", "city", "state", "postcode", "country", "status", "trial_id")
SHOWN_WARNINGS = 100
_NOT_USED = "(none)"


def problems(library: Library, cache_warnings: tuple[str, ...]) -> None:
    """Say at the top of the page what could not be opened; silent when all is well."""
    failed = [opened for opened in library.lists if opened.error]
    for opened in failed[:5]:
        st.error(f"**{plain(opened.name)}** was not opened: {plain(opened.error)}")
    if len(failed) > 5:
        st.error(f"{len(failed) - 5:,} more lists were not opened: see “Open lists”.")
    for words in cache_warnings:
        st.warning(plain(words))


def _row(opened: OpenedList, whose: str) -> dict[str, object]:
    reading = opened.reading
    return {
        "list": opened.name,
        "whose": whose,
        "format": reading.format if reading else "not opened",
        "trials": len(reading.trials) if reading else 0,
        "sites": len(reading.sites) if reading else 0,
        "as_of": reading.as_of if reading else "",
        "warnings": len(reading.warnings) if reading else 0,
        "problem": opened.error,
    }


def lists_view(library: Library) -> None:
    """Draw every open list with its format, counts, date and warnings."""
    own = {one.opened.name for one in own_lists.own_lists()}
    rows = [_row(o, "yours" if o.name in own else "everyone's") for o in library.lists]
    st.dataframe(
        rows,
        hide_index=True,
        column_config={
            "list": "List",
            "whose": "Seen by",
            "format": "Format",
            "trials": "Trials",
            "sites": "Sites",
            "as_of": "As of",
            "warnings": "Warnings",
            "problem": "Problem",
        },
        alt=f"Open lists, {len(rows)} rows",
    )
    for one in own_lists.own_lists():
        _own(one)
    for note in library.notes:
        st.caption(plain(note))
    for opened in library.lists:
        if opened.reading and opened.reading.warnings:
            _warnings(opened.name, opened.reading.warnings)


def _warnings(name: str, warnings: tuple[str, ...]) -> None:
    with st.expander(f"{plain(name)}: {len(warnings):,} warnings"):
        st.markdown("\n".join(f"- {plain(warning)}" for warning in warnings[:SHOWN_WARNINGS]))
        if len(warnings) > SHOWN_WARNINGS:
            st.caption(f"… and {len(warnings) - SHOWN_WARNINGS:,} more")


def _own(one: own_lists.OwnList) -> None:
    name = one.opened.name
    reading = one.opened.reading
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{plain(name)}**, seen in this tab only", width="stretch")
            st.button(
                "Close and delete",
                key=f"delete_{name}",
                icon=":material/delete:",
                on_click=own_lists.remove,
                args=(name,),
            )
        if reading is not None and reading.header and one.data:
            _columns(name, reading.header, dict(reading.columns))


def _columns(name: str, header: tuple[str, ...], taken: dict[str, str]) -> None:
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
        st.form_submit_button("Read again with these columns", on_click=_reread, args=(name, taken))


def _reread(name: str, taken: dict[str, str]) -> None:
    chosen = {
        ours: st.session_state[f"column_{name}_{ours}"]
        for ours in dict.fromkeys((*GUESSED, *taken))
        if st.session_state[f"column_{name}_{ours}"] != _NOT_USED
    }
    own_lists.reread(name, chosen)
