"""Builds the index of a register from its file, in one pass and constant memory."""

import json
import shutil
from array import array
from collections.abc import Callable, Iterator
from hashlib import blake2b
from pathlib import Path
from typing import IO, Any, Self

import numpy as np

from geocache.errors import InputError
from geocache.gazetteer.index_folder import write_checksums
from geocache.registers.checks import Checker
from geocache.registers.facility import Row
from geocache.registers.index import (
    META,
    hash_handle,
    hash_name,
    hash_name_at_postcode,
    hash_name_in_town,
    join_facility,
)
from geocache.registers.names import (
    drop_town,
    make_postcode_key,
    make_town_key,
    pick_handles,
    split_name,
    split_town,
)
from geocache.registers.reading import read_register

MANY_AT_A_POINT = 10
"""So many facilities at one point stand at the centre of their town, not at their doors."""

_PARTS = 16
_FLUSH = 1 << 17
_REPORT_EVERY = 20_000
_PAIR = np.dtype([("hash", "<u8"), ("row", "<u4")])

Progress = Callable[[str, float], None]


def build_index(file: Path, folder: Path, about: dict[str, Any], progress: Progress) -> None:
    """Build the index of a register into a folder, which appears when it is complete.

    Args:
        file: the register.
        folder: the index's folder.
        about: kept with it: ``name``, ``licence`` (the file's own if empty), ``state``. Builds of
            one name must not run at once.
        progress: called with a sentence and the fraction done, 0-1.

    Raises:
        InputError: the file cannot be read, or has no facility that can be used.
        OSError: the folder cannot be written.
    """
    messages: list[str] = []
    reading = read_register(file, messages.append)
    word = "record" if reading.about is None else "row"
    checker = Checker(file.name, word)
    made = folder.with_name(f".building-{about['name']}")
    shutil.rmtree(made, ignore_errors=True)  # of a build that was killed
    made.mkdir(parents=True)
    try:
        with _Writer(made) as writer:
            for row in checker.check(reading.rows):
                writer.add(row)
                if writer.count % _REPORT_EVERY == 0:
                    share = min(0.9, checker.rows / reading.about) if reading.about else 0.5
                    progress(f"reading {file.name}", share)
        messages += checker.describe()
        _check_not_empty(writer.count, file.name, messages)
        progress(f"indexing {file.name}", 0.95)
        _sort_hashes(made)
        _mark_shared(made)
        document = {
            **about,
            "licence": about.get("licence") or reading.licence,
            "facilities": writer.count,
            "countries": sorted(writer.countries),
            "rows": checker.rows,
            "left_out": checker.left_out,
            "messages": messages,
        }
        (made / META).write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
        write_checksums(made)
        made.replace(folder)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise


def _check_not_empty(count: int, name: str, messages: list[str]) -> None:
    if not count:
        why = "; ".join(messages) or f"{name}: no rows"
        raise InputError(f"no facility can be used: {why}")


class _Writer:
    """Writes the files of an index; the hashes unsorted, in parts by their first bits."""

    def __init__(self, folder: Path) -> None:
        self.count = 0
        self.countries: set[str] = set()
        self._folder = folder
        self._files: dict[str, IO[bytes]] = {}
        self._points = {name: array("i") for name in ("latitudes", "longitudes")}
        self._numbers = array("I")
        self._hashes = array("Q")
        self._rows = array("I")
        self._text_end = 0
        self._starts = array("Q", [0])
        self._towns: dict[str, tuple[str, frozenset[str]]] = {}

    def __enter__(self) -> Self:
        for name in ("texts", "starts", "latitudes", "longitudes", "numbers"):
            self._files[name] = (self._folder / name).open("wb")
        for part in range(_PARTS):
            self._files[f"part-{part}"] = (self._folder / f"part-{part}").open("wb")
        return self

    def __exit__(self, *_: object) -> None:
        self._flush()
        for file in self._files.values():
            file.close()

    def add(self, row: Row) -> None:
        """Write a facility."""
        text = join_facility(row).encode("utf-8", "replace")
        self._files["texts"].write(text)
        self._text_end += len(text)
        self._starts.append(self._text_end)
        self._points["latitudes"].append(round(row.latitude * 100_000))
        self._points["longitudes"].append(round(row.longitude * 100_000))
        self._numbers.append(row.number)
        hashes = set(self._list_hashes(row))
        self._hashes.extend(hashes)
        self._rows.extend([self.count] * len(hashes))
        self.count += 1
        self.countries.add(row.country)
        if len(self._hashes) >= _FLUSH:
            self._flush()

    def _list_hashes(self, row: Row) -> Iterator[int]:
        country = row.country
        town, town_words = self._read_town(row.city)
        postcode = make_postcode_key(country, row.postcode)
        for name in row.names:
            words = split_name(name)
            bare = words if town_words.isdisjoint(words) else drop_town(words, town_words)
            keys = ["".join(words)] if bare is words else ["".join(words), "".join(bare)]
            for key in keys:
                yield hash_name(country, key)
                if town:
                    yield hash_name_in_town(country, key, town)
                if postcode:
                    yield hash_name_at_postcode(country, key, postcode)
            if town:
                for word in pick_handles(bare):
                    yield hash_handle(country, town, word)

    def _read_town(self, city: str) -> tuple[str, frozenset[str]]:
        known = self._towns.get(city)
        if known is None:
            if len(self._towns) > 50_000:
                self._towns.clear()
            known = make_town_key(city), split_town(city)
            self._towns[city] = known
        return known

    def _flush(self) -> None:
        pairs = np.empty(len(self._hashes), _PAIR)
        pairs["hash"], pairs["row"] = self._hashes, self._rows
        parts = pairs["hash"] >> np.uint64(60)
        for part in range(_PARTS):
            pairs[parts == part].tofile(self._files[f"part-{part}"])
        for name, values in (("starts", self._starts), ("numbers", self._numbers),
                             *self._points.items()):  # fmt: skip
            self._files[name].write(values.tobytes())
            del values[:]
        del self._hashes[:], self._rows[:]


def _sort_hashes(folder: Path) -> None:
    """Join the parts of the hashes, sorted, as the files ``hashes`` and ``rows``."""
    with (folder / "hashes").open("wb") as hashes, (folder / "rows").open("wb") as rows:
        for part in range(_PARTS):
            file = folder / f"part-{part}"
            pairs = np.fromfile(file, _PAIR)
            pairs = pairs[np.argsort(pairs["hash"], kind="stable")]
            np.ascontiguousarray(pairs["hash"]).tofile(hashes)
            np.ascontiguousarray(pairs["row"]).tofile(rows)
            file.unlink()


def _mark_shared(folder: Path) -> None:
    """Write the file ``shared``: 1 for each facility whose point many others have."""
    norths = np.fromfile(folder / "latitudes", "<i4").astype(np.int64)
    points = (norths << 32) + np.fromfile(folder / "longitudes", "<i4")
    del norths
    _, place, counts = np.unique(points, return_inverse=True, return_counts=True)
    (counts >= MANY_AT_A_POINT)[place].astype(np.uint8).tofile(folder / "shared")


def digest_file(file: Path) -> str:
    """A digest of a file's content.

    Raises:
        OSError: it cannot be read.
    """
    digest = blake2b(digest_size=6)
    with file.open("rb") as opened:
        while block := opened.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
