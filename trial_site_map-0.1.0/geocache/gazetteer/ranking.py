"""Ranks the places of a name: which one is most likely meant."""

from math import log10
from operator import attrgetter
from typing import NamedTuple

from geocache.gazetteer.evidence import NO_AGREEMENT, Agreement, Evidence
from geocache.gazetteer.index import Index
from geocache.gazetteer.name_kinds import NameKind
from geocache.gazetteer.variants import Variant
from geocache.geo.distance import distance_km

KIND_COST = (0.0, 0.0, 0.5, 0.2, 0.9, 0.9, 0.0, 1.6, 0.2)
"""What each :class:`NameKind` subtracts from a place's weight, in powers of ten of inhabitants."""

# Constants, because looking up a member of an enumeration is slow, and each name needs these.
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
"""Of latitude: more than :data:`FAR_KM` anywhere."""
DISTRICT_KM = 40.0


class Candidate(NamedTuple):
    """A place that may be meant; the greater its ``weight``, the likelier."""

    row: int
    kind: NameKind
    weight: float
    agreement: Agreement
    variant: Variant
    letters: int = 0


by_weight = attrgetter("weight")


def compute_prior(people: int, fame: int, suburb: bool) -> float:
    """A place's weight regardless of its name: by its inhabitants, less for suburbs.

    ``fame`` is the number of alternate names, which ranks places that count the same people.
    """
    weight = log10(people + 100) if people else UNCOUNTED_WEIGHT
    return weight + FAME * min(fame, FAME_LIMIT) - (SUBURB_COST if suburb else 0.0)


def weigh_candidates(
    evidence: Evidence, rows: list[tuple[int, NameKind]], variant: Variant, letters: int = 0
) -> list[Candidate]:
    """Candidates with weights: by population, kind of name, variant and evidence.

    ``letters`` is the number of letters by which the name differs.
    """
    priors, score = evidence.places.priors, evidence.score
    silent = evidence.is_empty
    cost, changed = COST_SCALE * variant.cost, LETTER_COST * letters
    found = []
    for row, kind in rows:
        if kind is _DISTRICT:
            weight = DISTRICT_WEIGHT
        elif kind is _POST_OFFICE:
            weight = POST_OFFICE_WEIGHT
        else:
            weight = priors[row] - KIND_COST[kind]
        agreement = NO_AGREEMENT if silent else score(row)
        weight += agreement.weight - cost - changed
        found.append(Candidate(row, kind, weight, agreement, variant, letters))
    return found


def rank(index: Index, weighed: list[Candidate]) -> list[Candidate]:
    """Best first, each place once; a district that is a place itself takes the place's position."""
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
            if one.kind < _OTHER_SCRIPT and _lies_in(index, one.row, city.row):
                found[at] = one._replace(weight=max(one.weight, city.weight))
                found.remove(city)
                break
    return sorted(found, key=by_weight, reverse=True)


def _lies_in(index: Index, row: int, city: int) -> bool:
    far = distance_km(index.point(row), index.point(city))
    return far <= FAR_KM or (far <= DISTRICT_KM and index.first[row] == index.first[city])


def _are_far(a: tuple[float, float], b: tuple[float, float]) -> bool:
    return abs(a[0] - b[0]) > FAR_DEGREES or distance_km(a, b) > FAR_KM


def pick_distant(index: Index, found: list[Candidate], limit: int = 4) -> list[Candidate]:
    """Those of ranked candidates that are far from the first and from each other."""
    points = [index.point(found[0].row)]
    far = []
    for one in found[1:30]:
        point = index.point(one.row)
        if all(_are_far(point, other) for other in points):
            points.append(point)
            far.append(one)
            if len(far) == limit:
                break
    return far
