"""Finds the candidate places of a city's text: by name, by a variant, or by a similar name."""

from geocache.gazetteer.evidence import NEAR_STATE, Evidence
from geocache.gazetteer.index import Index
from geocache.gazetteer.name_kinds import NameKind
from geocache.gazetteer.ranking import Candidate, by_weight, rank, weigh_candidates
from geocache.gazetteer.sounds import make_sound_key
from geocache.gazetteer.spelling import Spelling
from geocache.gazetteer.states import States
from geocache.gazetteer.variants import Variant, list_variants
from geocache.geo.countries import look_up_folded_code
from geocache.geo.distance import distance_km
from geocache.geo.names import fold, fold_once, make_key

_PART_POPULATION = 15_000
_LOST_LETTER = "?"
_BEARER_POPULATION, _LARGE_POPULATION = 5_000, 300_000
_MISPLACED_KM = 80.0
_SMALL_WEIGHT = 4.1
"""Below it, some 10,000 inhabitants, a village of the postal table may be meant as well."""

_WARD_KINDS = {"JP": ("ku", "city"), "KR": ("gu",)}
# Constants, because looking up a member of an enumeration is slow.
_OFFICIAL, _ALTERNATE = NameKind.OFFICIAL, NameKind.ALTERNATE
_OTHER_SCRIPT, _SOUND = NameKind.OTHER_SCRIPT, NameKind.SOUND


class Finder:
    """Finds candidates in a country, weighed by the evidence of state and postcode."""

    def __init__(self, index: Index, states: States) -> None:
        self.index = index
        self.states = states
        self.spelling = Spelling(index)

    def find_by_name(self, code: str, city: str, evidence: Evidence) -> list[Candidate]:
        """Ranked candidates; tries further variants while the evidence contradicts."""
        index = self.index
        folded = fold(city)
        literal = make_key(folded)
        as_written = Variant(folded, 0.0, "")
        ward = self._find_ward(code, folded, evidence)
        if ward:
            return ward
        found = weigh_candidates(evidence, index.find_named(code, literal), as_written)
        if found and self._is_settled(found):
            return rank(index, self._add_namesakes(code, literal, found, evidence))
        for variant in list_variants(city, code):
            if variant.part:
                break
            name = make_key(variant.name)
            if name == literal or look_up_folded_code(name) == code:
                continue
            rows = index.find_named(code, name)
            longer = self._find_longer(code, variant) if variant.hint else []
            if longer:
                return rank(index, weigh_candidates(evidence, longer, variant))
            if rows:
                found += weigh_candidates(self._add_hint(code, evidence, variant), rows, variant)
                if self._is_settled(found):
                    return rank(index, found)
        found += self._find_localities(code, city, evidence, found)
        return rank(index, found or self._find_part(code, city, evidence))

    def _find_ward(self, code: str, folded: str, evidence: Evidence) -> list[Candidate]:
        """The wards of large cities of a name such as ``Minato-ku``, unless in another state."""
        name, _, kind = folded.rpartition(" ")
        if kind not in _WARD_KINDS.get(code, ()):
            return []
        index, key = self.index, make_key(name)
        rows = [one for one in index.find_named(code, key) if one[1] < NameKind.SOUND]
        wards = [one for one in rows if one[1] is NameKind.DISTRICT] or [
            (row, kind) for row, kind in rows if index.hosts[row] != row and kind < _ALTERNATE
        ]
        variant = Variant(name, 0.04, f"without “{kind}”")
        found = weigh_candidates(evidence, wards, variant)
        found = [one for one in found if not self._is_refuted(one)]
        if not found and not index.find_named(code, make_key(folded)):
            listed = index.find_localities(code, make_key(folded))
            found = weigh_candidates(evidence, listed, Variant(folded, 0.0, ""))
        return rank(index, [one for one in found if not self._is_refuted(one)])

    def _find_longer(self, code: str, variant: Variant) -> list[tuple[int, NameKind]]:
        """Places whose official name goes on with the text omitted: ``Neustadt/Weinstraße``."""
        index, key, hint = self.index, make_key(variant.name), frozenset(fold(variant.hint).split())
        rows = (*index.find_named(code, key), *index.find_localities(code, key))
        return [
            (row, kind)
            for row, kind in rows
            if kind < _OTHER_SCRIPT and hint <= frozenset(fold_once(index.name(row)).split())
        ]

    def _add_namesakes(
        self, code: str, key: str, found: list[Candidate], evidence: Evidence
    ) -> list[Candidate]:
        """The candidates; a place that bears the name officially goes before a mere alternate.

        Without evidence for it, a place of which the name is only one of many loses to one with
        that official name, and to a postal locality unless it is a large city.
        """
        best = found[0] if len(found) == 1 else max(found, key=by_weight)
        if best.kind is _OFFICIAL:
            small = best.weight < _SMALL_WEIGHT and evidence.is_empty
            listed = self.index.find_localities(code, key) if small else []
            if not listed:
                return found
            others = weigh_candidates(evidence, listed, Variant(key, 0.0, ""))
            most = best.weight - 0.1
            return found + [one._replace(weight=min(one.weight, most)) for one in others]
        if best.kind is not _ALTERNATE or best.agreement.state or best.agreement.area:
            return found
        index = self.index
        bearers = [
            one
            for one in found
            if one.kind is _OFFICIAL
            and index.hosts[one.row] == one.row
            and index.populations[one.row] >= _BEARER_POPULATION
        ]
        if not bearers and (index.populations[best.row] < _LARGE_POPULATION or len(key) < 4):
            rows = index.find_localities(code, key)
            bearers = weigh_candidates(evidence, rows, Variant(key, 0.0, ""))
            found = found + bearers
        lead = best.weight + 0.1
        return [
            one._replace(weight=max(one.weight, lead)) if one in bearers else one for one in found
        ]

    def _add_hint(self, code: str, evidence: Evidence, variant: Variant) -> Evidence:
        """The evidence with the state that a variant's omitted text may name."""
        if not variant.hint or evidence.state.numbers:
            return evidence
        hinted = self.states.find_exact(code, variant.hint)
        return evidence._replace(state=hinted) if hinted.numbers else evidence

    def _find_part(self, code: str, city: str, evidence: Evidence) -> list[Candidate]:
        """The larger place when a part of it is named, unless the evidence contradicts."""
        index = self.index
        found: list[Candidate] = []
        for variant in list_variants(city, code):
            name = make_key(variant.name)
            if not variant.part or look_up_folded_code(name) == code:
                continue
            rows = [(r, kind) for r, kind in index.find_named(code, name) if kind < _OTHER_SCRIPT]
            if not rows:
                continue
            hinted = self._add_hint(code, evidence, variant)
            if hinted is not evidence:
                before_state = Variant(variant.name, 0.05, "without the state")
                weighed = weigh_candidates(hinted, rows, before_state)
                weighed = [one for one in weighed if one.agreement.weight > NEAR_STATE]
                if weighed:
                    return weighed
            long = variant.name.count(" ") > 1
            rows = [one for one in rows if long or index.populations[one[0]] >= _PART_POPULATION]
            weighed = weigh_candidates(hinted, rows, variant)
            found += [one for one in weighed if not self._is_refuted(one)]
            if found and self._is_settled(found):
                break
        return found

    def _find_localities(
        self, code: str, city: str, evidence: Evidence, known: list[Candidate]
    ) -> list[Candidate]:
        """Localities of the postal table; if places are known, only those that agree better."""
        if _LOST_LETTER in city:  # the name of some village, but for one letter
            return []
        for variant in list_variants(city, code):
            if variant.part:
                break
            rows = self.index.find_localities(code, make_key(variant.name))
            if rows:
                found = weigh_candidates(evidence, rows, variant)
                if known:
                    towns = [one.row for one in known if self._is_town(one)]
                    found = [
                        one
                        for one in found
                        if self._agrees(one) and not self._is_known(one.row, towns)
                    ]
                if found:
                    return found
        return []

    def _is_town(self, one: Candidate) -> bool:
        """Whether a candidate officially bears the name and has some thousand inhabitants."""
        return one.kind is _OFFICIAL and self.index.populations[one.row] >= _BEARER_POPULATION

    def _is_known(self, row: int, towns: list[int]) -> bool:
        """Whether a locality is one of the towns, which the postal table puts elsewhere."""
        index = self.index
        return any(
            index.first[town] == index.first[row]
            and distance_km(index.point(town), index.point(row)) <= _MISPLACED_KM
            for town in towns
        )

    @staticmethod
    def _is_refuted(one: Candidate) -> bool:
        """Whether the state or the postcode speaks against a candidate, and neither for it."""
        state, area, _ = one.agreement
        return (state is False or area is False) and not state and not area

    @staticmethod
    def _agrees(one: Candidate) -> bool:
        """Whether nothing speaks against a candidate, and the state or the postcode for it."""
        state, area, _ = one.agreement
        return state is not False and area is not False and bool(state or area)

    @staticmethod
    def _is_settled(found: list[Candidate]) -> bool:
        best = found[0] if len(found) == 1 else max(found, key=by_weight)
        agreement = best.agreement
        sure = agreement.state is None or agreement.weight > NEAR_STATE
        return sure and agreement.state is not False and agreement.area is not False

    def find_similar(self, code: str, city: str, evidence: Evidence) -> list[Candidate]:
        """Candidates whose names sound like the city's, or differ in a few letters."""
        index = self.index
        found: list[Candidate] = []
        for variant in list_variants(city, code):
            if variant.part:
                break
            name = make_key(variant.name)
            alike = make_sound_key(code, name)
            if alike:
                rows = [(row, _SOUND) for row, _ in index.find_named("~" + code, alike)]
                found += weigh_candidates(evidence, rows, variant)
            for letters, spelt in self.spelling.find_close(code, name):
                rows = [
                    (row, _ALTERNATE)
                    for row, kind in index.find_named(code, spelt)
                    if kind < _OTHER_SCRIPT
                ]
                found += weigh_candidates(evidence, rows, variant, letters)
            found = [one for one in found if self._is_plausible(one, len(name))]
            if found:
                break
        return rank(self.index, found)

    def _is_plausible(self, one: Candidate, length: int) -> bool:
        """Whether a similar name may count: never against evidence, else only for large cities."""
        if one.agreement.state is False or one.agreement.area is False:
            return False
        if one.agreement.state or one.agreement.area:
            return True
        people = self.index.populations[one.row]
        if one.letters < 2:
            return people >= (15_000 if length < 7 else 5_000)
        return length > 8 and people >= 50_000
