"""The filters in the sidebar; each choice says how many sites it would leave."""

from collections.abc import Callable, Mapping

import streamlit as st

from dashboard.errors import FilterError
from dashboard.page.sidebar import eligibility, nearest, registry_form, uploads
from dashboard.page.state import address
from dashboard.page.widgets.feedback import check_length
from dashboard.query.filters import Filters
from dashboard.query.near import KM_PER
from dashboard.query.parameters import MAX_TEXT
from dashboard.service.viewer import Viewer
from dashboard.sites.summary import country_label
from dashboard.sites.trial import Trial

LABELS = {
    "trial": "Trial",
    "country": "Country",
    "state": "State or province",
    "city": "City",
    "status": "Site status",
    "phase": "Phase",
    "sponsor": "Sponsor",
    "precision": "Precision",
    "flag": "Flag",
    "q": "Search",
    "bbox": "Map view",
    "near": "Near",
    "radius_km": "Within",
}
ALWAYS = ("country", "city", "status", "precision")
ORDER = ("country", "state", "city", "status", "trial", "phase", "sponsor", "precision", "flag")


def _write(name: str) -> None:
    value = st.session_state[f"filter_{name}"]
    if isinstance(value, str) and not check_length(LABELS[name], value, MAX_TEXT):
        return
    address.change(**{name: tuple(value) if isinstance(value, list) else value.strip()})


def choice_label(name: str) -> Callable[[str], str]:
    """How a filter's value is shown to a person."""
    if name == "country":
        return country_label
    if name in {"precision", "flag"}:
        return lambda value: value.replace("_", " ").capitalize()
    return str


def _choose(name: str, counts: dict[str, int], chosen: tuple[str, ...]) -> None:
    label = choice_label(name)
    by_folded = {option.casefold(): option for option in counts}
    st.session_state[f"filter_{name}"] = [by_folded.get(v.casefold(), v) for v in chosen]
    options = list(dict.fromkeys([*counts, *st.session_state[f"filter_{name}"]]))
    st.multiselect(
        LABELS[name],
        options,
        key=f"filter_{name}",
        format_func=lambda value: f"{label(value)} ({counts.get(value, 0):,})",
        on_change=_write,
        args=(name,),
        placeholder="All",
        persist_state="session",
    )


def sidebar(
    filters: Filters,
    facets: dict[str, dict[str, int]],
    trials: Mapping[str, Trial],
    lost: FilterError | None = None,
) -> None:
    """Draw the filters; every change goes to the address bar. ``lost``: "near" was not found."""
    with st.sidebar:
        st.subheader("Filters")
        st.session_state["filter_q"] = filters.q
        st.text_input(
            LABELS["q"],
            key="filter_q",
            on_change=_write,
            args=("q",),
            placeholder="Facility, city, site number …",
            persist_state="session",
        )
        if "Recruiting" in facets["status"]:
            st.session_state["filter_recruiting"] = filters.status == ("Recruiting",)
            st.toggle(
                f"Recruiting only ({facets['status']['Recruiting']:,})",
                key="filter_recruiting",
                on_change=_recruiting,
            )
        nearest.draw_nearest(filters, lost)
        eligibility.draw_eligibility(trials)
        for name in ORDER:
            counts = facets[name]
            chosen = getattr(filters, name)
            if name in ALWAYS or chosen or len(counts) > (0 if name == "flag" else 1):
                _choose(name, counts, chosen)


def adding(viewer: Viewer) -> None:
    """Draw the ways to add sites, over the filters."""
    with st.sidebar:
        _adding(viewer)


@st.fragment
def _adding(viewer: Viewer) -> None:
    uploads.draw_uploads(viewer)
    registry_form.draw_registry_form(viewer)


def _recruiting() -> None:
    only = st.session_state["filter_recruiting"]
    address.change(status=("Recruiting",) if only else ())


def active_filters(filters: Filters) -> None:
    """One line of what is filtered, each removable with one click."""
    shown: list[tuple[str, str, object]] = []
    for name, title in LABELS.items():
        value = getattr(filters, name)
        if isinstance(value, tuple) and name != "bbox":
            label = choice_label(name)
            shown += [
                (f"{name}:{v}", f"{title}: {label(v)}", tuple(w for w in value if w != v))
                for v in value
            ]
        elif value and name != "radius_km":
            words = "current view" if name == "bbox" else str(value)
            if name == "near" and filters.radius_km is not None:
                unit = address.unit()
                reach = filters.radius_km / KM_PER[unit]
                words += f", {round(reach, 1):g} {unit}"
            shown.append((name, f"{title}: {words}", None if name == "bbox" else ""))
    if not shown:
        return
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        for key, words, without in shown:
            st.button(
                words,
                icon=":material/close:",
                key=f"remove_{key}",
                help="Remove this filter",
                on_click=_remove,
                args=(key.split(":", 1)[0], without),
            )
        if len(shown) > 1:
            st.button("Clear all", key="clear_all", type="tertiary", on_click=clear)


def _remove(name: str, without: object) -> None:
    if name == "near":
        address.change(near="", radius_km=None)
    else:
        address.change(**{name: without})


def clear() -> None:
    """Remove every filter."""
    address.set_filters(Filters())
