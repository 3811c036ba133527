"""The rows of the site table as cards, which fit a phone; a tapped one opens the site's sheet."""

import pandas as pd
import streamlit as st

from dashboard.maps.places import format_title
from dashboard.page.state import address, selection, session
from dashboard.page.widgets.markdown import escape
from dashboard.query.apply import DISTANCE_COLUMN
from dashboard.query.filters import to_query
from dashboard.query.near import describe_distance
from dashboard.sites.vocabulary import NOT_STATED

PAGE_SIZE = 20
_FORMS = ("Cards", "Table")
_SHOWN = "site_cards_shown"


def is_wanted() -> bool:
    """Whether the rows are shown as cards: on a phone, unless the person chose the table."""
    return address.view("rows", _default()) == "cards"


def _default() -> str:
    return "cards" if session.is_phone() else "table"


def draw_choice() -> None:
    """Draw the choice between cards and table, on a phone and where a link asked for cards."""
    if not (session.is_phone() or is_wanted()):
        return
    st.session_state["view_rows"] = "Cards" if is_wanted() else "Table"
    st.segmented_control(
        "Rows as",
        list(_FORMS),
        key="view_rows",
        on_change=_choose,
        label_visibility="collapsed",
        width="content",
    )


def _choose() -> None:
    chosen = st.session_state["view_rows"] or "Cards"
    address.set_view("rows", chosen.lower(), _default())
    st.rerun()


def draw_site_cards(rows: pd.DataFrame, unit: str) -> None:
    """Draw the first rows as cards, and a button for more.

    Args:
        rows: of the site table, in the order to show them.
        unit: of distances, ``km`` or ``miles``.
    """
    query = to_query(address.current())
    asked, number = st.session_state.get(_SHOWN, (query, PAGE_SIZE))
    if asked != query:
        number = PAGE_SIZE
    with st.container(key="site_cards"):
        for label, (_, site) in zip(rows.index[:number], rows.head(number).iterrows(), strict=True):
            st.button(
                _describe(site, unit),
                key=f"site_card_{label}",
                on_click=selection.select_on_map,
                args=([int(label)],),
                width="stretch",
            )
    if len(rows) > number:
        st.button(
            f"Show {min(PAGE_SIZE, len(rows) - number)} more of {len(rows):,}",
            key="more_site_cards",
            on_click=_show_more,
            args=(query, number + PAGE_SIZE),
            width="stretch",
        )


def _show_more(query: list[tuple[str, str]], number: int) -> None:
    st.session_state[_SHOWN] = (query, number)


def _describe(site: pd.Series, unit: str) -> str:
    """A card's three lines, as Markdown: facility; town; distance, status and trial."""
    town = ", ".join(str(part) for part in (site.city, site.country) if part)
    distance = ""
    if DISTANCE_COLUMN in site:
        distance = describe_distance(site[DISTANCE_COLUMN], site.uncertainty_km, unit)
    facts = (distance, str(site.status) or NOT_STATED, str(site.trial_id))
    last = " · ".join(escape(fact) for fact in facts if fact.strip())
    return f"**{escape(format_title(site))}**\n{escape(town)}\n{last}"
