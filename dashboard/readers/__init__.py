"""Bytes in, trials and sites out; the format is chosen by content."""

from dashboard.errors import ReadError
from dashboard.readers import registry_page
from dashboard.readers.encoding import decode
from dashboard.readers.reading import READ_COLUMNS, Reading

FORMATS = (registry_page.FORMAT,)
"""Every format that is read, by its human name."""


def read(data: bytes, name: str) -> Reading:
    """Read one file of any known format, told by its content.

    Raises ReadError, naming the file, for what is empty, damaged or not a site list.
    """
    if not data.strip():
        raise ReadError(name, "the file is empty")
    text, notes = decode(data)
    if registry_page.recognised(text):
        reading = registry_page.read_page(text, name)
    else:
        raise ReadError(name, "not a site list in any known format")
    if not notes:
        return reading
    warnings = (*notes, *reading.warnings)
    return Reading(name, reading.format, reading.trials, reading.sites, warnings, reading.as_of)


__all__ = ["FORMATS", "READ_COLUMNS", "Reading", "read"]
