"""Background jobs on the page: progress, time left, and buttons to cancel and resume."""

from collections.abc import Iterable

import streamlit as st

from dashboard.page.widgets.feedback import show_error
from dashboard.page.widgets.markdown import escape
from dashboard.service.editor import Editor
from dashboard.service.jobs.runner import JobState, JobStatus, TooManyJobsError
from dashboard.service.viewer import Viewer

_ICONS = {
    JobState.DONE: ":material/check_circle:",
    JobState.CANCELLED: ":material/cancel:",
    JobState.FAILED: ":material/error:",
}

FinishedJobs = frozenset[tuple[str, float]]
"""Finished jobs, each by its key and start time."""


def find_finished(viewer: Viewer) -> FinishedJobs:
    """The jobs that are finished now; call it before their results are read."""
    return _select_finished(viewer.jobs.all())


def _select_finished(jobs: Iterable[JobStatus]) -> FinishedJobs:
    return frozenset((job.key, job.started) for job in jobs if job.state is not JobState.RUNNING)


def draw_jobs(viewer: Viewer, on_page: FinishedJobs) -> None:
    """Draw the session's jobs; while one runs, they alone are redrawn every second.

    Args:
        viewer: has the jobs that the session sees.
        on_page: jobs whose results are on the page; when another finishes, the page is rerun.
    """
    jobs = viewer.jobs.all()
    if not jobs:
        return
    is_running = any(job.state is JobState.RUNNING for job in jobs)
    draw = st.fragment(_draw, run_every=1.0 if is_running else None)
    draw(viewer, on_page, is_polling=is_running)


def _draw(viewer: Viewer, on_page: FinishedJobs, *, is_polling: bool) -> None:
    jobs = viewer.jobs.all()
    # Compared with what this run of the page shows, not with the session's state: two runs of a
    # session may overlap, and each would take the other to have shown it.
    has_started = not is_polling and any(job.state is JobState.RUNNING for job in jobs)
    if has_started or _select_finished(jobs) - on_page:
        st.rerun()
    for job in jobs:
        with st.container(border=True):
            if job.state is JobState.RUNNING:
                _draw_running(job, viewer)
            else:
                _draw_finished(job, viewer)


def _draw_running(job: JobStatus, viewer: Viewer) -> None:
    seconds = job.seconds_left
    left = f", about {_format_duration(seconds)} left" if seconds is not None else ""
    st.progress(job.fraction, f"{escape(job.title)}: {escape(job.message)}{left}")
    if viewer.editor is not None or job.own:
        st.button(
            "Cancel",
            key=f"cancel_{job.key}",
            on_click=viewer.editor.cancel_job if viewer.editor is not None else viewer.jobs.cancel,
            args=(job.key,),
            disabled=job.cancelled,
        )


def _draw_finished(job: JobStatus, viewer: Viewer) -> None:
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
                help="Keeps the results so far.",
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
        show_error(error)


def _format_duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
