"""Finds countries in text: at the end of a place, in a line of countries, in a list."""

import re
from collections.abc import Iterable, Sequence

from geocache.geo.countries import country_code, look_up_untranslated_code

_LONGEST_NAME_WORDS = 8
STATE_CODES = frozenset(
    re.findall(
        r"\w+",
        """AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH
        NJ NM NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY""",
    )
)


def names_country(text: str) -> bool:
    """True for the name of a country; a code of two or three letters is none: `DE`, `USA`."""
    return (len(text) > 3 or not text.isascii()) and bool(country_code(text))


def split_country(parts: Sequence[str]) -> tuple[list[str], str]:
    """The parts before the country, and the country, which may contain commas.

    ``["Seoul", "", "Korea", "Republic of"]`` -> ``(["Seoul", ""], "Korea, Republic of")``. If
    none is known the last part counts as the country.
    """
    for length in (3, 2):
        if len(parts) > length - 1:
            name = ", ".join(parts[-length:])
            if parts[-length] and not country_code(parts[-1]) and country_code(name):
                return list(parts[:-length]), name
    return list(parts[:-1]), parts[-1] if parts else ""


def split_place(text: str) -> tuple[str, str, str]:
    """City, state and country of a ``City, State, Country`` line, any of them empty.

    A US state's letters at the end are a state: ``Boston, MA`` is not in Morocco.
    """
    parts = [part.strip() for part in text.split(",")]
    before, country = split_country(parts)
    if before and country in STATE_CODES:
        return ", ".join(part for part in before if part), country, ""
    if not before:
        return ("", "", country) if country_code(country) else (country, "", "")
    if len(before) == 1:
        return before[0], "", country
    return ", ".join(part for part in before[:-1] if part), before[-1], country


def find_countries(text: str) -> tuple[str, ...]:
    """The countries in a line such as ``Austria Belgium United Kingdom``, in English.

    Unknown words between them are kept together as one name.
    """
    words = text.replace(";", " ").replace("|", " ").split()
    found: list[str] = []
    unknown: list[str] = []
    at = 0
    while at < len(words):
        for length in range(min(_LONGEST_NAME_WORDS, len(words) - at), 0, -1):
            name = " ".join(words[at : at + length]).strip(",")
            if len(name) > 3 and look_up_untranslated_code(name):
                if unknown:
                    found.append(" ".join(unknown))
                    unknown = []
                found.append(name)
                at += length
                break
        else:
            unknown.append(words[at])
            at += 1
    if unknown:
        found.append(" ".join(unknown))
    return tuple(dict.fromkeys(found))


def parse_country_list(lines: Iterable[str]) -> tuple[str, ...]:
    """The countries in the lines of a list, up to the first line without one."""
    found: list[str] = []
    for line in lines:
        names = find_countries(line)
        if not any(country_code(name) for name in names):
            break
        found.extend(names)
    return tuple(dict.fromkeys(found))


def compare_countries(trial_id: str, listed: Iterable[str], of_sites: Iterable[str]) -> list[str]:
    """Warnings for countries that only a trial's own list, or only its sites, name."""
    in_list = {country_code(name) or name: name for name in listed}
    in_sites = {country_code(name) or name: name for name in dict.fromkeys(of_sites) if name}
    only_list = [name for key, name in in_list.items() if key not in in_sites]
    only_sites = [name for key, name in in_sites.items() if key not in in_list]
    warnings = []
    if only_list:
        warnings.append(f"{trial_id}: countries listed without a site: {', '.join(only_list)}")
    if only_sites:
        warnings.append(f"{trial_id}: sites in countries not listed: {', '.join(only_sites)}")
    return warnings
