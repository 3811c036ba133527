"""Long work on the page: how far it is, how long it may take, and a button to cancel."""

import streamlit as st

from dashboard.jobs import Job, State
from dashboard.links import plain
from dashboard.service import Service
from dashboard.views import own_lists

_SEEN_ENDED = "jobs_seen_ended"
_ICONS = {
    State.DONE: ":material/check_circle:",
    State.CANCELLED: ":material/cancel:",
    State.FAILED: ":material/error:",
}


def jobs_panel(opened: Service) -> None:
    """Draw the process's jobs; while one runs it is drawn anew every second, and nothing else."""
    jobs = opened.jobs.seen_by(own_lists.owner())
    if not jobs:
        return
    running = any(job.state is State.RUNNING for job in jobs)
    st.fragment(_draw, run_every=1.0 if running else None)(opened)


def _draw(opened: Service) -> None:
    jobs = opened.jobs.seen_by(own_lists.owner())
    ended = {(job.key, job.started) for job in jobs if job.state is not State.RUNNING}
    news = ended - st.session_state.get(_SEEN_ENDED, set())
    st.session_state[_SEEN_ENDED] = ended
    if news:
        # What it brought belongs on the whole page, which may have been drawn just before.
        st.rerun()
    for job in jobs:
        with st.container(border=True):
            if job.state is State.RUNNING:
                _running(job)
            else:
                _ended(job, opened)


def _running(job: Job) -> None:
    left = job.seconds_left
    words = f"{plain(job.title)}: {plain(job.message)}"
    if left is not None:
        words += f", about {_duration(left)} left"
    st.progress(job.fraction, words)
    st.button("Cancel", key=f"cancel_{job.key}", on_click=job.cancel, disabled=job.cancelled)


def _ended(job: Job, opened: Service) -> None:
    st.markdown(f"{_ICONS[job.state]} {plain(job.title)}: {plain(job.message)}")
    st.button("Dismiss", key=f"dismiss_{job.key}", on_click=opened.jobs.dismiss, args=(job.key,))


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
