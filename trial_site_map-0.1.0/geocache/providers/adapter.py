"""The HTTP adapter for geopy: limits time and size, and rejects what is no reply."""

import json
import time
from collections.abc import Callable
from typing import Any

import requests
from geopy.adapters import AdapterHTTPError, RequestsAdapter
from urllib3.exceptions import HTTPError, NameResolutionError, ReadTimeoutError

from geocache.providers.faults import Fault

MAX_REPLY_BYTES = 4 << 20
_CHUNK_BYTES = 65_536


class BoundedAdapter(RequestsAdapter):  # type: ignore[misc]
    """A geopy adapter that sends each request once and reads no more than it must.

    geopy's own adapter silently retries a failed request twice, and reads a reply of any length
    and duration. Here ``timeout`` applies to the whole reply. ``is_reply`` tells a reply of the
    service from other JSON.

    Raises:
        Fault: there was no answer, or one that is not JSON; ``passing`` if a retry may help.
        AdapterHTTPError: the status was 400 or more; geopy's geocoders interpret it.
    """

    def __init__(
        self,
        *,
        proxies: Any,
        ssl_context: Any,
        is_reply: Callable[[Any], bool] = lambda _document: True,
    ) -> None:
        super().__init__(proxies=proxies, ssl_context=ssl_context, max_retries=0)
        self._is_reply = is_reply
        self.session.max_redirects = 3

    def get_json(self, url: str, *, timeout: float, headers: dict[str, str]) -> Any:
        """The reply as JSON."""
        text = self.get_text(url, timeout=timeout, headers=headers)
        if text.lstrip()[:1] == "<":
            raise Fault("a web page instead of an answer")
        try:
            document = json.loads(text)
        except ValueError:
            raise Fault("unreadable reply", passing=True) from None
        if not self._is_reply(document):
            raise Fault("unreadable reply")
        return document

    def get_text(self, url: str, *, timeout: float, headers: dict[str, str]) -> str:
        """The reply's text."""
        deadline = time.monotonic() + timeout
        try:
            with self.session.get(url, timeout=timeout, headers=headers, stream=True) as reply:
                body = _read_body(reply, deadline)
                text = _decode(body, reply.encoding)
                if reply.status_code >= 400:
                    raise AdapterHTTPError(
                        f"status {reply.status_code}",
                        status_code=reply.status_code,
                        headers=reply.headers,
                        text=text[:2000],
                    )
                return text
        except (requests.RequestException, HTTPError) as error:
            raise _build_fault(error) from error


def _read_body(reply: requests.Response, deadline: float) -> bytes:
    chunks, size = [], 0
    socket = getattr(reply.raw.connection, "sock", None)
    if socket:  # a server that stalls half-way must not get the whole timeout again
        socket.settimeout(max(0.05, deadline - time.monotonic()))
    while chunk := reply.raw.read1(_CHUNK_BYTES, decode_content=True):
        chunks.append(chunk)
        size += len(chunk)
        if size > MAX_REPLY_BYTES:
            raise Fault(f"a reply over {MAX_REPLY_BYTES >> 20} MB")
        if time.monotonic() > deadline:
            raise Fault("timeout", passing=True)
    return b"".join(chunks)


def _decode(body: bytes, encoding: str | None) -> str:
    try:
        return body.decode()  # JSON is UTF-8, whatever a header's default says
    except UnicodeDecodeError:
        return body.decode(encoding or "latin-1", "replace")


def _build_fault(error: Exception) -> Fault:
    reason = getattr(error.args[0], "reason", None) if error.args else None
    if isinstance(error, requests.Timeout | ReadTimeoutError):
        return Fault("timeout", passing=True)
    if isinstance(reason, NameResolutionError):
        return Fault("unknown host", passing=True)
    if isinstance(error, requests.TooManyRedirects):
        return Fault("too many redirects")
    if isinstance(error, HTTPError | requests.exceptions.ChunkedEncodingError):
        return Fault("broken reply", passing=True)
    if isinstance(error, requests.ConnectionError):
        return Fault("no connection", passing=True)
    return Fault("request failed")
