"""What a person with edit rights may change for everyone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import pandas as pd

from dashboard.errors import GeocodeJobError, UploadError
from dashboard.library.fetched import FetchedTrials
from dashboard.library.lists import OpenedList
from dashboard.library.own_lists.list_decisions import select_decisions
from dashboard.library.own_lists.session_records import hash_owner
from dashboard.library.pin_file import list_place_keys
from dashboard.library.reader_pool import ReaderPool
from dashboard.library.registry.search import RegistrySearch
from dashboard.library.upload_storage import EVERYONE
from dashboard.library.uploads import StoredList, UploadStore
from dashboard.service.facilities import FacilityCorrections
from dashboard.service.jobs.fetch import build_fetch_key, build_fetch_work
from dashboard.service.jobs.geocode import build_geocode_key, build_geocode_work
from dashboard.service.jobs.routes import build_route_key, build_route_work
from dashboard.service.jobs.runner import JobRunner, JobStatus, Work
from dashboard.service.jobs.upload import Upload, build_upload_key, build_upload_work
from dashboard.service.opener import Opener
from dashboard.service.own_pins import OwnPins
from dashboard.service.pins import Pins
from dashboard.service.routing import Router
from dashboard.settings import Settings
from dashboard.sites.decisions import Decision
from dashboard.sites.facility_columns import list_named
from dashboard.sites.fields import drop_contacts
from dashboard.sites.summary import plural
from geocache.keys import place_key
from geocache.place import Place
from geocache.records import Pin


@dataclass(frozen=True, slots=True)
class PublicTexts:
    """What becomes public with a list: its sites, own columns, earlier versions, and pins.

    ``hidden`` are the columns that do not; ``decisions`` do only if that is chosen.
    """

    sites: int = 0
    columns: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    pins: tuple[Pin, ...] = ()
    versions: int = 0
    decisions: tuple[Decision, ...] = ()


class Editor:
    """Pins, shared lists, fetched trials, and everybody's jobs.

    Args:
        settings: as read from the environment; not those of a read-only server.
        opener: has the geocache and the library once they are open.
        uploads: the process's uploads.
        reader: parses files.
        fetched: the trials fetched from the registry.
        runner: the process's jobs.
        owner: the session that jobs are started for.

    Raises:
        ReadOnlyError: the server is read-only.
    """

    def __init__(
        self,
        settings: Settings,
        opener: Opener,
        *,
        uploads: UploadStore,
        reader: ReaderPool,
        fetched: FetchedTrials,
        runner: JobRunner,
        owner: str,
    ) -> None:
        settings.check_may_change()
        self._registry_url = settings.site_map_registry_url
        self._contacts = settings.site_map_contacts
        self._router = Router.from_settings(settings)
        self._opener = opener
        self._uploads = uploads
        self._reader = reader
        self._fetched = fetched
        self._runner = runner
        self._owner = owner

    @property
    def pins(self) -> Pins:
        """Sets and removes pins; raises RuntimeError until the geocache is open."""
        opened = self._opener.opened
        own = OwnPins(self._uploads, self._owner, opened.library.current) if self._owner else None
        return Pins(opened.cache, self._refresh, own)

    @property
    def facilities(self) -> FacilityCorrections:
        """Corrects facilities; raises RuntimeError until the geocache is open."""
        opened = self._opener.opened
        return FacilityCorrections(
            opened.cache, self._refresh, lambda: list_named(opened.library.current().table)[1]
        )

    def share(
        self,
        data: bytes,
        name: str,
        columns: Mapping[str, str] | None = None,
        opened: OpenedList | None = None,
    ) -> None:
        """As :meth:`UploadStore.add`, for everyone who opens this server.

        Raises:
            UploadError: it cannot be stored.
        """
        self._uploads.add(
            EVERYONE, data, name, columns=columns, opened=opened, shared_by=self._owner
        )
        self._refresh()

    def share_upload(self, list_id: str, *, decisions: bool = False) -> None:
        """Move one of the session's own lists, with its pins, to those that everyone sees.

        With ``decisions`` a copy of those about its sites is shared with it.

        Raises:
            UploadError: it is no longer there, or cannot be stored.
        """
        shared = self.find_public_texts(list_id).decisions if decisions else ()
        one = self._uploads.copy(self._owner, list_id, EVERYONE, shared)
        keys = list_place_keys([one.opened])
        own = self._uploads.pins(self._owner)
        self._refresh()
        self.pins.publish([pin for pin in own if place_key(pin.place) in keys])
        self._uploads.remove(self._owner, list_id)

    def is_sharer(self, one: StoredList) -> bool:
        """Whether this session shared a list."""
        return bool(self._owner) and one.shared_by == hash_owner(self._owner)

    def change_shared(
        self, list_id: str, *, name: str | None = None, colour: str | None = None
    ) -> None:
        """Rename a list that is shared with everyone, or give it a colour, for everyone.

        Raises:
            UploadError: the name or colour cannot be, there is no such list, or the storage fails.
        """
        self._uploads.change(EVERYONE, list_id, name=name, colour=colour)
        self._refresh()

    def renew_shared(self, list_id: str, data: bytes, name: str) -> None:
        """Replace a list that is shared with everyone by a new version of its file.

        It keeps its name, colour, columns, decisions, earlier versions, and who may take it back.

        Raises:
            UploadError: it is no longer there, or the file cannot be read or stored; the list
                stays as it was.
        """
        self._uploads.add(EVERYONE, data, name, replaces=list_id, shared_by=self._owner)
        self._refresh()

    def renew_shared_in_background(self, list_id: str, data: bytes, name: str) -> JobStatus:
        """As :meth:`renew_shared`, as a job.

        Raises:
            TooManyJobsError: too many jobs are running.
        """
        files = [Upload(name, data, list_id)]
        work = build_upload_work(
            self._uploads, self._reader, self._owner, files, refresh=self._refresh
        )
        key = build_upload_key(self._owner, files)
        job = self._runner.start(key, name, work, owner=self._owner, private=True)
        return job.status(self._owner)

    def take_back(self, list_id: str) -> None:
        """Make a list that this session shared its own again; pins stay as they are.

        Raises:
            UploadError: it is no longer there, another session shared it, or it cannot be stored.
        """
        found = [one for one in self._uploads.lists(EVERYONE) if one.id == list_id]
        if not found or not self.is_sharer(found[0]):
            raise UploadError("only the browser that shared this list can take it back")
        self._uploads.copy(EVERYONE, list_id, self._owner)
        self.unshare(list_id)

    def find_public_texts(self, list_id: str) -> PublicTexts:
        """What everyone would see of one of the session's own lists, if it was shared."""
        for one in self._uploads.lists(self._owner):
            if one.id == list_id and one.opened.reading is not None:
                reading = one.opened.reading
                fields = [] if reading.fields is None else list(map(str, reading.fields))
                kept = (
                    [] if reading.fields is None else list(map(str, drop_contacts(reading.fields)))
                )
                keys = list_place_keys([one.opened])
                pins = [p for p in self._uploads.pins(self._owner) if place_key(p.place) in keys]
                hidden = () if self._contacts else tuple(n for n in fields if n not in kept)
                shown = tuple(n for n in fields if n not in hidden)
                return PublicTexts(
                    len(reading.sites),
                    shown,
                    hidden,
                    tuple(pins),
                    len(one.opened.versions),
                    select_decisions(one.opened, self._uploads.decisions(self._owner)),
                )
        return PublicTexts()

    def unshare(self, list_id: str) -> None:
        """Delete a list that is shared with everyone.

        Raises:
            UploadError: it cannot be deleted now.
        """
        self._uploads.remove(EVERYONE, list_id)
        self._refresh()

    @property
    def registry_host(self) -> str:
        """The host that trials are fetched from."""
        return urlsplit(self._registry_url).hostname or ""

    def fetch(self, trial_ids: Sequence[str], search: RegistrySearch) -> JobStatus:
        """Fetch trials as a job; everyone sees them once it ends.

        Raises:
            TooManyJobsError: too many jobs are running.
        """
        title = (
            f"Fetching {plural(len(trial_ids), 'trial')}" if trial_ids else "Searching the registry"
        )
        work = build_fetch_work(self._registry_url, self._fetched, trial_ids, search, self._refresh)
        return self._start(build_fetch_key(trial_ids, search), title, work)

    def geocode(self, places: Sequence[Place]) -> JobStatus:
        """Ask the online providers for some places as a job.

        Raises:
            TooManyJobsError: too many jobs are running.
        """
        cache = self._opener.opened.cache
        names = " and ".join(p.name for p in cache.providers if p.online)
        title = f"Asking {names} for {plural(len(places), 'place')}"
        work = build_geocode_work(cache, places, self._refresh)
        return self._start(build_geocode_key(places), title, work)

    def route(self, sites: pd.DataFrame, minutes: float) -> JobStatus:
        """Ask the routing server for minutes by road to some sites as a job.

        Raises:
            TooManyJobsError: too many jobs are running.
            GeocodeJobError: no routing server is named.
        """
        if self._router is None:
            raise GeocodeJobError("SITE_MAP_ROUTING_URL names no routing server")
        work = build_route_work(self._router, sites, minutes)
        title = "Asking the routing server for minutes by road"
        return self._start(build_route_key(sites, minutes), title, work)

    def resume_job(self, key: str) -> None:
        """Continue a job that ended early; nothing if there is no such job.

        Raises:
            TooManyJobsError: too many jobs are running.
        """
        self._runner.resume(key, owner=self._owner)

    def cancel_job(self, key: str) -> None:
        """Cancel a job, whoever started it."""
        self._runner.cancel(key)

    def dismiss_job(self, key: str) -> None:
        """Forget a job that has ended, whoever started it."""
        self._runner.dismiss(key)

    def _start(self, key: str, title: str, work: Work) -> JobStatus:
        job = self._runner.start(key, title, work, owner=self._owner, resumable=True)
        return job.status(self._owner)

    def _refresh(self) -> None:
        self._opener.opened.library.refresh()
