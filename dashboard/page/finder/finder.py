"""The finder: what, where and who; then the nearest trials, and what to do next."""

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from dashboard.errors import FilterError
from dashboard.library.lists import Library
from dashboard.maps import folium_map
from dashboard.maps.layer import Circle, build_layer_data, replace_words
from dashboard.page.finder import cards, form, language, map_words, saved, wording
from dashboard.page.finder.language import translate as _
from dashboard.page.state import address
from dashboard.page.widgets import folium_map as component
from dashboard.page.widgets.accessibility import set_language
from dashboard.page.widgets.markdown import escape
from dashboard.query.apply import apply
from dashboard.query.conditions.lookup import find_meaning
from dashboard.query.conditions.vocabulary import load_vocabulary
from dashboard.query.filter_kinds import NEAR_FORMS
from dashboard.query.filters import Filters
from dashboard.query.near import Centre, find_centre
from dashboard.query.nearest_trials import NearestSite, find_nearest_sites
from dashboard.service.viewer import Viewer
from dashboard.sites.trial import Trial
from geocache.geo.borders import find_countries

PAGE_SIZE = 10
MAX_PLACES = 3
MAX_BROADER = 2
_MAP_HEIGHT = 420


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
    set_language(language.current())
    with st.container(key="finder"):
        _draw_head()
        with st.container(key="finder_form"):
            form.draw_form(library, filters)
        alert = st.container()
        centre = _find_centre(filters, viewer, library, alert) if filters.near else None
        home = find_countries([centre.latitude], [centre.longitude])[0] if centre else ""
        with st.container(key="finder_choices"):
            form.draw_choices(filters, home)
        chosen = _list_saved(library, centre)
        if filters.condition or filters.near or filters.trial:
            jump = saved.build_jump(len(chosen))
            _draw_results(viewer, library, filters, centre, home=home, jump=jump)
        else:
            st.info(_("Say what you are looking for, and where."), icon=":material/search:")
        saved.draw_saved(chosen, contacts=viewer.settings.site_map_contacts)
        st.caption(escape(saved.notice()))
        as_of = library.as_of or _("not stated")
        lines = [_("The data is of {date}.", date=as_of)]
        lines += [_("Places: {credit}", credit=one) for one in viewer.geocoder.attributions]
        lines += viewer.geocoder.notices
        st.caption("  \n".join(escape(line) for line in lines))


def draw_link_problem(notes: Sequence[str]) -> None:
    """Say what of a link cannot be shown, before anything is shown."""
    set_language(language.current())
    with st.container(key="finder"):
        _draw_head()
        parts = "\n".join(f"- {escape(note.partition(': ')[0])}" for note in notes)
        st.warning(f"{_('Part of this link cannot be shown here:')}\n\n{parts}")
        label = _("Show the rest")
        st.button(label, key="confirm_link", type="primary", on_click=address.confirm)


def _draw_head() -> None:
    with st.container(
        horizontal=True,
        vertical_alignment="center",
        horizontal_alignment="distribute",
        key="finder_head",
    ):
        st.button(
            _("Whole map"),
            key="close_finder",
            icon=":material/arrow_back:",
            on_click=address.set_mode,
            args=("map",),
        )
        st.session_state["finder_language"] = language.current()
        st.segmented_control(  # on a phone, a box of choices opens its keyboard and no list
            "Language · Sprache · Langue · Idioma · Lingua",
            list(language.NAMES),
            key="finder_language",
            format_func=str.upper,
            on_change=lambda: language.choose(st.session_state["finder_language"]),
            label_visibility="collapsed",
            required=True,
            width="content",
            wrap=True,
        )
    st.title(_("Find a trial near you"), anchor=False)


def _find_centre(
    filters: Filters, viewer: Viewer, library: Library, alert: st.delta_generator.DeltaGenerator
) -> Centre | None:
    """Where the person is; says why if that is unknown."""
    try:
        return find_centre(filters.near, viewer.geocoder.search, library.table)
    except FilterError as error:
        places = [one for one in error.allowed if one not in NEAR_FORMS][:MAX_PLACES]
        with alert:
            place = escape(error.value)
            st.warning(
                _("Which “{place}” do you mean?", place=place)
                if places
                else _("“{place}” was not found. Try the town with its country.", place=place)
            )
            for number, one in enumerate(places):
                st.button(
                    escape(one),
                    key=f"finder_place_{number}",
                    on_click=lambda chosen=one: address.change(near=chosen),
                )
        return None


def _list_saved(library: Library, centre: Centre | None) -> list[cards.Card]:
    """The saved trials, each with its nearest site, in the order they were saved."""
    known = tuple(one for one in cards.list_saved() if one in library.trials)
    if not known:
        return []
    sites = apply(library.table, Filters(trial=known, near=centre.name if centre else ""), centre)
    found = {one.trial_id: one for one in find_nearest_sites(sites, recruiting_only=False)}
    return _build_cards([found[one] for one in known if one in found], sites, library.trials)


def _build_cards(
    found: list[NearestSite], sites: pd.DataFrame, trials: Mapping[str, Trial]
) -> list[cards.Card]:
    return [cards.Card(one, sites.loc[[one.row]].iloc[0], trials[one.trial_id]) for one in found]


def _draw_results(
    viewer: Viewer,
    library: Library,
    filters: Filters,
    centre: Centre | None,
    *,
    home: str,
    jump: str,
) -> None:
    kept = _apply(library, filters, centre)
    first = home if address.view("home", "1") == "1" else ""
    all_trials = address.view("closed", "0") == "1"
    found = find_nearest_sites(kept, home=first, recruiting_only=not all_trials)
    known = [one for one in found if one.trial_id in library.trials]
    if not known:
        _draw_nothing(library, filters, centre, all_trials=all_trials)
        return
    shown = known[: st.session_state.get(form.SHOWN, PAGE_SIZE)]
    with st.container(
        horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"
    ):
        st.header(_("Trials found: {number}", number=f"{len(known):,}"), anchor=False)
        if jump:
            st.html(jump, width="content")
    st.caption(
        escape(_("Nearest first, from {place}.", place=centre.name))
        if centre
        else escape(_("Say where you are, and the nearest come first."))
    )
    on_map, beside = st.columns([1, 1.5], gap="medium")
    shown_cards = _build_cards(shown, kept, library.trials)
    with on_map, st.container(key="finder_map"):
        _draw_map(viewer, shown_cards, kept.loc[[one.row for one in shown]], centre)
    with beside:
        for card in shown_cards:
            cards.draw_card(card, filters, viewer.settings)
        if len(known) > len(shown):
            st.button(_("Show ten more"), key="finder_more", on_click=_show_more, width="stretch")


def _apply(library: Library, filters: Filters, centre: Centre | None) -> pd.DataFrame:
    """The filtered sites; all of them where the place is not known."""
    known = filters if centre else filters.replace(near="", radius_km=None)
    return apply(library.table, known, centre)


def _show_more() -> None:
    st.session_state[form.SHOWN] = st.session_state.get(form.SHOWN, PAGE_SIZE) + PAGE_SIZE


def _draw_map(
    viewer: Viewer, shown: Sequence[cards.Card], sites: pd.DataFrame, centre: Centre | None
) -> None:
    """Draw just these sites, and the person; the view is of the nearest ten."""
    circle = Circle(centre.latitude, centre.longitude, None, centre.name) if centre else None
    dark = st.context.theme.type == "dark"
    component.draw_map(
        folium_map.build_cards_map(
            map_words.build_map_language(), dark=dark, tiles=viewer.settings.site_map_tiles
        ),
        folium_map.SiteLayer(
            replace_words(
                build_layer_data(sites, circle=circle, shade="none"),
                {one.found.row: map_words.describe_site(one) for one in shown},
            )
        ),
        key=f"finder_map_{'dark' if dark else 'light'}_{language.current()}",
        height=_MAP_HEIGHT,
        returned=(),
        on_change=lambda: None,
    )


def _draw_nothing(
    library: Library, filters: Filters, centre: Centre | None, *, all_trials: bool
) -> None:
    """Say that nothing was found, and offer what to give up, with what that would find."""
    unknown = [one for one in filters.condition if not find_meaning(one).concepts]
    if unknown and _apply(library, Filters(condition=filters.condition), None).empty:
        said = _("Nobody here knows “{condition}”. Try another word, or a shorter one.")
        st.warning(escape(said.replace("{condition}", unknown[0])))
        return
    st.warning(_("No trial fits all of this."))
    offered = False
    for number, (label, change) in enumerate(_list_ways(filters)):
        sites = _apply(library, filters.replace(**change), centre)
        found = find_nearest_sites(sites, recruiting_only=not all_trials)
        if found:
            offered = True
            if "radius_km" in change and found[0].distance_km is not None:
                away = wording.describe_distance(
                    found[0].distance_km,
                    str(sites.loc[[found[0].row]].iloc[0]["precision"]),
                    address.unit(),
                )
                st.caption(escape(_("The nearest one is farther away: {distance}.", distance=away)))
            st.button(
                f"{escape(label)} ({len(found):,})",
                key=f"finder_less_{number}",
                on_click=lambda change=change: address.change(**change),
            )
    closed = find_nearest_sites(_apply(library, filters, centre), recruiting_only=False)
    if closed and not all_trials:
        offered = True
        st.button(
            f"{escape(_('Also trials that do not take people now'))} ({len(closed):,})",
            key="finder_less_closed",
            on_click=address.set_view,
            args=("closed", "1", "0"),
        )
    if not offered:
        st.caption(escape(_("This server has only some trials. Ask your doctor about others.")))


def _list_ways(filters: Filters) -> list[tuple[str, dict[str, object]]]:
    """What could be given up to find more, in words, with the change of the filters."""
    ways: list[tuple[str, dict[str, object]]] = []
    if filters.radius_km is not None:
        ways.append((_("At any distance"), {"radius_km": None}))
    if filters.age is not None or filters.sex:
        ways.append((_("Whatever age and sex"), {"age": None, "sex": ""}))
    for heading in _list_broader(filters):
        concept = load_vocabulary().concepts[heading]
        label = concept.label_in(language.current())
        ways.append((_("All of: {condition}", condition=label), {"condition": (concept.label,)}))
    return ways


def _list_broader(filters: Filters) -> list[str]:
    """The conditions that people have words for, next above those asked for."""
    vocabulary = load_vocabulary()
    own = [one.heading for text in filters.condition for one in find_meaning(text).concepts]
    found: list[str] = []
    waiting = [parent for heading in own for parent in vocabulary.parents(heading)]
    while waiting:
        one = waiting.pop(0)
        concept = vocabulary.concepts.get(one)
        if concept is None or not concept.words:
            waiting += vocabulary.parents(one)
        elif one not in (*own, *found):
            found.append(one)
    return found[:MAX_BROADER]
