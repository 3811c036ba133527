"""Which column of a plain table is which of ours: by name, and by content where names are mute."""

import re
from collections.abc import Callable, Mapping, Sequence

from dashboard.readers.column_names import TARGETS, folded, named
from dashboard.readers.degrees import as_number
from dashboard.vocabulary import SITE_STATUSES, site_status_word, status_word
from geocache.countries import country_code

_SAMPLE_ROWS = 300
_HEADER_SEARCH_ROWS = 25
_TRIAL_ID = re.compile(
    r"^\s*(NCT\d{8}|\d{4}-\d{6}-\d{2}(-\d{2})?|ISRCTN\d+|ACTRN\d+|ChiCTR[\w-]+|CTRI/\S+|jRCT\S+|"
    r"DRKS\d+|EUCTR\S+|JPRN-\S+|KCT\d+|NL-?\w+|RBR-\w+|TCTR\d+|UMIN\d+)\s*$",
    re.IGNORECASE,
)
_POSTCODE = re.compile(r"^[A-Z0-9][A-Z0-9 -]{2,9}$", re.IGNORECASE)
_NAME = frozenset({"name", "nom", "nombre", "nome", "nazwa", "naam", "namn", "navn"})
_REACHED_BY = frozenset({"email", "mail", "phone", "tel", "telephone", "telefon", "mobile"})
_PLACE_TARGETS = ("facility", "city", "country", "state", "postcode", "place")
_MEANT_FOR_PLACE = frozenset((*_PLACE_TARGETS, "latitude", "longitude", "point"))


def header_row(rows: Sequence[Sequence[str]]) -> int | None:
    """Which of the first rows names the columns; None where none does.

    Sheets often begin with a title and blank rows.
    """
    best, best_score = None, 0.0
    for at, row in enumerate(rows[:_HEADER_SEARCH_ROWS]):
        cells = [cell for cell in row if cell.strip()]
        found = {target for cell in cells if (target := named(cell)[0])}
        if len(found & _MEANT_FOR_PLACE) < 1 or (len(found) < 2 and len(cells) > 3):
            continue
        score = len(found) + len(found) / max(1, len(cells)) - at / 100
        if score > best_score + 0.5:
            best, best_score = at, score
    return best


def guess_columns(header: Sequence[str], rows: Sequence[Sequence[str]]) -> dict[str, str]:
    """Which of a table's columns is taken for which of ours: ``{"city": "Ort", …}``.

    ``rows`` are the first rows under the header; a few hundred are enough. Keys are of
    :data:`~dashboard.readers.column_names.TARGETS`, values are texts of the header. Show it to the
    person; what they change goes to ``read(…, columns=…)``.
    """
    sample = rows[:_SAMPLE_ROWS]
    cells = [
        [row[at].strip() for row in sample if at < len(row) and row[at].strip()]
        for at in range(len(header))
    ]
    chosen: dict[str, tuple[float, int]] = {}
    for at, name in enumerate(header):
        target, certainty = named(name)
        if not target:
            continue
        target, certainty = _checked(target, certainty, cells[at])
        if target and certainty > chosen.get(target, (0.0, 0))[0]:
            chosen[target] = certainty, at
    _status_of_what(chosen, header)
    if "facility" in chosen and _of_people(header, chosen):
        del chosen["facility"]
    taken = {at for _, at in chosen.values()}
    for at, values in enumerate(cells):
        if at not in taken:
            target = _by_content(values)
            if target and target not in chosen and not _placed(target, chosen):
                chosen[target] = 0.3, at
                taken.add(at)
    if "city" in chosen:
        chosen.pop("place", None)
    if "latitude" in chosen and "longitude" in chosen:
        chosen.pop("point", None)
    return {target: header[chosen[target][1]] for target in TARGETS if target in chosen}


def _checked(  # noqa: PLR0911 - a list of cases
    target: str, certainty: float, values: Sequence[str]
) -> tuple[str, float]:
    """The name's claim held against the content; columns that hold something else do not count."""
    if not values:
        return target, certainty - 0.3
    if target in ("latitude", "longitude"):
        good = sum(as_number(value) == as_number(value) for value in values)
        # A column that says so in full is read as it is, so that what it holds instead is told.
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


def _share(values: Sequence[str], good: Callable[[str], object]) -> float:
    return sum(bool(good(value)) for value in values) / len(values)


def _status_of_what(chosen: dict[str, tuple[float, int]], header: Sequence[str]) -> None:
    """Where one column is a recruitment status and no other is, it is the sites' own."""
    if "trial_status" in chosen and "status" not in chosen:
        at = chosen["trial_status"][1]
        if named(header[at])[0] == "trial_status" and "recruitment" in header[at].casefold():
            chosen["status"] = chosen.pop("trial_status")


def _of_people(header: Sequence[str], chosen: Mapping[str, tuple[float, int]]) -> bool:
    """True where `Name` stands beside telephones or e-mail and no town: it names people."""
    words = {word for name in header for word in folded(name).split()}
    return (
        folded(header[chosen["facility"][1]]) in _NAME
        and bool(words & _REACHED_BY)
        and not {"city", "postcode", "place", "point", "latitude"} & set(chosen)
    )


def _by_content(values: Sequence[str]) -> str:
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


def _placed(target: str, chosen: Mapping[str, object]) -> bool:
    return target == "country" and "place" in chosen


def guess_without_header(rows: Sequence[Sequence[str]]) -> dict[str, int]:
    """Which column is which in a table without names, by content; empty where it is no site list.

    A country column is needed; city is the text column before it, facility the longest text.
    """
    width = max((len(row) for row in rows), default=0)
    cells = [
        [row[at].strip() for row in rows[:_SAMPLE_ROWS] if at < len(row) and row[at].strip()]
        for at in range(width)
    ]
    found: dict[str, int] = {}
    for at, values in enumerate(cells):
        target = _by_content(values) if values else ""
        if target and target not in found:
            found[target] = at
    if "country" not in found:
        return {}
    country = found["country"]
    texts = [
        at
        for at, values in enumerate(cells)
        if values and at not in found.values() and _share(values, _is_words) > 0.6
    ]
    before = [at for at in texts if at < country]
    if before:
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


def _is_words(value: str) -> bool:
    return sum(letter.isalpha() for letter in value) * 2 > len(value)


def _is_postcode(value: str) -> bool:
    return bool(_POSTCODE.match(value)) and any(letter.isdigit() for letter in value)
