"""Country names as people and registries write them, to ISO 3166-1 alpha-2 codes and back.

Names, official names, codes and translations come from ``pycountry``; what it does not know
(renamed and dissolved states, registry inversions, everyday short names) is listed here.
"""

import gettext
from functools import cache, lru_cache
from pathlib import Path

from geocache.names import fold, key, repair

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

_EVERYDAY = {
    "AE": "UAE; U.A.E.; Emirates; Dubai; Abu Dhabi",
    "BA": "Bosnia; Bosnia-Herzegovina; Bosnia & Herzegovina",
    "BO": "Bolivia, Plurinational State of",
    "BQ": "Bonaire; Bonaire, Saint Eustatius and Saba; Sint Eustatius; Saba",
    "BY": "Byelorussia; Belorussia; White Russia",
    "CD": "Democratic Republic of the Congo; Congo, Democratic Republic; Congo, Democratic Republic "
    "of the; DRC; D.R. Congo; Zaire; Congo-Kinshasa; Congo (Kinshasa)",
    "CG": "Republic of the Congo; Congo-Brazzaville; Congo (Brazzaville); Congo, Republic of",
    "CI": "Cote d Ivoire; Ivory Coast",
    "CN": "PR China; P.R. China; P. R. China; Peoples Republic of China; Mainland China; PRC",
    "CV": "Cape Verde; Cape Verde Islands",
    "CW": "Netherlands Antilles; Dutch Antilles; Curacao",
    "CZ": "Czech; Czech Rep; Czech Rep.; Czechoslovakia",
    "DE": "Federal Republic of Germany; West Germany; East Germany; German Democratic Republic; BRD",
    "DO": "Dominican Rep.; Dominican Rep",
    "FK": "Falkland Islands; Malvinas; Islas Malvinas",
    "FM": "Micronesia",
    "FR": "France, Metropolitan; Metropolitan France",
    "GB": "UK; U.K.; Great Britain; Britain; England; Scotland; Wales; Northern Ireland; "
    "United Kingdom of Great Britain; UK - England; England, United Kingdom; Scotland, UK",
    "GF": "Guyane; French Guyana",
    "GM": "Gambia; The Gambia; Gambia, The",
    "GW": "Guinea Bissau",
    "HK": "Hong Kong SAR; Hong Kong S.A.R.; Hong Kong, China; Hong Kong SAR China; Hong Kong, SAR "
    "China; Hongkong; HKSAR; China, Hong Kong; China (Hong Kong)",
    "IE": "Republic of Ireland; Eire; Ireland, Republic of",
    "IR": "Iran (Islamic Republic of); Persia",
    "KP": "North Korea; Korea, Democratic People's Republic of; DPRK; Korea, North; Korea (North)",
    "KR": "South Korea; Korea; Republic of Korea; Korea (South); Korea, South; Korea (Republic of); "
    "S. Korea; ROK; Korea, Rep.; Korea Republic",
    "LA": "Laos; Lao People's Democratic Republic; Lao PDR",
    "LY": "Libya; Libyan Arab Jamahiriya",
    "MD": "Moldova; Republic of Moldova; Moldavia; Moldova, Republic",
    "MF": "Saint-Martin; St Martin; Saint Martin (French Part)",
    "MK": "Macedonia; FYROM; Republic of North Macedonia; North Macedonia, Republic of; "
    "Macedonia, The Former Yugoslav Republic of; Former Yugoslav Republic of Macedonia; "
    "The Former Yugoslav Republic of Macedonia; Macedonia (FYROM)",
    "MM": "Burma; Myanmar (Burma)",
    "MO": "Macau; Macau SAR; Macao SAR; Macao, China; Macao SAR China; China, Macao",
    "NL": "Holland; The Netherlands; Netherlands, The; Nederland",
    "PH": "The Philippines; Philippines, The; Filipinas",
    "PS": "Palestine; Palestinian Territory; Palestinian Territories; Palestinian Territory, occupied; "
    "Occupied Palestinian Territory; Palestinian Territories, Occupied; West Bank; Gaza; "
    "Gaza Strip; West Bank and Gaza; Palestinian Authority; State of Palestine",
    "PR": "Puerto Rico, USA; Puerto Rico (USA)",
    "RE": "Reunion Island; La Reunion; Ile de la Reunion; Réunion (France)",
    "RS": "Serbia; Serbia and Montenegro; Former Serbia and Montenegro; Republic of Serbia; "
    "Yugoslavia; Former Yugoslavia; Federal Republic of Yugoslavia; Serbia & Montenegro",
    "RU": "Russia; Russian Fed.; Russian Fed; USSR; Soviet Union",
    "SA": "KSA; Kingdom of Saudi Arabia; Saudi",
    "SK": "Slovak Rep; Slovak Republic; Slovak Rep.",
    "ST": "Sao Tome & Principe",
    "SX": "Sint Maarten; St Maarten; Saint Maarten",
    "SY": "Syria; Syrian Arab Rep.",
    "SZ": "Swaziland; Eswatini, Kingdom of",
    "TL": "East Timor; Timor Leste",
    "TR": "Turkey; Turkiye; Turkey (Türkiye); Republic of Turkey; Türkiye (Turkey)",
    "TT": "Trinidad & Tobago; Trinidad; Tobago",
    "TW": "Taiwan; Taiwan, Province of China; Taiwan, R.O.C.; Taiwan, Republic of China; "
    "Taiwan (R.O.C.); Taiwan ROC; Chinese Taipei; Taiwan, China; Formosa",
    "TZ": "Tanzania; Tanzania, United Republic; Zanzibar; Tanganyika",
    "US": "USA; U.S.A.; U.S.; US; America; The United States; United States (USA); "
    "United States of America (USA); Estados Unidos; EEUU; EE.UU.; United State; U.S.A",
    "VA": "Vatican; Holy See; Vatican City State",
    "VC": "St. Vincent; Saint Vincent; St Vincent & the Grenadines",
    "VE": "Venezuela; Venezuela, Bolivarian Republic",
    "VG": "British Virgin Islands; Virgin Islands (British); BVI",
    "VI": "US Virgin Islands; Virgin Islands (U.S.); Virgin Islands, US; Virgin Islands of the "
    "United States; United States Virgin Islands; Virgin Islands; USVI",
    "VN": "Viet Nam; Vietnam; Socialist Republic of Vietnam",
    "WS": "Western Samoa",
    "XK": "Kosovo; Republic of Kosovo; XKX; Kosova",
    "YE": "North Yemen; South Yemen",
}


def _as_key(name: str) -> str:
    return key(fold(repair(name).replace("&", " and ")))


def _variants(name: str) -> set[str]:
    """The name, its words after a comma put first, and what stands outside and in brackets."""
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
def _known() -> dict[str, str]:
    import pycountry  # noqa: PLC0415 - 30 ms, needed with the first country only

    known: dict[str, str] = {}
    for code, names in _EVERYDAY.items():
        for name in names.split(";"):
            known.setdefault(_as_key(name), code)
    for country in pycountry.countries:
        code = country.alpha_2
        codes = {code, country.alpha_3}
        for attribute in ("name", "official_name", "common_name"):
            name = getattr(country, attribute, "")
            codes |= _variants(name)
        for name in codes:
            known.setdefault(_as_key(name), code)
    for code, name in _SHORT_NAMES.items():
        known.setdefault(_as_key(name), code)
    for old in pycountry.historic_countries:
        successor = _SUCCESSORS.get(old.alpha_4)
        if successor:
            for name in {old.alpha_2, old.alpha_3, *_variants(old.name)}:
                known.setdefault(_as_key(name), successor)
    known.pop("", None)
    return known


_SUCCESSORS = {
    "ANHH": "CW", "BUMM": "MM", "BYAA": "BY", "CSHH": "CZ", "CSXX": "RS", "DDDE": "DE",
    "DYBJ": "BJ", "FXFR": "FR", "HVBF": "BF", "NHVU": "VU", "RHZW": "ZW", "SUHH": "RU",
    "TPTL": "TL", "VDVN": "VN", "YDYE": "YE", "YUCS": "RS", "ZRCD": "CD",
}  # fmt: skip


@cache
def _translated() -> dict[str, str]:
    """Country names in the languages ``pycountry`` carries, read when nothing else matched."""
    import pycountry  # noqa: PLC0415

    english: dict[str, str] = {}
    for country in pycountry.countries:
        for attribute in ("name", "official_name", "common_name"):
            english[getattr(country, attribute, "")] = country.alpha_2
    english.pop("", None)
    claims: dict[str, dict[str, int]] = {}
    for file in sorted(Path(pycountry.LOCALES_DIR).glob("*/LC_MESSAGES/iso3166-1.mo")):
        with file.open("rb") as opened:
            language = gettext.GNUTranslations(opened)
        for name, code in english.items():
            translated = language.gettext(name)
            if translated != name:
                votes = claims.setdefault(_as_key(translated), {})
                votes[code] = votes.get(code, 0) + 1
    return {
        name: next(iter(votes))
        for name, votes in claims.items()
        if len(votes) == 1 and (len(name) > 2 or not name.isascii())
    }


@lru_cache(maxsize=20_000)
def usual_country_code(name: str) -> str:
    """As :func:`country_code`, but only of names and codes in English: for text of any kind."""
    return _known().get(_as_key(name), "")


@lru_cache(maxsize=4096)
def country_code(name: str) -> str:
    """The ISO 3166-1 alpha-2 code of a country's name or code in any usual spelling.

    Reads English, official, inverted (``Korea, Republic of``), dissolved (``Former Serbia and
    Montenegro`` -> ``RS``) and translated names, alpha-2 and alpha-3 codes, and territories that
    registries list as countries. Kosovo is ``XK``. Empty when unknown.
    """
    wanted = _as_key(name)
    if not wanted:
        return ""
    known = _known()
    if wanted in known:
        return known[wanted]
    for variant in _variants(repair(name)):
        found = known.get(_as_key(variant))
        if found:
            return found
    bare = wanted.removeprefix("the").removeprefix("republicof").removeprefix("kingdomof")
    return known.get(bare) or _translated().get(wanted, "")


@cache
def country_name(code: str) -> str:
    """The short English name of an alpha-2 code, empty if unknown."""
    import pycountry  # noqa: PLC0415

    if code in _SHORT_NAMES:
        return _SHORT_NAMES[code]
    found = pycountry.countries.get(alpha_2=code)
    return str(getattr(found, "common_name", found.name)) if found else ""
