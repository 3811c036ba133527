"""Splits a place or postal address in one cell into city, state, postcode and country."""

import re
from functools import lru_cache
from typing import NamedTuple

from dashboard.readers.common.country_text import STATE_CODES, split_country, split_place
from dashboard.readers.common.place_knowledge import (
    is_city,
    is_city_anywhere,
    is_state,
    is_state_anywhere,
)
from geocache.geo.countries import country_code

_LONGEST = 400
_SEPARATORS = re.compile(r"[,;\n\r|][\s,;|]*+")
# `NC 27710`, `ON M5G 2M9`, `NSW 2050`: a state's letters before its postcode.
_STATE_POSTCODE = re.compile(
    r"^([A-Z]{2,3}|[^\W\d_][^\d]{3,30}?)\s{1,9}(\d{4,5}(?:-\d{4})?|[A-Z]\d[A-Z] ?\d[A-Z]\d)$"
)
_BEFORE = re.compile(
    r"^((?:[A-Z]{1,3}[ -])?\d{2,3} \d{2,3}|(?:[A-Z]{1,3}[ -])?\d{4,6}(?:[- ][A-Z]{2}|-\d{3,4})?|"
    r"\d{2}-\d{3}|\d{3} \d{2})\s{1,9}([^\W\d_].*)$"
)
_BEHIND = re.compile(
    r"^([^\W\d_].*?)\s{1,9}(\d{3,7}(?:-\d{3,4})?|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|"
    r"[A-Z]\d[A-Z] ?\d[A-Z]\d|\d{3} \d{2,3})$"
)
_ALONE = re.compile(
    r"^(?:\d{3,7}(?:-\d{3,4})?|\d{2,3} \d{2,3}|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|"
    r"[A-Z]\d[A-Z] ?\d[A-Z]\d)$"
)
_CITY_STATE = re.compile(r"^(?=\S*[^\W\d_A-Z])(.+)\s([A-Z]{2,3})$")
_CITY_DISTRICT = re.compile(r"^([^\W\d_][^\d]*?)\s\d{1,2}$")
_BESIDE = re.compile(
    r"^([^,;()\d]{2,60}?)\s{0,9}(?:\(([^,;()\d]{2,60})\)|\s[-–/]\s{1,9}([^,;()\d]{2,60}))$"
)
_CITY_DASH_STATE = re.compile(r"^([^\W\d_][^\d]*?)\s{0,9}[-–/]\s{0,9}([A-Z]{2})$")


_LONGEST_STREET = 200
_STREET_WORDS = frozenset(
    re.findall(
        r"\w+",
        """road rd street st avenue ave lane ln drive dr boulevard blvd highway hwy way court ct
        place square close crescent terrace floor suite building bldg rue allee chemin
        impasse route quai près pres derrière face strasse straße str weg platz allee gasse calle
        carrer avenida av paseo plaza carretera via viale piazza corso rua travessa estrada
        ulica ul""",
    )
)


class Address(NamedTuple):
    """The parts of an address; each may be empty."""

    city: str = ""
    state: str = ""
    postcode: str = ""
    country: str = ""


@lru_cache(maxsize=20_000)
def split_address(text: str) -> Address:
    """``Graz, Austria``, or a postal address: ``Denmark Hill, London SE5 9RS, United Kingdom``.

    The street is dropped. Parsed from the right: country, postcode, then state and city. Text
    without digits is ``City, State, Country``.
    """
    text = text[:_LONGEST].strip()
    parts = _split_pair(text) or [p for part in _SEPARATORS.split(text) if (p := part.strip())]
    if not any(letter.isdigit() for letter in text):
        city, state, country = split_place(", ".join(parts))
        if country_code(country):
            return Address(city, state, "", country)
        return Address(city, state) if state and not country else _split_unknown(parts)
    before, country = split_country(parts)
    if not country_code(country) or country in STATE_CODES or any(map(str.isdigit, country)):
        before, country = parts, ""
    code = country_code(country)
    if country and len(before) == 1 and _CITY_DISTRICT.match(before[0]):
        return Address(before[0], "", "", country)
    found = Address(country=country)
    while before and not found.city:
        part = before.pop()
        taken = None if found.postcode else _parse_postcode_part(part, code, bool(before))
        taken = taken or _parse_place_part(part, before[-1:], code, bool(found.state))
        if taken is None:
            break  # a street: what is left precedes it
        found = Address(
            taken.city, taken.state or found.state, taken.postcode or found.postcode, country
        )
    if not country and found.city and not found.postcode and not is_city_anywhere(found.city):
        found = _split_unknown(parts)
    if not found.state and (parted := _CITY_STATE.match(found.city)):
        found = found._replace(city=parted[1], state=parted[2])
    return found


def _split_unknown(parts: list[str]) -> Address:
    """Town and state of an address without a country, by the names known anywhere.

    The last part is not taken for a country: it is a state if one is called so and a town precedes
    it, or the town. A street, which has a number or is no known town, is neither.
    """
    parts = [part for part in parts if part]
    if len(parts) > 1 and is_state_anywhere(parts[-1]) and not _is_street(parts[-2]):
        return Address(city=parts[-2], state=parts[-1])
    town = next((part for part in reversed(parts) if is_city_anywhere(part)), "")
    if town or len(parts) != 1 or _is_street(parts[0]):
        return Address(city=town)
    return Address(city=parts[0])


def _is_street(text: str) -> bool:
    if any(map(str.isdigit, text)):
        return True
    words = set(re.findall(r"\w+", text[:_LONGEST_STREET].casefold()))
    return bool(words & _STREET_WORDS) and not is_city_anywhere(text)


def _split_pair(text: str) -> list[str]:
    """City and country of ``Graz (Austria)``, ``Graz - Austria`` and ``Austria - Graz``."""
    found = _BESIDE.match(text)
    if not found:
        return []
    first, second = found[1], found[2] or found[3]
    if country_code(second) and len(second) > 2:
        return [first, second]
    return [second, first] if country_code(first) and len(first) > 2 else []


def _parse_postcode_part(part: str, code: str, more: bool) -> Address | None:
    """Parse a part with a postcode; None for others."""
    if _ALONE.match(part):
        return Address(postcode=part)
    if (found := _STATE_POSTCODE.match(part)) and _is_state_before_postcode(found[1], code, more):
        return Address(state=found[1], postcode=found[2])
    if found := _BEFORE.match(part):
        return Address(city=found[2], postcode=found[1])
    if found := _BEHIND.match(part):
        return Address(city=found[1], postcode=found[2])
    return None


def _parse_place_part(part: str, before: list[str], code: str, has_state: bool) -> Address | None:
    """Parse a part that is a city or a state; None for a street."""
    if found := _CITY_DASH_STATE.match(part):
        return Address(city=found[1], state=found[2])
    if (found := _CITY_DISTRICT.match(part)) and code and is_city(found[1], code):
        return Address(city=part)
    if any(map(str.isdigit, part)):
        return None
    if not has_state and before and _is_state_after(part, before[0], code):
        return Address(state=part)
    return Address(city=part)


def _is_state_before_postcode(text: str, code: str, more: bool) -> bool:
    """True if the words before a postcode are a state, and more parts precede them."""
    if not more:
        return False
    return (
        text in STATE_CODES
        or (text.isupper() and len(text) < 4)
        or (is_state(text, code or "US") and not is_city(text, code))
    )


def _is_state_after(part: str, before: str, code: str) -> bool:
    """True for a state that follows a city, not a street."""
    if any(map(str.isdigit, before)) and not _BEFORE.match(before):
        return False
    return part in STATE_CODES or (bool(code) and is_state(part, code))
