"""Where what everyone shares lies: in a folder, or with the cache where that is on a server."""

from functools import partial

from dashboard.library.fetched_storage import FolderTrialStorage, TrialStorage
from dashboard.library.reader_process import read_in_child
from dashboard.library.upload_storage import EVERYONE, FolderUploadStorage, UploadStorage
from dashboard.library.uploads import UploadStore
from dashboard.settings import Settings
from geocache.store.backends import load_backend


def build_trial_storage(settings: Settings) -> TrialStorage:
    """Where the settings say that fetched trials lie."""
    folder = FolderTrialStorage(settings.site_map_data / "registry")
    if not load_backend(settings.store_url).server:
        return folder
    from dashboard.library.fetched_storage_sql import SqlTrialStorage  # noqa: PLC0415 - only with a server

    return SqlTrialStorage(settings.store_url, folder)


def build_shared_storage(settings: Settings) -> UploadStorage:
    """Where the settings say that lists shared with everyone lie."""
    folder = FolderUploadStorage(settings.site_map_data / "lists" / EVERYONE)
    if not load_backend(settings.store_url).server:
        return folder
    from dashboard.library.upload_storage_sql import SqlUploadStorage  # noqa: PLC0415 - only with a server

    return SqlUploadStorage(settings.store_url, folder)


def build_upload_store(settings: Settings) -> UploadStore:
    """Where the settings say that lists are kept; large ones are read by another process."""
    return UploadStore(
        settings.site_map_data / "lists",
        settings.check_may_change,
        partial(read_in_child, settings),
        build_shared_storage(settings),
    )
