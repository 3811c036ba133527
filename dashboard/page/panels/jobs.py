"""Long work on the page: how far it is, how long it may take, and a button to cancel."""

from collections.abc import Iterable

import streamlit as st

from dashboard.jobs.runner import JobState, JobStatus, TooManyJobsError
from dashboard.page.widgets.markdown import escape
from dashboard.service.editor import Editor
from dashboard.service.viewer import Viewer

_ICONS = {
    JobState.DONE: ":material/check_circle:",
    JobState.CANCELLED: ":material/cancel:",
    JobState.FAILED: ":material/error:",
}


Ended = frozenset[tuple[str, float]]
"""Jobs that have ended, each by its key and when it began."""


def ended(viewer: Viewer) -> Ended:
    """The jobs that have ended by now: to be asked before what they brought is read."""
    return _ended_of(viewer.jobs.all())


def _ended_of(jobs: Iterable[JobStatus]) -> Ended:
    return frozenset((job.key, job.started) for job in jobs if job.state is not JobState.RUNNING)


def draw_jobs(viewer: Viewer, on_page: Ended) -> None:
    """Draw the process's jobs; while one runs it is drawn anew every second, and nothing else.

    Args:
        viewer: whose jobs.
        on_page: the jobs whose results the page holds; the page is drawn anew for any other.
    """
    jobs = viewer.jobs.all()
    if not jobs:
        return
    running = any(job.state is JobState.RUNNING for job in jobs)
    st.fragment(_draw, run_every=1.0 if running else None)(viewer, on_page, watching=running)


def _draw(viewer: Viewer, on_page: Ended, *, watching: bool) -> None:
    jobs = viewer.jobs.all()
    # Compared with what this very page holds, not with a note in the session's state: two runs of
    # a session may overlap, and one of them would read that the other had seen to it.
    begun = not watching and any(job.state is JobState.RUNNING for job in jobs)
    if begun or _ended_of(jobs) - on_page:
        st.rerun()
    for job in jobs:
        with st.container(border=True):
            if job.state is JobState.RUNNING:
                _running(job, viewer)
            else:
                _ended(job, viewer)


def _running(job: JobStatus, viewer: Viewer) -> None:
    left = job.seconds_left
    words = f"{escape(job.title)}: {escape(job.message)}"
    if left is not None:
        words += f", about {_duration(left)} left"
    st.progress(job.fraction, words)
    if viewer.editor is not None or job.own:
        st.button(
            "Cancel",
            key=f"cancel_{job.key}",
            on_click=viewer.editor.cancel_job if viewer.editor is not None else viewer.jobs.cancel,
            args=(job.key,),
            disabled=job.cancelled,
        )


def _ended(job: JobStatus, viewer: Viewer) -> None:
    st.markdown(f"{_ICONS[job.state]} {escape(job.title)}: {escape(job.message)}")
    editor = viewer.editor
    with st.container(horizontal=True):
        if job.resumable and editor is not None:
            st.button(
                "Resume",
                key=f"resume_{job.key}",
                icon=":material/play_arrow:",
                on_click=_resume,
                args=(editor, job.key),
                help="What was finished is kept.",
            )
        if editor is not None or job.own:
            st.button(
                "Dismiss",
                key=f"dismiss_{job.key}",
                on_click=editor.dismiss_job if editor is not None else viewer.jobs.dismiss,
                args=(job.key,),
            )


def _resume(editor: Editor, key: str) -> None:
    try:
        editor.resume_job(key)
    except TooManyJobsError as error:
        st.toast(escape(str(error)), icon=":material/error:")


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
