"""Fetching trials from the registry as a job."""

from collections.abc import Callable, Iterator, Sequence

from dashboard.errors import RegistryError
from dashboard.jobs.runner import Job, Work
from dashboard.library.fetched import FetchedTrials, FetchProgress
from dashboard.registry.client import STOPPED, Page, Registry
from dashboard.registry.search import RegistrySearch
from dashboard.sites.summary import plural


def build_fetch_key(numbers: Sequence[str], search: RegistrySearch) -> str:
    """One key for one purpose: the same trials, or the same search."""
    return "fetch:" + (",".join(sorted(numbers)) if numbers else repr(search))


def build_fetch_work(
    url: str,
    kept: FetchedTrials,
    numbers: Sequence[str],
    search: RegistrySearch,
    done: Callable[[], None],
) -> Work:
    """The work of fetching trials by number, or by a search where there are no numbers.

    Args:
        url: the registry's API.
        kept: where the records are kept; each page is kept as it arrives.
        numbers: NCT numbers.
        search: what to look for otherwise.
        done: called once something new is kept, to open it.
    """

    def work(job: Job) -> str:
        def show(progress: FetchProgress) -> None:
            job.done, job.total = progress.done, progress.total or 0
            job.message = f"{plural(progress.done, 'trial')} so far"

        job.message = "Asking the registry"
        with Registry(url) as registry:
            pages: Iterator[Page] = (
                registry.by_number(numbers, lambda: job.cancelled)
                if numbers
                else registry.search(search, lambda: job.cancelled)
            )
            result = kept.fetch(pages, numbers, show)
        if result.changes:
            done()
        words = [f"{plural(len(result.changes), 'trial')} fetched"]
        if result.missing:
            words.append(f"not in the registry: {', '.join(result.missing[:5])}")
        if result.problem and result.problem != STOPPED:
            words.append(f"stopped early: {result.problem}; what arrived is kept")
            raise RegistryError("; ".join(words) + ".")
        return "; ".join(words) + "."

    return work
