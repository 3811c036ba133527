"""What one browser session may do: read everything, and manage its own uploads and jobs.

A :class:`Viewer` has no method that changes what others see. Whoever may edit gets an
:class:`dashboard.service.editor.Editor` beside it, as :attr:`Viewer.editor`.
"""

from collections.abc import Mapping, Sequence

import pandas as pd

from dashboard.library.links.colleague_links import ColleagueLink, ColleagueLinks, SharedByLink
from dashboard.library.lists import FirstRows, Library
from dashboard.library.own_lists.area_file import NamedArea
from dashboard.library.reader_pool import ReaderPool
from dashboard.library.upload_storage import EVERYONE
from dashboard.library.uploads import StoredList, UploadStore
from dashboard.reach.road_times import RoadTimes
from dashboard.readers import TYPE_PREFIX
from dashboard.service.decisions import SessionDecisions
from dashboard.service.editor import Editor
from dashboard.service.geocoding import OfflineGeocoder
from dashboard.service.jobs.routes import KEY as ROUTE_KEY
from dashboard.service.jobs.runner import JobRunner, JobState, JobStatus
from dashboard.service.jobs.upload import Upload, build_upload_key, build_upload_work
from dashboard.service.opener import Opener
from dashboard.service.routing import Router, recall_road_times
from dashboard.settings import Settings
from dashboard.sites.summary import plural
from geocache.errors import ReadOnlyError
from geocache.records import Pin


class SessionJobs:
    """The background jobs that a session sees; it may cancel and dismiss its own.

    Args:
        runner: the process's jobs.
        owner: the session.
    """

    def __init__(self, runner: JobRunner, owner: str) -> None:
        self._runner = runner
        self._owner = owner

    def all(self) -> tuple[JobStatus, ...]:
        """Jobs that run or ended lately, oldest first; none that is private to another session."""
        return tuple(job.status(self._owner) for job in self._runner.visible_to(self._owner))

    def cancel(self, key: str) -> None:
        """Cancel a job of this session's own.

        Raises:
            ReadOnlyError: another session started it.
        """
        self._check_own(key)
        self._runner.cancel(key)

    def dismiss(self, key: str) -> None:
        """Forget a job of this session's own that has ended.

        Raises:
            ReadOnlyError: another session started it.
        """
        self._check_own(key)
        self._runner.dismiss(key)

    def _check_own(self, key: str) -> None:
        if any(job.key == key and not job.own for job in self.all()):
            raise ReadOnlyError("only the person who started a job, or an editor, may end it")


class SessionUploads:
    """The lists that one session uploaded, and areas it saved; no other session sees them.

    Args:
        store: the process's uploads.
        reader: parses files.
        runner: runs the reading of large files.
        owner: the session.
    """

    def __init__(
        self, store: UploadStore, reader: ReaderPool, runner: JobRunner, owner: str
    ) -> None:
        if owner == EVERYONE:
            raise ValueError("no session has this name")
        self._store = store
        self._reader = reader
        self._runner = runner
        self._owner = owner

    def lists(self) -> tuple[StoredList, ...]:
        """The lists, oldest first."""
        return self._store.lists(self._owner)

    def pins(self) -> tuple[Pin, ...]:
        """The pins on these lists that only this session sees, oldest first."""
        return self._store.pins(self._owner)

    def areas(self) -> tuple[NamedArea, ...]:
        """The areas that this session saved, by name."""
        return self._store.areas(self._owner)

    def save_area(self, name: str, line: str) -> NamedArea:
        """As :meth:`UploadStore.save_area`."""
        return self._store.save_area(self._owner, name, line)

    def delete_area(self, name: str) -> None:
        """As :meth:`UploadStore.delete_area`."""
        self._store.delete_area(self._owner, name)

    def prepare(self) -> None:
        """Make ready to read: called where a person may add a list soon. Returns at once."""
        self._reader.warm_up()

    def add(self, data: bytes, name: str, replaces: str = "") -> StoredList:
        """As :meth:`UploadStore.add`."""
        return self._store.add(self._owner, data, name, replaces=replaces)

    def change(
        self,
        list_id: str,
        *,
        name: str | None = None,
        colour: str | None = None,
        hidden: bool | None = None,
    ) -> None:
        """As :meth:`UploadStore.change`."""
        self._store.change(self._owner, list_id, name=name, colour=colour, hidden=hidden)

    def add_in_background(self, files: Sequence[Upload]) -> JobStatus:
        """Read files as a job; each list is there once it is read.

        Raises:
            TooManyJobsError: too many jobs are running.
        """
        title = files[0].name if len(files) == 1 else plural(len(files), "file")
        work = build_upload_work(self._store, self._reader, self._owner, files)
        key = build_upload_key(self._owner, files)
        job = self._runner.start(key, title, work, owner=self._owner, private=True)
        return job.status(self._owner)

    def reread(self, list_id: str, columns: Mapping[str, str]) -> StoredList:
        """As :meth:`UploadStore.reread`."""
        return self._store.reread(self._owner, list_id, columns)

    def change_type(self, list_id: str, name: str, kind: str) -> StoredList:
        """Read a list again with an own column as one of ``TYPES``, or ``""`` as it is found.

        Raises:
            UploadError: there is no such list, or the storage fails.
        """
        columns = self._store.read_columns(self._owner, list_id)
        return self.reread(list_id, {**columns, f"{TYPE_PREFIX}{name}": kind})

    def preview(self, list_id: str) -> FirstRows:
        """As :meth:`UploadStore.preview`."""
        return self._store.preview(self._owner, list_id)

    def remove(self, list_id: str) -> None:
        """As :meth:`UploadStore.remove`."""
        self._store.remove(self._owner, list_id)


class SessionLinks:
    """The links for colleagues that one session made, and those that it opens.

    Args:
        links: the process's links.
        uploads: the process's uploads.
        owner: the session.
    """

    def __init__(self, links: ColleagueLinks, uploads: UploadStore, owner: str) -> None:
        self._links = links
        self._uploads = uploads
        self._owner = owner

    @property
    def enabled(self) -> bool:
        """Whether links can be made on this server."""
        return self._links.enabled

    def create(self, list_id: str, query: str, *, days: int, decisions: bool) -> ColleagueLink:
        """As :meth:`ColleagueLinks.create`."""
        return self._links.create(self._owner, list_id, query, days=days, decisions=decisions)

    def all(self) -> tuple[ColleagueLink, ...]:
        """The valid links that this session made, oldest first."""
        return self._links.list_made(self._owner)

    def revoke(self, key: str) -> None:
        """As :meth:`ColleagueLinks.revoke`."""
        self._links.revoke(self._owner, key)

    def remove_list(self, one: StoredList) -> None:
        """Delete a list of this session, and all links to it.

        Raises:
            UploadError: the storage fails.
        """
        self._links.revoke_list(self._owner, one.about.key)
        self._uploads.remove(self._owner, one.id)

    def open(self, key: str) -> SharedByLink | None:
        """As :meth:`ColleagueLinks.open`."""
        return self._links.open(key)


class Viewer:
    """The service as one session sees it.

    Args:
        settings: as read from the environment.
        opener: has the geocache and the library once they are open.
        uploads: the process's uploads.
        links: the process's links for colleagues.
        reader: parses files.
        runner: the process's jobs.
        owner: the session.
        editor: for a person who may change what everyone sees.
    """

    def __init__(
        self,
        settings: Settings,
        opener: Opener,
        *,
        uploads: UploadStore,
        links: ColleagueLinks,
        reader: ReaderPool,
        runner: JobRunner,
        owner: str,
        editor: Editor | None,
    ) -> None:
        self.settings = settings
        self.editor = editor
        self._router = Router.from_settings(settings)
        self.uploads = SessionUploads(uploads, reader, runner, owner)
        self.links = SessionLinks(links, uploads, owner)
        self.decisions = SessionDecisions(uploads, owner)
        self.jobs = SessionJobs(runner, owner)
        self._opener = opener
        self._uploads = uploads

    def recall_road_times(self, sites: pd.DataFrame, minutes: int) -> RoadTimes | None:
        """Minutes by road as far as the routing server has answered; ``None`` without a server."""
        if self._router is None:
            return None
        ended = (
            job.started
            for job in self.jobs.all()
            if job.key.startswith(ROUTE_KEY) and job.state is not JobState.RUNNING
        )
        return recall_road_times(sites, minutes, self._router, tuple(ended))

    @property
    def geocoder(self) -> OfflineGeocoder:
        """Positions known offline; raises RuntimeError until the geocache is open."""
        return self._opener.opened.geocoder

    def library(self) -> Library:
        """The lists that everyone sees; raises RuntimeError until they are open."""
        return self._opener.opened.library.current()

    def shared_lists(self) -> tuple[StoredList, ...]:
        """The uploads that are shared with everyone, oldest first."""
        return self._uploads.lists(EVERYONE)
