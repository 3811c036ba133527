"""What the browser fetches of a large site table: its places once, then counts at every filter.

Texts of sites never travel with a filter; a popup asks for those of its place. Whoever holds an
address may read what it stands for, so addresses are random, and they end: the least used are
forgotten when too much is held or when nobody asked for half an hour.
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

from dashboard.maps.palette import Category, categories_of
from dashboard.maps.places import (
    doubt,
    doubtful,
    place_index,
    place_labels,
    site_detail,
    site_title,
)
from dashboard.sites.categoricals import to_plain_text

PREFIX = "/map-data"
PAGE_SITES = 50
MOST_BYTES = 192 * 2**20
IDLE_SECONDS = 1_800.0

Rows = npt.NDArray[np.int64]


@dataclass(slots=True)
class Held:
    """Behind one address: a compressed answer, or the rows of a table that popups read."""

    base: pd.DataFrame
    body: bytes
    key: tuple[object, ...]
    rows: Rows | None = None
    category: npt.NDArray[np.int8] | None = None
    used: float = field(default_factory=time.monotonic)

    @property
    def size(self) -> int:
        """Bytes held, but for the table, which others hold too."""
        arrays = (self.rows, self.category)
        return len(self.body) + sum(array.nbytes for array in arrays if array is not None)


class MapStore:
    """Addresses and what they stand for; safe to use from every thread."""

    def __init__(self, most_bytes: int = MOST_BYTES, idle_seconds: float = IDLE_SECONDS) -> None:
        self.most_bytes = most_bytes
        self.idle_seconds = idle_seconds
        self._held: OrderedDict[str, Held] = OrderedDict()
        self._tokens: dict[tuple[object, ...], str] = {}
        self._lock = threading.Lock()

    def publish(
        self, base: pd.DataFrame, sites: pd.DataFrame, colour_by: str
    ) -> tuple[list[Category], dict[str, str]]:
        """Addresses of what the map shows of ``sites``, rows of ``base`` by their labels.

        Gives the categories, and ``places``, ``counts`` and ``sites`` as paths. Equal arguments
        give equal paths as long as they are held.
        """
        rows = np.arange(len(base)) if sites is base else base.index.get_indexer(sites.index)
        categories, codes = categories_of(sites, colour_by)
        of_places = self._once(
            ("places", id(base)), lambda key: Held(base, compressed(_places_body(base)), key)
        )
        seen = hashlib.blake2b(rows.tobytes(), digest_size=16)
        seen.update(codes.tobytes())
        of_counts = self._once(
            ("counts", id(base), seen.digest(), tuple(c.label for c in categories)),
            lambda key: Held(
                base,
                compressed(_counts_body(base, rows, codes, len(categories))),
                key,
                rows.astype(np.int32),
                codes,
            ),
        )
        return categories, {
            "places": f"{PREFIX}/{of_places}.bin",
            "counts": f"{PREFIX}/{of_counts}.bin",
            "sites": f"{PREFIX}/{of_counts}/sites",
        }

    def body(self, token: str) -> bytes | None:
        """The gzip body behind an address, ``None`` when it is not (any longer) held."""
        held = self._use(token)
        return held.body if held else None

    def page(self, token: str, places: Sequence[int], offset: int) -> dict[str, object] | None:
        """Fifty sites of some places by trial and number, ``None`` when the address is unknown."""
        held = self._use(token)
        if held is None or held.rows is None or held.category is None:
            return None
        number = place_index(held.base).number[held.rows]
        found = np.flatnonzero(number == places[0] if len(places) == 1 else np.isin(number, places))
        sites = held.base.iloc[held.rows[found]]
        order = np.lexsort(
            (sites["site_number"].cat.codes, sites["trial_id"].cat.codes)
            if isinstance(sites["trial_id"].dtype, pd.CategoricalDtype)
            else (sites["site_number"], sites["trial_id"])
        )
        shown = order[offset : offset + PAGE_SITES]
        codes, of_distinct = doubtful(sites)
        texts = sites["flags"].iloc[np.unique(codes, return_index=True)[1]].astype("str")
        page = to_plain_text(sites.iloc[shown])
        return {
            "total": len(found),
            "doubt": "; ".join(dict.fromkeys(filter(None, map(doubt, texts))))
            if of_distinct.any()
            else "",
            "sites": [
                {
                    "row": int(row),
                    "category": int(category),
                    "title": site_title(site),
                    "detail": site_detail(site),
                }
                for row, category, site in zip(
                    page.index, held.category[found[shown]], page.itertuples(), strict=True
                )
            ],
        }

    def __len__(self) -> int:
        return len(self._held)

    @property
    def size(self) -> int:
        """Bytes held."""
        with self._lock:
            return sum(held.size for held in self._held.values())

    def _once(self, key: tuple[object, ...], make: Callable[[tuple[object, ...]], Held]) -> str:
        with self._lock:
            token = self._tokens.get(key)
            if token is not None:
                self._held[token].used = time.monotonic()
                self._held.move_to_end(token)
                return token
        held = make(key)
        with self._lock:
            token = self._tokens.get(key) or secrets.token_urlsafe(18)
            self._held[token] = held
            self._tokens[key] = token
            self._forget()
        return token

    def _use(self, token: str) -> Held | None:
        with self._lock:
            held = self._held.get(token)
            if held is not None:
                held.used = time.monotonic()
                self._held.move_to_end(token)
            return held

    def _forget(self) -> None:
        """Drop what is idle, then the least used until the rest is small enough; keep the last."""
        size = sum(held.size for held in self._held.values())
        now = time.monotonic()
        while len(self._held) > 2:
            token, oldest = next(iter(self._held.items()))
            if size <= self.most_bytes and now - oldest.used <= self.idle_seconds:
                return
            del self._held[token]
            del self._tokens[oldest.key]
            size -= oldest.size


def compressed(body: bytes) -> bytes:
    """Fast rather than small: the browser waits for it."""
    return gzip.compress(body, compresslevel=1, mtime=0)


def _places_body(base: pd.DataFrame) -> bytes:
    index = place_index(base)
    return packed(
        {"label": place_labels(base)},
        {"lat": index.latitude, "lon": index.longitude, "area": index.area},
    )


def _counts_body(
    base: pd.DataFrame, rows: Rows, category: npt.NDArray[np.int8], categories: int
) -> bytes:
    index = place_index(base)
    number = index.number[rows]
    located = number >= 0
    if not located.all():
        number, category, rows = number[located], category[located], rows[located]
    cells = np.bincount(
        number.astype(np.int64) * categories + category, minlength=len(index) * categories
    )
    table = cells.reshape(len(index), categories) if categories else cells.reshape(0, 0)
    shown = np.flatnonzero(table.any(axis=1))
    flags, of_distinct = doubtful(base)
    doubts = np.zeros(len(index), dtype=np.uint8)
    if of_distinct.any():
        doubts[number[of_distinct[flags[rows]]]] = 1
    arrays: dict[str, npt.NDArray[np.generic]] = {
        "place": shown.astype(np.uint32),
        "doubt": doubts[shown],
    }
    for code in np.flatnonzero(table.any(axis=0)):
        arrays[f"c{code}"] = table[shown, code].astype(np.uint32)
    return packed({}, arrays)


def packed(header: dict[str, object], arrays: dict[str, npt.NDArray[np.generic]]) -> bytes:
    """The arrays little-endian, each at a multiple of four bytes, after a header in JSON.

    The header's length comes first, as four bytes; its ``arrays`` holds name, type and length.
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
def map_store() -> MapStore:
    """This process's store."""
    return MapStore()
