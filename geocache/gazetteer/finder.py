"""The places a city's text may mean: by its name as written or read otherwise, or nearly so."""

from geocache.gazetteer.evidence import NEAR_STATE, Evidence
from geocache.gazetteer.index import Index
from geocache.gazetteer.name_kinds import NameKind
from geocache.gazetteer.ranking import Candidate, by_weight, rank, weigh_candidates
from geocache.gazetteer.sounds import make_sound_key
from geocache.gazetteer.spelling import Spelling
from geocache.gazetteer.states import States
from geocache.gazetteer.variants import Variant, generate_variants
from geocache.geo.countries import look_up_folded_code
from geocache.geo.names import fold, make_key

_PART_POPULATION = 15_000
# A member of an enumeration is looked up slowly.
_OTHER_SCRIPT, _ALTERNATE, _SOUND = NameKind.OTHER_SCRIPT, NameKind.ALTERNATE, NameKind.SOUND


class Finder:
    """Finds candidates in a country, weighed by what state and postcode say of them."""

    def __init__(self, index: Index, states: States) -> None:
        self.index = index
        self.states = states
        self.spelling = Spelling(index)

    def named(self, code: str, city: str, witness: Evidence) -> list[Candidate]:
        """Candidates of the variants, ranked; reading on while the witnesses contradict."""
        index = self.index
        folded = fold(city)
        literal = make_key(folded)
        as_written = Variant(folded, 0.0, "")
        found = weigh_candidates(witness, index.named(code, literal), as_written)
        if found and self._settled(found):
            return rank(index, found)
        for reading in generate_variants(city, code):
            name = make_key(reading.name)
            if name == literal or look_up_folded_code(name) == code:
                continue
            heard = witness
            if reading.hint and not witness.state.numbers:
                hinted = self.states.exactly(code, reading.hint)
                if hinted.numbers:
                    heard = witness._replace(state=hinted)
            rows = index.named(code, name)
            if reading.part:
                if found:
                    break
                rows = [
                    (row, kind)
                    for row, kind in rows
                    if kind < _OTHER_SCRIPT and index.populations[row] >= _PART_POPULATION
                ]
            if rows:
                found += weigh_candidates(heard, rows, reading)
            if found and self._settled(found):
                break
        return rank(self.index, found)

    @staticmethod
    def _settled(found: list[Candidate]) -> bool:
        best = found[0] if len(found) == 1 else max(found, key=by_weight)
        verdict = best.verdict
        sure = verdict.state is None or verdict.weight > NEAR_STATE
        return sure and verdict.state is not False and verdict.area is not False

    def nearly(self, code: str, city: str, witness: Evidence) -> list[Candidate]:
        """Candidates that sound like the city or are spelt nearly so."""
        index = self.index
        found: list[Candidate] = []
        for reading in generate_variants(city, code):
            if reading.part:
                break
            name = make_key(reading.name)
            alike = make_sound_key(code, name)
            if alike:
                rows = [(row, _SOUND) for row, _ in index.named("~" + code, alike)]
                found += weigh_candidates(witness, rows, reading)
            for letters, spelt in self.spelling.close(code, name):
                rows = [
                    (row, _ALTERNATE)
                    for row, kind in index.named(code, spelt)
                    if kind < _OTHER_SCRIPT
                ]
                found += weigh_candidates(witness, rows, reading, letters)
            found = [one for one in found if self._plausible(one, len(name))]
            if found:
                break
        return rank(self.index, found)

    def _plausible(self, one: Candidate, length: int) -> bool:
        """Whether a near name may stand: never against a witness, alone only for a larger city."""
        if one.verdict.state is False or one.verdict.area is False:
            return False
        if one.verdict.state or one.verdict.area:
            return True
        people = self.index.populations[one.row]
        if one.letters < 2:
            return people >= (15_000 if length < 7 else 5_000)
        return length > 8 and people >= 50_000
