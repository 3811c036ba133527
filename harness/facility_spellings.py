"""Spellings of made-up hospitals, as registries have them: languages, departments, site numbers."""

import numpy as np
import pandas as pd

from dashboard.sites.categoricals import combine_codes, factorize, find_first_rows
from harness.site_tables import PLACEHOLDERS

_FIRST = (
    *("Al", "Bran", "Cor", "Dun", "El", "Fal", "Gar", "Hol", "Iver", "Jas", "Kel", "Lor", "Mar"),
    *("Nor", "Ost", "Pel", "Quin", "Ros", "Sel", "Tor", "Ul", "Var", "Wes", "Yor", "Zan", "Bel"),
)
_LAST = (
    *("aron", "bach", "cone", "der", "enberg", "fold", "gate", "hain", "ington", "jord", "kamp"),
    *("low", "mont", "nova", "over", "pont", "quist", "rade", "stein", "tova", "ulla", "ville"),
)
_TRIES = 8
_ENGLISH = ("{n} Hospital", "University Hospital {n}", "{n} Medical Center", "{n} Cancer Institute")
_KINDS = {
    "DE": ("Klinikum {n}", "Universitätsklinikum {n}", "Krankenhaus {n}", "{n} Krebszentrum"),
    "FR": ("Hôpital {n}", "CHU {n}", "Centre Hospitalier {n}", "Institut {n} du Cancer"),
    "ES": ("Hospital {n}", "Hospital Universitario {n}", "Clínica {n}", "Instituto Oncológico {n}"),
    "IT": ("Ospedale {n}", "AOU {n}", "Presidio Ospedaliero {n}", "Istituto Tumori {n}"),
    "PT": ("Hospital {n}", "Hospital Universitário {n}", "Clínica {n}", "Instituto do Câncer {n}"),
    "PL": ("Szpital im. {n}", "Szpital Uniwersytecki {n}", "Centrum {n}", "Centrum Onkologii {n}"),
    "TR": ("{n} Hastanesi", "{n} Universitesi Tip Fakultesi", "{n} Klinigi", "{n} Onkoloji"),
    "EN": _ENGLISH,
}
_LANGUAGES = {
    **dict.fromkeys(("AT", "CH"), "DE"),
    **dict.fromkeys(("BE", "MA", "TN", "CI"), "FR"),
    **dict.fromkeys(("MX", "AR", "CO", "CL", "PE", "VE", "EC", "GT", "BO"), "ES"),
    "BR": "PT",
}
_FORMS = (
    "{h}",
    "{e}",
    "Department of Cardiology, {h}",
    "{h} ( Site {s:04d} )",
    "{h} - Klinik für Neurologie",
    "{e}, Oncology Unit",
    "{h} GmbH",
    "{c} {e} /ID# {s}",
)


def spell(city: str, country: str, hospital: int, form: int) -> str:
    """A spelling of a hospital of a city, by their numbers."""
    seed = hash_text(city) + hospital * 7
    name = _FIRST[seed % len(_FIRST)] + _LAST[(seed // len(_FIRST)) % len(_LAST)]
    language = country if country in _KINDS else _LANGUAGES.get(country, "EN")
    kind = hospital % len(_ENGLISH)
    own, english = _KINDS[language][kind].format(n=name), _ENGLISH[kind].format(n=name)
    pattern = _FORMS[form % len(_FORMS)]
    return pattern.format(h=own, e=english, c=city, s=seed % 9_000 + form)


def hash_text(text: str) -> int:
    """A number that is equal in every process."""
    value = 0
    for letter in text:
        value = (value * 31 + ord(letter)) % 1_000_003
    return value


def respell_facilities(sites: pd.DataFrame, names: int, seed: int = 7) -> pd.DataFrame:
    """The sites with nearly ``names`` distinct facilities as written, some three to a hospital.

    Placeholders stay. A city has names in proportion to its sites, and few names have most of them.

    Args:
        sites: a table of :func:`harness.site_tables.generate_site_table`.
        names: how many pairs of a facility's text and a city there shall be.
        seed: equal ones give equal tables.
    """
    columns = [factorize(sites[name]) for name in ("city", "country_code", "state")]
    city, keys = pd.factorize(combine_codes((of, len(distinct)) for of, distinct in columns))
    first = find_first_rows(city, len(keys))
    cities = list(
        zip(*(distinct.astype("str")[of[first]] for of, distinct in columns[:2]), strict=True)
    )
    written, texts = factorize(sites["facility"])
    placeholder = np.array([text in PLACEHOLDERS for text in texts.astype("str")])
    rows = np.flatnonzero(~placeholder[written])
    drawn, own, start = _draw_names(city[rows], len(cities), names, seed)
    spellings = [
        spell(name, country, number // 3, number)
        for (name, country), size in zip(cities, own.tolist(), strict=True)
        for number in range(size)
    ]
    codes = written.astype(np.int64)
    codes[rows] = len(texts) + start[city[rows]] + drawn
    numbers, distinct = pd.factorize(np.array([*texts.astype("str"), *spellings], dtype=object))
    facility = pd.Categorical.from_codes(
        numbers[codes].astype(np.int32), pd.Index(distinct, dtype="str")
    )
    return sites.assign(facility=facility)


def _draw_names(
    city: np.ndarray, cities: int, names: int, seed: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For each site the number of its name in its city; names of each city, and their start."""
    counts = np.bincount(city, minlength=cities)
    spare = names / len(city)
    for _ in range(_TRIES):
        own = np.round(counts * spare).clip(1).astype(np.int64)
        start = np.concatenate([[0], np.cumsum(own)[:-1]])
        skewed = np.random.default_rng(seed).random(len(city)) ** 1.5
        drawn = (own[city] * skewed).astype(np.int64)
        found = len(np.unique(start[city] + drawn))
        if abs(found - names) * 100 <= names:
            break
        spare *= names / found
    return drawn, own, start
