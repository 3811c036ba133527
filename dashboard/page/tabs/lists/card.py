"""The card of an open list: what it has, and what can be done with it."""

from collections.abc import Callable, Mapping
from functools import partial

import pandas as pd
import streamlit as st

from dashboard.library.links.colleague_links import SharedByLink
from dashboard.library.lists import EarlierVersion, Library, OpenedList
from dashboard.library.own_lists.about import MAX_NAME
from dashboard.library.reader_pool import MAX_FOREGROUND_BYTES
from dashboard.library.uploads import StoredList
from dashboard.maps.palette import NEUTRAL, assign_categories
from dashboard.page.state import address, session
from dashboard.page.tabs.compare import over_time
from dashboard.page.tabs.lists import report, sharing
from dashboard.page.tabs.lists.actions import run
from dashboard.page.widgets import on_demand
from dashboard.page.widgets.feedback import queue_toast, show_error
from dashboard.page.widgets.markdown import escape
from dashboard.service.editor import Editor
from dashboard.service.jobs.runner import TooManyJobsError
from dashboard.service.jobs.upload import Upload
from dashboard.service.viewer import Viewer
from dashboard.sites import summary

MAX_WARNINGS = 100
MAX_VERSIONS = 20


def find_colours(sites: pd.DataFrame) -> dict[str, str]:
    """The colour of each list on the map, by its name."""
    return {one.label: one.colour for one in assign_categories(sites, "list")[0]}


def draw_own(one: StoredList, library: Library, viewer: Viewer, colours: Mapping[str, str]) -> None:
    """Draw the card of a list that only this session sees."""
    change = partial(viewer.uploads.change, one.id)

    @st.fragment
    def draw() -> None:
        with st.container(border=True, key=f"list_{one.id}"):
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                _draw_head(
                    one.opened,
                    one.id,
                    colours,
                    "only you see it",
                    hidden=one.about.hidden,
                    added=one.about.added,
                    on_colour=lambda colour: run(partial(change, colour=colour)),
                    on_hide=lambda hidden: run(partial(change, hidden=hidden)),
                )
                _draw_own_actions(one, viewer)
            _draw_versions(one.opened)
            on_demand.expander(
                "Import report",
                partial(report.draw_report, one, library, viewer, where="card"),
                key=f"report_{one.id}",
                icon=":material/fact_check:",
            )

    draw()


def draw_open(
    opened: OpenedList,
    stored: StoredList | None,
    viewer: Viewer,
    colours: Mapping[str, str],
    *,
    hidden: bool,
) -> None:
    """Draw the card of a list that everyone sees; ``stored`` if somebody here shared it."""
    key = stored.id if stored else f"open_{opened.name}"
    who = "shared with everyone here" if stored else "everyone sees it"

    @st.fragment
    def draw() -> None:
        with st.container(border=True, key=f"list_{key}"):
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                _draw_head(
                    opened,
                    key,
                    colours,
                    who,
                    hidden=hidden,
                    added=stored.about.added if stored else "",
                    on_colour=partial(_colour_open, opened.name, stored, viewer.editor),
                    on_hide=partial(_hide, opened.name),
                )
                editor = viewer.editor
                if stored is not None and editor is not None:
                    on_demand.popover(
                        "Change",
                        partial(_draw_shared_change, stored, editor),
                        key=f"change_{stored.id}",
                        icon=":material/edit:",
                    )
                    if editor.is_sharer(stored):
                        st.button(
                            "Take back",
                            key=f"take_back_{stored.id}",
                            icon=":material/undo:",
                            on_click=run,
                            args=(partial(editor.take_back, stored.id),),
                            help="Only you will see the list again. Pins that were shared with it "
                            "stay.",
                        )
                    st.button(
                        "Delete for everyone",
                        key=f"unshare_{stored.id}",
                        icon=":material/delete:",
                        on_click=run,
                        args=(partial(editor.unshare, stored.id),),
                    )
            _draw_versions(opened)
            reading = opened.reading
            if reading and (reading.warnings or reading.notes):
                _draw_warnings(reading.warnings, reading.notes)

    draw()


def _colour_open(name: str, stored: StoredList | None, editor: Editor | None, colour: str) -> None:
    """Colour a list that everyone sees: for everyone if an editor does so to one shared here."""
    if stored is None or editor is None:
        _colour(name, colour)
        return
    session.colour_list(name, "")
    run(partial(editor.change_shared, stored.id, colour=colour))


def _hide(name: str, hidden: bool) -> None:
    session.hide_list(name, hidden=hidden)
    st.rerun()


def _colour(name: str, colour: str) -> None:
    session.colour_list(name, colour)
    st.rerun()


def draw_linked(link: SharedByLink, colours: Mapping[str, str], *, hidden: bool) -> None:
    """Draw the card of a list that a colleague's link shows."""
    opened = link.stored.opened

    @st.fragment
    def draw() -> None:
        with (
            st.container(border=True, key="list_linked"),
            st.container(horizontal=True, vertical_alignment="center", gap="small"),
        ):
            _draw_head(
                opened,
                "linked",
                colours,
                f"a colleague’s, by a link that is valid until {link.expires}",
                hidden=hidden,
                added=link.stored.about.added,
                on_colour=partial(_colour, opened.name),
                on_hide=partial(_hide, opened.name),
            )
            st.button(
                "Close",
                key="close_linked",
                icon=":material/close:",
                on_click=_close_linked,
                help="The link opens the list again",
            )

    draw()


def _close_linked() -> None:
    address.set_view(address.LINKED, "", "")
    st.rerun()


def _draw_head(
    opened: OpenedList,
    key: str,
    colours: Mapping[str, str],
    who: str,
    *,
    hidden: bool,
    added: str,
    on_colour: Callable[[str], None],
    on_hide: Callable[[bool], None],
) -> None:
    """Draw colour, name and facts of a list, and the buttons that show it alone or hide it."""
    name = opened.name
    picker = f"list_colour_{key}"
    st.session_state[picker] = colours.get(name, NEUTRAL)
    st.color_picker(
        f"Colour of {escape(name)}",
        key=picker,
        label_visibility="collapsed",
        on_change=lambda: on_colour(st.session_state[picker]),
        help="The list’s colour where the map is coloured by list",
        disabled=opened.reading is None,
    )
    facts = _describe(opened, who, added)
    if hidden:
        facts = ":material/visibility_off: hidden · " + facts
    st.markdown(f"**{escape(name)}**  \n:small[{facts}]", width="stretch")
    if opened.reading is None:
        return
    alone = address.current().list == (name,)
    st.button(
        "Show all" if alone else "Only this",
        key=f"alone_{key}",
        icon=":material/filter_alt_off:" if alone else ":material/filter_alt:",
        on_click=_show_alone,
        args=(name, alone),
        disabled=hidden,
        help="Show all lists again" if alone else "Show the sites of this list alone",
    )
    st.button(
        "Show" if hidden else "Hide",
        key=f"hide_{key}",
        icon=":material/visibility:" if hidden else ":material/visibility_off:",
        on_click=on_hide,
        args=(not hidden,),
        help="Hidden lists stay here, but their sites are nowhere else on this page",
    )


def _show_alone(name: str, alone: bool) -> None:
    address.change(list=() if alone else (name,))
    st.rerun()


def _describe(opened: OpenedList, who: str, added: str) -> str:
    reading = opened.reading
    if reading is None:
        return f"not opened: {escape(opened.error)}"
    facts = [summary.plural(len(reading.sites), "site")]
    facts += [summary.plural(len(reading.trials), "trial")] if reading.trials else []
    facts.append(reading.format)
    if reading.as_of:
        facts.append(f"as of {reading.as_of}")
    elif added:
        facts.append(f"added {added} UTC")
    facts.append(who)
    return " · ".join(map(escape, facts))


def _draw_own_actions(one: StoredList, viewer: Viewer) -> None:
    if one.opened.reading is not None:
        on_demand.popover(
            "Change",
            partial(_draw_change, one, viewer),
            key=f"change_{one.id}",
            icon=":material/edit:",
        )
        if viewer.editor is not None or viewer.links.enabled:
            on_demand.popover(
                "Share",
                partial(sharing.draw_sharing, one, viewer),
                key=f"ask_share_{one.id}",
                icon=":material/group:",
            )
    st.button(
        "Delete",
        key=f"delete_{one.id}",
        icon=":material/delete:",
        on_click=run,
        args=(partial(viewer.links.remove_list, one),),
        help="Delete the list for good, and the links to it",
    )


def _draw_name(one: StoredList, change: Callable[..., None], note: str = "") -> None:
    """Draw the list's name, which ``change(name=…)`` changes."""
    key = f"rename_{one.id}"
    st.text_input(
        "Name",
        value=one.opened.name,
        max_chars=MAX_NAME,
        key=key,
        on_change=lambda: run(partial(change, name=st.session_state[key])),
        help=note or None,
    )


def _draw_change(one: StoredList, viewer: Viewer) -> None:
    """Draw the list's name, and where a new version of it is uploaded."""
    _draw_name(one, partial(viewer.uploads.change, one.id))
    uploader = f"refresh_{one.id}"
    st.file_uploader(
        "New version of this list",
        key=uploader,
        on_change=_refresh,
        args=(one, viewer, uploader),
        help="The list keeps its name, colour and columns. What it was before stays as an earlier "
        "version, for the Compare tab.",
    )


def _refresh(one: StoredList, viewer: Viewer, uploader: str) -> None:
    file = st.session_state.get(uploader)
    if file is None:
        return
    _add_version(
        one,
        file.getvalue(),
        partial(viewer.uploads.add, name=file.name, replaces=one.id),
        lambda data: viewer.uploads.add_in_background([Upload(file.name, data, one.id)]),
    )


def _draw_shared_change(one: StoredList, editor: Editor) -> None:
    """Draw the name of a list that everyone sees, and where its new version is uploaded."""
    _draw_name(
        one,
        partial(editor.change_shared, one.id),
        "The name and the colour of this list are everyone’s.",
    )
    uploader = f"renew_{one.id}"
    with st.form(f"renew_form_{one.id}", border=False):
        st.file_uploader(
            "New version of this list",
            key=uploader,
            help="The list keeps its name, colour and columns, and links to it stay right. What it "
            "was before stays as an earlier version, for the Compare tab.",
        )
        st.caption("Everyone here sees all its sites and columns, except those that name people.")
        st.form_submit_button(
            "Replace for everyone",
            icon=":material/upload:",
            on_click=_renew_shared,
            args=(one, editor, uploader),
        )


def _renew_shared(one: StoredList, editor: Editor, uploader: str) -> None:
    file = st.session_state.get(uploader)
    if file is None:
        show_error("Choose the file of the new version first")
        return
    _add_version(
        one,
        file.getvalue(),
        partial(editor.renew_shared, one.id, name=file.name),
        partial(editor.renew_shared_in_background, one.id, name=file.name),
    )


def _add_version(
    one: StoredList,
    data: bytes,
    add: Callable[..., object],
    add_in_background: Callable[..., object],
) -> None:
    """Call one of the two with ``data=…``, whichever suits its size, and say what became of it."""
    if len(data) > MAX_FOREGROUND_BYTES:
        try:
            add_in_background(data=data)
        except TooManyJobsError as error:
            show_error(error)
        else:
            st.rerun()
        return

    def add_now() -> None:
        add(data=data)
        queue_toast(f"{escape(one.opened.name)}: new version added", "check")

    run(add_now)


def _draw_versions(opened: OpenedList) -> None:
    """Draw what folds away: earlier versions."""
    if opened.versions:
        with st.expander(summary.plural(len(opened.versions), "earlier version")):
            if not opened.versions[0].trial_id:
                _draw_over_time_button(opened.name, f"over_time_{opened.versions[0].id}")
            for version in opened.versions[:MAX_VERSIONS]:
                _draw_version(opened, version)
            if len(opened.versions) > MAX_VERSIONS:
                st.caption(
                    f"… and {len(opened.versions) - MAX_VERSIONS:,} more: see Sites over time in "
                    "the Compare tab."
                )


def _draw_over_time_button(name: str, key: str) -> None:
    st.button(
        "Sites over time",
        key=key,
        icon=":material/timeline:",
        on_click=over_time.open_over_time,
        args=(name,),
        help="How many sites each version has, and what changed, as a chart and on a map",
    )


def _draw_version(opened: OpenedList, version: EarlierVersion) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        sites = summary.plural(version.sites, "site")
        whose = f"{escape(version.trial_id)}: data" if version.trial_id else "Version"
        zone = "" if version.trial_id else " UTC"
        st.markdown(f"{whose} of {escape(version.added)}{zone}: {sites}", width="stretch")
        st.button(
            "What changed",
            key=f"compare_{version.id}",
            icon=":material/compare_arrows:",
            on_click=_compare,
            args=(version.name, version.trial_id or opened.name),
            help="Compare this version with how it is now",
        )


def _compare(before: str, now: str) -> None:
    address.set_view("compare_a", before, "")
    address.set_view("compare_b", now, "")
    over_time.choose(over=False)
    st.session_state["tab"] = "Compare"
    st.rerun()


def _draw_warnings(warnings: tuple[str, ...], notes: tuple[str, ...]) -> None:
    what = summary.plural(len(warnings), "warning") if warnings else "notes"
    with st.expander(what[:1].upper() + what[1:]):
        st.markdown("\n".join(f"- {escape(warning)}" for warning in warnings[:MAX_WARNINGS]))
        if len(warnings) > MAX_WARNINGS:
            st.caption(f"… and {len(warnings) - MAX_WARNINGS:,} more")
        for note in notes[:MAX_WARNINGS]:
            st.caption(escape(f"{note[:1].upper()}{note[1:]}"))
