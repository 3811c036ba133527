"""Sharing a list: by a link for a colleague, or with everyone, which shows what becomes public."""

from collections.abc import Callable
from functools import partial
from urllib.parse import urlencode

import streamlit as st

from dashboard.errors import UploadError
from dashboard.library.links.colleague_links import DAYS
from dashboard.library.uploads import StoredList
from dashboard.page.state import address, links
from dashboard.page.tabs.lists.actions import run
from dashboard.page.widgets.feedback import show_error
from dashboard.page.widgets.markdown import escape
from dashboard.query.filters import to_query
from dashboard.query.parameters import VIEW, VIEW_PREFIX
from dashboard.service.editor import Editor
from dashboard.service.viewer import Viewer
from dashboard.sites import summary
from dashboard.sites.decisions import Decision
from geocache.records import Pin

MAX_PUBLIC_PINS = 20
MAX_PUBLIC_COLUMNS = 30
_NOT_SENT = {
    VIEW_PREFIX + name for name in (address.LINKED, address.AREA, address.OVER_TIME, *address.SIDES)
}
"""Parameters of the page that name other lists, areas or filters of one's own."""


def draw_sharing(one: StoredList, viewer: Viewer) -> None:
    """Draw the two ways to share a list: a link for a colleague, and with everyone here."""
    if viewer.links.enabled:
        _draw_links(one, viewer)
    if viewer.editor is not None:
        if viewer.links.enabled:
            st.divider()
        st.markdown("**Share with everyone here**")
        draw_share(one, viewer.editor)


def _draw_links(one: StoredList, viewer: Viewer) -> None:
    """Draw the valid links to a list, and the form that makes another."""
    st.markdown("**Link for a colleague**")
    st.caption(
        "Whoever has the link sees this list as it is now, with this view and your pins, "
        f"{_describe_contacts(viewer)}. Nobody can guess it."
    )
    for link in viewer.links.all():
        if link.list_key == one.about.key:
            st.code(_build_url(link.key), language=None, wrap_lines=True)
            with st.container(horizontal=True, vertical_alignment="center"):
                told = f", with {summary.plural(link.decisions, 'decision')}"
                st.caption(
                    f"Valid until {link.expires}{told if link.decisions else ''}", width="stretch"
                )
                st.button(
                    "Revoke",
                    key=f"revoke_{link.key}",
                    icon=":material/link_off:",
                    on_click=_act,
                    args=(partial(viewer.links.revoke, link.key),),
                    help="From now on the link opens nothing",
                )
    days = st.segmented_control(
        "Valid for",
        DAYS,
        default=DAYS[0],
        key=f"link_days_{one.id}",
        format_func=lambda days: f"{days} days",
    )
    decided = bool(viewer.decisions.all())
    with_decisions = decided and st.toggle(
        "With my decisions and notes", value=True, key=f"link_decisions_{one.id}"
    )
    st.button(
        "Make a link",
        key=f"link_{one.id}",
        icon=":material/add_link:",
        on_click=_act,
        args=(
            partial(_make_link, one, viewer, int(days or DAYS[0]), decisions=bool(with_decisions)),
        ),
    )


def _describe_contacts(viewer: Viewer) -> str:
    if viewer.settings.site_map_contacts:
        return "also columns that name people"
    return "but no columns that name people"


def _make_link(one: StoredList, viewer: Viewer, days: int, *, decisions: bool) -> None:
    """Make a link to a list with the view as it is, or to the list alone if it is not in that."""
    filters = address.current()
    names = filters.list
    if names and one.opened.name not in names:
        filters = filters.replace(list=(one.opened.name,))
    pairs = [pair for pair in address.view_pairs() if pair[0] not in _NOT_SENT]
    viewer.links.create(
        one.id, urlencode([*pairs, *to_query(filters)]), days=days, decisions=decisions
    )


def _build_url(key: str) -> str:
    return f"{links.get_page_url()}?{urlencode({VIEW: key})}"


def _act(action: Callable[[], object]) -> None:
    """Run an action; the popover stays open and shows its result."""
    try:
        action()
    except UploadError as error:
        show_error(error)


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
    with_decisions = bool(public.decisions) and st.toggle(
        f"With my {summary.plural(len(public.decisions), 'decision')} and notes",
        key=f"share_decisions_{one.id}",
    )
    if with_decisions:
        shown = public.decisions[:MAX_PUBLIC_PINS]
        st.markdown("\n".join(f"- {_describe_decision(made)}" for made in shown))
        if len(public.decisions) > len(shown):
            st.caption(f"… and {len(public.decisions) - len(shown):,} more")
    elif public.decisions:
        st.caption("Decisions and notes stay yours.")
    st.caption("You can take the list back here later.")
    st.button(
        "Share it",
        key=f"share_{one.id}",
        type="primary",
        on_click=run,
        args=(partial(editor.share_upload, one.id, decisions=bool(with_decisions)),),
    )


def _describe_decision(made: Decision) -> str:
    site = ", ".join(part for part in (made.site.facility, made.site.city) if part)
    said = ": ".join(part for part in (made.decision, made.note) if part)
    return f"{escape(site or 'Site without a name')} · {escape(said)}"


def _list_names(names: tuple[str, ...]) -> str:
    shown = ", ".join(escape(name[:60]) for name in names[:MAX_PUBLIC_COLUMNS])
    more = len(names) - MAX_PUBLIC_COLUMNS
    return f"{shown} and {more} more" if more > 0 else shown


def _describe_pin(pin: Pin) -> str:
    place = ", ".join(escape(part) for part in pin.place if part)
    said = f" · note: {escape(pin.note)}" if pin.note else ""
    return place + said + (f" · set by {escape(pin.who)}" if pin.who else "")
