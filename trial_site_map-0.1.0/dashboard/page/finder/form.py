"""The finder's form: what, where and who; and how far, in which country, open trials only."""

from collections.abc import Sequence
from html import escape as escape_html

import streamlit as st

from dashboard.library.lists import Library
from dashboard.page.finder import language
from dashboard.page.finder.language import translate as _
from dashboard.page.state import address
from dashboard.page.widgets.feedback import queue_toast, show_error
from dashboard.page.widgets.markdown import escape
from dashboard.query.conditions.lookup import find_meaning
from dashboard.query.facets import facet_counts
from dashboard.query.filters import Filters
from dashboard.query.near import KM_PER
from dashboard.query.nearest_trials import RECRUITING
from dashboard.query.parameters import MAX_NAME, MAX_TEXT
from dashboard.query.trial_filters import MAX_AGE
from dashboard.sites.categoricals import normalize_text
from geocache.geo.countries import country_name_in

RADII = (25.0, 50.0, 100.0, 250.0)
"""In the unit that the person chose."""

MIN_BEGINNING = 3
"""Letters from which on the beginning of a word stands for it."""

SHOWN = "finder_shown"
"""The session state has how many cards are shown under this key."""


def draw_form(library: Library, filters: Filters) -> None:
    """Draw the boxes for what, where and who; every change goes to the address bar."""
    counts = facet_counts(library.table, Filters(status=(RECRUITING,)))["condition"]
    named = {label_condition(label): number for label, number in counts.items()}
    texts = {one: f"{one} ({_('{number} centres', number=f'{n:,}')})" for one, n in named.items()}
    current = label_condition(filters.condition[0]) if filters.condition else None
    st.session_state["finder_condition"] = current
    st.selectbox(
        _("What? Your illness, in your own words"),
        list(dict.fromkeys([*([current] if current else []), *named])),
        key="finder_condition",
        index=None,
        format_func=lambda one: texts.get(one, one),
        on_change=_write_condition,
        args=(list(named),),
        accept_new_options=True,
        placeholder=_("for example breast cancer"),
    )
    st.session_state["finder_place"] = filters.near
    st.text_input(
        _("Where? Your town or postcode"),
        key="finder_place",
        on_change=_write_place,
        placeholder=_("for example Munich, Germany"),
    )
    st.html(_build_locate_button())
    _draw_person(filters)


def label_condition(value: str) -> str:
    """What a condition of a link is called in the session's language."""
    return find_meaning(value).label_in(language.current()) or value


def _build_locate_button() -> str:
    """The button for the browser's own position, with what it says; other words for scripts."""
    texts = {
        "wait": _("Asking your browser …"),
        "refused": _("Your browser does not share where you are. Type your town instead."),
        "off": _("Your place cannot be found now. Type your town instead."),
    }
    attributes = " ".join(
        f"data-sm-{name}='{escape_html(text, quote=True)}'" for name, text in texts.items()
    )
    offline = escape_html(_("You are offline. What you see stays; new searches have to wait."))
    return (
        f"<div class='sm-actions' data-sm-new='{escape_html(_('Search for: {text}'))}'>"
        f"<button type='button' data-sm-locate {attributes}>{escape_html(_('Use my location'))}"
        f"</button><output aria-live='polite'></output></div>"
        f"<p class='sm-offline' role='status' data-sm-offline='{offline}'></p>"
    )


def _draw_person(filters: Filters) -> None:
    with st.expander(_("Who? Age and sex, if you like"), icon=":material/person:"):
        st.session_state["finder_age"] = None if filters.age is None else int(filters.age)
        st.number_input(
            _("Age in years"),
            min_value=0,
            max_value=MAX_AGE,
            key="finder_age",
            on_change=_write_age,
        )
        st.session_state["finder_sex"] = filters.sex
        labels = {"": _("anyone"), "Female": _("woman"), "Male": _("man")}
        st.radio(
            _("Sex"),
            list(labels),
            key="finder_sex",
            format_func=labels.__getitem__,
            on_change=lambda: address.change(sex=st.session_state["finder_sex"]),
            horizontal=True,
        )


def complete(text: str, offered: Sequence[str]) -> str:
    """A text, or the first offered condition with a word that begins as it does.

    Only what means no condition by itself is completed, from three letters on.
    """
    begun = normalize_text(text)
    if len(begun) < MIN_BEGINNING or find_meaning(text).concepts:
        return text
    return next((one for one in offered if f" {begun}" in f" {normalize_text(one)}"), text)


def _write_condition(offered: Sequence[str]) -> None:
    typed = str(st.session_state["finder_condition"] or "").strip()
    if not _check_length(typed, MAX_NAME):
        return
    text = complete(typed, offered)
    meaning = find_meaning(text)
    if meaning.guessed or text != typed:
        shown = meaning.label_in(language.current())
        queue_toast(escape(_("Showing {condition}", condition=shown)), "info")
    value = meaning.concepts[0].label if len(meaning.concepts) == 1 else text
    address.change(condition=(value,) if value else ())
    st.session_state.pop(SHOWN, None)


def _write_place() -> None:
    place = st.session_state["finder_place"].strip()
    if not _check_length(place, MAX_TEXT):
        return
    address.change(near=place, radius_km=address.current().radius_km if place else None)
    st.session_state.pop(SHOWN, None)


def _check_length(text: str, limit: int) -> bool:
    """True if a text is short enough; otherwise says so."""
    if len(text) <= limit:
        return True
    show_error(_("That text is too long. Please use fewer than {number} letters.", number=limit))
    return False


def _write_age() -> None:
    age = st.session_state["finder_age"]
    address.change(age=None if age is None else float(age))


def draw_choices(filters: Filters, home: str) -> None:
    """Draw how far, which country first, and whether closed trials are shown.

    ``home`` is the alpha-2 code of the country around the person, empty if unknown.
    """
    with st.expander(_("Distance and more"), icon=":material/tune:"):
        if filters.near:
            _draw_radius(filters)
        if home:
            name = country_name_in(home, language.current())
            _draw_switch("home", "1", _("{country} first", country=name))
        _draw_switch("closed", "0", _("Also trials that do not take people now"))


def _draw_radius(filters: Filters) -> None:
    unit = address.unit()
    chosen = round((filters.radius_km or 0) / KM_PER[unit], 1)
    radii = {0.0: _("any distance")}
    radii |= {far: f"{far:g} {name_unit(unit)}" for far in sorted({*RADII, chosen} - {0.0})}
    st.session_state["finder_radius"] = chosen
    st.pills(
        _("Within"),
        list(radii),
        key="finder_radius",
        format_func=radii.__getitem__,
        on_change=_write_radius,
        required=True,
    )
    st.session_state["finder_unit"] = unit
    st.radio(
        _("Distances in"),
        list(KM_PER),
        key="finder_unit",
        format_func=name_unit,
        on_change=lambda: address.set_view("unit", st.session_state["finder_unit"], "km"),
        horizontal=True,
    )


def name_unit(unit: str) -> str:
    """A unit of :data:`~dashboard.query.near.KM_PER` in the session's language."""
    return _("miles") if unit == "miles" else unit


def _write_radius() -> None:
    far = float(st.session_state["finder_radius"])
    address.change(radius_km=round(far * KM_PER[address.unit()], 1) or None)


def _draw_switch(name: str, default: str, label: str) -> None:
    key = f"finder_{name}"
    st.session_state[key] = address.view(name, default) == "1"
    st.toggle(
        label,
        key=key,
        on_change=lambda: address.set_view(name, "1" if st.session_state[key] else "0", default),
    )
