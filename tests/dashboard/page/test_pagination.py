"""A click on a header of a long table sorts all its rows."""

from streamlit.testing.v1 import AppTest


def draw_long_table() -> None:
    import pandas as pd  # noqa: PLC0415 - AppTest runs this body alone
    import streamlit as st  # noqa: PLC0415

    from dashboard.page.tabs import pagination  # noqa: PLC0415

    rows = pd.DataFrame({"city": [f"{n:04d}" for n in range(1_200)], "record": "x"})
    clicked = st.session_state.pop("clicked", None)
    if clicked is not None:
        st.session_state["grid"] = {"selection": {"rows": [3], "columns": clicked, "cells": []}}
        pagination.sort_by_header("grid", "long", ["city"])
    page = pagination.paginate(rows, ["city"], str.title, "long")
    options = pagination.react_to_headers(len(rows), ["city"], "grid", "long", rows="multi-row")
    st.dataframe(page, **options)
    short = pagination.react_to_headers(len(page), ["city"], "short")
    st.text(f"{short} {st.session_state['grid']['selection']['rows']}")


def click(app: AppTest, *columns: str) -> tuple[str, str]:
    """Select these headers as the browser would; the first row and the line below."""
    app.session_state["clicked"] = list(columns)
    app.run()
    assert not app.exception
    return str(app.dataframe[0].value["city"].iloc[0]), app.text[0].value


def test_a_header_sorts_all_rows_and_turns_the_order_when_clicked_again() -> None:
    app = AppTest.from_function(draw_long_table).run()
    app.number_input(key="long_page").set_value(2).run()
    assert app.dataframe[0].value["city"].iloc[0] == "1000"
    assert click(app, "city")[0] == "0000", "sorted, from its first page"
    first, line = click(app)  # the grid takes a second click as the end of the selection
    assert first == "1199"
    assert line == "{} []", "rows that were selected are others now; a short table sorts itself"
    assert click(app, "city")[0] == "0000"


def test_a_header_that_cannot_be_sorted_by_changes_nothing() -> None:
    app = AppTest.from_function(draw_long_table).run()
    click(app, "city")
    assert click(app)[0] == "1199"
    assert click(app, "record")[0] == "1199"
