"""Long work off the page's thread: progress, an estimate, cancelling, one job for one purpose.

JobRunner belong to the process, not to a session, so that a reload of the page finds them again and
two people who ask for the same get one.
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
    """Where a job stands."""

    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


class TooManyJobsError(DashboardError):
    """Raised when as many jobs run as may at once."""


class JobCancelled(BaseException):
    """Raised inside a job's work at the first report after the person cancelled it.

    No ``Exception``, so that nothing on the way takes it for a failure of its own.
    """


@dataclass
class Job:
    """One piece of long work.

    ``done`` of ``total`` steps (``total`` 0: unknown); ``message`` says what it is doing or how it
    ended; ``owner`` names the session that asked first, and is alone to see a ``private`` one;
    ``again`` is the work of one that goes on where it was when it is done again.
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
    again: "Work | None" = field(default=None, repr=False)
    _cancel: threading.Event = field(default_factory=threading.Event, repr=False)
    finished: threading.Event = field(default_factory=threading.Event, repr=False)

    def report(self, done: int, total: int = 0, message: str = "") -> None:
        """Say how far the work is; called by the work itself.

        Raises:
            JobCancelled: the person cancelled; the work keeps what it has and ends.
        """
        self.done, self.total = done, total
        self.message = message or self.message
        if self._cancel.is_set():
            raise JobCancelled

    @property
    def cancelled(self) -> bool:
        """Whether the person asked to stop."""
        return self._cancel.is_set()

    def cancel(self) -> None:
        """Ask the work to stop at its next step."""
        self._cancel.set()

    def wait(self, timeout_seconds: float) -> bool:
        """Wait until it ended; false when the time is over first."""
        return self.finished.wait(timeout_seconds)

    @property
    def fraction(self) -> float:
        """Share done, 0-1; 0 while the total is unknown."""
        return min(1.0, self.done / self.total) if self.total else 0.0

    @property
    def seconds_left(self) -> float | None:
        """An estimate from the pace so far, ``None`` while there is nothing to go by."""
        spent = time.monotonic() - self.started
        if self.state is not JobState.RUNNING or not self.total or not self.done or spent < 1.0:
            return None
        return spent * (self.total - self.done) / self.done


Work = Callable[[Job], str]
"""What a job does; returns a sentence on how it ended."""


class JobRunner:
    """The jobs of one process."""

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
        """Run ``work`` on a thread; if a job of the same key runs already, that one.

        ``resumable``: what it had done is not done twice, so that :meth:`resume` makes sense.

        Raises:
            TooManyJobsError: as many jobs run as may at once, here or for one session.
        """
        with self._lock:
            known = self._jobs.get(key)
            if known is not None and known.state is JobState.RUNNING:
                return known
            running = [job for job in self._jobs.values() if job.state is JobState.RUNNING]
            own = sum(job.owner == owner for job in running) if owner else 0
            if own >= MAX_PER_SESSION:
                raise TooManyJobsError(
                    f"{own} jobs of yours are running, and one person may have "
                    f"{MAX_PER_SESSION} at a time: wait for one to end, or cancel it"
                )
            if len(running) >= MAX_RUNNING:
                raise TooManyJobsError(
                    f"{len(running)} jobs are running, and this server does {MAX_RUNNING} at a "
                    "time: wait for one to end"
                )
            job = self._jobs[key] = Job(key, title, owner, private)
            job.again = work if resumable else None
        threading.Thread(target=self._run, args=(job, work), name=f"job-{key}", daemon=True).start()
        return job

    def all(self) -> tuple[Job, ...]:
        """Jobs that run or ended lately, oldest first."""
        now = time.monotonic()
        with self._lock:
            self._jobs = {
                key: job
                for key, job in self._jobs.items()
                if job.state is JobState.RUNNING or now - job.ended < KEEP_FINISHED_SECONDS
            }
            return tuple(self._jobs.values())

    def visible_to(self, owner: str) -> tuple[Job, ...]:
        """As :meth:`all`, without the private ones of other sessions."""
        return tuple(job for job in self.all() if not job.private or job.owner == owner)

    def resume(self, key: str, *, owner: str) -> None:
        """Do a job again that ended early; nothing where there is none of that key.

        Raises:
            TooManyJobsError: as many jobs run as may at once.
        """
        job = next((job for job in self.all() if job.key == key), None)
        if job is not None and job.again is not None:
            self.start(key, job.title, job.again, owner=owner, private=job.private, resumable=True)

    def dismiss(self, key: str) -> None:
        """Forget a job that ended."""
        with self._lock:
            job = self._jobs.get(key)
            if job is not None and job.state is not JobState.RUNNING:
                del self._jobs[key]

    @staticmethod
    def _run(job: Job, work: Work) -> None:
        try:
            job.message = work(job)
            job.state = JobState.CANCELLED if job.cancelled else JobState.DONE
        except JobCancelled:
            job.state, job.message = JobState.CANCELLED, "Cancelled; what had arrived is kept."
        except DashboardError as error:
            log.warning("%s: %s", job.title, error)
            job.state, job.message = JobState.FAILED, str(error)
        except Exception:
            log.exception("%s failed", job.title)
            job.state, job.message = JobState.FAILED, "It failed; the server's log says why."
        finally:
            job.ended = time.monotonic()
            job.finished.set()
