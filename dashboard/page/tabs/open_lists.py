"""The open lists: what each has, what could not be read, and sharing and deleting one's own."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from dashboard.library.lists import Library, OpenedList
from dashboard.library.uploads import StoredList, UploadError
from dashboard.page.widgets.feedback import show_error
from dashboard.page.widgets.markdown import escape
from dashboard.service.editor import Editor
from dashboard.service.viewer import Viewer
from dashboard.sites import summary
from dashboard.sites.reading import CONSTANT
from geocache.errors import ReadOnlyError
from geocache.records import Pin

COLUMNS = ("facility", "city", "state", "postcode", "country", "status", "trial_id")
MAX_WARNINGS = 100
MAX_PROBLEMS = 5
MAX_PUBLIC_PINS = 20
MAX_PUBLIC_COLUMNS = 30
_NOT_USED = "(none)"


def draw_problems(library: Library, cache_warnings: tuple[str, ...]) -> None:
    """Draw what could not be opened and the geocache's warnings; nothing if all is well."""
    failed = [one for one in library.lists if one.error]
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
    for warning in cache_warnings:
        st.warning(escape(warning))


def draw_lists(library: Library, viewer: Viewer) -> None:
    """Draw every open list with its format, counts, date and warnings."""
    own = viewer.uploads.lists()
    own_ids = {id(one.opened) for one in own}
    rows = [_build_row(one, "you" if id(one) in own_ids else "everyone") for one in library.lists]
    st.dataframe(
        rows,
        hide_index=True,
        column_config={
            "list": "List",
            "visible_to": "Visible to",
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
        _draw_own(one, viewer)
    if viewer.editor is not None:
        for one in viewer.shared_lists():
            _draw_shared(one, viewer.editor)
    for note in library.notes:
        st.caption(escape(note))
    for each in library.lists:
        if each.reading and (each.reading.warnings or each.reading.notes):
            _draw_warnings(each.name, each.reading.warnings, each.reading.notes)


def _build_row(one: OpenedList, visible_to: str) -> dict[str, object]:
    reading = one.reading
    return {
        "list": one.name,
        "visible_to": visible_to,
        "format": reading.format if reading else "not opened",
        "trials": len(reading.trials) if reading else 0,
        "sites": len(reading.sites) if reading else 0,
        "as_of": reading.as_of if reading else "",
        "warnings": len(reading.warnings) if reading else 0,
        "problem": one.error,
    }


def _draw_warnings(name: str, warnings: tuple[str, ...], notes: tuple[str, ...]) -> None:
    what = summary.plural(len(warnings), "warning") if warnings else "notes"
    with st.expander(f"{escape(name)}: {what}"):
        st.markdown("\n".join(f"- {escape(warning)}" for warning in warnings[:MAX_WARNINGS]))
        if len(warnings) > MAX_WARNINGS:
            st.caption(f"… and {len(warnings) - MAX_WARNINGS:,} more")
        for note in notes[:MAX_WARNINGS]:
            st.caption(escape(f"{note[:1].upper()}{note[1:]}"))


def _draw_own(one: StoredList, viewer: Viewer) -> None:
    reading = one.opened.reading
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{escape(one.opened.name)}**, visible only to you", width="stretch")
            if viewer.editor is not None and reading is not None:
                _draw_share(one, viewer.editor)
            st.button(
                "Delete",
                key=f"delete_{one.id}",
                icon=":material/delete:",
                on_click=_run,
                args=(partial(viewer.uploads.remove, one.id),),
            )
        header, matched = (
            (reading.header, dict(reading.columns))
            if reading is not None
            else viewer.uploads.preview(one.id)
        )
        if header:
            _draw_columns(one.id, header, matched, viewer)


def _draw_share(one: StoredList, editor: Editor) -> None:
    """Draw a button that says what becomes public, and asks, before it is shared."""
    with st.popover("Share with everyone here", icon=":material/group:", key=f"ask_share_{one.id}"):
        public = editor.find_public_texts(one.id)
        sites = summary.plural(public.sites, "site")
        name = escape(one.opened.name)
        seen = (
            f"Everyone who opens this dashboard will see **{name}** with {sites}, also over HTTP."
        )
        lines = [seen]
        if public.columns:
            lines.append(f"Your columns: {_list_names(public.columns)}.")
        if public.hidden:
            lines.append(f"Kept from others, as they name people: {_list_names(public.hidden)}.")
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
            on_click=_run,
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


def _draw_shared(one: StoredList, editor: Editor) -> None:
    with st.container(horizontal=True, vertical_alignment="center", border=True):
        st.markdown(f"**{escape(one.opened.name)}**, shared with everyone here", width="stretch")
        if editor.is_sharer(one):
            st.button(
                "Take back",
                key=f"take_back_{one.id}",
                icon=":material/undo:",
                on_click=_run,
                args=(partial(editor.take_back, one.id),),
                help="Only you will see the list again. Pins that were shared with it stay.",
            )
        st.button(
            "Delete for everyone",
            key=f"unshare_{one.id}",
            icon=":material/delete:",
            on_click=_run,
            args=(partial(editor.unshare, one.id),),
        )


def _draw_columns(
    list_id: str, header: tuple[str, ...], matched: dict[str, str], viewer: Viewer
) -> None:
    names = tuple(dict.fromkeys((*COLUMNS, *matched)))
    options = [_NOT_USED, *header]
    with st.expander("Match columns"), st.form(f"columns_{list_id}", border=False):
        with st.grid(4, min_column_width=150):
            for name in names:
                now = matched.get(name, _NOT_USED)
                own = [now] if name == "country" and now.startswith(CONSTANT) else []
                st.selectbox(
                    name.replace("_", " ").capitalize(),
                    [*options, *own],
                    index=[*options, *own].index(now) if now in (*options, *own) else 0,
                    key=f"column_{list_id}_{name}",
                    format_func=_show_option,
                    accept_new_options=name == "country",
                    help="A column, or type the country of all sites"
                    if name == "country"
                    else None,
                )
        st.form_submit_button(
            "Read again with these columns", on_click=_reread, args=(list_id, names, header, viewer)
        )


_COUNTRY_HELP = "A column of the list, or the country of all its sites"


def _show_option(option: str) -> str:
    return f"{option.removeprefix(CONSTANT)} (all sites)" if option.startswith(CONSTANT) else option


def _reread(list_id: str, names: tuple[str, ...], header: tuple[str, ...], viewer: Viewer) -> None:
    chosen = {name: st.session_state[f"column_{list_id}_{name}"] for name in names}
    columns = {name: column for name, column in chosen.items() if column != _NOT_USED}
    country = columns.get("country", "")
    if country and country not in header and not country.startswith(CONSTANT):
        columns["country"] = f"{CONSTANT}{country}"
    _run(lambda: viewer.uploads.reread(list_id, columns))


def _run(action: Callable[[], object]) -> None:
    try:
        action()
    except (UploadError, ReadOnlyError) as error:
        show_error(error)
