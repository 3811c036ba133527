"""The pins that people set: removing one, and import and export as a file."""

from collections.abc import Callable, Sequence
from functools import partial

import pandas as pd
import streamlit as st

from dashboard.page.state.session import offer_download
from dashboard.page.widgets import feedback, on_demand
from dashboard.page.widgets.download_link import draw_download_link
from dashboard.page.widgets.markdown import escape
from dashboard.service.editor import Editor
from dashboard.service.pins import PinImport, Pins
from dashboard.service.viewer import Viewer
from dashboard.sites.summary import plural
from dashboard.web.downloads import Download
from geocache.errors import InputError, ReadOnlyError
from geocache.place import Place
from geocache.records import Pin

MAX_FILE_MB = 5
_MAX_SHOWN = 100
_NUMBER = "pins_upload_number"
_DONE = "pins_imported"
_PROBLEM = "pins_problem"


def draw_pins(viewer: Viewer) -> None:
    """Draw the session's own pins and everyone's; nothing without any, if none can be imported."""
    own, pins = viewer.uploads.pins(), viewer.geocoder.pins()
    if not own and not pins and viewer.editor is None:
        return
    title = f"Pins set by people ({len(own) + len(pins):,})"
    with st.expander(title, icon=":material/push_pin:", key="pins_expander"):
        for number, pin in enumerate(reversed(own[-_MAX_SHOWN:])):
            remove = viewer.editor.pins.unpin_own if viewer.editor else None
            with st.container(horizontal=True, vertical_alignment="center"):
                _draw_pin(pin, f"unpin_own_{number}", "  \nOnly you see this pin.", viewer, remove)
                if viewer.editor is not None:
                    on_demand.popover(
                        "Publish",
                        partial(_draw_publish, pin, f"publish_{number}", viewer, viewer.editor),
                        key=f"ask_publish_{number}",
                        icon=":material/public:",
                    )
        if len(own) > _MAX_SHOWN:
            st.caption(f"… and {len(own) - _MAX_SHOWN:,} earlier pins that only you see.")
        for number, pin in enumerate(reversed(pins[-_MAX_SHOWN:])):
            remove = viewer.editor.pins.unpin_shared if viewer.editor else None
            _draw_pin(pin, f"unpin_{number}", "", viewer, remove)
        if len(pins) > _MAX_SHOWN:
            st.caption(f"… and {len(pins) - _MAX_SHOWN:,} earlier pins, all in the download.")
        if pins:
            download = Download("pins.csv", "text/csv", lambda: [viewer.geocoder.pins_csv()])
            draw_download_link("Download pins", offer_download(download), key="download_pins")
        if viewer.editor is not None:
            _draw_import(viewer, viewer.editor.pins)


def _draw_pin(
    pin: Pin,
    key: str,
    remark: str,
    viewer: Viewer,
    remove: Callable[[Sequence[Place]], None] | None,
) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(_describe(pin) + remark, width="stretch")
        if remove is not None:
            st.button("Remove", key=key, on_click=_unpin, args=(viewer, remove, pin))


def _draw_publish(pin: Pin, key: str, viewer: Viewer, editor: Editor) -> None:
    """Draw exactly what becomes public with a pin, and the button that publishes it."""
    st.markdown("Everyone here will see this, also over HTTP and in files of pins:")
    texts = {name.capitalize(): part for name, part in pin.place._asdict().items() if part}
    if pin.latitude is not None and pin.longitude is not None:
        texts["Position"] = f"{pin.latitude:.5f}, {pin.longitude:.5f}"
    else:
        texts["Position"] = "left off the map"
    texts |= {"Note": pin.note, "Set by": pin.who}
    lines = [f"- {label}: **{escape(text)}**" for label, text in texts.items() if text]
    st.markdown("\n".join(lines))
    st.caption("The list itself, its other sites and columns stay yours.")
    st.button(
        "Publish this pin",
        key=key,
        icon=":material/public:",
        on_click=_publish,
        args=(viewer, editor, pin),
    )


def _publish(viewer: Viewer, editor: Editor, pin: Pin) -> None:
    message = f"Pin published: {pin.place.city or pin.place.country}"
    feedback.run_action(viewer, lambda: editor.pins.publish([pin]), message, ":material/public:")


def _draw_import(viewer: Viewer, pins: Pins) -> None:
    number = st.session_state.get(_NUMBER, 0)
    st.file_uploader(
        "Import pins",
        type=["csv", "jsonl"],
        key=f"pins_{number}",
        max_upload_size=MAX_FILE_MB,
        on_change=_import,
        args=(pins,),
        help="A file from “Download pins” or `geocache export --pins`, or any table with latitude, "
        "longitude, and one or more of facility, city, state, postcode, country. Everyone here "
        "will see these pins.",
    )
    problem = st.session_state.get(_PROBLEM)
    if problem:
        st.error(f"Nothing was imported. {escape(problem)}", icon=":material/error:")
    done: PinImport | None = st.session_state.get(_DONE)
    if done is None:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        older = f"; {done.older:,} skipped, as newer pins are here" if done.older else ""
        replaced = f", {len(done.replaced):,} replaced" if done.replaced else ""
        st.markdown(
            f"**{escape(done.name)}**: {plural(len(done.pins), 'pin')} imported{replaced}{older}.",
            width="stretch",
        )
        if done.pins:
            st.button(
                "Undo this import",
                key="undo_import",
                icon=":material/undo:",
                on_click=_undo_import,
                args=(viewer, pins, done),
            )


def _import(pins: Pins) -> None:
    number = st.session_state.get(_NUMBER, 0)
    file = st.session_state.get(f"pins_{number}")
    if file is None:
        return
    st.session_state[_NUMBER] = number + 1
    st.session_state[_PROBLEM] = ""
    try:
        st.session_state[_DONE] = pins.import_file(file.getvalue(), file.name)
    except (InputError, ReadOnlyError) as error:
        st.session_state[_PROBLEM] = str(error)
        st.session_state[_DONE] = None


def _undo_import(viewer: Viewer, pins: Pins, done: PinImport) -> None:
    message = f"Import undone: {done.name}"
    if feedback.run_action(viewer, lambda: pins.undo_import(done), message, ":material/undo:"):
        st.session_state[_DONE] = None


def _unpin(viewer: Viewer, remove: Callable[[Sequence[Place]], None], pin: Pin) -> None:
    message = f"Pin removed: {pin.place.city or pin.place.country}"
    feedback.run_action(viewer, lambda: remove([pin.place]), message, ":material/undo:")


def _describe(pin: Pin) -> str:
    when = pd.Timestamp(pin.pinned_at, unit="s", tz="UTC").strftime("%Y-%m-%d %H:%M UTC")
    who = f" by {escape(pin.who)}" if pin.who else ""
    note = f": {escape(pin.note)}" if pin.note else ""
    place = escape(", ".join(part for part in pin.place if part))
    position = "left off the map"
    if pin.latitude is not None and pin.longitude is not None:
        position = f"{pin.latitude:.5f}, {pin.longitude:.5f}"
    return f"{place} → {position}  \n{when}{who}{note}"
