"""ClinicalTrials.gov legacy XML: `clinical_study` records, one or many in a file."""

import io
import re
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from dashboard.errors import ReadError
from dashboard.readers.common.encoding import decode
from dashboard.readers.registries.legacy_record import RESULTS, to_v2

FORMAT = "ClinicalTrials.gov legacy XML"

MOST_LEVELS = 100
"""Deepest nesting accepted; a record has about 12 levels."""

_DECLARATION = re.compile(rb"<\?xml\b[^>]{0,200}\?>")


def xml_studies(data: bytes, name: str) -> Iterator[dict[str, Any]]:
    """Every study in the shape of API v2. Files of many documents one after another are read too.

    Raises ReadError for what is no XML, holds entities or is nested too deep.
    """
    found = 0
    for document in _documents(data):
        try:
            for element in _elements(document, name):
                found += 1
                yield to_v2(element)
        except DefusedXmlException as error:
            raise ReadError(
                name, "XML that declares entities or a DTD is refused", type(error).__name__
            ) from error
        except (ParseError, ValueError, LookupError) as error:
            if isinstance(error, ReadError):
                raise
            place = getattr(error, "position", None)
            where = f"line {place[0]}, column {place[1]}" if place else f"after {found} records"
            raise ReadError(name, "not valid XML", where) from error
    if not found:
        raise ReadError(name, "XML without a clinical_study record")


def _documents(data: bytes) -> Iterator[bytes]:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in data[:4]:
        data = decode(data)[0].encode("utf-8", errors="replace")
        data = _DECLARATION.sub(b"", data)
    starts = [found.start() for found in _DECLARATION.finditer(data)]
    if len(starts) < 2:
        yield _readable(data.lstrip(b"\xef\xbb\xbf \t\r\n"))
        return
    for start, end in zip(starts, [*starts[1:], len(data)], strict=True):
        yield _readable(data[start:end])


def _readable(document: bytes) -> bytes:
    """UTF-8 the parser accepts: files saved in another encoding often still declare UTF-8."""
    declared = _DECLARATION.match(document)
    encoding = re.search(rb"encoding\s*=\s*[\"']([\w.-]+)", declared[0]) if declared else None
    if encoding is not None and encoding[1].lower() not in (b"utf-8", b"utf8", b"us-ascii"):
        return document
    try:
        document.decode("utf-8")
    except UnicodeDecodeError:
        text, _ = decode(document)
        return _DECLARATION.sub(b"", text.encode("utf-8", errors="replace"), count=1)
    return document


def _elements(document: bytes, name: str) -> Iterator[Element]:
    depth = 0
    for event, element in iterparse(
        io.BytesIO(document), events=("start", "end"), forbid_dtd=False
    ):
        if event == "start":
            depth += 1
            if depth > MOST_LEVELS:
                raise ReadError(name, f"nested deeper than {MOST_LEVELS} levels")
            continue
        depth -= 1
        if element.tag == "clinical_study":
            yield element
            element.clear()
        elif element.tag == RESULTS:
            element.clear()
