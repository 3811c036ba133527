"""``/api/compare``: two lists, trials or filters compared."""

import hashlib
import threading
from collections import OrderedDict
from urllib.parse import parse_qsl

from dashboard.exports import FORMATS
from dashboard.exports.comparison import (
    build_compare_content,
    build_compare_document,
    compare,
    parse_compare_query,
)
from dashboard.exports.datasets import build_provenance
from dashboard.library.lists import Library
from dashboard.service.service import Service
from dashboard.web.response_cache import CachedResponse

SUFFIXES = ("json", "csv")
MAX_RESPONSES = 8
MAX_BYTES = 8 * 2**20
"""Larger responses are not held."""


class CompareCache:
    """Renders comparisons of a service's library as it is now, and holds the last ones.

    Args:
        service: holds the library and the geocache.
    """

    def __init__(self, service: Service) -> None:
        self._service = service
        self._library: Library | None = None
        self._held: OrderedDict[tuple[str, str], CachedResponse] = OrderedDict()
        self._lock = threading.Lock()

    def respond(self, suffix: str, query_string: str) -> CachedResponse:
        """The response to one request.

        Raises:
            FilterError: the query is not allowed.
        """
        library = self._service.library()
        key = (suffix, query_string)
        with self._lock:
            if self._library is not library:
                self._library = library
                self._held.clear()
            if key in self._held:
                self._held.move_to_end(key)
                return self._held[key]
        response = self._render(library, suffix, query_string)
        with self._lock:
            if self._library is library and len(response.body) <= MAX_BYTES:
                self._held[key] = response
                while len(self._held) > MAX_RESPONSES:
                    self._held.popitem(last=False)
        return response

    def _render(self, library: Library, suffix: str, query_string: str) -> CachedResponse:
        query = parse_compare_query(parse_qsl(query_string, keep_blank_values=True))
        geocoder = self._service.geocoder
        provenance = build_provenance(library, geocoder.providers)
        load_view = self._service.views.load
        compared = compare(query, provenance, geocoder.locate_many, geocoder.search, load_view)
        form = FORMATS[suffix]
        if suffix == "json":
            body = build_compare_document(compared, query)
        else:
            body = b"".join(form.chunks(build_compare_content(compared, query)))
        digest = hashlib.blake2b(body, digest_size=16).hexdigest()
        headers = {
            "Content-Type": form.media_type,
            "ETag": f'W/"{digest}"',
            "Cache-Control": "no-cache",
            "Vary": "Accept-Encoding",
        }
        return CachedResponse(headers, form.compressed, body=body)
