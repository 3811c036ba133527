"""Upload job: parse, geocode, store."""

from collections.abc import Callable, Sequence
from functools import partial
from hashlib import blake2b
from typing import NamedTuple

from dashboard.errors import UploadError
from dashboard.library.lists import read_as_before
from dashboard.library.reader_pool import PARSING, ReaderPool, ReaderProgress
from dashboard.library.upload_storage import EVERYONE
from dashboard.library.uploads import UploadStore
from dashboard.service.jobs.runner import Job, Work
from dashboard.sites.summary import plural

_PARSING_PERCENT = 60


class Upload(NamedTuple):
    """One file as it was uploaded, or pasted text; ``replaces`` is the list it is a version of."""

    name: str
    data: bytes
    replaces: str = ""


def build_upload_key(owner: str, files: Sequence[Upload]) -> str:
    """The same key for the same files of the same session."""
    digest = blake2b(owner.encode(), digest_size=16)
    for file in files:
        digest.update(blake2b(file.name.encode()).digest() + blake2b(file.data).digest())
    return f"read:{digest.hexdigest()}"


def build_upload_work(
    uploads: UploadStore,
    reader: ReaderPool,
    owner: str,
    files: Sequence[Upload],
    *,
    refresh: Callable[[], None] | None = None,
) -> Work:
    """The job's work: parse files, find their places, and store them as a session's lists.

    Another process does all but the storing. Each file is stored as soon as it is done;
    cancelling keeps those before it.

    Args:
        uploads: the process's uploads.
        reader: parses files.
        owner: the session.
        files: what is read.
        refresh: given for new versions of lists that everyone sees; called once they are stored.
    """
    target = owner if refresh is None else EVERYONE

    def work(job: Job) -> str:
        total = 100 * len(files)
        sites = trials = 0
        problems = []
        for number, (name, data, replaces) in enumerate(files):
            done = 100 * number

            def report(step: ReaderProgress, done: int = done, name: str = name) -> None:
                job.report(done + _percent(step), total, f"{step.stage} {name}")

            read = partial(reader.read, data, name, owner=owner, report=report, locate=True)
            columns, opened = read_as_before(read, uploads.find_columns(target, name, replaces))
            if opened.reading is not None:
                sites += len(opened.reading.sites)
                trials += len(opened.reading.trials)
            else:
                problems.append(f"{name} was not opened: {opened.error}")
            try:
                uploads.add(target, data, name, columns=columns, opened=opened, replaces=replaces)
            except UploadError as error:
                raise UploadError(f"{name}: {error}") from error
            if refresh is not None:
                refresh()
        result = f"{plural(sites, 'site')}, {plural(trials, 'trial')}"
        return "; ".join([result, *problems]) + "."

    return work


def _percent(step: ReaderProgress) -> int:
    """How much of a file is done, of 100."""
    if step.stage == PARSING:
        return int(_PARSING_PERCENT * step.fraction)
    return _PARSING_PERCENT + int((99 - _PARSING_PERCENT) * step.fraction)
