"""Fetch job: trials from the registry, stored page by page."""

from collections.abc import Callable, Iterator, Sequence

from dashboard.errors import RegistryError
from dashboard.library.fetched import FetchedTrials, FetchProgress
from dashboard.library.registry.client import STOPPED, Page, Registry
from dashboard.library.registry.search import RegistrySearch
from dashboard.service.jobs.runner import Job, Work
from dashboard.sites.summary import plural


def build_fetch_key(trial_ids: Sequence[str], search: RegistrySearch) -> str:
    """The same key for the same trials in any order, or for the same search."""
    return "fetch:" + (",".join(sorted(trial_ids)) if trial_ids else repr(search))


def build_fetch_work(
    url: str,
    fetched: FetchedTrials,
    trial_ids: Sequence[str],
    search: RegistrySearch,
    on_change: Callable[[], None],
) -> Work:
    """The job's work: fetch trials by id, or by a search where there are no ids.

    Args:
        url: the registry's API.
        fetched: where the records are stored; each page as it arrives.
        trial_ids: NCT numbers.
        search: what to look for otherwise.
        on_change: called once something new is stored, to show it.
    """

    def work(job: Job) -> str:
        def show(progress: FetchProgress) -> None:
            job.done, job.total = progress.done, progress.total or 0
            job.message = f"{plural(progress.done, 'trial')} so far"

        job.message = "Asking the registry"
        with Registry(url) as registry:
            pages: Iterator[Page] = (
                registry.fetch_trials(trial_ids, lambda: job.cancelled)
                if trial_ids
                else registry.search(search, lambda: job.cancelled)
            )
            result = fetched.fetch(pages, trial_ids, show)
        if result.changes:
            on_change()
        words = [f"{plural(len(result.changes), 'trial')} fetched"]
        if result.missing:
            words.append(f"not in the registry: {', '.join(result.missing[:5])}")
        if result.problem and result.problem != STOPPED:
            words.append(f"stopped early: {result.problem}; what arrived is kept")
            raise RegistryError("; ".join(words) + ".")
        return "; ".join(words) + "."

    return work
