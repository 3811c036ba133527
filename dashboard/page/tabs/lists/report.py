"""The import report: how a list was read and placed, and what a person may want to change."""

from functools import partial

import pandas as pd
import streamlit as st

from dashboard.library.lists import FirstRows, Library
from dashboard.library.own_lists.import_report import Correction, ImportReport, build_import_report
from dashboard.library.uploads import StoredList
from dashboard.page.state import address, session
from dashboard.page.tabs.lists import columns
from dashboard.page.widgets import on_demand
from dashboard.page.widgets.feedback import run_action
from dashboard.page.widgets.markdown import escape
from dashboard.query.filters import Filters
from dashboard.service.viewer import Viewer
from dashboard.sites import summary
from dashboard.sites.list_rows import number_lists
from dashboard.sites.memo import memoize_per_table
from dashboard.sites.reading import Reading

MAX_PANELS = 3
MAX_LINES = 100
FIRST_ROWS = 5
_PREVIEWS = "list_previews"


def draw_new(library: Library, viewer: Viewer) -> None:
    """Draw a panel for each list that this session added since it opened the page."""
    new = session.find_new_lists(viewer)
    for one in new[:MAX_PANELS]:
        draw_panel = st.fragment(_draw_panel)
        draw_panel(one, library, viewer)
    if len(new) > MAX_PANELS:
        more = summary.plural(len(new) - MAX_PANELS, "more list")
        st.info(f"{more} added: see the “Open lists” tab.", icon=":material/check_circle:")


def _draw_panel(one: StoredList, library: Library, viewer: Viewer) -> None:
    reading = one.opened.reading
    with st.container(border=True, key=f"import_{one.id}"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            name = f"**{escape(one.opened.name)}**"
            if reading is None:
                st.error(f"{name} was not opened: {escape(one.opened.error)}", width="stretch")
            else:
                report = find_report(one, library)
                st.markdown(
                    f":material/check_circle: {name}: {describe_counts(report)}", width="stretch"
                )
                _draw_buttons(one, report)
            st.button(
                "Close",
                key=f"close_import_{one.id}",
                icon=":material/close:",
                on_click=_close,
                args=(one.id,),
                help="The report stays with the list in the “Open lists” tab",
            )
        is_plain = reading is not None and not _needs_a_look(find_report(one, library), reading)
        with st.expander("Import report", expanded=not is_plain, key=f"import_details_{one.id}"):
            draw_report(one, library, viewer, where="top")


def _close(list_id: str) -> None:
    session.close_report(list_id)
    st.rerun()


def _needs_a_look(report: ImportReport, reading: Reading) -> bool:
    """Whether anything was corrected, is in doubt, or was left out."""
    warnings = [one for one in reading.warnings if "names a trial" not in one]
    return bool(report.off_map or report.doubtful or report.corrections or warnings)


def find_report(one: StoredList, library: Library) -> ImportReport:
    """The report of an own list; its sites must be among the library's."""
    assert one.opened.reading is not None  # noqa: S101 - asked of lists that were read
    return build_import_report(one.opened.reading, _select_sites(library.table, one.opened.name))


@memoize_per_table
def _select_sites(table: pd.DataFrame, name: str) -> pd.DataFrame:
    numbers, names = number_lists(table)
    wanted = [number for number, each in enumerate(names) if each == name]
    return table[pd.Series(numbers).isin(wanted).to_numpy()]


def describe_counts(report: ImportReport) -> str:
    """The counts in a line."""
    facts = [summary.plural(report.rows, "row") + " read"] if report.rows else []
    facts.append(summary.plural(report.sites, "site"))
    facts += [summary.plural(report.trials, "trial")] if report.trials else []
    facts.append(f"{report.on_map:,} on the map")
    facts += [f"**{report.off_map:,} not on the map**"] if report.off_map else []
    facts += [f"**{report.doubtful:,} in doubt**"] if report.doubtful else []
    return " · ".join(facts)


def _draw_buttons(one: StoredList, report: ImportReport) -> None:
    name = one.opened.name
    if report.off_map or report.doubtful:
        st.button(
            "Review places",
            key=f"review_{one.id}",
            icon=":material/fact_check:",
            on_click=_go_to,
            args=("Quality", name),
            help="See why a place is in doubt, and correct it, in the “Quality” tab",
        )
    st.button(
        "Show only this list",
        key=f"see_{one.id}",
        icon=":material/filter_alt:",
        on_click=_go_to,
        args=("Sites", name),
    )


def _go_to(tab: str, name: str) -> None:
    """Show the sites of a list alone, in a tab."""
    address.set_filters(Filters().replace(list=(name,)))
    st.session_state["tab"] = tab
    st.rerun()


def draw_report(one: StoredList, library: Library, viewer: Viewer, *, where: str) -> None:
    """Draw a list's columns with its first rows, what was left out, and corrected spellings.

    ``where`` tells the widgets of two reports on one list apart.
    """
    reading = one.opened.reading
    if reading is not None:
        corrections = find_report(one, library).corrections
        if corrections:
            _draw_corrections(one, corrections, viewer, where)
        _draw_lines("How it was read", (*reading.warnings, *reading.notes))
        if reading.fields is not None and len(reading.fields.columns):
            on_demand.popover(
                "Types of your columns",
                partial(columns.draw_types, one.id, reading.fields, viewer, where),
                key=f"types_{where}_{one.id}",
                icon=":material/data_object:",
            )
    header, matched, rows = _find_preview(one, viewer)
    if not header:
        return
    draw_form = partial(columns.draw_columns, one.id, header, matched, viewer, where)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown("**Columns**" + (", with the first rows" if rows else ""), width="stretch")
        if reading is not None:
            with st.popover(
                "Change columns", icon=":material/edit:", key=f"change_columns_{where}_{one.id}"
            ):
                draw_form()
    if rows:
        _draw_first_rows(header, matched, rows)
    if reading is None:
        draw_form()


def _find_preview(one: StoredList, viewer: Viewer) -> FirstRows:
    """The header of a plain table, which column is which, and the first rows."""
    reading = one.opened.reading
    if reading is not None and not reading.header:
        return (), {}, ()
    held = st.session_state.setdefault(_PREVIEWS, {})
    if one.id not in held:
        held[one.id] = viewer.uploads.preview(one.id)
    header, matched, rows = held[one.id]
    if reading is not None:
        same = header == reading.header
        return reading.header, dict(reading.columns), rows if same else ()
    return header, matched, rows


def _draw_first_rows(
    header: tuple[str, ...], matched: dict[str, str], rows: tuple[tuple[str, ...], ...]
) -> None:
    """Draw the first rows under the columns' names and what each became."""
    became = {column: target for target, column in matched.items()}
    shown = pd.DataFrame(
        [[*row, *[""] * len(header)][: len(header)] for row in rows[:FIRST_ROWS]],
        columns=[str(number) for number in range(len(header))],
        dtype="str",
    )
    st.dataframe(
        shown,
        hide_index=True,
        column_config={
            str(number): st.column_config.TextColumn(
                f"{name} → {columns.label_target(became[name])}" if name in became else name,
                help="Used" if name in became else "Kept as a column of your own",
            )
            for number, name in enumerate(header)
        },
        alt=f"The first {len(shown)} rows of the list",
    )


def _draw_lines(title: str, lines: tuple[str, ...]) -> None:
    if not lines:
        return
    shown = "\n".join(f"- {escape(f'{line[:1].upper()}{line[1:]}')}" for line in lines[:MAX_LINES])
    st.markdown(f"**{title}**\n{shown}")
    if len(lines) > MAX_LINES:
        st.caption(f"… and {len(lines) - MAX_LINES:,} more")


def _draw_corrections(
    one: StoredList, corrections: tuple[Correction, ...], viewer: Viewer, where: str
) -> None:
    st.markdown("**Spellings corrected**")
    for number, correction in enumerate(corrections):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(
                f"{escape(correction.written)} → {escape(correction.read)}, "
                f"{summary.plural(correction.sites, 'site')}"
            )
            editor = viewer.editor
            if editor is not None and len(editor.pins.select_private(correction.places)) == len(
                correction.places
            ):
                st.button(
                    "Accept",
                    key=f"accept_{where}_{one.id}_{number}",
                    icon=":material/check:",
                    on_click=_accept,
                    args=(correction, viewer),
                    help="It is no longer in doubt. Only you see this.",
                )
            st.button(
                "Change",
                key=f"correct_{where}_{one.id}_{number}",
                icon=":material/edit:",
                on_click=_go_to,
                args=("Quality", one.opened.name),
                help="Choose another place in the “Quality” tab",
            )


def _accept(correction: Correction, viewer: Viewer) -> None:
    """Pin the sites where they stand, as their session's own."""
    editor = viewer.editor
    if editor is None:
        return
    pin = partial(
        editor.pins.pin,
        correction.places,
        correction.latitude,
        correction.longitude,
        note=f"{correction.written} is {correction.read}",
        who="",
    )
    if run_action(viewer, pin, f"{correction.written} is {correction.read}", ":material/check:"):
        st.rerun()
