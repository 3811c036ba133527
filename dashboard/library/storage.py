"""Selects the storage for shared data: folders, or the database server of the geocache's store."""

from functools import partial

from dashboard.library.fetched_storage import FolderTrialStorage, TrialStorage
from dashboard.library.reader_process import read_in_child
from dashboard.library.upload_storage import EVERYONE, FolderUploadStorage, UploadStorage
from dashboard.library.uploads import UploadStore
from dashboard.settings import Settings
from geocache.store.backends import load_backend


def build_trial_storage(settings: Settings) -> TrialStorage:
    """The storage of fetched trials."""
    folder = FolderTrialStorage(settings.site_map_data / "registry")
    if not load_backend(settings.store_url).server:
        return folder
    from dashboard.library.fetched_storage_sql import SqlTrialStorage  # noqa: PLC0415 - only with a server

    return SqlTrialStorage(settings.store_url, folder)


def build_shared_storage(settings: Settings) -> UploadStorage:
    """The storage of lists that are shared with everyone."""
    folder = FolderUploadStorage(settings.site_map_data / "lists" / EVERYONE)
    if not load_backend(settings.store_url).server:
        return folder
    from dashboard.library.upload_storage_sql import SqlUploadStorage  # noqa: PLC0415 - only with a server

    return SqlUploadStorage(settings.store_url, folder)


def build_upload_store(settings: Settings) -> UploadStore:
    """All uploaded lists; large ones are read in a child process."""
    return UploadStore(
        settings.site_map_data / "lists",
        settings.check_may_change,
        partial(read_in_child, settings),
        build_shared_storage(settings),
    )
