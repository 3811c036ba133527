"""Where what everyone shares lies: in a folder, or with the cache where that is on a server."""

from functools import partial

from dashboard.library.fetched_storage import FolderHome, Home
from dashboard.library.reader_process import open_apart
from dashboard.library.upload_storage import EVERYONE, FolderLists, Lists
from dashboard.library.uploads import Shelf
from dashboard.settings import Settings
from geocache.store.kinds import kind_of


def home_of_trials(settings: Settings) -> Home:
    """Where the settings say that fetched trials lie."""
    folder = FolderHome(settings.site_map_data / "registry")
    if not kind_of(settings.store_url).server:
        return folder
    from dashboard.library.fetched_storage_sql import DatabaseHome  # noqa: PLC0415 - only with a server

    return DatabaseHome(settings.store_url, folder)


def home_of_shared_lists(settings: Settings) -> Lists:
    """Where the settings say that lists shared with everyone lie."""
    folder = FolderLists(settings.site_map_data / "lists" / EVERYONE)
    if not kind_of(settings.store_url).server:
        return folder
    from dashboard.library.upload_storage_sql import DatabaseLists  # noqa: PLC0415 - only with a server

    return DatabaseLists(settings.store_url, folder)


def shelf_of(settings: Settings) -> Shelf:
    """Where the settings say that lists are kept; large ones are read by another process."""
    return Shelf(
        settings.site_map_data / "lists",
        settings.check_may_change,
        partial(open_apart, settings),
        home_of_shared_lists(settings),
    )
