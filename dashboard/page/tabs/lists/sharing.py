"""Sharing a list with everyone: what becomes public is shown before."""

from functools import partial

import streamlit as st

from dashboard.library.uploads import StoredList
from dashboard.page.tabs.lists.actions import run
from dashboard.page.widgets.markdown import escape
from dashboard.service.editor import Editor
from dashboard.sites import summary
from geocache.records import Pin

MAX_PUBLIC_PINS = 20
MAX_PUBLIC_COLUMNS = 30


def draw_share(one: StoredList, editor: Editor) -> None:
    """Draw what becomes public with a list, and the button that shares it."""
    public = editor.find_public_texts(one.id)
    sites = summary.plural(public.sites, "site")
    name = escape(one.opened.name)
    seen = f"Everyone who opens this dashboard will see **{name}** with {sites}, also over HTTP."
    lines = [seen]
    if public.columns:
        lines.append(f"Your columns: {_list_names(public.columns)}.")
    if public.hidden:
        lines.append(f"Kept from others, as they name people: {_list_names(public.hidden)}.")
    if public.versions:
        lines.append(f"{summary.plural(public.versions, 'earlier version')} of it, too.")
    if public.pins:
        lines.append(f"{summary.plural(len(public.pins), 'pin')} of yours become public:")
    st.markdown("  \n".join(lines))
    for pin in public.pins[:MAX_PUBLIC_PINS]:
        st.markdown(f"- {_describe_pin(pin)}")
    if len(public.pins) > MAX_PUBLIC_PINS:
        st.caption(f"… and {len(public.pins) - MAX_PUBLIC_PINS:,} more")
    st.caption("Decisions and notes stay yours. You can take the list back here later.")
    st.button(
        "Share it",
        key=f"share_{one.id}",
        type="primary",
        on_click=run,
        args=(partial(editor.share_upload, one.id),),
    )


def _list_names(names: tuple[str, ...]) -> str:
    shown = ", ".join(escape(name[:60]) for name in names[:MAX_PUBLIC_COLUMNS])
    more = len(names) - MAX_PUBLIC_COLUMNS
    return f"{shown} and {more} more" if more > 0 else shown


def _describe_pin(pin: Pin) -> str:
    place = ", ".join(escape(part) for part in pin.place if part)
    said = f" · note: {escape(pin.note)}" if pin.note else ""
    return place + said + (f" · set by {escape(pin.who)}" if pin.who else "")
