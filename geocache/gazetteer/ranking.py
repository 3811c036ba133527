"""Which of the places that bear a name is meant."""

from math import log10
from operator import attrgetter
from typing import NamedTuple

from geocache.gazetteer.evidence import NO_AGREEMENT, Agreement, Evidence
from geocache.gazetteer.index import Index
from geocache.gazetteer.name_kinds import NameKind
from geocache.gazetteer.variants import Variant
from geocache.geo.distance import distance_km

KIND_COST = (0.0, 0.0, 0.5, 0.2, 0.9, 0.9, 0.0, 1.6)
"""What each :class:`NameKind` takes from a place's weight, in powers of ten of inhabitants."""

# A member of an enumeration is looked up slowly, and these are asked for with every name.
_DISTRICT, _POST_OFFICE, _OTHER_SCRIPT = (
    NameKind.DISTRICT,
    NameKind.POST_OFFICE,
    NameKind.OTHER_SCRIPT,
)

SUBURB_COST = 0.3
DISTRICT_WEIGHT = 4.7
POST_OFFICE_WEIGHT = 3.3
UNCOUNTED_WEIGHT = 3.0
FAME, FAME_LIMIT = 0.02, 25
COST_SCALE = 10.0
LETTER_COST = 1.2
FAR_KM = 25.0
FAR_DEGREES = 0.23
"""Of latitude: more than :data:`FAR_KM` wherever one is."""
DISTRICT_KM = 40.0


class Candidate(NamedTuple):
    """A place that may be meant; of two, the one of greater ``weight`` is likelier."""

    row: int
    kind: NameKind
    weight: float
    verdict: Agreement
    reading: Variant
    letters: int = 0


by_weight = attrgetter("weight")


def compute_prior(people: int, fame: int, suburb: bool) -> float:
    """A place's weight whatever it is called: its inhabitants, suburbs less.

    ``fame`` is how many languages have a name for it; that tells apart rows that count the same
    people.
    """
    weight = log10(people + 100) if people else UNCOUNTED_WEIGHT
    return weight + FAME * min(fame, FAME_LIMIT) - (SUBURB_COST if suburb else 0.0)


def weigh_candidates(
    witness: Evidence, rows: list[tuple[int, NameKind]], reading: Variant, letters: int = 0
) -> list[Candidate]:
    """Places weighed: by themselves, by their kind of name, and by what witnesses say.

    ``letters`` is how many letters of the name had to change.
    """
    priors, hear = witness.places.priors, witness.hear
    silent = witness.silent
    cost, changed = COST_SCALE * reading.cost, LETTER_COST * letters
    found = []
    for row, kind in rows:
        if kind is _DISTRICT:
            weight = DISTRICT_WEIGHT
        elif kind is _POST_OFFICE:
            weight = POST_OFFICE_WEIGHT
        else:
            weight = priors[row] - KIND_COST[kind]
        verdict = NO_AGREEMENT if silent else hear(row)
        weight += verdict.weight - cost - changed
        found.append(Candidate(row, kind, weight, verdict, reading, letters))
    return found


def rank(index: Index, weighed: list[Candidate]) -> list[Candidate]:
    """Best first, each place once; a district that is itself on the list is put where it is."""
    if len(weighed) < 2:
        return weighed
    best: dict[int, Candidate] = {}
    for one in weighed:
        other = best.get(one.row)
        if other is None or other.weight < one.weight:
            best[one.row] = one
    found = list(best.values())
    for city in [one for one in found if one.kind is _DISTRICT]:
        for at, one in enumerate(found):
            if one.kind < _OTHER_SCRIPT and _within(index, one.row, city.row):
                found[at] = one._replace(weight=max(one.weight, city.weight))
                found.remove(city)
                break
    return sorted(found, key=by_weight, reverse=True)


def _within(index: Index, row: int, city: int) -> bool:
    far = distance_km(index.point(row), index.point(city))
    return far <= FAR_KM or (far <= DISTRICT_KM and index.first[row] == index.first[city])


def _far(a: tuple[float, float], b: tuple[float, float]) -> bool:
    return abs(a[0] - b[0]) > FAR_DEGREES or distance_km(a, b) > FAR_KM


def pick_distant(index: Index, found: list[Candidate], limit: int = 4) -> list[Candidate]:
    """Of ranked candidates those far from the first and from each other."""
    points = [index.point(found[0].row)]
    far = []
    for one in found[1:30]:
        point = index.point(one.row)
        if all(_far(point, other) for other in points):
            points.append(point)
            far.append(one)
            if len(far) == limit:
                break
    return far
