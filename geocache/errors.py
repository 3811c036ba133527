"""Every error geocache raises.

GeocacheError
├── ConfigurationError (ValueError)      a setting is missing, unknown or refused
├── InputError (ValueError)              a file or value given by the caller cannot be used
├── IndexBuildError (RuntimeError)       the gazetteer's index could not be built or read
├── ReadOnlyError (PermissionError)      SITE_MAP_READ_ONLY is set, and this would change something
├── StoreError (RuntimeError)            the store cannot be opened or is from a newer version
├── ClusterError (ConnectionError)       a Dask cluster is not there, or gave up
└── NotAskedError (ConnectionError)      a provider could not be asked; says nothing of the place
"""


class GeocacheError(Exception):
    """Root of every error raised on purpose by this package."""


class ConfigurationError(GeocacheError, ValueError):
    """Raised at construction when a setting cannot work; the message names the setting."""


class InputError(GeocacheError, ValueError):
    """Raised when a file, column or value from the caller cannot be used; says which."""


class IndexBuildError(GeocacheError, RuntimeError):
    """Raised when the gazetteer's index cannot be built or opened."""


class StoreError(GeocacheError, RuntimeError):
    """Raised when the store cannot be opened, or was written by a newer version."""


class ClusterError(GeocacheError, ConnectionError):
    """Raised when a Dask cluster cannot be reached, or cannot do what it was given."""


class ReadOnlyError(GeocacheError, PermissionError):
    """Raised by whatever would change something while ``SITE_MAP_READ_ONLY`` is set."""


class NotAskedError(GeocacheError, ConnectionError):
    """Raised when a provider could not be asked: never the same as "not found"."""


def os_error_words(error: OSError) -> str:
    """Which file it is about, and what is wrong with it."""
    return ": ".join(str(part) for part in (error.filename, error.strerror) if part)
