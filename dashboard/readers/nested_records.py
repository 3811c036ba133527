"""Lists of objects within objects, unfolded to one object a site."""

from collections.abc import Iterable, Iterator
from typing import Any

from dashboard.readers.column_names import named

_PLACES = frozenset({"city", "country", "postcode", "place", "point", "latitude"})


def site_records(records: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """A record a site.

    A trial with a list of its sites gives each of them its own fields; lists of sites by country,
    and sites by number, give theirs under ``group``. A site's list of people stays inside it.
    """
    for record in records:
        yield from _unfolded(record)


def _unfolded(record: dict[str, Any]) -> Iterator[dict[str, Any]]:
    inner = {key: value for key, value in record.items() if _are_sites(value)}
    if not inner or _is_located(record):
        yield record
        return
    if len(inner) == len(record):
        for group, sites in inner.items():
            for site in sites if isinstance(sites, list) else [sites]:
                yield {"group": group, **site}
        return
    own = {key: value for key, value in record.items() if not isinstance(value, (list, dict))}
    for sites in inner.values():
        for site in sites if isinstance(sites, list) else [sites]:
            around = {f"trial {key}" if key in site else key: own[key] for key in own}
            yield around | site


def _are_sites(value: object) -> bool:
    """True for objects that say where something is, alone or in a list."""
    if isinstance(value, dict):
        return _is_located(value) and any(named(str(key))[0] == "facility" for key in value)
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(one, dict) for one in value)
        and _is_located(value[0])
    )


def _is_located(record: dict[str, Any]) -> bool:
    return any(named(str(key))[0] in _PLACES for key in record)
