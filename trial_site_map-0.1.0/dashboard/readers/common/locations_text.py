"""Splits the `Locations` cell of a CSV download into sites and their parts.

Sites are separated by `|`; a site is `Facility, City, State, Zip, Country` without its empty parts,
and with commas inside facilities and countries, so that it has to be split from the right.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from dashboard.readers.common.country_text import split_country
from dashboard.readers.common.place_knowledge import (
    fold,
    is_city,
    is_state,
    lies_in,
    looks_like_institution,
)
from geocache.geo.countries import country_code

# Countries whose sites always carry a state in the registry.
_ALWAYS_STATE = frozenset({"US"})
_POSTCODE = re.compile(
    r"^(?=(?:\D*\d){2})(?!(?:[^A-Za-z]*[A-Za-z]){5})[A-Za-z\d][A-Za-z\d .-]{1,11},?$"
)
# ISO 3166-2 inverts names: `Madrid, Comunidad de`.
_INVERTED = re.compile(
    r"^(?:r[eé]gi[oó]n|comunidad(?: foral| aut[oó]noma)?|comunitat|principado|city|county|islas|"
    r"illes|provincia?|province|ciudad|departamento?|community)(?: d[e']?l?| of)?$",
    re.IGNORECASE,
)


_TOWN_KIND = re.compile(r"(?:\s{1,9}city|[\s-](?:shi|ku|gun|machi|cho|si|gu|do))$", re.IGNORECASE)


class LocationParts(NamedTuple):
    """The parts of a site; ``sure`` is False if another split was as likely."""

    facility: str
    city: str
    state: str
    postcode: str
    country: str
    sure: bool = True


def split_cell(cell: str) -> list[str]:
    """The texts of the sites in a cell; a `|` inside a facility does not end a site."""
    sites: list[str] = []
    pending: list[str] = []
    for piece in cell.split("|"):
        if not pending and not piece.strip():
            continue
        pending.append(piece)
        if ", " in piece or (len(pending) == 1 and country_code(piece.strip())):
            sites.append("|".join(pending).strip())
            pending = []
    if pending:
        sites.append("|".join(pending).strip())
    return sites


def split_all(texts: Iterable[str]) -> dict[str, LocationParts]:
    """Split every distinct text of a file into the parts of a site.

    The texts are evidence for each other: a town alone before its country in one of them is a town
    in the others too.
    """
    unique = list(dict.fromkeys(texts))
    cut = [_split_end(text) for text in unique]
    evidence = _Evidence(cut)
    return {text: _split_rest(one, evidence) for text, one in zip(unique, cut, strict=True)}


class _Split(NamedTuple):
    rest: list[str]
    postcode: str
    country: str
    code: str


def _split_end(text: str) -> _Split:
    """Split off country and postcode."""
    rest, country = split_country(text.split(", "))
    postcode = ""
    if len(rest) > 1 and _POSTCODE.match(rest[-1].strip()):
        postcode = rest.pop().strip()
    if len(rest) > 2 and _INVERTED.match(rest[-1].strip()):
        rest = [*rest[:-2], f"{rest[-2]}, {rest[-1]}"]
    return _Split(rest, postcode, country.strip(), country_code(country.strip()))


class _Evidence:
    """What all sites of a file show together.

    That is towns alone before their country, pairs of city and state that recur after different
    facilities, and countries whose sites usually have a state.
    """

    def __init__(self, cut: Sequence[_Split]) -> None:
        self.towns: set[tuple[str, str]] = set()
        facilities: dict[tuple[str, str, str], set[str]] = {}
        balance: Counter[str] = Counter()
        for rest, _, _, code in cut:
            if len(rest) == 2:
                self.towns.add((code, fold(rest[1])))
                balance[code] -= 1
            elif len(rest) > 2:
                pair = code, fold(rest[-2]), fold(rest[-1])
                facilities.setdefault(pair, set()).add(", ".join(rest[:-2]))
                if is_state(rest[-1], code) and _is_town(rest[-2], code):
                    balance[code] += 1
        self.pairs = {pair for pair, seen in facilities.items() if len(seen) > 1}
        self.usually_state = {code for code, count in balance.items() if count > 0}


def _is_town(name: str, code: str) -> bool:
    """True for a known city, also with a suffix: `Quebec City`, `Kochi-shi`."""
    return is_city(name, code) or is_city(_TOWN_KIND.sub("", name.strip()), code)


def _split_rest(cut: _Split, evidence: _Evidence) -> LocationParts:
    rest, postcode, country, code = cut
    if not rest:
        return LocationParts("", "", "", postcode, country)
    has_state, sure = _has_state(rest, code, evidence)
    city_at = len(rest) - (2 if has_state else 1)
    return LocationParts(
        facility=", ".join(rest[:city_at]).strip(),
        city=rest[city_at].strip(),
        state=rest[-1].strip() if has_state else "",
        postcode=postcode,
        country=country,
        sure=sure and bool(code),
    )


def _has_state(  # noqa: PLR0911 - a list of cases
    rest: Sequence[str], code: str, evidence: _Evidence
) -> tuple[bool, bool]:
    """Whether the last part is a state, preceded by the city, and whether that is certain."""
    if len(rest) == 1:
        return False, True
    before, last = rest[-2].strip(), rest[-1].strip()
    state = is_state(last, code)
    if code in _ALWAYS_STATE and state:
        return True, True
    town = _is_town(before, code) or (code, fold(before)) in evidence.towns
    last_town = is_city(last, code) or (code, fold(last)) in evidence.towns
    if len(rest) == 2:
        # The facility is rarely missing.
        return (True, True) if town and state and not is_city(last, code) else (False, True)
    if fold(before) == fold(last) or lies_in(_TOWN_KIND.sub("", before), last, code):
        return True, True
    if town and state:
        return True, not last_town
    if looks_like_institution(before) and not town:
        return False, last_town or not state
    if town:
        return not last_town, False
    if state and _TOWN_KIND.search(before):
        return True, True
    if (code, fold(before), fold(last)) in evidence.pairs:
        return True, state
    if state:
        only_state = not is_city(last, code)
        return only_state or code in evidence.usually_state, only_state and len(rest) == 3
    return False, last_town
