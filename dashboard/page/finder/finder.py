"""The finder: what, where and who; then the nearest trials, and what to do next."""

from html import escape as escape_html

import pandas as pd
import streamlit as st

from dashboard.errors import FilterError
from dashboard.library.lists import Library
from dashboard.maps import folium_map
from dashboard.maps.layer import Circle, build_layer_data
from dashboard.page.finder import cards, language
from dashboard.page.finder.language import translate as _
from dashboard.page.state import address
from dashboard.page.widgets import folium_map as component
from dashboard.page.widgets.feedback import check_length, queue_toast
from dashboard.page.widgets.markdown import escape
from dashboard.query.apply import apply
from dashboard.query.conditions.lookup import find_meaning
from dashboard.query.conditions.vocabulary import load_vocabulary
from dashboard.query.facets import facet_counts
from dashboard.query.filters import Filters
from dashboard.query.near import Centre, find_centre
from dashboard.query.nearest_trials import RECRUITING, NearestSite, find_nearest_sites
from dashboard.query.parameters import MAX_NAME, MAX_TEXT
from dashboard.query.trial_filters import MAX_AGE
from dashboard.service.viewer import Viewer
from geocache.geo.borders import find_countries
from geocache.geo.countries import country_name

PAGE_SIZE = 10
RADII_KM = (25.0, 50.0, 100.0, 250.0)
_MAP_HEIGHT = 320
_SHOWN = "finder_shown"


def draw_open_button() -> None:
    """Draw the button that opens the finder: the first thing on the page."""
    st.button(
        _("Find a trial near you"),
        key="open_finder",
        icon=":material/person_pin_circle:",
        on_click=address.set_mode,
        args=("finder",),
    )


def draw_finder(viewer: Viewer, library: Library, filters: Filters) -> None:
    """Draw the finder over the open lists."""
    with st.container(key="finder"):
        _draw_head()
        alert = st.container()
        _draw_form(library, filters)
        if not (filters.condition or filters.near or filters.trial):
            st.info(_("Say what you are looking for, and where."), icon=":material/search:")
        else:
            centre = _find_centre(filters, viewer, library, alert)
            _draw_results(viewer, library, filters, centre)
        saved = [library.trials[one] for one in cards.list_saved() if one in library.trials]
        cards.draw_saved(saved)
        st.caption(escape(cards.notice()))
        as_of = library.as_of or _("not stated")
        st.caption(escape(_("The data is of {date}.", date=as_of)))


def _draw_head() -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="finder_head"):
        st.button(
            _("All sites and tables"),
            key="close_finder",
            icon=":material/arrow_back:",
            on_click=address.set_mode,
            args=("map",),
        )
        st.session_state["finder_language"] = language.current()
        st.selectbox(
            "Language · Sprache · Langue · Idioma · Lingua",
            list(language.NAMES),
            key="finder_language",
            format_func=language.NAMES.__getitem__,
            on_change=lambda: language.choose(st.session_state["finder_language"]),
            label_visibility="collapsed",
            width=150,
        )
    st.title(_("Find a trial near you"), anchor=False)


def _draw_form(library: Library, filters: Filters) -> None:
    counts = facet_counts(library.table, Filters(status=(RECRUITING,)))["condition"]
    named = {cards.label_condition(label): number for label, number in counts.items()}
    current = cards.label_condition(filters.condition[0]) if filters.condition else None
    options = list(dict.fromkeys([*([current] if current else []), *named]))
    st.session_state["finder_condition"] = current
    st.selectbox(
        _("What? Your illness, in your own words"),
        options,
        key="finder_condition",
        index=None,
        format_func=lambda one: f"{one} ({named[one]:,})" if one in named else one,
        on_change=_write_condition,
        accept_new_options=True,
        placeholder=_("for example breast cancer"),
    )
    st.session_state["finder_place"] = filters.near
    st.text_input(
        _("Where? Your town or postcode"),
        key="finder_place",
        on_change=_write_place,
        placeholder=_("for example Munich, Germany"),
        max_chars=MAX_TEXT,
    )
    texts = {
        "wait": _("Asking your browser …"),
        "refused": _("Your browser does not share where you are. Type your town instead."),
        "off": _("Your place cannot be found now. Type your town instead."),
    }
    attributes = " ".join(
        f"data-sm-{name}='{escape_html(text, quote=True)}'" for name, text in texts.items()
    )
    label = escape_html(_("Use my location"))
    button = f"<button type='button' data-sm-locate {attributes}>{label}</button>"
    st.html(f"<div class='sm-actions'>{button}<output aria-live='polite'></output></div>")
    _draw_person(filters)


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


def _write_condition() -> None:
    text = str(st.session_state["finder_condition"] or "").strip()
    if not check_length(_("What?"), text, MAX_NAME):
        return
    meaning = find_meaning(text)
    if meaning.guessed:
        shown = meaning.label_in(language.current())
        queue_toast(escape(_("Showing {condition}", condition=shown)), "info")
    value = meaning.concepts[0].label if len(meaning.concepts) == 1 else text
    address.change(condition=(value,) if value else ())
    st.session_state.pop(_SHOWN, None)


def _write_place() -> None:
    place = st.session_state["finder_place"].strip()
    address.change(near=place, radius_km=address.current().radius_km if place else None)
    st.session_state.pop(_SHOWN, None)


def _write_age() -> None:
    age = st.session_state["finder_age"]
    address.change(age=None if age is None else float(age))


def _find_centre(
    filters: Filters, viewer: Viewer, library: Library, alert: st.delta_generator.DeltaGenerator
) -> Centre | None:
    """Where the person is; says why if that is unknown."""
    try:
        return find_centre(filters.near, viewer.geocoder.search, library.table)
    except FilterError as error:
        with alert:
            place = escape(error.value)
            st.warning(_("“{place}” was not found. Try the town with its country.", place=place))
            for number, one in enumerate(error.allowed[:3]):
                if "," in one and not one.startswith("LAT"):
                    st.button(
                        escape(one),
                        key=f"finder_place_{number}",
                        on_click=lambda chosen=one: address.change(near=chosen),
                    )
        return None


def _draw_results(
    viewer: Viewer, library: Library, filters: Filters, centre: Centre | None
) -> None:
    kept = apply(
        library.table,
        filters.replace(**({} if centre else {"near": "", "radius_km": None})),
        centre,
    )
    home = find_countries([centre.latitude], [centre.longitude])[0] if centre else ""
    home_first = address.view("home", "1") == "1"
    all_trials = address.view("closed", "0") == "1"
    found = find_nearest_sites(
        kept, home=home if home_first else "", recruiting_only=not all_trials
    )
    known = [one for one in found if one.trial_id in library.trials]
    _draw_choices(filters, home)
    if not known:
        _draw_nothing(library, filters, centre, all_trials=all_trials)
        return
    shown = known[: st.session_state.get(_SHOWN, PAGE_SIZE)]
    st.subheader(_("{number} trials", number=len(known)), anchor=False)
    if centre:
        st.caption(escape(_("Nearest first, from {place}.", place=centre.name)))
    on_map, beside = st.columns([1, 1.5], gap="medium")
    with on_map:
        _draw_map(viewer, kept.loc[[one.row for one in shown]], centre)
    with beside:
        contacts = viewer.settings.site_map_contacts
        for one in shown:
            card = cards.Card(one, kept.loc[[one.row]].iloc[0], library.trials[one.trial_id])
            cards.draw_card(card, filters, contacts=contacts)
        if len(known) > len(shown):
            st.button(_("Show ten more"), key="finder_more", on_click=_show_more, width="stretch")


def _show_more() -> None:
    st.session_state[_SHOWN] = st.session_state.get(_SHOWN, PAGE_SIZE) + PAGE_SIZE


def _draw_choices(filters: Filters, home: str) -> None:
    with st.container(horizontal=True, key="finder_choices"):
        if filters.near:
            chosen = float(filters.radius_km or 0)
            radii = {0.0: _("any distance")}
            radii |= {km: f"{km:g} km" for km in sorted({*RADII_KM, *([chosen] if chosen else [])})}
            st.session_state["finder_radius"] = chosen
            st.selectbox(
                _("Within"),
                list(radii),
                key="finder_radius",
                format_func=radii.__getitem__,
                on_change=_write_radius,
                width=170,
            )
        if home:
            _draw_switch("home", "1", _("{country} first", country=country_name(home)))
        _draw_switch("closed", "0", _("Also trials that do not take people now"))


def _draw_switch(name: str, default: str, label: str) -> None:
    key = f"finder_{name}"
    st.session_state[key] = address.view(name, default) == "1"
    st.toggle(
        label,
        key=key,
        on_change=lambda: address.set_view(name, "1" if st.session_state[key] else "0", default),
    )


def _write_radius() -> None:
    address.change(radius_km=float(st.session_state["finder_radius"]) or None)


def _draw_map(viewer: Viewer, sites: pd.DataFrame, centre: Centre | None) -> None:
    """Draw just these sites, and the person; the view is of the nearest ten."""
    circle = Circle(centre.latitude, centre.longitude, None, centre.name) if centre else None
    dark = st.context.theme.type == "dark"
    component.draw_map(
        folium_map.build_base_map(dark=dark, tiles=viewer.settings.site_map_tiles),
        folium_map.SiteLayer(build_layer_data(sites, circle=circle)),
        key=f"finder_map_{'dark' if dark else 'light'}",
        height=_MAP_HEIGHT,
        returned=(),
        on_change=lambda: None,
    )


def _draw_nothing(
    library: Library, filters: Filters, centre: Centre | None, *, all_trials: bool
) -> None:
    """Say that nothing was found, and offer what to give up, with what that would find."""
    st.warning(_("No trial fits all of this."))
    ways: list[tuple[str, dict[str, object]]] = []
    if filters.radius_km is not None:
        ways.append((_("At any distance"), {"radius_km": None}))
    if filters.age is not None or filters.sex:
        ways.append((_("Whatever age and sex"), {"age": None, "sex": ""}))
    for heading in _list_broader(filters):
        concept = load_vocabulary().concepts[heading]
        label = concept.label_in(language.current())
        ways.append((_("All of: {condition}", condition=label), {"condition": (concept.label,)}))
    for number, (label, change) in enumerate(ways):
        less = filters.replace(**change)
        sites = apply(library.table, less if centre else less.replace(near=""), centre)
        found: list[NearestSite] = find_nearest_sites(sites, recruiting_only=not all_trials)
        if found:
            st.button(
                f"{escape(label)} ({len(found):,})",
                key=f"finder_less_{number}",
                on_click=lambda change=change: address.change(**change),
            )
    if not all_trials:
        st.button(
            _("Also trials that do not take people now"),
            key="finder_less_closed",
            on_click=address.set_view,
            args=("closed", "1", "0"),
        )


def _list_broader(filters: Filters) -> list[str]:
    """The conditions that people have words for, directly above those asked for."""
    vocabulary = load_vocabulary()
    own = {one.heading for text in filters.condition for one in find_meaning(text).concepts}
    above = {parent for heading in own for parent in vocabulary.with_broader(heading)} - own
    return sorted(
        one for one in above if one in vocabulary.concepts and vocabulary.concepts[one].words
    )
