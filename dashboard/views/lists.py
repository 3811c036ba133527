"""The open lists: what each holds, and what could not be read."""

import streamlit as st

from dashboard.library import Library
from dashboard.links import plain


def problems(library: Library, cache_warnings: tuple[str, ...]) -> None:
    """Say at the top of the page what could not be opened; silent when all is well."""
    failed = [opened for opened in library.lists if opened.error]
    for opened in failed:
        st.error(f"**{plain(opened.name)}** was not opened: {plain(opened.error)}")
    for words in cache_warnings:
        st.warning(plain(words))


def lists_view(library: Library) -> None:
    """Draw every open list with its format, counts, date and warnings."""
    rows = [
        {
            "list": opened.name,
            "format": opened.reading.format if opened.reading else "not opened",
            "trials": len(opened.reading.trials) if opened.reading else 0,
            "sites": len(opened.reading.sites) if opened.reading else 0,
            "as_of": opened.reading.as_of if opened.reading else "",
            "warnings": len(opened.reading.warnings) if opened.reading else 0,
            "problem": opened.error,
        }
        for opened in library.lists
    ]
    st.dataframe(
        rows,
        hide_index=True,
        column_config={
            "list": "List",
            "format": "Format",
            "trials": "Trials",
            "sites": "Sites",
            "as_of": "As of",
            "warnings": "Warnings",
            "problem": "Problem",
        },
        alt=f"Open lists, {len(rows)} rows",
    )
    for note in library.notes:
        st.caption(plain(note))
    for opened in library.lists:
        if opened.reading and opened.reading.warnings:
            with st.expander(f"{plain(opened.name)}: {len(opened.reading.warnings)} warnings"):
                for warning in opened.reading.warnings[:200]:
                    st.markdown(f"- {plain(warning)}")
