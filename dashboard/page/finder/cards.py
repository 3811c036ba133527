"""The finder's cards: one a trial, with its nearest site and what to do next."""

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

import pandas as pd
import streamlit as st

from dashboard.page.finder import wording
from dashboard.page.finder.language import current
from dashboard.page.finder.language import translate as _
from dashboard.page.state import address
from dashboard.page.widgets.markdown import safe_url, trial_url
from dashboard.query.conditions.lookup import find_meaning
from dashboard.query.filters import Filters
from dashboard.query.nearest_trials import NearestSite
from dashboard.sites.trial import Trial

MAX_SAVED = 20


class Card(NamedTuple):
    """A trial with the row of its nearest site."""

    found: NearestSite
    site: pd.Series
    trial: Trial


def draw_card(card: Card, filters: Filters, *, contacts: bool) -> None:
    """Draw one card; ``contacts``: whether the operator opened telephone numbers and addresses."""
    trial_id = card.found.trial_id
    with st.container(border=True, key=f"finder_card_{trial_id or 'none'}"):
        st.html(_build_card(card, filters, contacts=contacts))
        with st.container(horizontal=True, gap="small", key=f"finder_next_{trial_id or 'none'}"):
            url = safe_url(trial_url(card.trial))
            if url:
                st.link_button(_("Read the record"), url, icon=":material/open_in_new:")
            st.html(_build_actions(card, url), width="content")
            saved = trial_id in list_saved()
            st.button(
                _("Saved") if saved else _("Save"),
                icon=":material/bookmark_added:" if saved else ":material/bookmark_add:",
                key=f"finder_save_{trial_id}",
                on_click=_toggle_saved,
                args=(trial_id,),
            )


def _build_card(card: Card, filters: Filters, *, contacts: bool) -> str:
    found, site, trial = card
    town = ", ".join(str(part) for part in (site.city, site.country) if part)
    distance = (
        ""
        if found.distance_km is None
        else wording.describe_distance(found.distance_km, str(site.precision), address.unit())
    )
    facts = {
        _("Where"): " · ".join(part for part in (str(site.facility), town) if part),
        _("Distance"): distance,
        _("Now"): wording.describe_status(recruiting=found.recruiting),
        _("For"): wording.describe_people(trial, filters.age, filters.sex),
        _("Condition"): ", ".join(trial.conditions[: wording.MAX_CONDITIONS]),
        _("Treatment"): wording.describe_treatment(trial),
        _("Step"): wording.describe_phase(trial.phase),
    }
    rows = "".join(
        f"<div><dt>{escape(name)}</dt><dd>{escape(text)}</dd></div>"
        for name, text in facts.items()
        if text
    )
    lines = _build_contacts(card) if contacts else ""
    title = escape(trial.title or found.trial_id)
    return f"<div class='sm-card'><h3>{title}</h3><dl>{rows}</dl>{lines}</div>"


def _build_contacts(card: Card) -> str:
    site = card.site
    own = [one for one in card.trial.contacts if one.is_at(str(site.facility), str(site.city))]
    central = [one for one in card.trial.contacts if not one.city and not one.facility]
    lines = []
    for one in (own or central)[:2]:
        parts = [escape(one.name)] if one.name else []
        if one.phone:
            number = "".join(c for c in one.phone if c.isdigit() or c == "+")
            parts.append(f"<a href='tel:{escape(number)}'>{escape(one.phone)}</a>")
        if one.email and "@" in one.email:
            parts.append(f"<a href='mailto:{escape(one.email)}'>{escape(one.email)}</a>")
        lines.append(f"<p>{' · '.join(parts)}</p>")
    return "".join(lines)


def _build_actions(card: Card, url: str) -> str:
    """Directions and share, which only the browser can do."""
    site, buttons = card.site, []
    if not pd.isna(site.latitude):
        point = f"{site.latitude:.5f},{site.longitude:.5f}"
        buttons.append(f"<button type='button' data-sm-geo='{point}'>{_('Directions')}</button>")
    if url:
        title = escape(card.trial.title, quote=True)
        buttons.append(
            f"<button type='button' data-sm-share='{escape(url)}' data-sm-title='{title}' "
            f"data-sm-done='{escape(_('Link copied'))}'>{escape(_('Share'))}</button>"
        )
    return f"<div class='sm-actions'>{''.join(buttons)}<output></output></div>"


def list_saved() -> tuple[str, ...]:
    """The ids of the trials that this person saved, from the address bar."""
    found = address.view("saved", "").split(",")
    return tuple(dict.fromkeys(one for one in found if one))[:MAX_SAVED]


def _toggle_saved(trial_id: str) -> None:
    saved = list_saved()
    rest = tuple(one for one in saved if one != trial_id)
    address.set_view("saved", ",".join(rest if trial_id in saved else (*saved, trial_id)), "")


def draw_saved(trials: Sequence[Trial]) -> None:
    """Draw the saved trials as a list, with a button that prints them with questions to ask."""
    if not trials:
        return
    with st.container(border=True, key="finder_saved"):
        label = escape(_("Print the saved trials and questions to ask"))
        print_button = f"<button type='button' data-sm-print>{label}</button>"
        st.html(f"<div class='sm-actions'>{print_button}</div>{_build_sheet(trials)}")


def _build_sheet(trials: Sequence[Trial]) -> str:
    entries = "".join(
        f"<li><strong>{escape(trial.title)}</strong><br>{escape(trial.trial_id)} "
        f"{escape(trial_url(trial))}</li>"
        for trial in trials
    )
    questions = (
        _("Does this trial suit me and my illness?"),
        _("What would happen to me, and how often would I have to come?"),
        _("What are the risks and side effects?"),
        _("What else could be done instead of the trial?"),
        _("Can I stop at any time?"),
        _("Who pays for travel and treatment?"),
        _("Whom can I call if something goes wrong?"),
    )
    asked = "".join(f"<li>{escape(question)}</li>" for question in questions)
    return (
        f"<div class='sm-sheet' lang='{current()}'><h2>{escape(_('Saved trials'))}</h2>"
        f"<ol>{entries}</ol><h3>{escape(_('Questions to ask your doctor'))}</h3><ul>{asked}</ul>"
        f"<p>{escape(notice())}</p></div>"
    )


def notice() -> str:
    """Who decides about taking part."""
    return _(
        "This is not medical advice. The doctors of the trial decide with you whether you can take "
        "part. Talk to your own doctor first."
    )


def label_condition(value: str) -> str:
    """What a condition of a link is called in the session's language."""
    return find_meaning(value).label_in(current()) or value
