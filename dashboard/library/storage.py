"""Selects the storage for shared data: folders, or the database server of the geocache's store."""

from dashboard.library.fetched_storage import FolderTrialStorage, TrialStorage
from dashboard.library.links.shared_copies import SharedCopies
from dashboard.library.lists import Reader
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


def build_shared_copies(settings: Settings) -> SharedCopies | None:
    """What links for colleagues show, for every replica; None without a database server."""
    if not load_backend(settings.store_url).server:
        return None
    return SharedCopies(settings.store_url)


def build_upload_store(settings: Settings, reader: Reader) -> UploadStore:
    """All uploaded lists, parsed by ``reader``."""
    return UploadStore(
        settings.site_map_data / "lists",
        settings.check_may_change,
        reader,
        build_shared_storage(settings),
    )
