"""Background jobs: progress, time left, cancellation, one per key.

Jobs belong to the process, not to a session: a reload of the page finds them again, and two people
who ask for the same share one job.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from dashboard.errors import DashboardError

log = logging.getLogger(__name__)

MAX_RUNNING = 4
MAX_PER_SESSION = 2
KEEP_FINISHED_SECONDS = 600.0


class JobState(StrEnum):
    """Whether a job runs, or how it ended."""

    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


class TooManyJobsError(DashboardError):
    """Raised when too many jobs are running."""


class JobCancelled(BaseException):
    """Raised inside a job's work at the first report after it was cancelled.

    No ``Exception``, so that no handler on the way mistakes it for a failure.
    """


@dataclass(frozen=True, slots=True)
class JobStatus:
    """A job at one moment, as a session sees it; nothing in it changes the job.

    ``own`` says whether this session started it, ``resumable`` whether it ended early and can be
    continued. ``seconds_left`` is None without an estimate.
    """

    key: str
    title: str
    state: JobState
    message: str
    fraction: float
    seconds_left: float | None
    started: float
    cancelled: bool
    own: bool
    resumable: bool


@dataclass
class Job:
    """One background job.

    ``done`` of ``total`` steps (``total`` 0: unknown); ``message`` says what it is doing or how it
    ended; ``owner`` is the session that started it, and the only one to see a ``private`` job;
    ``resume_work`` is the work of a job that can be continued where it ended.
    """

    key: str
    title: str
    owner: str = ""
    private: bool = False
    state: JobState = JobState.RUNNING
    done: int = 0
    total: int = 0
    message: str = ""
    started: float = field(default_factory=time.monotonic)
    ended: float = 0.0
    resume_work: "Work | None" = field(default=None, repr=False)
    _cancel: threading.Event = field(default_factory=threading.Event, repr=False)
    finished: threading.Event = field(default_factory=threading.Event, repr=False)

    def report(self, done: int, total: int = 0, message: str = "") -> None:
        """Set the progress; called by the work itself.

        Raises:
            JobCancelled: the job was cancelled; the work keeps what it has and ends.
        """
        self.done, self.total = done, total
        self.message = message or self.message
        if self._cancel.is_set():
            raise JobCancelled

    @property
    def cancelled(self) -> bool:
        """Whether the job was cancelled; it may still run until its next step."""
        return self._cancel.is_set()

    def cancel(self) -> None:
        """Have the work stop at its next step."""
        self._cancel.set()

    def wait(self, timeout_seconds: float) -> bool:
        """Wait until it has ended; false on a timeout."""
        return self.finished.wait(timeout_seconds)

    @property
    def fraction(self) -> float:
        """Share done, 0-1; 0 while the total is unknown."""
        return min(1.0, self.done / self.total) if self.total else 0.0

    @property
    def seconds_left(self) -> float | None:
        """An estimate from the pace so far, ``None`` where there is no basis for one."""
        spent = time.monotonic() - self.started
        if self.state is not JobState.RUNNING or not self.total or not self.done or spent < 1.0:
            return None
        return spent * (self.total - self.done) / self.done

    def status(self, session: str) -> JobStatus:
        """The job now, as a session sees it."""
        ended_early = self.state in {JobState.CANCELLED, JobState.FAILED}
        return JobStatus(
            key=self.key,
            title=self.title,
            state=self.state,
            message=self.message,
            fraction=self.fraction,
            seconds_left=self.seconds_left,
            started=self.started,
            cancelled=self.cancelled,
            own=bool(session) and self.owner == session,
            resumable=ended_early and self.resume_work is not None,
        )


Work = Callable[[Job], str]
"""What a job does; returns a sentence on how it ended."""


class JobRunner:
    """Runs the jobs of one process, each on a thread."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}
        self._lock = threading.Lock()

    def start(
        self,
        key: str,
        title: str,
        work: Work,
        *,
        owner: str = "",
        private: bool = False,
        resumable: bool = False,
    ) -> Job:
        """Run ``work`` on a thread; if a job with this key is running, return that one.

        ``resumable``: started again, the work skips what it has done, so :meth:`resume` makes
        sense.

        Raises:
            TooManyJobsError: too many jobs are running, in all or for one session.
        """
        with self._lock:
            known = self._jobs.get(key)
            if known is not None and known.state is JobState.RUNNING:
                return known
            running = [job for job in self._jobs.values() if job.state is JobState.RUNNING]
            own = sum(job.owner == owner for job in running) if owner else 0
            if own >= MAX_PER_SESSION:
                raise TooManyJobsError(
                    f"{own} of your jobs are running, and one person may run "
                    f"{MAX_PER_SESSION} at a time: wait for one to end, or cancel it"
                )
            if len(running) >= MAX_RUNNING:
                raise TooManyJobsError(
                    f"{len(running)} jobs are running, and this server runs {MAX_RUNNING} at a "
                    "time: wait for one to end"
                )
            job = self._jobs[key] = Job(key, title, owner, private)
            job.resume_work = work if resumable else None
        threading.Thread(target=self._run, args=(job, work), name=f"job-{key}", daemon=True).start()
        return job

    def all(self) -> tuple[Job, ...]:
        """Jobs that run or ended recently, oldest first."""
        now = time.monotonic()
        with self._lock:
            self._jobs = {
                key: job
                for key, job in self._jobs.items()
                if job.state is JobState.RUNNING or now - job.ended < KEEP_FINISHED_SECONDS
            }
            return tuple(self._jobs.values())

    def visible_to(self, session: str) -> tuple[Job, ...]:
        """As :meth:`all`, without the private jobs of other sessions."""
        return tuple(job for job in self.all() if not job.private or job.owner == session)

    def resume(self, key: str, *, owner: str) -> None:
        """Continue a job that ended early; nothing if there is no such job.

        Raises:
            TooManyJobsError: too many jobs are running.
        """
        job = self._find(key)
        if job is not None and job.resume_work is not None:
            work = job.resume_work
            self.start(key, job.title, work, owner=owner, private=job.private, resumable=True)

    def cancel(self, key: str) -> None:
        """Cancel a job; nothing if there is no such job."""
        job = self._find(key)
        if job is not None:
            job.cancel()

    def dismiss(self, key: str) -> None:
        """Forget a job that has ended."""
        with self._lock:
            job = self._jobs.get(key)
            if job is not None and job.state is not JobState.RUNNING:
                del self._jobs[key]

    def _find(self, key: str) -> Job | None:
        return next((job for job in self.all() if job.key == key), None)

    @staticmethod
    def _run(job: Job, work: Work) -> None:
        try:
            job.message = work(job)
            job.state = JobState.CANCELLED if job.cancelled else JobState.DONE
        except JobCancelled:
            job.state = JobState.CANCELLED
            job.message = "Cancelled; what was finished is kept."
        except DashboardError as error:
            log.warning("%s: %s", job.title, error)
            job.state, job.message = JobState.FAILED, str(error)
        except Exception:
            log.exception("%s failed", job.title)
            job.state, job.message = JobState.FAILED, "Failed; the server's log says why."
        finally:
            job.ended = time.monotonic()
            job.finished.set()
