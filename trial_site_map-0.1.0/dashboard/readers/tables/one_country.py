"""Concludes the country of a list that names none, from its states, towns, postcodes and points."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

import pycountry

from dashboard.readers.common.column_names import fold_header
from dashboard.readers.common.missing import is_missing
from dashboard.readers.common.place_knowledge import (
    is_city,
    is_state,
    list_city_countries,
)
from geocache.geo.borders import extent, in_country
from geocache.geo.countries import country_code, country_name
from geocache.tables.degrees import parse_degrees

_MAX_ROWS = 60
_MIN_ROWS = 4
_NEARLY_ALL = 0.8
_RUNNER_UP = 0.6
_HINT = 0.25
_MOST_POINTS_OUTSIDE = 0.05

_POSTCODES = {
    "GB": re.compile(r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}", re.IGNORECASE),
    "CA": re.compile(r"[A-Z]\d[A-Z][ -]?\d[A-Z]\d", re.IGNORECASE),
    "NL": re.compile(r"\d{4} ?[A-Z]{2}", re.IGNORECASE),
    "IE": re.compile(r"[A-Z]\d[\dW] ?[A-Z\d]{4}", re.IGNORECASE),
    "PL": re.compile(r"\d{2}-\d{3}"),
    "PT": re.compile(r"\d{4}-\d{3}"),
    "BR": re.compile(r"\d{5}-\d{3}"),
    "JP": re.compile(r"\d{3}-\d{4}"),
}
"""Postcodes that hardly any other country writes so."""

_PLAIN_POSTCODES = {
    5: frozenset(
        {"US", "DE", "FR", "ES", "IT", "FI", "TR", "MX", "KR", "MY", "TH", "UA", "HR", "LT"}
    ),
    4: frozenset(
        {"AT", "CH", "BE", "AU", "NZ", "DK", "NO", "HU", "BG", "SI", "ZA", "PH", "LU", "TN"}
    ),
    6: frozenset({"IN", "CN", "RU", "SG", "RO", "CO", "VN", "KZ"}),
}
"""Countries by the number of digits of their postcodes; others are not excluded."""

_LANGUAGES = {
    "ville commune departement hopital etablissement pays": ("FR", "BE", "CH"),
    "ort stadt plz bundesland klinik krankenhaus einrichtung land": ("DE", "AT", "CH"),
    "ciudad localidad provincia municipio hospital centro estado": (
        "ES",
        "MX",
        "AR",
        "CO",
        "CL",
        "PE",
    ),
    "cidade municipio estado uf cep": ("BR", "PT"),
    "citta comune regione provincia ospedale cap": ("IT",),
    "plaats gemeente ziekenhuis provincie": ("NL", "BE"),
    "miasto szpital wojewodztwo miejscowosc": ("PL",),
    "by sygehus kommune": ("DK", "NO"),
    "sehir il ilce hastane": ("TR",),
    "市 都道府県 市区町村 病院": ("JP",),
    "城市 省份 医院": ("CN",),
    "도시 시도 병원": ("KR",),
    "город область больница": ("RU",),
}


class Conclusion(NamedTuple):
    """A country for all rows of a list, and what it was concluded from."""

    country: str
    why: str


def conclude_country(
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    place: Mapping[str, int],
    name: str,
) -> Conclusion | None:
    """The one country that nearly all rows fit and no other does; None where that is not certain.

    Args:
        header: the names of the columns, whose language counts where several countries fit.
        rows: the first rows.
        place: the index of each known column.
        name: the file's name, which counts likewise.
    """
    evidence = _list_evidence(rows, place)
    if len(evidence) < _MIN_ROWS:
        return None
    hinted = _find_hints(header, name)
    codes = _list_candidates(evidence, hinted)
    scores: dict[str, float] = {}
    for code in codes:
        if _is_contradicted(evidence, code):
            continue
        fits = sum(row.fits(code) for row in evidence) / len(evidence)
        if fits >= _NEARLY_ALL or (code in hinted and fits >= _RUNNER_UP):
            scores[code] = fits
    if not scores:
        return None
    total = {code: score + (_HINT if code in hinted else 0) for code, score in scores.items()}
    best, *others = sorted(total, key=lambda code: -total[code])
    others = [code for code in others if total[code] > total[best] - _HINT / 2]
    if others or not _is_telling(evidence, best, best in hinted):
        return None
    used = [
        what
        for what, at in (("states", "state"), ("towns", "city"), ("postcodes", "postcode"))
        if any(getattr(row, at) for row in evidence)
    ]
    used += ["points"] if any(row.point for row in evidence) else []
    return Conclusion(
        country_name(best), " and ".join(filter(None, [", ".join(used[:-1]), used[-1]]))
    )


class _Evidence(NamedTuple):
    city: str
    state: str
    postcode: str
    point: tuple[float, float] | None

    def fits(self, code: str) -> bool:
        """True if all that is known of the row agrees with the country, and some of it says so."""
        if self.point is not None:
            return in_country(*self.point, code)
        state = _belongs_to(self.state, code) if self.state else None
        postcode = _may_be_postcode(self.postcode, code) if self.postcode else None
        if state is False or postcode is False:
            return False
        if postcode and code in _POSTCODES:
            return True
        if self.city and list_city_countries(self.city):
            return is_city(self.city, code) or (bool(state) and bool(postcode))
        return bool(state)


def _is_contradicted(evidence: Sequence[_Evidence], code: str) -> bool:
    """True if points lie in other countries, more than slips of the pen or of a border."""
    points = [row.point for row in evidence if row.point is not None]
    outside = sum(not in_country(*point, code) for point in points)
    return outside > _MOST_POINTS_OUTSIDE * len(points)


def _list_evidence(rows: Sequence[Sequence[str]], place: Mapping[str, int]) -> list[_Evidence]:
    found: dict[_Evidence, None] = {}
    for row in rows:
        texts = {}
        for target in ("city", "state", "postcode", "latitude", "longitude"):
            at = place.get(target)
            text = row[at][:100].strip() if at is not None and at < len(row) else ""
            texts[target] = "" if is_missing(text) else text
        north, east = parse_degrees(texts["latitude"]), parse_degrees(texts["longitude"])
        on_earth = abs(north) <= 90 and abs(east) <= 180 and bool(north or east)
        point = (round(north, 5), round(east, 5)) if on_earth else None
        if texts["city"] or texts["state"] or texts["postcode"] or point:
            one = _Evidence(texts["city"], texts["state"], texts["postcode"], point)
            found[one] = None
        if len(found) == _MAX_ROWS:
            break
    return list(found)


def _list_candidates(evidence: Sequence[_Evidence], hinted: frozenset[str]) -> set[str]:
    votes: dict[str, int] = {}
    for row in evidence:
        codes = set(list_city_countries(row.city)) if row.city else set()
        codes |= {code for code in _STATED if row.state and _belongs_to(row.state, code)}
        codes |= _list_countries_at(row.point) if row.point and len(votes) < _MAX_TRIED else set()
        codes |= {code for code, pattern in _POSTCODES.items() if pattern.fullmatch(row.postcode)}
        for code in codes:
            votes[code] = votes.get(code, 0) + 1
    best = sorted(votes, key=lambda code: -votes[code])[:12]
    return set(best) | {code for code in hinted if code in votes}


@cache
def _list_codes() -> tuple[str, ...]:
    return tuple(country.alpha_2 for country in pycountry.countries)


def _list_countries_at(point: tuple[float, float]) -> set[str]:
    return {code for code in _list_codes() if extent(code) and in_country(*point, code)}


_MAX_TRIED = 3
_STATED = ("US", "CA", "AU", "BR", "IN", "MX", "DE", "IT", "ES", "JP")


def _is_telling(evidence: Sequence[_Evidence], code: str, hinted: bool) -> bool:
    """False for towns alone, few of them, that might be anywhere."""
    if any(row.state or row.postcode or row.point for row in evidence):
        return True
    here_alone = sum(list_city_countries(row.city) == (code,) for row in evidence)
    return here_alone >= (1 if hinted else max(2, len(evidence) // 4))


@cache
def _list_states(code: str) -> dict[str, str]:
    """Names of a country's states by the letters behind the hyphen of ISO 3166-2."""
    regions = (one for one in pycountry.subdivisions if one.country_code == code)
    return {region.code.partition("-")[2]: region.name for region in regions}


def _belongs_to(state: str, code: str) -> bool:
    if len(state) <= 3 and state.isupper():
        return state in _list_states(code)
    return is_state(state, code)


def _may_be_postcode(text: str, code: str) -> bool:
    """False for a postcode that the country does not write so."""
    if code in _POSTCODES:
        return bool(_POSTCODES[code].fullmatch(text))
    if any(pattern.fullmatch(text) for known, pattern in _POSTCODES.items() if known != "NL"):
        return False
    digits = text.replace(" ", "").partition("-")[0]
    if code == "US" and digits.isdigit() and len(digits) in (3, 4):
        return True  # a leading zero lost in a spreadsheet
    length = len(digits)
    known_lengths = [size for size, codes in _PLAIN_POSTCODES.items() if code in codes]
    return not known_lengths or (digits.isdigit() and length in known_lengths)


def _find_hints(header: Sequence[str], name: str) -> frozenset[str]:
    """Countries that the file's name or the language of the header speak for."""
    found: set[str] = set()
    words = re.findall(r"[^\W\d_]+", name[:200].rpartition(".")[0])
    for word in words:
        if len(word) > 3 or word.upper() in ("USA", "UK", "US", "UAE"):
            found |= {country_code(word)}
    names = {word for cell in header for word in fold_header(cell).split()}
    for known, codes in _LANGUAGES.items():
        if len(names & set(known.split())) >= 2:
            found |= set(codes)
    return frozenset(found - {""})
