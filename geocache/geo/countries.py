"""Converts country names, as people and registries write them, to ISO 3166-1 alpha-2 codes.

Names, codes and translations come from ``pycountry``; what it lacks (renamed and dissolved states,
inverted names of registries, common short names) is listed here.
"""

import csv
import gettext
import re
from functools import cache, lru_cache
from pathlib import Path

from geocache.geo.names import fold, fold_once, make_key, repair
from geocache.paths import DATA

_LONGEST_NAME = 200
_EVERYDAY = DATA / "country-names.csv"

_SHORT_NAMES = {
    "BO": "Bolivia", "BN": "Brunei", "BQ": "Caribbean Netherlands", "CD": "DR Congo",
    "CG": "Congo", "FK": "Falkland Islands", "FM": "Micronesia", "GB": "United Kingdom",
    "IR": "Iran", "KP": "North Korea", "KR": "South Korea", "LA": "Laos", "MD": "Moldova",
    "MF": "Saint Martin", "MO": "Macao", "PS": "Palestine", "RU": "Russia", "SX": "Sint Maarten",
    "SY": "Syria", "TR": "Turkey", "TW": "Taiwan", "TZ": "Tanzania", "US": "United States",
    "VA": "Vatican City", "VE": "Venezuela", "VG": "British Virgin Islands",
    "VI": "U.S. Virgin Islands", "VN": "Vietnam", "XK": "Kosovo", "CV": "Cape Verde",
    "TL": "East Timor", "SH": "Saint Helena",
}  # fmt: skip


def _make_key(name: str) -> str:
    return make_key(fold(repair(name).replace("&", " and ")))


def _list_variants(name: str) -> set[str]:
    """The name, its inversion at a comma, and its parts outside and inside brackets."""
    found = {name}
    if ", " in name:
        last, _, first = name.partition(", ")
        found |= {f"{first} {last}"}
    if "(" in name:
        outside, _, inside = name.partition("(")
        found.add(outside)
        if len(inside) > 8:
            found.add(inside.rstrip(") "))
    return found


@cache
def _read_names() -> dict[str, str]:
    import pycountry  # noqa: PLC0415 - 30 ms, only when needed

    known: dict[str, str] = {}
    with _EVERYDAY.open(encoding="utf-8", newline="") as opened:
        for row in csv.DictReader(opened):
            for name in row["names"].split(";"):
                known.setdefault(_make_key(name), row["country"])
    for country in pycountry.countries:
        code = country.alpha_2
        codes = {code, country.alpha_3}
        for attribute in ("name", "official_name", "common_name"):
            name = getattr(country, attribute, "")
            codes |= _list_variants(name)
        for name in codes:
            known.setdefault(_make_key(name), code)
    for code, name in _SHORT_NAMES.items():
        known.setdefault(_make_key(name), code)
        known.setdefault(_make_key(code), code)
    for old in pycountry.historic_countries:
        successor = _SUCCESSORS.get(old.alpha_4)
        if successor:
            for name in {old.alpha_2, old.alpha_3, *_list_variants(old.name)}:
                known.setdefault(_make_key(name), successor)
    known.pop("", None)
    return known


_SUCCESSORS = {
    "ANHH": "CW", "BUMM": "MM", "BYAA": "BY", "CSHH": "CZ", "CSXX": "RS", "DDDE": "DE",
    "DYBJ": "BJ", "FXFR": "FR", "HVBF": "BF", "NHVU": "VU", "RHZW": "ZW", "SUHH": "RU",
    "TPTL": "TL", "VDVN": "VN", "YDYE": "YE", "YUCS": "RS", "ZRCD": "CD",
}  # fmt: skip


@cache
def _read_translations() -> dict[str, str]:
    """Country names in all languages of ``pycountry``, read when nothing else matches."""
    import pycountry  # noqa: PLC0415

    english: dict[str, str] = {}
    for country in pycountry.countries:
        for attribute in ("name", "official_name", "common_name"):
            english[getattr(country, attribute, "")] = country.alpha_2
    english.pop("", None)
    keys: dict[str, str] = {}
    votes_by_name: dict[str, dict[str, int]] = {}
    for file in sorted(Path(pycountry.LOCALES_DIR).glob("*/LC_MESSAGES/iso3166-1.mo")):
        with file.open("rb") as opened:
            language = gettext.GNUTranslations(opened)
        for name, code in english.items():
            translated = language.gettext(name)
            if translated != name:
                key = keys.get(translated)
                if key is None:  # nothing to repair in them, as `_make_key` would
                    key = make_key(fold_once(translated.replace("&", " and ")))
                    keys[translated] = key
                votes = votes_by_name.setdefault(key, {})
                votes[code] = votes.get(code, 0) + 1
    return {
        name: next(iter(votes))
        for name, votes in votes_by_name.items()
        if len(votes) == 1 and (len(name) > 2 or not name.isascii())
    }


_KIND_OF_COUNTRY = re.compile(
    r"^\W*(?:the\s+)?(?:(?:republic|kingdom)\s+of\s+)?(?:the\s+)?", re.IGNORECASE
)


@lru_cache(maxsize=20_000)
def look_up_english_code(name: str) -> str:
    """As :func:`country_code`, but of English names and codes only: for text of any kind."""
    return _read_names().get(_make_key(name), "")


def look_up_folded_code(name: str) -> str:
    """As :func:`look_up_english_code` for a folded name without spaces."""
    return _read_names().get(name, "")


@lru_cache(maxsize=4096)
def look_up_untranslated_code(name: str) -> str:
    """As :func:`country_code`, without translations, which take a third of a second to read."""
    if len(name) > _LONGEST_NAME:
        return ""
    wanted = _make_key(name)
    if not wanted:
        return ""
    known = _read_names()
    if wanted in known:
        return known[wanted]
    for variant in _list_variants(repair(name)):
        found = known.get(_make_key(variant))
        if found:
            return found
    return known.get(_make_key(_KIND_OF_COUNTRY.sub("", repair(name))), "")


@lru_cache(maxsize=4096)
def country_code(name: str) -> str:
    """The ISO 3166-1 alpha-2 code of a country's name or code in any usual spelling.

    Accepts English, official, inverted (``Korea, Republic of``), dissolved (``Former Serbia and
    Montenegro`` -> ``RS``) and translated names, alpha-2 and alpha-3 codes, and territories that
    registries list as countries. Kosovo is ``XK``. Empty when unknown.
    """
    found = look_up_untranslated_code(name)
    if found or len(name) > _LONGEST_NAME:
        return found
    wanted = _make_key(name)
    return _read_translations().get(wanted, "") if wanted else ""


@cache
def country_name(code: str) -> str:
    """The short English name of an alpha-2 code, empty if unknown."""
    import pycountry  # noqa: PLC0415

    if code in _SHORT_NAMES:
        return _SHORT_NAMES[code]
    found = pycountry.countries.get(alpha_2=code)
    return str(getattr(found, "common_name", found.name)) if found else ""


@cache
def country_name_in(code: str, language: str) -> str:
    """The short name of an alpha-2 code in a language (``de``), in English where there is none."""
    import pycountry  # noqa: PLC0415

    file = Path(pycountry.LOCALES_DIR) / language / "LC_MESSAGES/iso3166-1.mo"
    found = pycountry.countries.get(alpha_2=code)
    if not found or not file.is_file():
        return country_name(code)
    names = (getattr(found, "common_name", ""), found.name)
    translate = _read_translation(file).gettext
    return next((translate(name) for name in names if name), "")


@cache
def _read_translation(file: Path) -> gettext.GNUTranslations:
    with file.open("rb") as opened:
        return gettext.GNUTranslations(opened)
