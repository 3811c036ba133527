"""Reads registries' XML of other kinds: trials with their countries, and hospitals where named.

That is the data set of the WHO, as ReBEC and others export it, the ANZCTR's records, and the search
results of ClinicalTrials.gov.
"""

import re
from collections.abc import Iterator
from typing import Any

from dashboard.readers.common.builder import ReadingBuilder
from dashboard.readers.common.clean import as_dict, as_text
from dashboard.readers.common.column_names import fold_header
from dashboard.readers.common.locations_text import split_all
from dashboard.readers.common.place_knowledge import is_city_anywhere
from dashboard.readers.common.trial_number import find_trial_id
from dashboard.sites.trial import Sponsor, Trial
from dashboard.sites.vocabulary import phase_word, status_word
from geocache.geo.countries import country_code

FORMAT = "Trial registry XML"
SEARCH_FORMAT = "ClinicalTrials.gov search results XML"

_NUMBERS = frozenset(
    {"trial id", "trialid", "actrn", "actrnumber", "registration number", "trial number", "nct id"}
)
_TITLES = ("public title", "publictitle", "title", "scientific title", "scientifictitle")
_STATUSES = ("recruitment status", "recruitmentstatus", "status")
_SPONSORS = ("primary sponsor", "primarysponsorname", "lead sponsor")
_OF_OTHERS = re.compile(r"contact|sponsor|fund|ethic|collaborat|applicant")
_MAX_LEVELS = 12


def is_search_result(tree: dict[str, Any]) -> bool:
    """True for the search results of ClinicalTrials.gov."""
    return bool(_list_studies(tree))


def read_search_results(tree: dict[str, Any], builder: ReadingBuilder) -> None:
    """Read each study and its locations, whose text is split from the right."""
    studies = _list_studies(tree)
    texts = [_list_texts(as_dict(one.get("locations")).get("location")) for one in studies]
    split = split_all(text for some in texts for text in some)
    unsure = 0
    for study, locations in zip(studies, texts, strict=True):
        phases = _list_texts(as_dict(study.get("phases")).get("phase"))
        number = _join_words(study.get("nct_id"))
        builder.add_trial(
            Trial(
                trial_id=number,
                title=_join_words(study.get("title")),
                status=status_word(_join_words(study.get("status"))),
                phase=phase_word("/".join(phases)),
                url=_join_words(study.get("url")),
            )
        )
        for text in locations:
            site = split[text]
            unsure += not site.sure
            builder.add_site(site.facility, site.city, site.state, site.postcode, site.country)
        builder.flush()
    if unsure:
        builder.warn(f"{unsure} locations could be split into facility, city and state differently")


def _list_studies(tree: dict[str, Any]) -> list[dict[str, Any]]:
    found = as_dict(tree.get("search_results")).get("study")
    studies = found if isinstance(found, list) else [found]
    return [one for one in map(as_dict, studies) if "nct_id" in one]


def _list_texts(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [text for one in values if (text := _join_words(one))]


def _join_words(value: Any) -> str:
    return " ".join(as_text(value).split())


def iter_registry_trials(tree: dict[str, Any]) -> Iterator[dict[str, list[str]]]:
    """The texts of each trial of a registry's XML by folded element name."""
    yield from _search(tree, 0)


def _search(value: Any, level: int) -> Iterator[dict[str, list[str]]]:
    if level > _MAX_LEVELS:
        return
    if isinstance(value, list):
        for one in value:
            yield from _search(one, level + 1)
        return
    record = as_dict(value)
    numbered = [
        key
        for inner in (record, *(one for one in record.values() if isinstance(one, dict)))
        for key, text in inner.items()
        if fold_header(key) in _NUMBERS and find_trial_id([_join_words(text)])
    ]
    if numbered:
        texts: dict[str, list[str]] = {}
        _collect(record, texts, 0)
        yield texts
        return
    for one in record.values():
        if isinstance(one, (dict, list)):
            yield from _search(one, level + 1)


def _collect(value: Any, texts: dict[str, list[str]], level: int, key: str = "") -> None:
    if level > _MAX_LEVELS or (_OF_OTHERS.search(key) and isinstance(value, (dict, list))):
        return
    if isinstance(value, dict):
        for name, inner in value.items():
            _collect(inner, texts, level + 1, fold_header(name))
    elif isinstance(value, list):
        for inner in value:
            _collect(inner, texts, level + 1, key)
    elif text := _join_words(value):
        texts.setdefault(key, []).append(text)


def add_registry_trial(texts: dict[str, list[str]], builder: ReadingBuilder) -> int:
    """Add a trial with its countries, and its hospitals if it names some; returns their number."""
    number = next((found for name in _NUMBERS if (found := find_trial_id(texts.get(name, [])))), "")
    countries = tuple(
        dict.fromkeys(
            text
            for name, values in texts.items()
            if "countr" in name and not _OF_OTHERS.search(name)
            for text in values
            if country_code(text)
        )
    )
    sponsor = _first(texts, _SPONSORS)
    builder.add_trial(
        Trial(
            trial_id=number,
            title=_first(texts, _TITLES),
            status=status_word(_first(texts, _STATUSES)),
            phase=phase_word(_first(texts, ("phase",))),
            sponsors=(Sponsor(sponsor),) if sponsor else (),
            countries=countries,
        )
    )
    hospitals = [text for name in ("hospital", "hospitals") for text in texts.get(name, [])]
    country = countries[0] if len(countries) == 1 else ""
    for text in hospitals:
        facility, dash, town = text.rpartition(" - ")
        if dash and is_city_anywhere(town):
            builder.add_site(facility, town, country=country)
        else:
            builder.add_site(text, country=country)
    return len(hospitals)


def _first(texts: dict[str, list[str]], names: tuple[str, ...]) -> str:
    return next((texts[name][0] for name in names if texts.get(name)), "")
