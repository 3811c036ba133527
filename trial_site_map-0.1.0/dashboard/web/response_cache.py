"""LRU cache of rendered API responses, with their headers.

Equal queries over equal data give equal bytes and an equal ``ETag``, in any process.
"""

import hashlib
import threading
import zlib
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import parse_qsl

import pandas as pd
import pyarrow as pa

from dashboard.exports import FORMATS, Content, Provenance
from dashboard.exports.csvw import MEDIA_TYPE as CSVW_MEDIA_TYPE
from dashboard.exports.csvw import build_metadata
from dashboard.exports.datasets import Dataset, build_content, build_provenance
from dashboard.query.dataset_query import DatasetQuery
from dashboard.query.near import Centre, find_centre
from dashboard.service.service import Service
from dashboard.sites.categoricals import to_arrow
from dashboard.sites.fields import list_fields
from dashboard.sites.table import COLUMNS
from geocache.version import __version__

MAX_UNSTREAMED_ROWS = 5_000
"""Responses of up to so many rows are rendered whole; longer ones are streamed."""

MAX_BYTES = 32 * 2**20
CSV_METADATA = "csv-metadata.json"
COMPRESS_LEVEL = 4
MAX_LINK = 2_000


@dataclass(slots=True)
class CachedResponse:
    """One response: a ``body``, or ``chunks`` that render it anew each time.

    ``compressed`` where gzip would gain nothing.
    """

    headers: dict[str, str]
    compressed: bool
    body: bytes = b""
    chunks: Callable[[], Iterator[bytes]] | None = None
    _gzipped: bytes = field(default=b"", repr=False)

    def gzip(self) -> bytes:
        """The gzipped body, made at the first call."""
        if not self._gzipped:
            self._gzipped = b"".join(gzip_chunks(iter([self.body])))
        return self._gzipped


class Snapshot:
    """The library at one moment, with the responses rendered from it.

    Args:
        provenance: the library with its attributions.
    """

    def __init__(self, provenance: Provenance) -> None:
        self.provenance = provenance
        self.library = provenance.library
        self._responses: OrderedDict[tuple[str, str], CachedResponse] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    @cached_property
    def fingerprint(self) -> str:
        """A hash of the data and this version; takes a second for a million sites."""
        digest = hashlib.blake2b(__version__.encode(), digest_size=16)
        for name, column in self.library.table.items():
            digest.update(str(name).encode())
            if isinstance(column.dtype, pd.CategoricalDtype):
                _update(digest, pa.array(column.cat.codes.to_numpy()))
                column = column.cat.categories.to_series()  # noqa: PLW2901
            _update(digest, to_arrow(column))
        lists = [(o.name, o.reading.format if o.reading else "") for o in self.library.lists]
        dates = [(t.trial_id, t.as_of, t.last_updated) for t in self.library.trials.values()]
        attributions = sorted(self.provenance.attributions.items())
        digest.update(repr((lists, dates, self.library.as_of, attributions)).encode())
        return digest.hexdigest()

    def get(self, key: tuple[str, str]) -> CachedResponse | None:
        """The response rendered before, if it is still held."""
        with self._lock:
            found = self._responses.get(key)
            if found is not None:
                self._responses.move_to_end(key)
            return found

    def put(self, key: tuple[str, str], response: CachedResponse) -> None:
        """Hold a response, and drop the least recently used ones beyond :data:`MAX_BYTES`."""
        size = _size(key, response)
        if response.chunks is not None or size > MAX_BYTES // 8:
            return
        with self._lock:
            if key not in self._responses:
                self._responses[key] = response
                self._bytes += size
            while self._bytes > MAX_BYTES:
                self._bytes -= _size(*self._responses.popitem(last=False))


class ResponseCache:
    """Renders responses from a service's library as it is now.

    Args:
        service: holds the library and the geocache.
    """

    def __init__(self, service: Service) -> None:
        self._service = service
        self._snapshot: Snapshot | None = None

    def snapshot(self) -> Snapshot:
        """The library as it is now.

        Raises:
            RuntimeError: the lists could not be opened.
        """
        library = self._service.library()
        found = self._snapshot
        if found is None or found.library is not library:
            found = Snapshot(build_provenance(library, self._service.geocoder.providers))
            self._snapshot = found
        return found

    def respond(self, dataset: Dataset, suffix: str, query_string: str) -> CachedResponse:
        """The response to one request.

        Args:
            dataset: what is asked for.
            suffix: a format's, or :data:`CSV_METADATA`.
            query_string: as sent.

        Raises:
            FilterError: the query is not allowed.
            ExportError: the rows do not fit the format.
        """
        snapshot = self.snapshot()
        key = (f"{dataset.name}.{suffix}", query_string)
        found = snapshot.get(key)
        if found is None:
            fields = list_fields(snapshot.library.table, COLUMNS)
            query = dataset.parse(parse_qsl(query_string, keep_blank_values=True), fields)
            found = self._render(snapshot, dataset, suffix, query)
            snapshot.put(key, found)
        return found

    def _render(
        self, snapshot: Snapshot, dataset: Dataset, suffix: str, query: DatasetQuery
    ) -> CachedResponse:
        centre = find_centre(
            query.filters.near, self._service.geocoder.search, snapshot.library.table
        )
        content = build_content(dataset, query, snapshot.provenance, centre)
        headers = _build_headers(snapshot, content, suffix, query, centre)
        if suffix == CSV_METADATA:
            url = f"{dataset.name}.csv" + (f"?{query.to_text()}" if query.to_text() else "")
            return CachedResponse(headers, compressed=False, body=build_metadata(content, url))
        form = FORMATS[suffix]
        if form.compressed or len(content.rows) <= MAX_UNSTREAMED_ROWS:
            return CachedResponse(headers, form.compressed, b"".join(form.chunks(content)))
        return CachedResponse(headers, form.compressed, chunks=lambda: form.chunks(content))


def _build_headers(
    snapshot: Snapshot, content: Content, suffix: str, query: DatasetQuery, centre: Centre | None
) -> dict[str, str]:
    query_text = query.to_text()
    point = centre[:2] if centre else ()
    identity = f"{snapshot.fingerprint} {content.name}.{suffix} {query_text} {point}"
    headers = {
        "ETag": f'W/"{hashlib.blake2b(identity.encode(), digest_size=12).hexdigest()}"',
        "Cache-Control": "no-cache",
        "Vary": "Accept-Encoding",
        "X-As-Of": _to_ascii(content.about.as_of),
        "X-Total-Count": str(content.about.total),
        "X-Attribution": _to_ascii("; ".join(content.about.attribution)),
    }
    if suffix == CSV_METADATA:
        return {"Content-Type": CSVW_MEDIA_TYPE, **headers}
    headers["Content-Type"] = FORMATS[suffix].media_type
    if suffix not in {"json", "geojson"}:
        headers["Content-Disposition"] = f'attachment; filename="{content.name}.{suffix}"'
    if suffix == "csv" and len(query_text) <= MAX_LINK:
        target = f"{content.name}.{CSV_METADATA}" + (f"?{query_text}" if query_text else "")
        headers["Link"] = f'<{target}>; rel="describedby"; type="{CSVW_MEDIA_TYPE}"'
    return headers


def _size(key: tuple[str, str], response: CachedResponse) -> int:
    return 2 * len(response.body) + len(key[1]) + 1_000


def _update(digest: hashlib.blake2b, array: pa.Array) -> None:
    sink = pa.BufferOutputStream()
    schema = pa.schema([("", array.type)])
    with pa.ipc.new_stream(sink, schema) as writer:
        writer.write_batch(pa.record_batch([array], schema=schema))
    digest.update(sink.getvalue())


def _to_ascii(text: str) -> str:
    """Text as a header can hold it."""
    plain = " ".join(text.replace("©", "(c)").split())
    return plain.encode("ascii", "replace").decode()


def gzip_chunks(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The chunks gzipped; equal bytes give equal bytes."""
    compressor = zlib.compressobj(COMPRESS_LEVEL, zlib.DEFLATED, 31)
    for chunk in chunks:
        compressed = compressor.compress(chunk)
        if compressed:
            yield compressed
    yield compressor.flush()
