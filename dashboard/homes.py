"""Where what everyone shares lies: in a folder, or with the cache where that is on a server."""

from dashboard.fetched_home import FolderHome, Home
from dashboard.settings import Settings
from dashboard.shelf_home import EVERYONE, FolderLists, Lists
from geocache.store.kinds import kind_of


def home_of_trials(settings: Settings) -> Home:
    """Where the settings say that fetched trials lie."""
    folder = FolderHome(settings.site_map_data / "registry")
    if not kind_of(settings.store_url).server:
        return folder
    from dashboard.fetched_database import DatabaseHome  # noqa: PLC0415 - only with a server

    return DatabaseHome(settings.store_url, folder)


def home_of_shared_lists(settings: Settings) -> Lists:
    """Where the settings say that lists shared with everyone lie."""
    folder = FolderLists(settings.site_map_data / "lists" / EVERYONE)
    if not kind_of(settings.store_url).server:
        return folder
    from dashboard.shelf_database import DatabaseLists  # noqa: PLC0415 - only with a server

    return DatabaseLists(settings.store_url, folder)
