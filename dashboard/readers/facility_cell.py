"""Facilities of lists people made: `Site 101 - PI Dr. A - Hospital` is the hospital, number 101."""

import re
from collections.abc import Callable, Sequence

_SEPARATOR = re.compile(r"\s+[-–—|/]\s+|\s*[;\n]\s*|\s*,\s+(?=P\.?I\.?\b)")
_NUMBER = re.compile(
    r"^(?:site|centre|center|zentrum|prüfzentrum|centro|sede|centrum|ośrodek)\s*"
    r"(?:no\.?|nr\.?|number|id|#|n°|nº)?\s*[#:]?\s*([A-Z]{0,3}-?\d[\d-]{0,11})$",
    re.IGNORECASE,
)
_PERSON = re.compile(
    r"^(?:P\.?I\.?|(?:principal|lead|sub|co)?[- ]?investigator|prüfarzt|prüfärztin|hauptprüfer|"
    r"investigat(?:eur|rice)(?: principale?)?|investigadora?(?: principal)?|sperimentatore|"
    r"(?:główny )?badacz)(?:\s*[:.]\s*|\s+(?=\S))\S",
    re.IGNORECASE,
)
# One of these stands in every list that holds either; looking for them costs next to nothing.
_SIGNS = (
    *("pi ", "pi:", "pi.", "p.i", "investig", "prüf", "sperimentator", "badacz"),
    *("\nsite", "\ncent", "\nzentrum", "\nsede", "\nośrodek"),
)


def split_facilities(
    column: Sequence[str], warn: Callable[[str], None]
) -> tuple[dict[str, str], dict[str, str]]:
    """By facility text: its site number, and the facility without number and investigator.

    Only texts that change are in either. People's names are no part of a site; how many texts named
    one is said.
    """
    texts = set(column)
    every = "\n" + "\n".join(texts).casefold()
    if not any(sign in every for sign in _SIGNS):
        return {}, {}
    numbers: dict[str, str] = {}
    plain: dict[str, str] = {}
    people = 0
    for text in texts:
        parts = _SEPARATOR.split(text.strip())
        kept = [part for part in parts if not _PERSON.match(part)]
        number = _NUMBER.match(kept[0].strip()) if kept else None
        if len(kept) < len(parts) and kept:
            people += 1
        elif not number or len(parts) < 2:
            continue
        if number:
            numbers[text] = number[1]
            kept = kept[1:]
        plain[text] = " - ".join(kept)
    if people:
        warn(f"{people} facilities named an investigator beside them; people's names are left out")
    return numbers, plain
