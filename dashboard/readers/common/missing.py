"""Words that stand for a missing value, and where `NA` is Namibia after all."""

from collections.abc import Iterable, Mapping

from dashboard.readers.common.coded_column import CodedColumn
from dashboard.readers.common.place_knowledge import is_city, is_city_anywhere, is_state
from geocache.geo.borders import in_country
from geocache.tables.degrees import parse_degrees

_WORDS = frozenset(
    (
        *("na", "n/a", "#n/a", "n.a.", "n.a", "<na>", "null", "(null)", "none", "nan", "nat"),
        *(
            "nil",
            "-",
            "--",
            "–",
            "—",
            ".",
            "\\n",
            "#null!",
            "#ref!",
            "#value!",
            "#name?",
            "#div/0!",
        ),
    )
)
_LONGEST = max(map(len, _WORDS))
_NAMIBIA = "NA"


def is_missing(text: str) -> bool:
    """True for blank text and for words such as `NA`, `N/A`, `null`, `-` and `#N/A`."""
    plain = text.strip() if len(text) < 40 else text
    return len(plain) <= _LONGEST and (not plain or plain.casefold() in _WORDS)


def find_missing(texts: Iterable[str]) -> set[str]:
    """The texts that :func:`is_missing` is true of."""
    texts = list(texts)
    short = zip(texts, map(len, map(str.strip, texts)), strict=True)
    return {text for text, length in short if length <= _LONGEST and is_missing(text)}


def blank_missing(columns: Mapping[str, CodedColumn]) -> dict[str, CodedColumn]:
    """The columns of text, by target, with words for a missing value blanked.

    `NA` stays where it is the code of Namibia: in the column of countries, if the row's point,
    city or state lies there, or if the row names no place and all other countries are two-letter
    codes without gaps. R and pandas write `NA` for a missing value.
    """
    found: dict[str, CodedColumn] = {}
    for target, column in columns.items():
        words = find_missing(column.texts) - {""}
        if target == "country" and any(word.strip() == _NAMIBIA for word in words):
            found[target] = CodedColumn.encode(_blank_countries(column, words, columns))
        else:
            found[target] = column.change(dict.fromkeys(words, ""))
    return found


def _blank_countries(
    column: CodedColumn, words: set[str], columns: Mapping[str, CodedColumn]
) -> list[str]:
    others = {text.strip() for text in column.texts if text.strip() != _NAMIBIA}
    codes = bool(others) and all(len(text) == 2 and text.isupper() for text in others)
    places = [
        columns.get(target) or [""] * len(column)
        for target in ("latitude", "longitude", "city", "state")
    ]
    known: dict[tuple[str, ...], bool] = {}
    blanked = []
    for text, *place in zip(column, *places, strict=True):
        if text not in words:
            blanked.append(text)
            continue
        key = (text.strip(), *map(str, place))
        if key not in known:
            known[key] = key[0] == _NAMIBIA and _is_in_namibia(*key[1:], codes=codes)
        blanked.append(text if known[key] else "")
    return blanked


def _is_in_namibia(latitude: str, longitude: str, city: str, state: str, *, codes: bool) -> bool:
    north, east = parse_degrees(latitude), parse_degrees(longitude)
    if abs(north) <= 90 and abs(east) <= 180:
        return in_country(round(north, 5), round(east, 5), _NAMIBIA)
    if not is_missing(city):
        here = is_city(city, _NAMIBIA)
        return here or (codes and not is_city_anywhere(city))
    return codes or (not is_missing(state) and is_state(state, _NAMIBIA))
