"""Which column of a list is which of ours: shown, and changed on the spot."""

import streamlit as st

from dashboard.page.tabs.lists.actions import run
from dashboard.service.viewer import Viewer
from dashboard.sites.reading import CONSTANT

COLUMNS = ("facility", "city", "state", "postcode", "country", "status", "trial_id")
_NOT_USED = "(none)"


def label_target(name: str) -> str:
    """What a column is used for, on screen."""
    return "Trial" if name == "trial_id" else name.replace("_", " ").capitalize()


def draw_columns(
    list_id: str, header: tuple[str, ...], matched: dict[str, str], viewer: Viewer, where: str = ""
) -> None:
    """Draw a choice of the list's columns for each of ours, and the button that reads it again."""
    names = tuple(dict.fromkeys((*COLUMNS, *matched)))
    options = [_NOT_USED, *header]
    with st.form(f"columns_{where}{list_id}", border=False):
        with st.grid(4, min_column_width=150):
            for name in names:
                now = matched.get(name, _NOT_USED)
                own = [now] if name == "country" and now.startswith(CONSTANT) else []
                st.selectbox(
                    label_target(name),
                    [*options, *own],
                    index=[*options, *own].index(now) if now in (*options, *own) else 0,
                    key=f"column_{where}{list_id}_{name}",
                    format_func=_show_option,
                    accept_new_options=name == "country",
                    help="A column, or type the country of all sites"
                    if name == "country"
                    else None,
                )
        st.form_submit_button(
            "Read again with these columns",
            on_click=_reread,
            args=(list_id, names, header, viewer, where),
        )


def _show_option(option: str) -> str:
    return f"{option.removeprefix(CONSTANT)} (all sites)" if option.startswith(CONSTANT) else option


def _reread(
    list_id: str, names: tuple[str, ...], header: tuple[str, ...], viewer: Viewer, where: str
) -> None:
    chosen = {name: st.session_state[f"column_{where}{list_id}_{name}"] for name in names}
    columns = {name: column for name, column in chosen.items() if column != _NOT_USED}
    country = columns.get("country", "")
    if country and country not in header and not country.startswith(CONSTANT):
        columns["country"] = f"{CONSTANT}{country}"
    run(lambda: viewer.uploads.reread(list_id, columns))
