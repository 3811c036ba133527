"""Which column of a plain table is which of ours: by name, and by content where names are mute."""

import re
from collections.abc import Mapping, Sequence

from dashboard.readers.common.column_names import TARGETS, folded, named, names_sites
from dashboard.readers.common.degrees import BOUNDS, as_number, as_thousands
from dashboard.readers.tables.content_guess import TRIAL_ID, by_content, share
from dashboard.sites.vocabulary import site_status_word
from geocache.geo.countries import country_code

_SAMPLE_ROWS = 300
_HEADER_SEARCH_ROWS = 25
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
        if any(names_sites(folded(cell)) for cell in cells):
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
    """True for a country or a number: what stands below a header."""
    number = as_number(cell)
    return number == number or (len(cell.strip()) > 3 and bool(country_code(cell)))  # noqa: PLR0124


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
        if not target and names_sites(folded(name)):
            target, certainty = _of_sites(cells[at]), 0.55
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
            target = by_content(values)
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
        good = sum(
            as_number(value) == as_number(value) or as_thousands(value, BOUNDS[target])
            for value in values
        )
        # A column that says so in full is read as it is, so that what it holds instead is told.
        named_in_full = certainty > 0.98
        return (target, certainty) if named_in_full or good * 2 >= len(values) else ("", 0.0)
    if target == "site_number":
        if share(values, re.compile(r"NCT\d{8}").search) > 0.5:
            return "", 0.0
        if share(values, lambda value: not re.search(r"\d", value) or len(value) > 24) > 0.5:
            return "facility", 0.7
    if target == "facility" and all(value.isdigit() and len(value) <= 6 for value in values):
        return "site_number", certainty - 0.1
    if target == "trial_id" and share(values, TRIAL_ID.match) > 0.8:
        return target, certainty + 0.5
    if target in ("country", "state"):
        countries = share(values, lambda value: bool(country_code(value)))
        named_in_full = max(map(len, values)) > 3  # codes of states are codes of countries too
        if target == "state" and countries > 0.9 and named_in_full and set(values) != {"Georgia"}:
            return "country", 0.6
        if target == "country" and countries < 0.1 and len(values) > 5:
            return "state", 0.3
        if target == "country" and all(len(value) <= 3 for value in values):
            return target, certainty - 0.2
    if target == "status" and not share(values, lambda value: bool(site_status_word(value))):
        return target, certainty - 0.3
    return target, certainty


def _of_sites(values: Sequence[str]) -> str:
    """What a column `Sites` holds: sites with their towns, hospitals alone, or their number."""
    if not values or share(values, str.isdigit) > 0.2:
        return ""
    return "place" if share(values, lambda value: "," in value) > 0.5 else "facility"


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


def _placed(target: str, chosen: Mapping[str, object]) -> bool:
    return target == "country" and "place" in chosen
