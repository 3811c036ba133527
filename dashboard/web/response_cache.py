"""The API's answers: made once for equal questions, kept small, sent as they are."""

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
from dashboard.exports.csvw import MEDIA_TYPE as COMPANION_TYPE
from dashboard.exports.csvw import build_metadata
from dashboard.exports.datasets import Dataset, build_content, build_provenance
from dashboard.library.lists import Library
from dashboard.query import near
from dashboard.query.query import Query
from dashboard.service.service import Service
from dashboard.sites.categoricals import to_arrow
from geocache.version import __version__

WHOLE_ROWS = 5_000
"""Answers of up to so many rows are made whole; longer ones are streamed."""

KEPT_BYTES = 32 * 2**20
CSV_METADATA = "csv-metadata.json"
COMPRESS_LEVEL = 4
MAX_LINK = 2_000


@dataclass(slots=True)
class CachedResponse:
    """One answer: ``body`` whole, or ``chunks`` that make it anew."""

    headers: dict[str, str]
    packed: bool
    body: bytes = b""
    chunks: Callable[[], Iterator[bytes]] | None = None
    _zipped: bytes = field(default=b"", repr=False)

    def zipped(self) -> bytes:
        """The body under gzip, made at the first use."""
        if not self._zipped:
            self._zipped = b"".join(gzip_chunks(iter([self.body])))
        return self._zipped


class Snapshot:
    """The library at one moment, with the answers already made from it."""

    def __init__(self, library: Library, origins: Provenance) -> None:
        self.library = library
        self.origins = origins
        self._kept: OrderedDict[tuple[str, str], CachedResponse] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    @cached_property
    def fingerprint(self) -> str:
        """The same for equal data and version, in any process; a second for a million sites."""
        digest = hashlib.blake2b(__version__.encode(), digest_size=16)
        for name, column in self.library.table.items():
            digest.update(str(name).encode())
            if isinstance(column.dtype, pd.CategoricalDtype):
                _digest(digest, pa.array(column.cat.codes.to_numpy()))
                column = column.cat.categories.to_series()  # noqa: PLW2901
            _digest(digest, to_arrow(column))
        described = [(o.name, o.reading.format if o.reading else "") for o in self.library.lists]
        dates = [(t.trial_id, t.as_of, t.last_updated) for t in self.library.trials.values()]
        said = (described, dates, self.library.as_of, sorted(self.origins.attributions.items()))
        digest.update(repr(said).encode())
        return digest.hexdigest()

    def kept(self, key: tuple[str, str]) -> CachedResponse | None:
        """The answer made before, if it is still there."""
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found

    def keep(self, key: tuple[str, str], answer: CachedResponse) -> None:
        """Keep an answer, and let go of those unused longest."""
        size = 2 * len(answer.body) + len(key[1]) + 1_000
        if answer.chunks is not None or size > KEPT_BYTES // 8:
            return
        with self._lock:
            if key not in self._kept:
                self._kept[key] = answer
                self._bytes += size
            while self._bytes > KEPT_BYTES:
                (_, query), old = self._kept.popitem(last=False)
                self._bytes -= 2 * len(old.body) + len(query) + 1_000


class ResponseCache:
    """Answers from a service's library, as it is at the moment.

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
            found = Snapshot(library, build_provenance(library, self._service.geocoder.providers))
            self._snapshot = found
        return found

    def answer(self, table: Dataset, suffix: str, query_string: str) -> CachedResponse:
        """The answer to one request.

        Args:
            table: what is asked for.
            suffix: a format's, or :data:`CSV_METADATA`.
            query_string: as sent.

        Raises:
            FilterError: the query cannot be used.
            ExportError: the rows do not fit the format.
        """
        snapshot = self.snapshot()
        key = (f"{table.name}.{suffix}", query_string)
        found = snapshot.kept(key)
        if found is None:
            query = table.parse(parse_qsl(query_string, keep_blank_values=True))
            found = self._made(snapshot, table, suffix, query)
            snapshot.keep(key, found)
        return found

    def _made(
        self, snapshot: Snapshot, table: Dataset, suffix: str, query: Query
    ) -> CachedResponse:
        locate = self._service.geocoder.search
        content = build_content(table, query, snapshot.library, snapshot.origins, locate)
        headers = self._headers(snapshot, content, suffix, query)
        if suffix == CSV_METADATA:
            url = f"{table.name}.csv" + (f"?{query.text()}" if query.text() else "")
            return CachedResponse(headers, packed=False, body=build_metadata(content, url))
        made = FORMATS[suffix]
        if made.packed or len(content.rows) <= WHOLE_ROWS:
            return CachedResponse(headers, made.packed, b"".join(made.chunks(content)))
        return CachedResponse(headers, made.packed, chunks=lambda: made.chunks(content))

    def _headers(
        self, snapshot: Snapshot, content: Content, suffix: str, query: Query
    ) -> dict[str, str]:
        asked = query.text()
        place = query.filters.near
        sites = snapshot.library.table
        centre = near.find_centre(place, self._service.geocoder.search, sites)[:2] if place else ()
        said = f"{snapshot.fingerprint} {content.name}.{suffix} {asked} {centre}"
        headers = {
            "ETag": f'W/"{hashlib.blake2b(said.encode(), digest_size=12).hexdigest()}"',
            "Cache-Control": "no-cache",
            "Vary": "Accept-Encoding",
            "X-As-Of": _ascii(content.about.as_of),
            "X-Total-Count": str(content.about.total),
            "X-Attribution": _ascii("; ".join(content.about.attribution)),
        }
        if suffix == CSV_METADATA:
            return {"Content-Type": COMPANION_TYPE, **headers}
        headers["Content-Type"] = FORMATS[suffix].media_type
        if suffix not in {"json", "geojson"}:
            headers["Content-Disposition"] = f'attachment; filename="{content.name}.{suffix}"'
        if suffix == "csv" and len(asked) <= MAX_LINK:
            target = f"{content.name}.{CSV_METADATA}" + (f"?{asked}" if asked else "")
            headers["Link"] = f'<{target}>; rel="describedby"; type="{COMPANION_TYPE}"'
        return headers


def _digest(digest: hashlib.blake2b, array: pa.Array) -> None:
    sink = pa.BufferOutputStream()
    schema = pa.schema([("", array.type)])
    with pa.ipc.new_stream(sink, schema) as writer:
        writer.write_batch(pa.record_batch([array], schema=schema))
    digest.update(sink.getvalue())


def _ascii(text: str) -> str:
    """Text as a header can hold it."""
    plain = " ".join(text.replace("©", "(c)").split())
    return plain.encode("ascii", "replace").decode()


def gzip_chunks(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The chunks under gzip; equal bytes give equal bytes."""
    packer = zlib.compressobj(COMPRESS_LEVEL, zlib.DEFLATED, 31)
    for chunk in chunks:
        packed = packer.compress(chunk)
        if packed:
            yield packed
    yield packer.flush()
