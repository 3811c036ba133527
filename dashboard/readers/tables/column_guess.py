"""Finds a table's header, and maps its columns: by name, and by content if names are unknown."""

import re
from collections.abc import Callable, Mapping, Sequence

from dashboard.readers.common.column_names import (
    TARGETS,
    fold_header,
    is_site_list_header,
    match_header,
)
from dashboard.readers.common.degrees import looks_like_thousands
from dashboard.readers.common.place_knowledge import is_city, is_city_anywhere
from dashboard.sites.vocabulary import SITE_STATUSES, site_status_word, status_word
from geocache.geo.countries import country_code
from geocache.tables.degrees import BOUNDS, parse_degrees

_SAMPLE_ROWS = 300
_HEADER_SEARCH_ROWS = 25
_NAME = frozenset({"name", "nom", "nombre", "nome", "nazwa", "naam", "namn", "navn"})
_REACHED_BY = frozenset({"email", "mail", "phone", "tel", "telephone", "telefon", "mobile"})
_PLACE_TARGETS = ("facility", "city", "country", "state", "postcode", "place")
_MEANT_FOR_PLACE = frozenset((*_PLACE_TARGETS, "latitude", "longitude", "point"))
_LONGEST_NAME = 40
_TRIAL_ID = re.compile(
    r"^\s*(NCT\d{8}|\d{4}-\d{6}-\d{2}(-\d{2})?|ISRCTN\d+|ACTRN\d+|ChiCTR[\w-]+|CTRI/\S+|jRCT\S+|"
    r"DRKS\d+|EUCTR\S+|JPRN-\S+|KCT\d+|NL-?\w+|RBR-\w+|TCTR\d+|UMIN\d+)\s*$",
    re.IGNORECASE,
)
_POSTCODE = re.compile(r"^[A-Z0-9][A-Z0-9 -]{2,9}$", re.IGNORECASE)


def find_header(rows: Sequence[Sequence[str]]) -> int | None:
    """The first row that names columns, None if none does.

    Sheets often begin with a title and blank rows.
    """
    best, best_score = None, 0.0
    for at, row in enumerate(rows[:_HEADER_SEARCH_ROWS]):
        cells = [cell for cell in row if cell.strip()]
        found = {target for cell in cells if (target := match_header(cell)[0])}
        if any(is_site_list_header(fold_header(cell)) for cell in cells):
            found.add("place")
        if len(found & _MEANT_FOR_PLACE) < 1 or (len(found) < 2 and len(cells) > 3):
            continue
        if len(found) < 2 and any(map(_is_value, cells)):
            continue
        score = len(found) + len(found) / max(1, len(cells)) - at / 100
        if score > best_score + 0.5:
            best, best_score = at, score
    return best


def _is_value(cell: str) -> bool:
    """True for a country or a number, which belong below a header."""
    number = parse_degrees(cell)
    return number == number or (len(cell.strip()) > 3 and bool(country_code(cell)))  # noqa: PLR0124


def guess_columns(header: Sequence[str], rows: Sequence[Sequence[str]]) -> dict[str, str]:
    """The column for each target, by names and content: ``{"city": "Ort", …}``.

    ``rows`` are the first rows under the header; a few hundred are enough. Keys are of
    :data:`~dashboard.readers.common.column_names.TARGETS`, values of the header. A person can
    change them and pass them to ``read(…, columns=…)``.
    """
    sample = rows[:_SAMPLE_ROWS]
    cells = [
        [row[at].strip() for row in sample if at < len(row) and row[at].strip()]
        for at in range(len(header))
    ]
    chosen: dict[str, tuple[float, int]] = {}
    for at, name in enumerate(header):
        target, certainty = match_header(name)
        if not target and is_site_list_header(fold_header(name)):
            target, certainty = _guess_sites_column(cells[at]), 0.55
        if not target:
            continue
        target, certainty = _check_content(target, certainty, cells[at])
        if target and certainty > chosen.get(target, (0.0, 0))[0]:
            chosen[target] = certainty, at
    _prefer_site_status(chosen, header)
    if "facility" in chosen and _names_people(header, chosen):
        del chosen["facility"]
    taken = {at for _, at in chosen.values()}
    for at, values in enumerate(cells):
        if at not in taken:
            target = _guess_by_content(values)
            if target and target not in chosen and not _is_in_place_column(target, chosen):
                chosen[target] = 0.3, at
                taken.add(at)
    if "city" in chosen:
        chosen.pop("place", None)
    if "latitude" in chosen and "longitude" in chosen:
        chosen.pop("point", None)
    return {target: header[chosen[target][1]] for target in TARGETS if target in chosen}


def _check_content(  # noqa: PLR0911 - a list of cases
    target: str, certainty: float, values: Sequence[str]
) -> tuple[str, float]:
    """Check a target, found by name, against the content; returns target and certainty."""
    if not values:
        return target, certainty - 0.3
    if target in ("latitude", "longitude"):
        good = sum(
            parse_degrees(value) == parse_degrees(value)
            or looks_like_thousands(value, BOUNDS[target])
            for value in values
        )
        # A full name is trusted, so that wrong values in the column are reported.
        named_in_full = certainty > 0.98
        return (target, certainty) if named_in_full or good * 2 >= len(values) else ("", 0.0)
    if target == "site_number":
        if _share(values, re.compile(r"NCT\d{8}").search) > 0.5:
            return "", 0.0
        if _share(values, lambda value: not re.search(r"\d", value) or len(value) > 24) > 0.5:
            return "facility", 0.7
    if target == "facility" and all(value.isdigit() and len(value) <= 6 for value in values):
        return "site_number", certainty - 0.1
    if target == "trial_id" and _share(values, _TRIAL_ID.match) > 0.8:
        return target, certainty + 0.5
    if target in ("country", "state"):
        countries = _share(values, lambda value: bool(country_code(value)))
        named_in_full = max(map(len, values)) > 3  # codes of states are codes of countries too
        if target == "state" and countries > 0.9 and named_in_full and set(values) != {"Georgia"}:
            return "country", 0.6
        if target == "country" and countries < 0.1 and len(values) > 5:
            return "state", 0.3
        if target == "country" and all(len(value) <= 3 for value in values):
            return target, certainty - 0.2
    if target == "status" and not _share(values, lambda value: bool(site_status_word(value))):
        return target, certainty - 0.3
    return target, certainty


def _guess_sites_column(values: Sequence[str]) -> str:
    """The target of a column `Sites`: sites with towns, hospitals alone, or none for counts."""
    if not values or _share(values, str.isdigit) > 0.2:
        return ""
    return "place" if _share(values, lambda value: "," in value) > 0.5 else "facility"


def _prefer_site_status(chosen: dict[str, tuple[float, int]], header: Sequence[str]) -> None:
    """Use the only recruitment status of a table as that of the sites."""
    if "trial_status" in chosen and "status" not in chosen:
        at = chosen["trial_status"][1]
        if match_header(header[at])[0] == "trial_status" and "recruitment" in header[at].casefold():
            chosen["status"] = chosen.pop("trial_status")


def _names_people(header: Sequence[str], chosen: Mapping[str, tuple[float, int]]) -> bool:
    """True if the column `Name`, beside telephones or e-mail and without towns, names people."""
    words = {word for name in header for word in fold_header(name).split()}
    return (
        fold_header(header[chosen["facility"][1]]) in _NAME
        and bool(words & _REACHED_BY)
        and not {"city", "postcode", "place", "point", "latitude"} & set(chosen)
    )


def _is_in_place_column(target: str, chosen: Mapping[str, object]) -> bool:
    return target == "country" and "place" in chosen


def _share(values: Sequence[str], good: Callable[[str], object]) -> float:
    """The share of the values, 0-1, that are good."""
    return sum(bool(good(value)) for value in values) / len(values)


def _guess_by_content(values: Sequence[str]) -> str:
    """``trial_id``, ``country`` or ``status`` for a column that holds nothing else, else empty."""
    if len(values) < 1:
        return ""
    if _share(values, _TRIAL_ID.match) > 0.8:
        return "trial_id"
    if _share(values, country_code) > 0.8 and max(map(len, values)) > 3:
        return "country"
    # Words of a registry only: `open` and `closed` stand in columns about contracts too.
    if _share(values, lambda value: status_word(value) in SITE_STATUSES) > 0.8:
        return "status"
    return ""


def guess_without_header(rows: Sequence[Sequence[str]]) -> dict[str, int]:
    """The column for each target in a table without header; empty if it is no site list.

    A country column is needed; the city is the text column before it, the facility the longest.
    """
    width = max((len(row) for row in rows), default=0)
    cells = [
        [row[at].strip() for row in rows[:_SAMPLE_ROWS] if at < len(row) and row[at].strip()]
        for at in range(width)
    ]
    found: dict[str, int] = {}
    for at, values in enumerate(cells):
        target = _guess_by_content(values) if values else ""
        if target and target not in found:
            found[target] = at
    if "country" not in found:
        return {}
    country = found["country"]
    city = _find_city_column(rows[:_SAMPLE_ROWS], country, width)
    if city is not None and city not in found.values():
        found["city"] = city
    texts = [
        at
        for at, values in enumerate(cells)
        if values and at not in found.values() and _share(values, _is_words) > 0.6
    ]
    before = [at for at in texts if at < country]
    if city is not None:
        others = [at for at in texts if at != city]
        if others:
            found["facility"] = max(others, key=lambda at: sum(map(len, cells[at])))
    elif before:
        longest = max(texts, key=lambda at: sum(map(len, cells[at])) / len(cells[at]))
        if len(texts) > 1:
            found["facility"] = longest
        rest = [at for at in before if at != found.get("facility")]
        if rest:
            found["city"] = rest[0]
            if len(rest) > 1:
                found["state"] = rest[-1]
    for at, values in enumerate(cells):
        if at not in found.values() and values and _share(values, _is_postcode) > 0.7:
            found.setdefault("postcode", at)
    return found


def _find_city_column(rows: Sequence[Sequence[str]], country: int, width: int) -> int | None:
    """The column with most cities of their rows' countries; None if fewer than a third are."""
    known = [0] * width
    for row in rows:
        code = country_code(row[country]) if country < len(row) else ""
        for at, cell in enumerate(row if code else ()):
            known[at] += at != country and is_city(cell, code)
    best = max(range(width), key=known.__getitem__)
    return best if known[best] * 3 >= len(rows) else None


def find_unknown_header(rows: Sequence[Sequence[str]]) -> int | None:
    """The first row, if it is a header of unknown names, else None.

    In a header all cells are different short words, none of them a country, and a column below
    holds countries, statuses, trials or numbers.
    """
    first = next((at for at, row in enumerate(rows) if any(row)), None)
    if first is None:
        return None
    names = [cell.strip() for cell in rows[first]]
    body = [row for row in rows[first + 1 : first + 1 + _SAMPLE_ROWS] if any(row)]
    wide = sum(len(row) == len(names) for row in body) * 2 > len(body)
    if (
        len(names) < 2
        or not wide
        or not all(map(_may_be_header_cell, names))
        or len(set(names)) < len(names)
    ):
        return None
    columns = [
        [row[at].strip() for row in body if at < len(row) and row[at].strip()]
        for at in range(len(names))
    ]
    if any(values and _share(values, _has_digit) > 0.8 for values in columns):
        return first
    unlike = any(_guess_by_content(values) for values in columns)
    return first if unlike and not any(map(is_city_anywhere, names)) else None


def _may_be_header_cell(cell: str) -> bool:
    """True for a possible name of a column: a few words, without digits and no known value."""
    return (
        0 < len(cell) <= _LONGEST_NAME
        and not _has_digit(cell)
        and "@" not in cell
        and not (len(cell) > 3 and country_code(cell))
        and status_word(cell) not in SITE_STATUSES
    )


def _has_digit(text: str) -> bool:
    return any(map(str.isdigit, text))


def _is_words(value: str) -> bool:
    return sum(letter.isalpha() for letter in value) * 2 > len(value)


def _is_postcode(value: str) -> bool:
    return bool(_POSTCODE.match(value)) and any(letter.isdigit() for letter in value)
