"""The trials that a person saved: in the address bar, and on a sheet to print for their doctor."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from dashboard.page.finder import cards
from dashboard.page.finder.language import current
from dashboard.page.finder.language import translate as _
from dashboard.page.widgets.markdown import trial_url


def build_jump(number: int) -> str:
    """A button that leads to the saved trials; empty without any."""
    if not number:
        return ""
    label = escape(_("Saved trials: {number}", number=number))
    return f"<div class='sm-actions'><button type='button' data-sm-jump>{label}</button></div>"


def draw_saved(saved: Sequence[cards.Card], *, contacts: bool) -> None:
    """Draw the saved trials as a sheet, with a button that prints it with questions to ask.

    ``contacts``: whether the operator opened telephone numbers and addresses.
    """
    if not saved:
        return
    with st.container(border=True, key="finder_saved"):
        label = escape(_("Print the saved trials and questions to ask"))
        button = f"<button type='button' data-sm-print>{label}</button>"
        sheet = _build_sheet(saved, contacts=contacts)
        st.html(f"{sheet}<div class='sm-actions'>{button}</div>")


def _build_sheet(saved: Sequence[cards.Card], *, contacts: bool) -> str:
    entries = "".join(_build_entry(card, contacts=contacts) for card in saved)
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
    title = escape(_("Saved trials"))
    return (
        f"<div class='sm-sheet' lang='{current()}'><h2 tabindex='-1'>{title}</h2>"
        f"<ol>{entries}</ol><h3>{escape(_('Questions to ask your doctor'))}</h3><ul>{asked}</ul>"
        f"<p class='sm-printed'>{escape(notice())}</p></div>"
    )


def _build_entry(card: cards.Card, *, contacts: bool) -> str:
    trial = card.trial
    lines = [
        f"<strong>{escape(trial.title or trial.trial_id)}</strong>",
        escape(cards.describe_place(card)),
        escape(cards.describe_status_and_distance(card)),
        *(cards.list_contacts(card) if contacts else ()),
        escape(f"{trial.trial_id} {trial_url(trial)}".strip()),
    ]
    return f"<li>{'<br>'.join(line for line in lines if line)}</li>"


def notice() -> str:
    """Who decides about taking part."""
    return _(
        "This is not medical advice. The doctors of the trial decide with you whether you can take "
        "part. Talk to your own doctor first."
    )
