"""Store of what the browser fetches of a large site table, under random URLs that expire.

The browser fetches the places of a table once, the counts at every filter, and the texts of sites
when a popup opens. Whoever knows a URL may read it, so URLs cannot be guessed. They expire after
half an hour without a request; when the store is full, the least recently used go first.
"""

import gzip
import hashlib
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache

import numpy as np
import numpy.typing as npt
import orjson
import pandas as pd

from dashboard.maps.category import Category
from dashboard.maps.palette import assign_categories
from dashboard.maps.places import (
    describe_doubt,
    find_doubtful,
    format_detail,
    format_title,
    index_places,
    label_places,
    read_site_texts,
)

PREFIX = "/map-data"
PAGE_SITES = 50
MAX_BYTES = 192 * 2**20
IDLE_SECONDS = 1_800.0

Rows = npt.NDArray[np.int64]


@dataclass(slots=True)
class Entry:
    """What one URL stands for: a gzip body and, for counts, the rows that popups list.

    ``owner`` is the session it is for, empty if the table is everyone's; ``fields`` are the own
    columns that popups show.
    """

    base: pd.DataFrame
    body: bytes
    key: tuple[object, ...]
    rows: Rows | None = None
    category: npt.NDArray[np.int8] | None = None
    owner: str = ""
    fields: tuple[str, ...] = ()
    used_at: float = field(default_factory=time.monotonic)

    @property
    def size(self) -> int:
        """Bytes, without the table, which is shared."""
        arrays = (self.rows, self.category)
        return len(self.body) + sum(array.nbytes for array in arrays if array is not None)


class MapStore:
    """Entries by the random token in their URL; thread-safe.

    Args:
        max_bytes: above it, the least recently used entries are dropped.
        idle_seconds: an entry is dropped after this time without a request.
    """

    def __init__(self, max_bytes: int = MAX_BYTES, idle_seconds: float = IDLE_SECONDS) -> None:
        self.max_bytes = max_bytes
        self.idle_seconds = idle_seconds
        self._entries: OrderedDict[str, Entry] = OrderedDict()
        self._tokens: dict[tuple[object, ...], str] = {}
        self._lock = threading.Lock()

    def publish(
        self,
        base: pd.DataFrame,
        sites: pd.DataFrame,
        colour_by: str,
        owner: str = "",
        fields: tuple[str, ...] = (),
    ) -> tuple[list[Category], dict[str, str]]:
        """URL paths for a map of ``sites``; equal arguments give equal paths until they expire.

        Args:
            base: a site table.
            sites: rows of it, with the same index labels.
            colour_by: a key of :data:`~dashboard.maps.palette.COLOUR_BY`.
            owner: the only session that may load them, empty for everyone.
            fields: own columns that popups show.

        Returns:
            The categories, and the paths ``places``, ``counts`` and ``sites``.
        """
        rows = np.arange(len(base)) if sites is base else base.index.get_indexer(sites.index)
        categories, codes = assign_categories(sites, colour_by)
        places_token = self._add_once(
            ("places", id(base), owner),
            lambda key: Entry(base, compress(_pack_places(base)), key, owner=owner),
        )
        digest = hashlib.blake2b(rows.tobytes(), digest_size=16)
        digest.update(codes.tobytes())
        counts_token = self._add_once(
            (
                "counts",
                id(base),
                owner,
                digest.digest(),
                tuple(c.label for c in categories),
                fields,
            ),
            lambda key: Entry(
                base,
                compress(_pack_counts(base, rows, codes, len(categories))),
                key,
                rows.astype(np.int32),
                codes,
                owner,
                fields,
            ),
        )
        return categories, {
            "places": f"{PREFIX}/{places_token}.bin",
            "counts": f"{PREFIX}/{counts_token}.bin",
            "sites": f"{PREFIX}/{counts_token}/sites",
        }

    def is_for(self, token: str, owner: str) -> bool:
        """Whether a session may load an entry: one of everyone's, or its own."""
        entry = self._get(token)
        return entry is not None and entry.owner in {"", owner}

    def get_body(self, token: str) -> bytes | None:
        """The gzip body of an entry, ``None`` if unknown or expired."""
        entry = self._get(token)
        return entry.body if entry else None

    def list_sites(
        self, token: str, places: Sequence[int], offset: int
    ) -> dict[str, object] | None:
        """Up to :data:`PAGE_SITES` sites of some places, sorted by trial and site number.

        Args:
            token: of an entry of counts.
            places: numbers of places in the whole table.
            offset: how many sites to skip.

        Returns:
            ``total``, ``doubt`` (why positions are in doubt) and ``sites``, each with ``row``,
            ``category``, ``title`` and ``detail``; ``None`` if the token is unknown or expired.
        """
        entry = self._get(token)
        if entry is None or entry.rows is None or entry.category is None:
            return None
        number = index_places(entry.base).number[entry.rows]
        found = np.flatnonzero(number == places[0] if len(places) == 1 else np.isin(number, places))
        sites = entry.base.iloc[entry.rows[found]]
        order = np.lexsort(
            (sites["site_number"].cat.codes, sites["trial_id"].cat.codes)
            if isinstance(sites["trial_id"].dtype, pd.CategoricalDtype)
            else (sites["site_number"], sites["trial_id"])
        )
        shown = order[offset : offset + PAGE_SITES]
        page = sites.iloc[shown]
        texts = read_site_texts(page, entry.fields)
        return {
            "total": len(found),
            "doubt": _join_doubts(sites),
            "sites": [
                {
                    "row": int(row),
                    "category": int(category),
                    "title": format_title(site),
                    "detail": format_detail(site),
                }
                for row, category, site in zip(
                    page.index,
                    entry.category[found[shown]],
                    texts,
                    strict=True,
                )
            ],
        }

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def size(self) -> int:
        """Bytes of all entries."""
        with self._lock:
            return sum(entry.size for entry in self._entries.values())

    def _add_once(
        self, key: tuple[object, ...], build: Callable[[tuple[object, ...]], Entry]
    ) -> str:
        """The token of the entry with this key; it is built if there is none."""
        with self._lock:
            token = self._tokens.get(key)
            if token is not None:
                self._mark_used(token)
                return token
        entry = build(key)
        with self._lock:
            token = self._tokens.get(key) or secrets.token_urlsafe(18)
            self._entries[token] = entry
            self._tokens[key] = token
            self._evict()
        return token

    def _get(self, token: str) -> Entry | None:
        with self._lock:
            if token in self._entries:
                self._mark_used(token)
            return self._entries.get(token)

    def _mark_used(self, token: str) -> None:
        self._entries[token].used_at = time.monotonic()
        self._entries.move_to_end(token)

    def _evict(self) -> None:
        """Drop idle entries, then the least recently used until the rest fits; keep two."""
        size = sum(entry.size for entry in self._entries.values())
        now = time.monotonic()
        while len(self._entries) > 2:
            token, oldest = next(iter(self._entries.items()))
            if size <= self.max_bytes and now - oldest.used_at <= self.idle_seconds:
                return
            del self._entries[token]
            del self._tokens[oldest.key]
            size -= oldest.size


def compress(body: bytes) -> bytes:
    """Gzip, fast rather than small: the browser waits for it."""
    return gzip.compress(body, compresslevel=1, mtime=0)


def _join_doubts(sites: pd.DataFrame) -> str:
    """The distinct reasons why positions of these sites are in doubt."""
    codes, is_doubtful = find_doubtful(sites)
    if not is_doubtful.any():
        return ""
    flags = sites["flags"].iloc[np.unique(codes, return_index=True)[1]].astype("str")
    return "; ".join(dict.fromkeys(filter(None, map(describe_doubt, flags))))


def _pack_places(base: pd.DataFrame) -> bytes:
    index = index_places(base)
    return pack_arrays(
        {"label": label_places(base)},
        {"lat": index.latitude, "lon": index.longitude, "area": index.area},
    )


def _pack_counts(
    base: pd.DataFrame, rows: Rows, category: npt.NDArray[np.int8], categories: int
) -> bytes:
    """Sites of each place and category among some rows, with one array ``c0``, ``c1`` … each."""
    index = index_places(base)
    number = index.number[rows]
    located = number >= 0
    if not located.all():
        number, category, rows = number[located], category[located], rows[located]
    cells = np.bincount(
        number.astype(np.int64) * categories + category, minlength=len(index) * categories
    )
    table = cells.reshape(len(index), categories) if categories else cells.reshape(0, 0)
    shown = np.flatnonzero(table.any(axis=1))
    flags, is_doubtful = find_doubtful(base)
    doubt = np.zeros(len(index), dtype=np.uint8)
    if is_doubtful.any():
        doubt[number[is_doubtful[flags[rows]]]] = 1
    arrays: dict[str, npt.NDArray[np.generic]] = {
        "place": shown.astype(np.uint32),
        "doubt": doubt[shown],
    }
    for code in np.flatnonzero(table.any(axis=0)):
        arrays[f"c{code}"] = table[shown, code].astype(np.uint32)
    return pack_arrays({}, arrays)


def pack_arrays(header: dict[str, object], arrays: dict[str, npt.NDArray[np.generic]]) -> bytes:
    """Arrays in one body, as ``assets/places.js`` reads it.

    The length of the header as four bytes, the header as JSON, then each array little-endian, from
    a multiple of four bytes on. ``arrays`` in the header has the name, type and length of each.
    """
    names = [[name, array.dtype.str[1:], len(array)] for name, array in arrays.items()]
    head = orjson.dumps(header | {"arrays": names})
    head += b" " * (-len(head) % 4)
    parts = [len(head).to_bytes(4, "little"), head]
    for array in arrays.values():
        raw = array.astype(array.dtype.newbyteorder("<"), copy=False).tobytes()
        parts.append(raw + b"\0" * (-len(raw) % 4))
    return b"".join(parts)


@cache
def get_map_store() -> MapStore:
    """The store of this process."""
    return MapStore()
