"""The record of one trial, as far as its source has it."""

from collections.abc import Iterable, Mapping

import streamlit as st

from dashboard.library.history.over_time import History
from dashboard.page.tabs.compare import over_time
from dashboard.page.widgets.markdown import escape, link, nct_url, pubmed_url, trial_url
from dashboard.sites.summary import plural
from dashboard.sites.trial import Trial


def draw_trial_record(
    trials: Mapping[str, Trial], shown: Iterable[str], histories: Mapping[str, History]
) -> None:
    """Draw the record of a trial, with a choice if there are several.

    Args:
        trials: the open trials by id.
        shown: the ids of those whose sites are shown.
        histories: the trials of which earlier versions are kept.
    """
    ids = [i for i in dict.fromkeys(shown) if i in trials]
    if not ids:
        st.markdown("The open lists have no trial record for these sites.")
        return
    chosen = ids[0]
    if len(ids) > 1:
        chosen = st.selectbox(
            "Trial",
            ids,
            format_func=lambda i: f"{i or 'No ID'} · {trials[i].title}",
            key="trial_record",
        )
    if chosen in histories:
        versions = plural(len(histories[chosen].versions) - 1, "earlier version")
        st.button(
            f"Sites over time: {versions}",
            key="trial_over_time",
            icon=":material/timeline:",
            on_click=over_time.open_over_time,
            args=(chosen,),
        )
    _draw_record(trials[chosen])


def _humanize(value: str) -> str:
    return value.replace("_", " ").capitalize() if value.isupper() else value


def _draw_facts(facts: Mapping[str, str]) -> None:
    known = {name: value for name, value in facts.items() if value}
    if known:
        st.table(known, border="horizontal", width="stretch")


def _draw_record(trial: Trial) -> None:
    st.markdown(f"#### {escape(trial.title)}")
    if trial.official_title and trial.official_title != trial.title:
        st.markdown(escape(trial.official_title))
    left, right = st.columns(2, gap="large")
    with left:
        _draw_facts(_list_identity(trial) | _list_people(trial))
    with right:
        _draw_facts(_list_design(trial))
        _draw_treatment(trial)
    _draw_texts(trial)
    _draw_publications(trial)


def _list_identity(trial: Trial) -> dict[str, str]:
    ids = [link(trial_url(trial), trial.trial_id)] if trial.trial_id else []
    ids += [escape(other.id) for other in trial.other_ids if other.id != trial.trial_id]
    results = {True: "Available", False: "None posted", None: ""}[trial.has_results]
    enrolled = f"{trial.enrollment:,} participants" if trial.enrollment is not None else ""
    return {
        "IDs": ", ".join(ids),
        "Acronym": escape(trial.acronym),
        "Status": escape(trial.status),
        "Phase": escape(trial.phase),
        "Enrollment": enrolled,
        "Study type": escape(_humanize(trial.study_type)),
        "Start": escape(trial.start_date),
        "Completion": escape(trial.completion_date),
        "First posted": escape(trial.first_posted),
        "Last updated": escape(trial.last_updated),
        "Results": results,
    }


def _describe_ages(trial: Trial) -> str:
    """Such as ``18 years and older``."""
    least, most = trial.minimum_age.lower(), trial.maximum_age.lower()
    if least and most:
        return f"{least} to {most}"
    return f"{least} and older" if least else f"up to {most}" if most else ""


def _list_design(trial: Trial) -> dict[str, str]:
    healthy = {True: "Accepted", False: "Not accepted", None: ""}[trial.healthy_volunteers]
    return {
        "Conditions": escape(", ".join(trial.conditions)),
        "Allocation": escape(_humanize(trial.allocation)),
        "Model": escape(_humanize(trial.intervention_model)),
        "Purpose": escape(_humanize(trial.primary_purpose)),
        "Masking": escape(_humanize(trial.masking)),
        "Ages": escape(_describe_ages(trial)),
        "Sex": escape(_humanize(trial.sex)),
        "Healthy volunteers": healthy,
    }


def _list_people(trial: Trial) -> dict[str, str]:
    sponsors = [
        escape(", ".join(p for p in (s.name, _humanize(s.sponsor_class), _humanize(s.role)) if p))
        for s in trial.sponsors
    ]
    investigators = [
        escape(", ".join(p for p in (i.name, i.affiliation) if p)) for i in trial.investigators
    ]
    return {
        "Sponsor": "; ".join(sponsors),
        "Responsible party": escape(_humanize(trial.responsible_party)),
        "Investigators": "; ".join(investigators),
    }


def _draw_treatment(trial: Trial) -> None:
    for arm in trial.arms:
        kind = f" ({escape(_humanize(arm.type))})" if arm.type else ""
        st.markdown(f"**Arm: {escape(arm.label)}**{kind}  \n{escape(arm.description)}")
    for one in trial.interventions:
        kind = f" ({escape(_humanize(one.type))})" if one.type else ""
        names = f"  \nAlso called {escape(', '.join(one.other_names))}" if one.other_names else ""
        st.markdown(
            f"**Intervention: {escape(one.name)}**{kind}  \n{escape(one.description)}{names}"
        )


def _draw_texts(trial: Trial) -> None:
    for title, text in (
        ("Summary", trial.summary),
        ("Description", trial.description),
        ("Eligibility", trial.criteria),
    ):
        if text:
            with st.expander(title, expanded=title == "Summary"):
                st.markdown("\n\n".join(escape(part) for part in text.split("\n") if part.strip()))


def _draw_publications(trial: Trial) -> None:
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
