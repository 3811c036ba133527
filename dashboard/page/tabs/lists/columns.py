"""Which column of a list is which of ours: shown, and changed on the spot."""

import pandas as pd
import streamlit as st

from dashboard.page.tabs.lists.actions import run
from dashboard.service.viewer import Viewer
from dashboard.sites.fields import find_field_type
from dashboard.sites.reading import CONSTANT

COLUMNS = ("facility", "city", "state", "postcode", "country", "status", "trial_id")
_NOT_USED = "(none)"
_AS_FOUND = ""
_TYPE_LABELS = {
    _AS_FOUND: "What it looks like",
    "number": "Number",
    "date": "Date",
    "yes/no": "Yes or no",
    "text": "Text, as it is written",
}


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


def draw_types(list_id: str, fields: pd.DataFrame, viewer: Viewer, where: str = "") -> None:
    """Draw what each own column of a list holds, and a form that reads one in another way."""
    names = [str(name) for name in fields]
    shown = pd.DataFrame(
        {
            "Column": names,
            "Read as": [describe_type(fields[name]) for name in names],
            "Filled": [_count_filled(fields[name]) for name in names],
        }
    )
    st.dataframe(
        shown,
        hide_index=True,
        height="auto" if len(names) < 8 else 250,
        alt=f"Types of {len(names)} columns of your own",
    )
    column, kind = f"type_column_{where}{list_id}", f"type_kind_{where}{list_id}"
    with st.form(f"types_{where}{list_id}", border=False):
        st.selectbox("Column", names, key=column)
        st.selectbox(
            "Read it as", list(_TYPE_LABELS), key=kind, format_func=_TYPE_LABELS.__getitem__
        )
        st.form_submit_button(
            "Read again",
            on_click=lambda: _change_type(viewer, list_id, column, kind),
            help="A cell that is nothing of the kind is empty then, and the report says so. The "
            "file stays as it is.",
        )


def describe_type(column: pd.Series) -> str:
    """What an own column holds, in words."""
    found = find_field_type(column)
    if found == "choice":
        values = {str(value).casefold() for value in column.unique() if str(value)}
        return "Yes or no" if values <= {"yes", "no"} else "Few values"
    return {"number": "Number", "date": "Date"}.get(found, "Text")


def _count_filled(column: pd.Series) -> int:
    filled = column.notna() if column.dtype.kind == "f" else column.astype("str") != ""
    return int(filled.sum())


def _change_type(viewer: Viewer, list_id: str, column: str, kind: str) -> None:
    name, chosen = str(st.session_state[column]), str(st.session_state[kind])
    run(lambda: viewer.uploads.change_type(list_id, name, chosen))


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
