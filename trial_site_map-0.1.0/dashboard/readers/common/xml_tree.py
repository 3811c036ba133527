"""XML as nested objects and lists, as JSON is: for formats of any root and any elements."""

import io
import re
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from dashboard.errors import ReadError
from dashboard.readers.common.encoding import decode

MAX_LEVELS = 100
"""Deepest nesting accepted; a record has about 12 levels."""

TEXT = "#text"
"""Where the text of an element with a name as its attribute stands."""

_CHUNKS = 16
_CHUNK_BYTES = 1 << 16

DECLARATION = re.compile(rb"<\?xml\s[^>]{0,200}\?>")
_ENCODING = re.compile(rb"encoding\s{0,9}=\s{0,9}[\"']([\w.-]{1,40})")


def iter_elements(data: bytes, name: str) -> Iterator[tuple[int, Element]]:
    """The elements of one or more XML documents as they end, each with its depth from 0.

    Raises:
        ReadError: XML that is not valid, declares entities or is nested too deep.
    """
    found = 0
    for document in iter_documents(data):
        depth = 0
        try:
            events = iterparse(_Source(document), events=("start", "end"), forbid_dtd=False)
            for event, element in events:
                if event == "start":
                    depth += 1
                    if depth > MAX_LEVELS:
                        raise ReadError(name, f"nested deeper than {MAX_LEVELS} levels")
                    continue
                depth -= 1
                found += 1
                yield depth, element
        except DefusedXmlException as error:
            raise ReadError(
                name, "XML that declares entities or a DTD is refused", type(error).__name__
            ) from error
        except (ParseError, ValueError, LookupError) as error:
            if isinstance(error, ReadError):
                raise
            place = getattr(error, "position", None)
            where = f"line {place[0]}, column {place[1]}" if place else f"after {found} elements"
            raise ReadError(name, "not valid XML", where) from error


class _Source:
    """A document in few large pieces, whatever the size asked for.

    Expat before 2.6 reads a tag or comment anew with every piece of it: a long one in small pieces
    would take quadratic time.
    """

    def __init__(self, document: bytes) -> None:
        self._source = io.BytesIO(document)
        self._piece = max(_CHUNK_BYTES, len(document) // _CHUNKS + 1)

    def read(self, _size: int = -1) -> bytes:
        """The next piece; empty at the end."""
        return self._source.read(self._piece)


def iter_documents(data: bytes) -> Iterator[bytes]:
    """Each XML document of a file, in an encoding that the parser accepts."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in data[:4]:
        data = decode(data)[0].encode("utf-8", errors="replace")
        data = DECLARATION.sub(b"", data)
    starts = [found.start() for found in DECLARATION.finditer(data)]
    if len(starts) < 2:
        yield _fix_declaration(data.lstrip(b"\xef\xbb\xbf \t\r\n"))
        return
    for start, end in zip(starts, [*starts[1:], len(data)], strict=True):
        yield _fix_declaration(data[start:end])


def _fix_declaration(document: bytes) -> bytes:
    """A document the parser accepts: files in another encoding often still declare UTF-8."""
    declared = DECLARATION.match(document)
    encoding = _ENCODING.search(declared[0]) if declared else None
    if encoding is not None and encoding[1].lower() not in (b"utf-8", b"utf8", b"us-ascii"):
        return document
    try:
        document.decode("utf-8")
    except UnicodeDecodeError:
        text, _ = decode(document)
        return DECLARATION.sub(b"", text.encode("utf-8", errors="replace"), count=1)
    return document


def local_name(element: Element) -> str:
    """An element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def parse_tree(data: bytes, name: str) -> dict[str, Any]:
    """A whole document as nested objects: elements that recur are lists, text alone is text.

    Attributes stand beside the children. Raises ReadError as :func:`iter_elements`.
    """
    roots = [
        (local_name(element), _build(element))
        for depth, element in iter_elements(data, name)
        if depth == 0
    ]
    return dict(roots) if len(roots) == 1 else {"documents": [dict([root]) for root in roots]}


def _build(element: Element) -> Any:
    children = [(local_name(child), _build(child)) for child in element]
    text = (element.text or "").strip()
    attributes = {key.rpartition("}")[2]: value for key, value in element.attrib.items()}
    if not children and not attributes:
        return text
    grown: dict[str, Any] = {}
    for tag, value in children:
        if tag not in grown:
            grown[tag] = value
        elif isinstance(grown[tag], list):
            grown[tag].append(value)
        else:
            grown[tag] = [grown[tag], value]
    if not grown and text:
        # Attributes of a text matter where they name it, as in KML and other lists of values.
        return {"name": attributes["name"], TEXT: text} if "name" in attributes else text
    for key, value in attributes.items():
        grown.setdefault(key, value)
    return grown
