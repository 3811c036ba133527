"""Turns JSON into tables: lists of objects or rows, and GeoJSON features."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any, NamedTuple

import orjson

from dashboard.readers.common.builder import ReadingBuilder
from dashboard.readers.common.clean import as_dict, as_text
from dashboard.readers.common.column_names import fold_header, is_site_list_header, match_header
from dashboard.readers.common.country_text import names_country
from dashboard.readers.common.geometry import locate_geometry
from dashboard.readers.common.messages import Warn, shorten
from dashboard.readers.common.projections import parse_crs
from dashboard.readers.common.trial_number import find_trial_id
from dashboard.readers.tables.raw_table import SAMPLE_ROWS, RawTable
from dashboard.sites.trial import Trial

GEOJSON_FORMAT = "GeoJSON"
RECORDS_FORMAT = "Site list (JSON)"

_GEOMETRIES = ("Point", "MultiPoint", "Polygon", "MultiPolygon", "GeometryCollection")
_HEAD_BYTES = 1_000_000
_CRS = re.compile(
    rb'"crs"\s{0,20}:\s{0,20}\{[^{}]{0,200}\{[^{}]{0,200}"name"\s{0,20}:\s{0,20}"([^"]{1,200})"'
)
_MAX_KEYS = 300
_MAX_DEPTH = 8
_MAX_INNER = 3
_MAX_SITES = 5_000
_WITHIN = "\x1f"
"""Between the keys of an object and of one inside it, until the columns are named."""

_PLACES = frozenset({"city", "country", "postcode", "place", "point", "latitude"})
_PLACE_KEYS = frozenset(
    (
        *("address", "facility", "location", "site", "place", "geo", "coordinates", "hospital"),
        *("institution", "organization", "organisation", "centre", "center", "adresse", "position"),
        *("contact address", "facility address", "site address", "geo point", "geometry"),
    )
)
_SITE_WORDS = frozenset(
    (
        *("site", "sites", "location", "locations", "centre", "centres", "center", "centers"),
        *("facility", "facilities", "hospital", "hospitals", "institutions", "standorte"),
        *("zentren", "centros", "sedi", "osrodki"),
    )
)
_NO_SITE_WORDS = frozenset(
    (
        *("sponsor", "sponsors", "contact", "contacts", "official", "officials", "collaborators"),
        *("committee", "committees", "ethics", "author", "authors", "publications", "references"),
        *("funder", "funders", "applicant", "applicants", "manufacturer", "manufacturers"),
    )
)
_OF_SITE = frozenset({"status", "facility", "site_number"})


def is_feature(value: object) -> bool:
    """True for a GeoJSON feature, or a point that is none's geometry."""
    if type(value) is not dict:
        return False
    return value.get("type") == "Feature" or (
        value.get("type") in _GEOMETRIES and ("coordinates" in value or "geometries" in value)
    )


class Features:
    """The records of GeoJSON features, with their points as latitude and longitude.

    An area has a point inside it; a line gives none: a site is a place that a person can go to.
    """

    def __init__(self, values: Iterable[Any]) -> None:
        self._values = values
        self._counts = {"area": 0, "line": 0}

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for value in self._values:
            if is_feature(value):
                record = dict(as_dict(value.get("properties")))
                point, kind = locate_geometry(value.get("geometry", value))
                if kind in self._counts:
                    self._counts["line" if point is None else kind] += 1
                if point is not None:
                    record["longitude"], record["latitude"] = point
                yield record

    def report(self, warn: Warn) -> None:
        """Warn how many features are areas or lines."""
        if count := self._counts["area"]:
            warn(f"{count} features are areas; a point inside each is used")
        if count := self._counts["line"]:
            warn(f"{count} features are lines or damaged areas and give no point")


def find_crs(data: bytes) -> str:
    """The reference system that a GeoJSON file states as programs did before 2016."""
    found = _CRS.search(data[:_HEAD_BYTES]) or _CRS.search(data[-_HEAD_BYTES:])
    return parse_crs(found[1].decode("utf-8", errors="replace")) if found else ""


def format_row(record: object) -> list[str]:
    """The cells of a row given as a JSON list; none for other values."""
    return list(map(_format_cell, record)) if type(record) is list else []


def build_table(records: Iterable[dict[str, Any]]) -> RawTable:
    """The records as a table with a column per key of the first few hundred records.

    Values of objects inside a record, at any depth, are columns too: `geo lat` of
    ``{"geo": {"lat": 47}}``. A column is called by its last key alone where only that is a known
    name: `NCTID` of ``{"IDInfo": {"NCTID": "NCT00000001"}}``.
    """
    running = map(flatten, records)
    first = list(islice(running, SAMPLE_ROWS - 1))
    keys = list(dict.fromkeys(key for record in first for key in record))[:_MAX_KEYS]
    rows: Iterator[list[str]] = (
        [_format_cell(record.get(key)) for key in keys] for record in chain(first, running)
    )
    sample = [_name_columns(keys), *islice(rows, len(first))]
    return RawTable(sample, rows, 0)


def _name_columns(keys: Sequence[str]) -> list[str]:
    names = []
    for key in keys:
        name = key.replace(_WITHIN, " ")
        if not match_header(name)[0]:
            name = key.replace(_WITHIN, ".")
        last = key.rpartition(_WITHIN)[2]
        own = not _NO_SITE_WORDS & set(fold_header(name).split())
        alone = own and last != name and not match_header(name)[0] and match_header(last)[0]
        names.append(last if alone and last not in names and last not in keys else name)
    return names


def flatten(record: dict[str, Any]) -> dict[str, Any]:
    """A record with the values of its objects beside its own, under joined keys."""
    if dict not in map(type, record.values()):
        return record
    flat: dict[str, Any] = {}
    _flatten_into(flat, record, "", 0)
    return flat


def _flatten_into(flat: dict[str, Any], record: dict[str, Any], outer: str, depth: int) -> None:
    for key, value in record.items():
        if type(value) is not dict:
            flat.setdefault(outer + key, value)
        elif value.get("type") == "Point" and "coordinates" in value:
            flat.setdefault(outer + key, orjson.dumps(value).decode())
        elif depth < _MAX_DEPTH:
            inner = outer if key == "address" else f"{outer}{key}{_WITHIN}"
            _flatten_into(flat, value, inner, depth + 1)


def _format_cell(value: object) -> str:
    if type(value) is list:
        return "; ".join(filter(None, map(_format_cell, value)))
    if isinstance(value, bool):
        return "true" if value else "false"
    return as_text(value)


class SiteRecords:
    """One record per site, found at any depth.

    Sites in a trial's list get the fields around them; sites in lists by country, or in objects by
    number, get the key as ``group``. Lists without places, such as people, stay in their site.
    ``without_sites`` collects records of trials that list no site with a place.
    """

    def __init__(self, records: Iterable[dict[str, Any]]) -> None:
        self._records = records
        self.without_sites: list[dict[str, Any]] = []

    def __iter__(self) -> Iterator[dict[str, Any]]:
        held: list[dict[str, Any]] = []
        nested = False
        for record in self._records:
            found = _find_lists(record)
            if found:
                nested = True
                self.without_sites += held
                held = []
                for sites in found:
                    yield from _give_context(sites)
            elif is_located(record):
                yield record
            elif nested or _mentions_sites(record):
                (self.without_sites if nested else held).append(flatten(record))
            else:
                yield record
        if not nested and held:
            self.without_sites += held

    def add_trials(self, builder: ReadingBuilder) -> None:
        """Add the trials without sites, with a warning."""
        known = {trial.trial_id for trial in builder.trials}
        names = []
        for record in self.without_sites:
            columns = _name_columns(list(record))
            row = dict(zip(columns, map(as_text, record.values()), strict=True))
            by_target = {match_header(name)[0]: text for name, text in row.items() if text}
            trial_id = find_trial_id([by_target.get("trial_id", "")]) or find_trial_id(row.values())
            names.append(trial_id or by_target.get("trial_title", "a record without a number"))
            if trial_id and trial_id not in known:
                known.add(trial_id)
                builder.add_trial(Trial(trial_id, title=by_target.get("trial_title", "")))
        if names:
            builder.warn(f"trials without a site that has a place: {shorten(names)}")


_Path = tuple[dict[str, Any], ...]


class _SiteList(NamedTuple):
    """Sites and the objects around them, the outermost first.

    ``grouped`` is True for one of several lists, or one called by its country or trial; ``alone``
    for an object that is the place of the one around it.
    """

    around: _Path
    key: str
    sites: list[dict[str, Any]]
    grouped: bool
    alone: bool


def _find_lists(record: dict[str, Any]) -> list[_SiteList]:
    """The lists of sites in a record, at any depth; none for a record that is a site itself."""
    found: list[_SiteList] = []
    _search(record, (), found, 0)
    if found and is_located(record):  # a hospital with branches, or a trial with its country
        return [one for one in found if _names_sites(one.key) and len(one.around) < 3]
    return found


def _search(record: dict[str, Any], around: _Path, found: list[_SiteList], depth: int) -> None:
    inner = {key: value for key, value in record.items() if _are_sites(key, value)}
    telling = len(inner) > 1 or any(
        names_country(key) or find_trial_id([key]) for key in map(str, inner)
    )
    grouped = bool(inner) and len(inner) == len(record) and telling
    for key, value in record.items():
        if key in inner:
            sites = value if isinstance(value, list) else [value]
            alone = sites is not value and len(inner) == 1
            found.append(_SiteList((*around, record), key, sites, grouped, alone))
        elif _NO_SITE_WORDS & set(fold_header(key).split()):
            continue
        elif depth < _MAX_DEPTH and isinstance(value, dict):
            _search(value, (*around, record), found, depth + 1)
        elif depth < _MAX_DEPTH and isinstance(value, list):
            for one in value[:_MAX_SITES]:
                if isinstance(one, dict):
                    _search(one, (*around, record), found, depth + 1)


def _give_context(found: _SiteList) -> Iterator[dict[str, Any]]:
    """The sites of a list, each with the fields of the objects around it."""
    if found.grouped and len(found.around) == 1:
        for site in found.sites:
            yield {"group": found.key, **site}
        return
    own: dict[str, Any] = {}
    for outer, inner in zip(found.around, (*found.around[1:], None), strict=True):
        plain = {
            key: value
            for key, value in outer.items()
            if not isinstance(value, list) and not _are_sites(key, value) and value is not inner
        }
        own.update(
            (key, value)
            for key, value in flatten(plain).items()
            if not isinstance(value, list) and not _is_of_others(key)
        )
    if found.grouped:
        own["group"] = found.key
    for site in found.sites:
        flat = flatten(site)
        yield {
            _name_outer(key, flat, alone=found.alone): value for key, value in own.items()
        } | flat


def _is_of_others(key: str) -> bool:
    """True for a field inside an object about a sponsor or the like, except its name."""
    outer, within, last = key.rpartition(_WITHIN)
    named = match_header(last)[0] in ("facility", "sponsor")
    return bool(within) and bool(_NO_SITE_WORDS & set(fold_header(outer).split())) and not named


def _name_outer(key: str, site: dict[str, Any], *, alone: bool) -> str:
    """The key of a field around sites; one that would say something else of a site is marked.

    What stands around an object that is ``alone`` is said of that site.
    """
    last = key.rpartition(_WITHIN)[2]
    meant = match_header(key.replace(_WITHIN, " "))[0] or match_header(last)[0]
    return f"trial {key}" if key in site or (meant in _OF_SITE and not alone) else key


def _mentions_sites(record: dict[str, Any]) -> bool:
    """True for a trial with a list that is called as sites are, of things without a place."""
    return any(isinstance(value, list) and _names_sites(key) for key, value in record.items())


def _names_sites(key: str) -> bool:
    folded = fold_header(key)
    return is_site_list_header(folded) or bool(_SITE_WORDS & set(folded.split()))


def _are_sites(key: str, value: object) -> bool:
    """True for an object with a place, or a list of them, that is not a sponsor's or the like."""
    if _NO_SITE_WORDS & set(fold_header(key).split()):
        return False
    if isinstance(value, dict):
        named = any(match_header(str(key))[0] == "facility" for key in value)
        return named and is_located(value)
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(one, dict) for one in value)
        and any(map(is_located, value[:_MAX_SITES]))
    )


def is_located(record: dict[str, Any], depth: int = 0) -> bool:
    """True for an object with a place, also in objects inside it that describe its place."""
    if any(match_header(str(key))[0] in _PLACES for key in record):
        own = (value for key, value in record.items() if match_header(str(key))[0] in _PLACES)
        if any(not isinstance(value, list) or _is_plain(value) for value in own):
            return True
    return depth < _MAX_INNER and any(
        isinstance(value, dict) and is_located(value, depth + 1)
        for key, value in record.items()
        if fold_header(str(key)) in _PLACE_KEYS
    )


def _is_plain(values: list[Any]) -> bool:
    return not any(isinstance(value, (dict, list)) for value in values)
