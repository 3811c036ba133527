"""Every error geocache raises.

GeocacheError
├── ConfigurationError (ValueError)      a setting is missing, unknown or refused
├── InputError (ValueError)              a file or value given by the caller cannot be used
├── IndexBuildError (RuntimeError)       the gazetteer's index could not be built or read
├── ReadOnlyError (PermissionError)      SITE_MAP_READ_ONLY is set, and this would change something
├── StoreError (RuntimeError)            the store cannot be opened
│   └── NewerStoreError                  it was written by a newer version
├── ClusterError (ConnectionError)       a Dask cluster cannot be reached, or failed
└── NotAskedError (ConnectionError)      a provider could not be asked; not the same as a miss
"""


class GeocacheError(Exception):
    """Root of every error raised on purpose by this package."""


class ConfigurationError(GeocacheError, ValueError):
    """Raised at construction when a setting cannot work; the message names the setting."""


class InputError(GeocacheError, ValueError):
    """Raised when a file, column or value cannot be used; the message says which."""


class IndexBuildError(GeocacheError, RuntimeError):
    """Raised when the gazetteer's index cannot be built or opened."""


class StoreError(GeocacheError, RuntimeError):
    """Raised when the store cannot be opened, or was written by a newer version."""


class NewerStoreError(StoreError):
    """Raised when the store was written by a newer version, or is too old to be read."""


class ClusterError(GeocacheError, ConnectionError):
    """Raised when a Dask cluster cannot be reached, or fails."""


class ReadOnlyError(GeocacheError, PermissionError):
    """Raised by methods that change something while ``SITE_MAP_READ_ONLY`` is set."""


class NotAskedError(GeocacheError, ConnectionError):
    """Raised when a provider could not be asked: never the same as "not found"."""


def describe_os_error(error: OSError) -> str:
    """The file of an error and what is wrong with it."""
    return ": ".join(str(part) for part in (error.filename, error.strerror) if part)
