"""Measures how well names are joined to facilities, on pairs that people have judged."""

import csv
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from rapidfuzz import fuzz

from geocache.errors import InputError
from geocache.facilities.clean import strip_site_number
from geocache.facilities.join import FacilityJoiner, Named
from geocache.facilities.parse import parse
from geocache.facilities.spelling import describe_difference, spelling_key
from geocache.geo.countries import country_code, country_name
from geocache.geo.names import fold

COLUMNS = ("country", "place", "a", "b", "label")
LABELS = ("same", "different", "related", "unsure")
MIN_CONFIDENCE = 2
SITE_NUMBER = "site number"
"""The kind of pairs in which only a sponsor's number of the site differs."""


class Pair(NamedTuple):
    """Two names of a place and how they were judged; ``row`` is the line in the file."""

    country: str
    place: str
    a: str
    b: str
    label: str
    confidence: int
    row: int


class Judged(NamedTuple):
    """A pair, and whether its names were joined to one facility."""

    pair: Pair
    joined: bool
    kind: str


class Figures(NamedTuple):
    """Precision and recall of ``same`` against ``different``, from 0 to 1; none if undefined."""

    same: int
    different: int
    joined_same: int
    joined_different: int

    @property
    def precision(self) -> float | None:
        """The share of joined pairs that are the same."""
        joined = self.joined_same + self.joined_different
        return self.joined_same / joined if joined else None

    @property
    def recall(self) -> float | None:
        """The share of same pairs that were joined."""
        return self.joined_same / self.same if self.same else None


def read_pairs(path: Path) -> list[Pair]:
    """Read judged pairs: columns country, place, a, b, label and optionally confidence.

    ``place`` is a city, then maybe a state, then the country, parted by commas.

    Raises:
        InputError: the file cannot be read, a column is missing, or a label is none.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as opened:
            reader = csv.DictReader(opened)
            names = {(name or "").strip().casefold(): name for name in reader.fieldnames or ()}
            if missing := [name for name in COLUMNS if name not in names]:
                raise InputError(f"{path}: no column {', '.join(missing)}")
            return [
                _read_pair(path, {key: row.get(name) or "" for key, name in names.items()}, number)
                for number, row in enumerate(reader, start=2)
            ]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{path}: cannot be read: {error}") from error


def _read_pair(path: Path, row: dict[str, str], number: int) -> Pair:
    label = row["label"].strip().casefold()
    if label not in LABELS:
        raise InputError(f"{path}, row {number}: label {label!r} is none of {', '.join(LABELS)}")
    text = row.get("confidence", "").strip()
    if text and not text.isdigit():
        raise InputError(f"{path}, row {number}: confidence {text!r} is no whole number")
    confidence = int(text) if text else MIN_CONFIDENCE
    return Pair(row["country"], row["place"], row["a"], row["b"], label, confidence, number)


def judge_pairs(pairs: Sequence[Pair]) -> list[Judged]:
    """Join all names of all places at once, and say of each pair whether it was joined."""
    sites = sorted({_make_site(pair, name) for pair in pairs for name in (pair.a, pair.b)})
    found = FacilityJoiner().join(sites)
    ids = {
        site: facility.facility_id or site.facility
        for site, facility in zip(sites, found, strict=True)
    }
    return [
        Judged(
            pair,
            ids[_make_site(pair, pair.a)] == ids[_make_site(pair, pair.b)],
            classify_difference(pair.a, pair.b),
        )
        for pair in pairs
    ]


def _make_site(pair: Pair, name: str) -> Named:
    city, *rest = (part.strip() for part in pair.place.split(","))
    known = pair.country or (rest[-1] if rest else "")
    state = " ".join(rest[:-1])
    return Named(name, city, state, known)


def classify_difference(a: str, b: str) -> str:
    """What differs between two names: ``site number``, ``language`` and so on."""
    plain = strip_site_number(a), strip_site_number(b)
    if fold(plain[0]) == fold(plain[1]):
        return SITE_NUMBER if (a, b) != plain else "case and accents"
    one, other = parse(a), parse(b)
    for short, long in ((one, other), (other, one)):
        if short.acronyms & long.list_initials():
            return "acronym"
    first = describe_difference(one, other, "")
    return first if first != "spelling" else describe_difference(other, one, "")


def count_figures(judged: Iterable[Judged]) -> Figures:
    """The figures of judged pairs; ``related``, ``unsure`` and doubtful ones are left out."""
    counts = Counter(
        (one.pair.label, one.joined) for one in judged if one.pair.confidence >= MIN_CONFIDENCE
    )
    return Figures(
        counts["same", True] + counts["same", False],
        counts["different", True] + counts["different", False],
        counts["same", True],
        counts["different", True],
    )


def count_related(judged: Iterable[Judged]) -> tuple[int, int]:
    """How many ``related`` pairs there are, and how many were joined as the same."""
    related = [
        one
        for one in judged
        if one.pair.label == "related" and one.pair.confidence >= MIN_CONFIDENCE
    ]
    return len(related), sum(one.joined for one in related)


def group_by(judged: Iterable[Judged], key: Callable[[Judged], str]) -> dict[str, Figures]:
    """The figures of each group of pairs, the largest first."""
    groups: dict[str, list[Judged]] = defaultdict(list)
    for one in judged:
        groups[key(one)].append(one)
    figures = {name: count_figures(group) for name, group in groups.items()}
    kept = {name: one for name, one in figures.items() if one.same + one.different}
    return dict(sorted(kept.items(), key=lambda item: (-item[1].same - item[1].different, item[0])))


def name_country(judged: Judged) -> str:
    """The short English name of a pair's country."""
    written = judged.pair.country or judged.pair.place.rpartition(",")[2].strip()
    return country_name(country_code(written)) or written


def leave_out_numbers(judged: Iterable[Judged]) -> list[Judged]:
    """Without the easy pairs, in which only a site number differs."""
    return [one for one in judged if one.kind != SITE_NUMBER]


def judge_by_key(judged: Iterable[Judged]) -> list[Judged]:
    """The same pairs, joined where the names are equal but for case, accents and punctuation."""
    return [
        one._replace(joined=spelling_key(one.pair.a) == spelling_key(one.pair.b)) for one in judged
    ]


def judge_by_likeness(judged: Sequence[Judged]) -> tuple[int, list[Judged]]:
    """The same pairs, joined by ``token_set_ratio`` of rapidfuzz at its best threshold (F1)."""
    scores = [fuzz.token_set_ratio(fold(one.pair.a), fold(one.pair.b)) for one in judged]
    best: tuple[float, int, list[Judged]] = (-1.0, 0, [])
    for threshold in range(50, 101):
        joined = [
            one._replace(joined=score >= threshold)
            for one, score in zip(judged, scores, strict=True)
        ]
        figures = count_figures(joined)
        precision, recall = figures.precision or 0.0, figures.recall or 0.0
        f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
        if f1 > best[0]:
            best = (f1, threshold, joined)
    return best[1], best[2]


def pick_worst(judged: Iterable[Judged], limit: int) -> list[Judged]:
    """The wrong pairs: joined though different, then related, then the same but not joined."""
    order = {("different", True): 0, ("related", True): 1, ("same", False): 2}
    wrong = [one for one in judged if (one.pair.label, one.joined) in order]
    wrong.sort(
        key=lambda one: (order[one.pair.label, one.joined], -one.pair.confidence, one.pair.row)
    )
    return wrong[:limit]
