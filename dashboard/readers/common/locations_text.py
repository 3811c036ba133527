"""The `Locations` cell of a CSV download, split from the right into sites.

Sites stand apart by `|`; a site is `Facility, City, State, Zip, Country` with empty parts dropped
and commas inside facilities and countries: how many parts are the facility must be found out.
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
    like_institution,
)
from geocache.geo.countries import country_code

# Countries whose sites always carry a state in the registry.
_ALWAYS_STATE = frozenset({"US"})
_POSTCODE = re.compile(
    r"^(?=(?:\D*\d){2})(?!(?:[^A-Za-z]*[A-Za-z]){5})[A-Za-z\d][A-Za-z\d .-]{1,11},?$"
)
# ISO 3166-2 turns names round: `Madrid, Comunidad de`.
_TURNED = re.compile(
    r"^(?:r[eé]gi[oó]n|comunidad(?: foral| aut[oó]noma)?|comunitat|principado|city|county|islas|"
    r"illes|provincia?|province|ciudad|departamento?|community)(?: d[e']?l?| of)?$",
    re.IGNORECASE,
)


_TOWN_KIND = re.compile(r"(?:\s+city|[\s-](?:shi|ku|gun|machi|cho|si|gu|do))$", re.IGNORECASE)


class LocationParts(NamedTuple):
    """One site's parts; ``sure`` is False where another split was as good."""

    facility: str
    city: str
    state: str
    postcode: str
    country: str
    sure: bool = True


def split_cell(cell: str) -> list[str]:
    """The sites of one cell; a `|` inside a facility does not end a site."""
    sites: list[str] = []
    pending = ""
    for piece in cell.split("|"):
        text = f"{pending}|{piece}" if pending else piece
        if not text.strip():
            continue
        if ", " not in text and not country_code(text.strip()):
            pending = text
            continue
        sites.append(text.strip())
        pending = ""
    if pending.strip():
        sites.append(pending.strip())
    return sites


def split_all(texts: Iterable[str]) -> dict[str, LocationParts]:
    """Every distinct site text and its parts.

    All texts of a file are looked at together: a town that stands alone before its country in one
    site is a town in the others too.
    """
    unique = list(dict.fromkeys(texts))
    cut = [_cut(text) for text in unique]
    evidence = _Evidence(cut)
    return {text: _parts(one, evidence) for text, one in zip(unique, cut, strict=True)}


class _Cut(NamedTuple):
    rest: list[str]
    postcode: str
    country: str
    code: str


def _cut(text: str) -> _Cut:
    """Country and postcode taken off the right."""
    rest, country = split_country(text.split(", "))
    postcode = ""
    if len(rest) > 1 and _POSTCODE.match(rest[-1].strip()):
        postcode = rest.pop().strip()
    if len(rest) > 2 and _TURNED.match(rest[-1].strip()):
        rest = [*rest[:-2], f"{rest[-2]}, {rest[-1]}"]
    return _Cut(rest, postcode, country.strip(), country_code(country.strip()))


class _Evidence:
    """What the sites of a file say together.

    Towns that stand alone before their country, pairs that recur after different facilities, and
    countries whose sites usually carry a state.
    """

    def __init__(self, cut: Sequence[_Cut]) -> None:
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
    """True for a known city, also under a suffix for its kind: `Quebec City`, `Kochi-shi`."""
    return is_city(name, code) or is_city(_TOWN_KIND.sub("", name.strip()), code)


def _parts(cut: _Cut, evidence: _Evidence) -> LocationParts:
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
    """Whether the last part is a state (then the one before is the city), and if that is sure."""
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
    if like_institution(before) and not town:
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
