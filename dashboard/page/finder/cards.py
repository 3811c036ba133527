"""The finder's cards: one a trial, with its nearest site and what to do next."""

from html import escape
from typing import NamedTuple

import pandas as pd
import streamlit as st

from dashboard.page.finder import wording
from dashboard.page.finder.language import current
from dashboard.page.finder.language import translate as _
from dashboard.page.state import address
from dashboard.page.widgets.next_steps import Labels, build_next_steps, is_unnamed
from dashboard.query.filters import Filters
from dashboard.query.nearest_trials import NearestSite
from dashboard.settings import Settings
from dashboard.sites.trial import Contact, Trial
from geocache.geo.countries import country_name_in

MAX_CONTACTS = 2
MAX_SAVED = 20


class Card(NamedTuple):
    """A trial with the row of its nearest site."""

    found: NearestSite
    site: pd.Series
    trial: Trial


def draw_card(card: Card, filters: Filters, settings: Settings) -> None:
    """Draw one card.

    Args:
        card: the trial and its site.
        filters: with the age and sex that the trial may fit.
        settings: whether contacts are open, and the operator's map service.
    """
    trial_id = card.found.trial_id
    with st.container(border=True, key=f"finder_card_{trial_id or 'none'}"):
        st.html(_build_card(card, filters, contacts=settings.site_map_contacts))
        with st.container(key=f"finder_next_{trial_id or 'none'}"):
            draw_save_button(trial_id)
            service = settings.site_map_directions_url
            st.html(build_next_steps(card.site, card.trial, service, _list_labels()))


def list_saved() -> tuple[str, ...]:
    """The ids of the trials that this person saved, from the address bar."""
    found = address.view("saved", "").split(",")
    return tuple(dict.fromkeys(one for one in found if one))[:MAX_SAVED]


def draw_save_button(trial_id: str) -> None:
    """Draw the button that saves a trial, or drops a saved one."""
    is_saved = trial_id in list_saved()
    st.button(
        _("Saved") if is_saved else _("Save"),
        icon=":material/bookmark_added:" if is_saved else ":material/bookmark_add:",
        key=f"finder_save_{trial_id}",
        on_click=_toggle,
        args=(trial_id,),
        width="stretch",
    )


def _toggle(trial_id: str) -> None:
    saved = list_saved()
    rest = tuple(one for one in saved if one != trial_id)
    address.set_view("saved", ",".join(rest if trial_id in saved else (*saved, trial_id)), "")


def _build_card(card: Card, filters: Filters, *, contacts: bool) -> str:
    trial = card.trial
    facts = {
        _("Where"): escape(describe_place(card)),
        _("For"): escape(wording.describe_people(trial, filters.age, filters.sex)),
        _("Condition"): escape(wording.describe_conditions(trial, current())),
        _("Treatment"): escape(wording.describe_treatment(trial)),
        _("Step"): escape(wording.describe_phase(trial.phase)),
        _("Contact"): "".join(f"<p>{one}</p>" for one in list_contacts(card)) if contacts else "",
    }
    rows = "".join(
        f"<div><dt>{escape(name)}</dt><dd>{text}</dd></div>" for name, text in facts.items() if text
    )
    kind = "sm-open" if card.found.recruiting else "sm-closed"
    return (
        f"<div class='sm-card' data-sm-row='{card.found.row}'>"
        f"<h3 tabindex='-1'>{escape(trial.title or trial.trial_id)}</h3>"
        f"<p class='sm-lead {kind}'>{escape(describe_status_and_distance(card))}</p>"
        f"<dl>{rows}</dl></div>"
    )


def describe_place(card: Card) -> str:
    """The site's facility, town and country."""
    site = card.site
    town = ", ".join(part for part in (str(site.city), name_country(card)) if part)
    if not site.facility or is_unnamed(site):
        return f"{town} ({_('the record does not name the clinic')})" if town else ""
    return " · ".join(part for part in (str(site.facility), town) if part)


def name_country(card: Card) -> str:
    """The site's country in the session's language."""
    site = card.site
    return country_name_in(str(site.country_code), current()) or str(site.country)


def describe_status_and_distance(card: Card) -> str:
    """Whether the site takes people now, and how far it is."""
    found, site = card.found, card.site
    status = wording.describe_status(str(site.status), recruiting=found.recruiting)
    if found.distance_km is None:
        return status
    distance = wording.describe_distance(found.distance_km, str(site.precision), address.unit())
    return f"{status} · {distance}"


def _list_labels() -> Labels:
    return Labels(
        record=_("Read the record"),
        directions=_("Directions"),
        to_town=_("Directions to the town"),
        maps=_("Open in maps"),
        share=_("Share"),
        copied=_("Link copied"),
    )


def list_contacts(card: Card) -> list[str]:
    """Whom to call or write to, as HTML: the site's own contacts, else the trial's."""
    site = card.site
    own = [one for one in card.trial.contacts if one.is_at(str(site.facility), str(site.city))]
    central = [one for one in card.trial.contacts if not one.city and not one.facility]
    return [_build_contact(one) for one in (own or central)[:MAX_CONTACTS]]


def _build_contact(one: Contact) -> str:
    parts = [escape(one.name)] if one.name else []
    if one.phone:
        number = "".join(c for c in one.phone if c.isdigit() or c == "+")
        parts.append(f"<a href='tel:{escape(number)}'>{escape(one.phone)}</a>")
    if one.email and "@" in one.email:
        parts.append(f"<a href='mailto:{escape(one.email)}'>{escape(one.email)}</a>")
    return " ".join(parts)
