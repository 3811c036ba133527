"""The record of one trial, as far as its source tells it."""

from collections.abc import Iterable, Mapping

import streamlit as st

from dashboard.page.widgets.markdown import escape, link, nct_url, pubmed_url, trial_url
from dashboard.sites.trial import Trial


def draw_trial_record(trials: Mapping[str, Trial], shown: Iterable[str]) -> None:
    """Draw the record of a trial; where several are shown, the person chooses."""
    ids = [i for i in dict.fromkeys(shown) if i in trials]
    if not ids:
        st.markdown("The open lists hold no trial record for these sites.")
        return
    chosen = ids[0]
    if len(ids) > 1:
        chosen = st.selectbox(
            "Trial",
            ids,
            format_func=lambda i: f"{i or 'No id'} · {trials[i].title}",
            key="trial_record",
        )
    _record(trials[chosen])


def _words(value: str) -> str:
    return value.replace("_", " ").capitalize() if value.isupper() else value


def _facts(facts: Mapping[str, str]) -> None:
    known = {name: value for name, value in facts.items() if value}
    if known:
        st.table(known, border="horizontal", width="stretch")


def _record(trial: Trial) -> None:
    st.markdown(f"#### {escape(trial.title)}")
    if trial.official_title and trial.official_title != trial.title:
        st.markdown(escape(trial.official_title))
    left, right = st.columns(2, gap="large")
    with left:
        _facts(_identity(trial) | _people(trial))
    with right:
        _facts(_design(trial))
        _treatment(trial)
    _texts(trial)
    _publications(trial)


def _identity(trial: Trial) -> dict[str, str]:
    ids = [link(trial_url(trial), trial.trial_id)] if trial.trial_id else []
    ids += [escape(other.id) for other in trial.other_ids if other.id != trial.trial_id]
    results = {True: "Available", False: "None posted", None: ""}[trial.has_results]
    enrolled = f"{trial.enrollment:,} participants" if trial.enrollment is not None else ""
    return {
        "Ids": ", ".join(ids),
        "Acronym": escape(trial.acronym),
        "Status": escape(trial.status),
        "Phase": escape(trial.phase),
        "Enrollment": enrolled,
        "Study type": escape(_words(trial.study_type)),
        "Start": escape(trial.start_date),
        "Completion": escape(trial.completion_date),
        "Last updated": escape(trial.last_updated),
        "Results": results,
    }


def _ages(trial: Trial) -> str:
    """In words: ``18 years and older``."""
    least, most = trial.minimum_age.lower(), trial.maximum_age.lower()
    if least and most:
        return f"{least} to {most}"
    return f"{least} and older" if least else f"up to {most}" if most else ""


def _design(trial: Trial) -> dict[str, str]:
    healthy = {True: "Accepted", False: "Not accepted", None: ""}[trial.healthy_volunteers]
    return {
        "Conditions": escape(", ".join(trial.conditions)),
        "Allocation": escape(_words(trial.allocation)),
        "Model": escape(_words(trial.intervention_model)),
        "Purpose": escape(_words(trial.primary_purpose)),
        "Masking": escape(_words(trial.masking)),
        "Ages": escape(_ages(trial)),
        "Sex": escape(_words(trial.sex)),
        "Healthy volunteers": healthy,
    }


def _people(trial: Trial) -> dict[str, str]:
    sponsors = [
        escape(", ".join(p for p in (s.name, _words(s.sponsor_class), _words(s.role)) if p))
        for s in trial.sponsors
    ]
    investigators = [
        escape(", ".join(p for p in (i.name, i.affiliation) if p)) for i in trial.investigators
    ]
    return {
        "Sponsor": "; ".join(sponsors),
        "Responsible party": escape(_words(trial.responsible_party)),
        "Investigators": "; ".join(investigators),
    }


def _treatment(trial: Trial) -> None:
    for arm in trial.arms:
        kind = f" ({escape(_words(arm.type))})" if arm.type else ""
        st.markdown(f"**Arm: {escape(arm.label)}**{kind}  \n{escape(arm.description)}")
    for given in trial.interventions:
        kind = f" ({escape(_words(given.type))})" if given.type else ""
        names = (
            f"  \nAlso called {escape(', '.join(given.other_names))}" if given.other_names else ""
        )
        st.markdown(
            f"**Intervention: {escape(given.name)}**{kind}  \n{escape(given.description)}{names}"
        )


def _texts(trial: Trial) -> None:
    for title, text in (
        ("Summary", trial.summary),
        ("Description", trial.description),
        ("Eligibility", trial.criteria),
    ):
        if text:
            with st.expander(title, expanded=title == "Summary"):
                st.markdown("\n\n".join(escape(part) for part in text.split("\n") if part.strip()))


def _publications(trial: Trial) -> None:
    if trial.references:
        st.markdown("**References**")
        st.markdown(
            "\n".join(
                f"- {escape(r.citation)} "
                + (link(pubmed_url(r.pmid), f"PMID {r.pmid}") if r.pmid else "")
                for r in trial.references
            )
        )
    if trial.related:
        st.markdown("**Related trials**")
        st.markdown(
            "\n".join(
                f"- {link(nct_url(r.trial_id), r.trial_id)} "
                + escape(" · ".join(p for p in (r.title, r.status, r.phase) if p))
                for r in trial.related
            )
        )
