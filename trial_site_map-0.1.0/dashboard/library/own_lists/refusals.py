"""Turns failures of the storage into errors for the person."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from dashboard.errors import UploadError
from dashboard.library.atomic_files import describe_disk_error

log = logging.getLogger(__name__)


@contextmanager
def refuse(outcome: str) -> Iterator[None]:
    """Turn a failure of the storage into an UploadError that names no path."""
    try:
        yield
    except UploadError:
        raise
    except FileNotFoundError as error:
        raise UploadError("this list is no longer here") from error
    except (OSError, ValueError) as error:
        log.warning("%s: %s", outcome, error)
        reason = describe_disk_error(error) if isinstance(error, OSError) else "it is damaged"
        raise UploadError(f"{outcome}: {reason}") from error
