"""The places a city's text may mean: by its name as written or read otherwise, or nearly so."""

from geocache.gazetteer.index import Index
from geocache.gazetteer.kinds import Kind
from geocache.gazetteer.ranking import Candidate, by_weight, candidates, ranked
from geocache.gazetteer.readings import Reading, readings
from geocache.gazetteer.sounds import sound
from geocache.gazetteer.spelling import Spelling
from geocache.gazetteer.states import States
from geocache.gazetteer.witness import NEAR_STATE, Witness
from geocache.geo.countries import code_of_folded
from geocache.geo.names import fold, key

_PART_POPULATION = 15_000
# A member of an enumeration is looked up slowly.
_OTHER_SCRIPT, _ALTERNATE, _SOUND = Kind.OTHER_SCRIPT, Kind.ALTERNATE, Kind.SOUND


class Finder:
    """Finds candidates in a country, weighed by what state and postcode say of them."""

    def __init__(self, index: Index, states: States) -> None:
        self.index = index
        self.states = states
        self.spelling = Spelling(index)

    def named(self, code: str, city: str, witness: Witness) -> list[Candidate]:
        """Candidates of the readings, ranked; reading on while the witnesses contradict."""
        index = self.index
        folded = fold(city)
        literal = key(folded)
        as_written = Reading(folded, 0.0, "")
        found = candidates(witness, index.named(code, literal), as_written)
        if found and self._settled(found):
            return ranked(index, found)
        for reading in readings(city, code):
            name = key(reading.name)
            if name == literal or code_of_folded(name) == code:
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
                found += candidates(heard, rows, reading)
            if found and self._settled(found):
                break
        return ranked(self.index, found)

    @staticmethod
    def _settled(found: list[Candidate]) -> bool:
        best = found[0] if len(found) == 1 else max(found, key=by_weight)
        verdict = best.verdict
        sure = verdict.state is None or verdict.weight > NEAR_STATE
        return sure and verdict.state is not False and verdict.area is not False

    def nearly(self, code: str, city: str, witness: Witness) -> list[Candidate]:
        """Candidates that sound like the city or are spelt nearly so."""
        index = self.index
        found: list[Candidate] = []
        for reading in readings(city, code):
            if reading.part:
                break
            name = key(reading.name)
            alike = sound(code, name)
            if alike:
                rows = [(row, _SOUND) for row, _ in index.named("~" + code, alike)]
                found += candidates(witness, rows, reading)
            for letters, spelt in self.spelling.close(code, name):
                rows = [
                    (row, _ALTERNATE)
                    for row, kind in index.named(code, spelt)
                    if kind < _OTHER_SCRIPT
                ]
                found += candidates(witness, rows, reading, letters)
            found = [one for one in found if self._plausible(one, len(name))]
            if found:
                break
        return ranked(self.index, found)

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
