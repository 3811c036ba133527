"""Per-process state shared by all sessions: the opened library, uploads, fetched trials, jobs."""

from functools import cache

from dashboard.library.fetched import FetchedTrials
from dashboard.library.links.colleague_links import ColleagueLinks
from dashboard.library.lists import Library
from dashboard.library.reader_pool import ReaderPool
from dashboard.library.saved_views import SavedViews
from dashboard.library.storage import (
    build_shared_copies,
    build_trial_storage,
    build_upload_store,
)
from dashboard.service.editor import Editor
from dashboard.service.geocoding import OfflineGeocoder
from dashboard.service.jobs.runner import JobRunner
from dashboard.service.opener import Opener
from dashboard.service.viewer import Viewer
from dashboard.settings import Settings
from geocache.closing import Closing
from geocache.settings import load_settings


class Service(Closing):
    """The parts of one process, and what each session gets of them.

    Args:
        settings: as read from the environment.
        serving: see :class:`dashboard.service.opener.Opener`.
    """

    def __init__(self, settings: Settings, *, serving: bool = True) -> None:
        self.settings = settings
        self.reader = ReaderPool(settings)
        self.uploads = build_upload_store(settings, self.reader)
        self.links = ColleagueLinks(
            self.uploads,
            enabled=not settings.site_map_read_only,
            contacts=settings.site_map_contacts,
            copies=build_shared_copies(settings),
        )
        self.fetched = FetchedTrials(build_trial_storage(settings), self.reader)
        self.views = SavedViews(settings)
        self.jobs = JobRunner()
        self.opener = Opener(
            settings, self.uploads, self.fetched, self.links.delete_expired, serving=serving
        )

    def viewer(self, owner: str, *, may_edit: bool = True) -> Viewer:
        """What a session gets; an editor only if it may edit and the server is not read-only."""
        edits = may_edit and not self.settings.site_map_read_only
        editor = self.editor(owner) if edits else None
        return Viewer(
            self.settings,
            self.opener,
            uploads=self.uploads,
            links=self.links,
            reader=self.reader,
            runner=self.jobs,
            owner=owner,
            editor=editor,
        )

    def editor(self, owner: str = "") -> Editor:
        """All changes, made for a session.

        Raises:
            ReadOnlyError: the server is read-only.
        """
        return Editor(
            self.settings,
            self.opener,
            uploads=self.uploads,
            reader=self.reader,
            fetched=self.fetched,
            runner=self.jobs,
            owner=owner,
        )

    @property
    def geocoder(self) -> OfflineGeocoder:
        """Positions known offline; raises RuntimeError until the geocache is open."""
        return self.opener.opened.geocoder

    def library(self) -> Library:
        """The lists that everyone sees, with every change that is due; waits until they are open.

        Raises:
            RuntimeError: opening failed; the message says why.
        """
        self.opener.start()
        self.opener.wait()
        return self.opener.opened.library.current()

    def close(self) -> None:
        """Close the geocache and all storage; the service is of no use afterwards."""
        self.opener.close()
        self.fetched.close()
        self.uploads.close()
        self.links.close()
        self.views.close()
        self.reader.close()


@cache
def service() -> Service:
    """This process's service, with the settings of the environment."""
    return Service(load_settings(Settings))
