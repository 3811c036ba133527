"""Reads replies of services: the precision of each result, its country, its main values."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from geocache.place import Precision

_CITY_TYPES = frozenset(
    {
        "city",
        "town",
        "village",
        "hamlet",
        "municipality",
        "suburb",
        "borough",
        "city_district",
        "district",
        "quarter",
        "neighbourhood",
        "isolated_dwelling",
        "locality",
        "localadmin",
        "island",
        "islet",
        "township",
    }
)
_REGION_TYPES = frozenset(
    {
        "state",
        "province",
        "region",
        "county",
        "state_district",
        "prefecture",
        "department",
        "macroregion",
        "macrocounty",
        "archipelago",
    }
)
_NO_FACILITIES = frozenset(
    {
        "highway",
        "railway",
        "place",
        "boundary",
        "waterway",
        "natural",
        "landuse",
        "route",
        "aeroway",
        "public_transport",
    }
)


def _classify_type(kind: str) -> Precision | None:
    if kind in _CITY_TYPES:
        return Precision.CITY
    if kind in _REGION_TYPES:
        return Precision.REGION
    return {"postcode": Precision.POSTCODE, "country": Precision.COUNTRY}.get(kind)


def _nominatim(raw: Mapping[str, Any]) -> Precision | None:
    kind = str(raw.get("addresstype") or raw.get("type") or "")
    rank = raw.get("place_rank")
    group = str(raw.get("class") or raw.get("category") or "")
    if group in {"place", "boundary"}:
        found = _classify_type(kind)
        if found is None and isinstance(rank, int) and kind in {"administrative", ""}:
            found = _classify_rank(rank)
        if found is Precision.REGION and isinstance(rank, int) and rank >= 13:
            return Precision.CITY  # a county borough, which people write as a city
        return found
    if group in _NO_FACILITIES or not group:
        return None
    return Precision.FACILITY if not isinstance(rank, int) or rank >= 26 else None


def _classify_rank(rank: int) -> Precision | None:
    if rank == 4:
        return Precision.COUNTRY
    if 5 <= rank <= 12:
        return Precision.REGION
    return Precision.CITY if 13 <= rank <= 20 else None


def _photon(raw: Mapping[str, Any]) -> Precision | None:
    about = raw.get("properties") or {}
    kind = str(about.get("type") or "")
    if kind in {"house", "street", "locality", "other"} or not kind:
        group = str(about.get("osm_key") or "")
        if group == "place":
            return _classify_type(str(about.get("osm_value") or ""))
        return None if group in _NO_FACILITIES or not group else Precision.FACILITY
    return _classify_type(kind)


def _pelias(raw: Mapping[str, Any]) -> Precision | None:
    layer = str((raw.get("properties") or {}).get("layer") or "")
    if layer == "venue":
        return Precision.FACILITY
    return Precision.POSTCODE if layer == "postalcode" else _classify_type(layer)


def _arcgis(raw: Mapping[str, Any]) -> Precision | None:
    about = raw.get("attributes") or {}
    kind = str(about.get("Addr_type") or "")
    if kind == "POI":
        return Precision.FACILITY
    if kind in {"Postal", "PostalExt", "PostalLoc"}:
        return Precision.POSTCODE
    if kind != "Locality":
        return None
    word = str(about.get("Type") or "").casefold()
    if "country" in word:
        return Precision.COUNTRY
    return Precision.REGION if word in {"state or province", "region", "county"} else Precision.CITY


def _opencage(raw: Mapping[str, Any]) -> Precision | None:
    parts = raw.get("components") or {}
    kind = str(parts.get("_type") or "")
    if parts.get("_category") in {"health", "education", "building", "government", "social"}:
        return Precision.FACILITY
    return _classify_type(kind)


def _here(raw: Mapping[str, Any]) -> Precision | None:
    kind = str(raw.get("resultType") or "")
    if kind == "place":
        return Precision.FACILITY
    if kind == "postalCodePoint" or raw.get("localityType") == "postalCode":
        return Precision.POSTCODE
    if kind == "locality":
        return Precision.CITY
    if kind == "administrativeArea":
        is_country = raw.get("administrativeAreaType") == "country"
        return Precision.COUNTRY if is_country else Precision.REGION
    return None


def _geonames(raw: Mapping[str, Any]) -> Precision | None:
    group, code = str(raw.get("fcl") or ""), str(raw.get("fcode") or "")
    if group == "P":
        return Precision.CITY
    if group == "A":
        if code in {"ADM1", "ADM2"}:
            return Precision.REGION
        return Precision.COUNTRY if code.startswith("PCL") else Precision.CITY
    return None


LEVELS: Mapping[str, Callable[[Mapping[str, Any]], Precision | None]] = {
    "nominatim": _nominatim,
    "locationiq": _nominatim,
    "pickpoint": _nominatim,
    "photon": _photon,
    "pelias": _pelias,
    "geocodeearth": _pelias,
    "arcgis": _arcgis,
    "opencage": _opencage,
    "here": _here,
    "geonames": _geonames,
}
"""For each service the precision of one of its results; ``None`` if it is of no use."""


_RESULTS_IN = {
    "photon": "features",
    "pelias": "features",
    "geocodeearth": "features",
    "arcgis": "candidates",
    "opencage": "results",
    "here": "items",
    "geonames": "geonames",
}


def is_reply(service: str, document: Any) -> bool:
    """Whether a JSON document is a reply of this service, or an error report of it.

    geopy takes ``{}`` from Nominatim as "not found"; a proxy's ``{}`` would become a known miss.
    """
    if isinstance(document, Mapping) and ("error" in document or "status" in document):
        return True
    if service in _RESULTS_IN:
        return isinstance(document, Mapping) and isinstance(
            document.get(_RESULTS_IN[service]), list
        )
    return LEVELS.get(service) is not _nominatim or isinstance(document, list)


def read_country_code(raw: Mapping[str, Any]) -> str:
    """The alpha-2 country code in a result, upper case; empty if there is none."""
    for part in (raw.get("address"), raw.get("properties"), raw.get("components"), raw):
        if isinstance(part, Mapping):
            for name in ("country_code", "countrycode", "ISO_3166-1_alpha-2", "countryCode"):
                code = part.get(name)
                if isinstance(code, str) and len(code) == 2:
                    return code.upper()
    return ""


def summarize(raw: Mapping[str, Any], *, max_characters: int = 1000) -> str:
    """The short values of a result as JSON: enough to see later why it was chosen."""
    kept: dict[str, Any] = {}
    for part in (raw, *(value for value in raw.values() if isinstance(value, Mapping))):
        for name, value in part.items():
            if isinstance(value, str | int | float) and len(str(value)) <= 120:
                kept.setdefault(name, value)
                if len(json.dumps(kept, ensure_ascii=False)) > max_characters:
                    del kept[name]
    return json.dumps(kept, ensure_ascii=False)
