"""Tables of reach and links to their files: names of columns, formats, explanations."""

from functools import partial

import pandas as pd
import streamlit as st

from dashboard import exports
from dashboard.page.state import session
from dashboard.page.streamlit_internals import ColumnConfig
from dashboard.page.tabs import pagination
from dashboard.page.widgets.download_link import draw_download_link
from dashboard.page.widgets.markdown import escape
from dashboard.reach.rates import FEW
from dashboard.web.downloads import Download

LEVELS = {"country": "Countries", "state": "States and provinces", "county": "US counties"}
"""What figures are given of, with their names on screen."""

_LABELS = {
    "name": "Name",
    "country_code": "Country",
    "state": "State or province",
    "kind": "What",
    "recruiting": "Recruiting sites",
    "recruiting_per_million": "Recruiting per million",
    "people": "People",
    "coverage": "Listed",
    "sites": "Sites",
    "sites_per_million": "Sites per million",
    "reached": "People within",
    "share": "Share within",
    "choice_share": "With 3 sites or more",
    "nearest_km": "Nearest site (km)",
    "median_km": "Half live within (km)",
    "gini": "Unevenness",
    "access_per_million": "Shared access per million",
    "against_share": "Share of the other trial",
    "only_here": "People only here",
    "only_here_share": "Share only here",
    "rank": "Order",
    "adds": "Adds people",
    "adds_share": "Adds",
    "share_after": "Share then",
}
_HELP = {
    "coverage": "The share of the country's inhabitants who live in a listed place. "
    "Far from 100 %, only shares are given, no numbers of people.",
    "people": "Inhabitants of the listed places, in the United States of ZIP areas.",
    "gini": "The Gini coefficient of sites against people: 0 where sites are spread like people, "
    "1 where all are in one state (in the United States: county).",
    "sites_per_million": "Sites per million inhabitants. With few sites it says little.",
    "recruiting_per_million": f"Of the people counted. With fewer than {FEW} sites it says little.",
    "access_per_million": "Sites per million people, a site being shared by all who live within "
    "the distance of it (2SFCA).",
    "only_here": "People within the distance of one of these sites and of none of the other trial.",
    "choice_share": "The share of people who have at least three sites within the distance.",
}
_SHARES = {
    *("share", "choice_share", "coverage", "adds_share", "share_after"),
    *("against_share", "only_here_share"),
}
_COUNTS = {"people", "sites", "reached", "adds", "rank", "only_here", "recruiting"}
_TENTHS = {"nearest_km", "median_km"}
_HUNDREDTHS = {"gini", "sites_per_million", "access_per_million", "recruiting_per_million"}


def draw_downloads(title: str, content: exports.Content) -> None:
    """Draw a title, and beside it links to a dataset's files."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{escape(title)}**" if title else "", width="stretch")
        for suffix in ("csv", "xlsx"):
            form = exports.FORMATS[suffix]
            name = f"{content.name}.{suffix}"
            draw_download_link(
                f"Download {form.label}",
                session.offer_download(
                    Download(name, form.media_type, partial(form.chunks, content))
                ),
                key=f"{content.name.replace('-', '_')}_{suffix}",
                primary=suffix == "csv",
            )


def draw_table(rows: pd.DataFrame, shown: list[str], noun: str) -> None:
    """Draw some columns of a table, a page at a time; ``noun`` says what the rows are."""
    page = pagination.paginate(rows, shown, _label, f"reach_{noun}")
    table = page[shown].copy()
    for column in _SHARES & set(shown):
        table[column] *= 100
    st.dataframe(
        table,
        hide_index=True,
        placeholder="",
        height="auto" if len(table) < 12 else 420,
        column_config={column: _configure(column) for column in shown},
        alt=f"{noun}, {len(rows):,} rows",
        **pagination.react_to_headers(len(rows), shown, f"reach_{noun}_table", f"reach_{noun}"),
    )


def _label(column: str) -> str:
    return _LABELS.get(column, column)


def _configure(column: str) -> ColumnConfig:
    label, explained = _label(column), _HELP.get(column)
    if column in _SHARES:
        return st.column_config.NumberColumn(label, format="%.1f %%", help=explained)
    if column in _TENTHS | _HUNDREDTHS:
        digits = "%.2f" if column in _HUNDREDTHS else "%.1f"
        return st.column_config.NumberColumn(label, format=digits, help=explained)
    if column in _COUNTS:
        return st.column_config.NumberColumn(label, format="localized", help=explained)
    return st.column_config.Column(label, help=explained)
