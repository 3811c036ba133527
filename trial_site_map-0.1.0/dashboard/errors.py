"""Every error that dashboard raises.

DashboardError
├── ReadError (ValueError)             a file is not a site list, or is damaged
├── FilterError (ValueError)           a filter has an unknown name or value
├── ExportError (ValueError)           a table does not fit the format asked for
├── RegistryError (ConnectionError)    the registry could not be asked, or its answer is unusable
├── TrialStorageError (OSError)        the server that stores fetched trials fails
├── UploadError (OSError)              a list cannot be stored: too many, too large, no room
├── ListStorageError (OSError)         the server that stores shared lists fails
├── SavedViewError (OSError)           a view cannot be stored or loaded
├── SessionKeyError (OSError)         the key of session cookies cannot be stored or read
├── TileArchiveError (ValueError)      a file of map tiles is none, is cut off or has another schema
├── GeocodeJobError (ConnectionError)  an online provider did not answer for every place
└── SaveError (RuntimeError)           the disk does not take what was fetched
"""

from pathlib import Path

from geocache.errors import ConfigurationError, IndexBuildError, StoreError


class DashboardError(Exception):
    """Root of every error raised on purpose by this package."""


class ReadError(DashboardError, ValueError):
    """Raised when a file cannot be read; names the file, the reason and, if known, where in it.

    Args:
        name: the file's name as the person knows it.
        reason: what was wrong, a few words.
        where: the row, line, byte or key at which it went wrong.
    """

    def __init__(self, name: str, reason: str, where: str = "") -> None:
        self.name = name
        self.reason = reason
        self.where = where
        super().__init__(f"{name}: {reason}" + (f" ({where})" if where else ""))

    def __reduce__(self) -> tuple[type["ReadError"], tuple[str, str, str]]:
        """Pickled with its parts: a child process sends it."""
        return type(self), (self.name, self.reason, self.where)


class FilterError(DashboardError, ValueError):
    """Raised for an unknown filter, or an unknown value of a closed set.

    ``parameter`` names the filter, ``value`` is what was given, ``allowed`` what would have been,
    closest spelling first.
    """

    def __init__(
        self, parameter: str, value: str, message: str, allowed: tuple[str, ...] = ()
    ) -> None:
        self.parameter = parameter
        self.value = value
        self.allowed = allowed
        super().__init__(message)


class ExportError(DashboardError, ValueError):
    """Raised when a table does not fit the format asked for."""


class RegistryError(DashboardError, ConnectionError):
    """Raised when the registry could not be asked, or its answer could not be used."""


class TrialStorageError(DashboardError, OSError):
    """Raised when the server that stores fetched trials cannot be reached, or refuses."""


class UploadError(DashboardError, OSError):
    """Raised when a list cannot be stored: too many, too large, or no room on the disk."""


class ListStorageError(DashboardError, OSError):
    """Raised when the server that stores shared lists cannot be reached, or refuses."""


class SavedViewError(DashboardError, OSError):
    """Raised when a view cannot be stored under a short key, or loaded by it."""


class TileArchiveError(DashboardError, ValueError):
    """Raised when a file of map tiles cannot be used; says which and why, in one line.

    Args:
        path: the file.
        reason: what follows its name in a sentence.
    """

    def __init__(self, path: Path, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(f"{path} {reason}")


class GeocodeJobError(DashboardError, ConnectionError):
    """Raised when an online provider did not answer for every place; says for how many, and why."""


class SaveError(DashboardError, RuntimeError):
    """Raised when the disk does not take what was fetched; says why, and names no path."""


class SessionKeyError(DashboardError, OSError):
    """Raised when the key that signs session cookies cannot be stored or read."""


def public_message(error: Exception) -> str:
    """The reason for visitors: an error's own message may name a path."""
    if isinstance(error, ConfigurationError):
        kind = "a setting cannot work"
    elif isinstance(error, IndexBuildError):
        kind = "the place index cannot be built"
    elif isinstance(error, StoreError):
        kind = "the geocache cannot be opened"
    elif isinstance(error, TimeoutError):
        kind = "another process is using the data folder"
    elif isinstance(error, OSError):
        kind = f"the data folder cannot be used ({(error.strerror or 'no reason given').lower()})"
    else:
        kind = "something went wrong"
    return f"{kind}. The server's log says more."
