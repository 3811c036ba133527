"""Long work on the page: how far it is, how long it may take, and a button to cancel."""

from collections.abc import Iterable

import streamlit as st

from dashboard.jobs.runner import Job, JobState, TooManyJobsError
from dashboard.page.state import session
from dashboard.page.widgets.markdown import escape
from dashboard.service.service import Service
from geocache.errors import ReadOnlyError

_ICONS = {
    JobState.DONE: ":material/check_circle:",
    JobState.CANCELLED: ":material/cancel:",
    JobState.FAILED: ":material/error:",
}


Ended = frozenset[tuple[str, float]]
"""Jobs that have ended, each by its key and when it began."""


def ended(service: Service) -> Ended:
    """The jobs that have ended by now: to be asked before what they brought is read."""
    return _ended_of(service.jobs.visible_to(session.owner()))


def _ended_of(jobs: Iterable[Job]) -> Ended:
    return frozenset((job.key, job.started) for job in jobs if job.state is not JobState.RUNNING)


def draw_jobs(service: Service, on_page: Ended) -> None:
    """Draw the process's jobs; while one runs it is drawn anew every second, and nothing else.

    Args:
        service: whose jobs.
        on_page: the jobs whose results the page holds; the page is drawn anew for any other.
    """
    jobs = service.jobs.visible_to(session.owner())
    if not jobs:
        return
    running = any(job.state is JobState.RUNNING for job in jobs)
    st.fragment(_draw, run_every=1.0 if running else None)(service, on_page, watching=running)


def _draw(service: Service, on_page: Ended, *, watching: bool) -> None:
    jobs = service.jobs.visible_to(session.owner())
    # Compared with what this very page holds, not with a note in the session's state: two runs of
    # a session may overlap, and one of them would read that the other had seen to it.
    begun = not watching and any(job.state is JobState.RUNNING for job in jobs)
    if begun or _ended_of(jobs) - on_page:
        st.rerun()
    for job in jobs:
        with st.container(border=True):
            if job.state is JobState.RUNNING:
                _running(job)
            else:
                _ended(job, service)


def _running(job: Job) -> None:
    left = job.seconds_left
    words = f"{escape(job.title)}: {escape(job.message)}"
    if left is not None:
        words += f", about {_duration(left)} left"
    st.progress(job.fraction, words)
    st.button("Cancel", key=f"cancel_{job.key}", on_click=job.cancel, disabled=job.cancelled)


def _ended(job: Job, service: Service) -> None:
    st.markdown(f"{_ICONS[job.state]} {escape(job.title)}: {escape(job.message)}")
    with st.container(horizontal=True):
        if job.state is not JobState.DONE and job.again is not None and service.may_change:
            st.button(
                "Go on",
                key=f"go_on_{job.key}",
                icon=":material/play_arrow:",
                on_click=_go_on,
                args=(service, job.key),
                help="What came until now is kept.",
            )
        st.button(
            "Dismiss", key=f"dismiss_{job.key}", on_click=service.jobs.dismiss, args=(job.key,)
        )


def _go_on(service: Service, key: str) -> None:
    try:
        service.check_may_change()
        service.jobs.resume(key, owner=session.owner())
    except (TooManyJobsError, ReadOnlyError) as error:
        st.toast(escape(str(error)), icon=":material/error:")


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
