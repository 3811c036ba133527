"""Builds positions from ranked candidates: flags, scores, reasons and alternatives."""

from functools import lru_cache

from geocache.gazetteer.evidence import AT_ZIP, Evidence
from geocache.gazetteer.index import Index, RegionRow
from geocache.gazetteer.name_kinds import WORDS, NameKind
from geocache.gazetteer.postcodes import Area
from geocache.gazetteer.ranking import FAME, FAME_LIMIT, KIND_COST, Candidate, pick_distant
from geocache.gazetteer.sounds import make_sound_key
from geocache.gazetteer.states import Matches
from geocache.geo.countries import country_name
from geocache.geo.distance import distance_km
from geocache.geo.names import fold, make_key
from geocache.geo.uncertainty import Kind, Uncertainty
from geocache.place import POSTCODE_LABEL, Alternative, Flag, Position, Precision

SOURCE = "gazetteer"
POSTCODE_AGREES = "postcode agrees"
"""In the reason of an answer whose postcode is where the town is."""

NO_CITY = "no city"
AMBIGUOUS_WEIGHT = 0.9
SILENT_WEIGHT = 1.2
"""As :data:`AMBIGUOUS_WEIGHT`, of a town where neither a state nor a postcode is given."""

_AS_LARGE = 0.3
_SMALL_COUNTRY_KM = 45.0
MOST_ALTERNATIVES = 4
_SURE_POPULATION, _LARGE_POPULATION = 50_000, 300_000
_TOWN_POPULATION = 5_000
PART_COST = 0.1
_COUNTY_KM = 10.0
_VAGUE_KM = 120.0
_WIDE_DEGREES = 4.0
_AT_POSTCODE, _IN_CITY = Kind.POSTCODE, Kind.CITY
_DISTRICT, _SOUND, _OFFICIAL = NameKind.DISTRICT, NameKind.SOUND, NameKind.OFFICIAL
_POST_OFFICE = NameKind.POST_OFFICE
_POSTAL = (_POST_OFFICE, NameKind.LOCALITY)
_ALIAS, _PART = NameKind.ALIAS, NameKind.PART
_LOOSELY_NAMED = (_PART, _DISTRICT, _SOUND)
_CITY, _REGION, _POSTCODE = Precision.CITY, Precision.REGION, Precision.POSTCODE


def _classify(precision: Precision, flags: tuple[Flag, ...]) -> Kind:
    """The kind of an answer that names a city."""
    if not flags:
        return _AT_POSTCODE if precision is _POSTCODE else _IN_CITY
    return Kind.PART if Flag.APPROXIMATE in flags else Kind.DOUBTFUL


def _prior(one: Candidate) -> float:
    """A candidate's weight without the evidence."""
    return one.weight - one.agreement.weight


class PositionBuilder:
    """Builds the positions of cities, regions, ZIP codes and nearby places."""

    def __init__(
        self, index: Index, *, sharpen: bool = True, uncertainty: Uncertainty | None = None
    ) -> None:
        self._index = index
        self._sharpen = sharpen
        self.estimate_km = (uncertainty or Uncertainty()).estimate_km
        self._around = lru_cache(maxsize=8_192)(self._state_and_country)
        self.small_country = lru_cache(maxsize=300)(self._small_country)

    @staticmethod
    def unresolved(reason: str) -> Position:
        """An unresolved position with the reason."""
        return Position(source=SOURCE, reason=reason)

    def city(self, found: list[Candidate], evidence: Evidence) -> Position:
        """The position of the first candidate, with distant ones as alternatives."""
        index = self._index
        best = found[0]
        row, kind, _, agreement, variant, letters = best
        others = pick_distant(index, found) if len(found) > 1 else []
        area = evidence.area
        flags = self._build_flags(best, others, area)
        refuted = agreement.area is False and (kind is _POST_OFFICE or not agreement.state)
        if area is not None and refuted and self._trusts_postcode(best, area):
            return self.postcode(evidence, f"not {index.name(row)}", variant.name)
        score = 1.0 - variant.cost - 0.1 * KIND_COST[kind] - 0.1 * letters - 0.2 * len(flags)
        latitude, longitude = index.point(row)
        name, precision, reason = index.name(row), _CITY, ""
        if area is not None and agreement.area and self._is_sharper(area, row, flags):
            latitude, longitude = area.point
            precision, reason = _POSTCODE, f"; point of postcode {area.code}"
            flags = tuple([flag for flag in flags if flag is not Flag.APPROXIMATE])
        return Position(
            latitude,
            longitude,
            precision,
            self._build_label(row, name),
            SOURCE,
            round(score, 3) if score > 0.05 else 0.05,
            flags,
            self._build_reason(best, name, area) + reason,
            self._list_alternatives(best, others, score, area),
            self.estimate_km(
                index.country(row), _classify(precision, flags), index.populations[row]
            ),
        )

    def _list_alternatives(
        self, best: Candidate, others: list[Candidate], score: float, area: Area | None
    ) -> tuple[Alternative, ...]:
        """The others, after the postcode's point if that is far from the town it names."""
        found = [
            Alternative(
                *self._index.point(one.row),
                self.label(one.row),
                round(max(0.01, score - 0.1 * (1 + best.weight - one.weight)), 3),
            )
            for one in others
        ]
        if area is not None and best.row == area.row and area.exact:
            far = distance_km(area.point, self._index.point(best.row))
            if far > area.reach_km:
                found.insert(0, Alternative(*area.point, POSTCODE_LABEL + area.code, 0.5))
        return tuple(found)

    def _trusts_postcode(self, best: Candidate, area: Area) -> bool:
        """Whether a postcode elsewhere outweighs the name: a ZIP code, or a doubtful name."""
        if area.zip_code or not area.exact:
            return area.exact
        return best.letters > 0 or best.variant.part or best.kind in _LOOSELY_NAMED

    def _is_sharper(self, area: Area, row: int, flags: tuple[Flag, ...]) -> bool:
        """Whether the postcode's point is likely nearer to a hospital than the town's."""
        if not self._sharpen or not (area.sharp or (area.exact and Flag.APPROXIMATE in flags)):
            return False
        return row != area.row or distance_km(area.point, self._index.point(row)) <= area.reach_km

    def _build_flags(
        self, best: Candidate, others: list[Candidate], asked: Area | None
    ) -> tuple[Flag, ...]:
        row, kind, _, (state, area, _), variant, letters = best
        plain = kind < _DISTRICT and not variant.rule and not letters
        if plain and state is None and area is None and not others and asked is None:
            return ()  # the usual case
        flags = []
        if others:
            others = [one for one in others if not self._is_district(best, one)]
        zip_code = asked is not None and asked.zip_code
        if others and self._is_ambiguous(best, others, zip_code=zip_code):
            flags.append(Flag.AMBIGUOUS)
        near = kind is _SOUND
        part = variant.part or variant.cost >= PART_COST
        if kind is _DISTRICT or part or letters or (near and not self._is_trusted(best)):
            flags.append(Flag.APPROXIMATE)
        if state is False:
            flags.append(Flag.CONFLICTING_STATE)
        if area is False and not flags:
            large = self._index.populations[row] >= _SURE_POPULATION
            if not (large and (state or kind is _OFFICIAL)):
                flags.append(Flag.AMBIGUOUS)
        if asked is not None and area is None and kind in _POSTAL and not flags:
            flags.append(Flag.AMBIGUOUS)
        return tuple(flags)

    def _is_ambiguous(self, best: Candidate, others: list[Candidate], *, zip_code: bool) -> bool:
        """Whether distant places of the name are about as likely, or only one witness decides.

        A ZIP code needs no other witness than the town, as it names one.
        """
        state, area, _ = best.agreement
        silent = state is None and area is None
        index, row = self._index, best.row
        people = index.populations[row]
        town = silent and people < _LARGE_POPULATION
        if self._compute_lead(best, others[0]) < (SILENT_WEIGHT if town else AMBIGUOUS_WEIGHT):
            return True
        if silent and index.hosts[row] != row and people < _SURE_POPULATION:
            return any(index.hosts[one.row] == one.row for one in others)  # Mamak, or the village
        if best.kind is _PART:  # Głogów Małopolski, where Głogów is larger
            return any(one.kind <= _ALIAS and index.populations[one.row] > people for one in others)
        if not area or (zip_code and state is None):
            return False
        least, weight = _prior(best) - _AS_LARGE, best.agreement.weight - AT_ZIP
        return any(
            _prior(one) >= least
            and one.agreement.weight >= weight
            and one.kind is not _DISTRICT
            and not one.agreement.area
            for one in others
        )

    def _compute_lead(self, best: Candidate, other: Candidate) -> float:
        """How far a place leads, with or without its fame, whichever is less."""
        lead = best.weight - other.weight
        fame = [min(self._index.fame[one.row], FAME_LIMIT) for one in (best, other)]
        return min(lead, lead - FAME * (fame[0] - fame[1]))

    def _is_district(self, best: Candidate, other: Candidate) -> bool:
        """Whether the other candidate is only a district of another city (Salamanca in Madrid)."""
        hosts, large = self._index.hosts, self._index.populations[other.row] >= _SURE_POPULATION
        return large and hosts[other.row] != other.row and hosts[best.row] == best.row

    def _is_trusted(self, best: Candidate) -> bool:
        """Whether a similar name counts as sure: for large places, or with evidence for towns."""
        people = self._index.populations[best.row]
        if best.agreement.state or best.agreement.area:
            return people >= (_SURE_POPULATION if best.letters > 1 else _TOWN_POPULATION)
        return best.letters < 2 and people >= _SURE_POPULATION and self._sounds_like(best)

    def _sounds_like(self, best: Candidate) -> bool:
        """Whether it is the official name, not one of many others, that sounds like the text."""
        code, name = self._index.country(best.row), self._index.name(best.row)
        return make_sound_key(code, make_key(fold(name))) == make_sound_key(
            code, make_key(best.variant.name)
        )

    def _build_reason(self, best: Candidate, name: str, area: Area | None) -> str:
        """Why the candidate was chosen; ``name`` is its place's."""
        row, kind, _, (state, near, _), variant, letters = best
        reason = WORDS[kind]
        if letters:
            reason = f"{letters} letter{'s' * (letters > 1)} from a name"
        if variant.rule:
            reason = f"{reason}, {variant.rule}"
        if kind is _DISTRICT and not self._index.populations[row]:
            name = self._index.name(self._index.hosts[row])
        reason = f"{reason} of {name}"
        if state is not None:
            reason += "; state agrees" if state else "; another state"
        if near is not None:
            agrees = POSTCODE_AGREES if area and area.code else "the postcode's area agrees"
            reason += f"; {agrees}" if near else "; another postcode"
        return reason

    def postcode(self, evidence: Evidence, why: str, name: str) -> Position:
        """The position of the postcode; approximate unless its name is the one asked for."""
        area = evidence.area
        assert area is not None  # noqa: S101 - only called with an exact area
        label = self.label_area(area)
        flags = []
        if why != NO_CITY and make_key(fold(label))[:4] != make_key(name)[:4]:
            flags.append(Flag.APPROXIMATE)
        if evidence.state.numbers and area.region not in evidence.state.numbers:
            flags.append(Flag.CONFLICTING_STATE)
        return Position(
            area.point[0],
            area.point[1],
            Precision.POSTCODE,
            label,
            SOURCE,
            round(0.8 - 0.15 * len(flags), 3),
            tuple(flags),
            f"{why}; postcode {area.code}",
            uncertainty_km=self.estimate_km(
                area.country, Kind.DOUBTFUL if Flag.CONFLICTING_STATE in flags else Kind.POSTCODE
            ),
        )

    def postcodes(self, areas: list[Area]) -> Position:
        """The position of the same postcode in several countries, that of the largest place first.

        Flagged ``ambiguous`` if there are several; the others are alternatives.
        """
        people = self._index.populations
        ordered = sorted(
            areas, key=lambda area: people[area.row] if area.row >= 0 else 0, reverse=True
        )
        first, others = ordered[0], ordered[1:]
        return Position(
            *first.point,
            Precision.POSTCODE,
            self._name_postcode(first),
            SOURCE,
            0.5 if others else 0.9,
            (Flag.AMBIGUOUS,) if others else (),
            f"postcode {first.code} of {country_name(first.country)}",
            tuple(Alternative(*area.point, self._name_postcode(area), 0.3) for area in others),
            self.estimate_km(first.country, Kind.DOUBTFUL if others else Kind.POSTCODE),
        )

    def _name_postcode(self, area: Area) -> str:
        """A postcode with its town and country: ``80331 München, Germany``."""
        town = self.label_area(area).partition(", ")[0]
        code = area.code if area.code == town or not town else f"{area.code} {town}"
        return f"{code}, {country_name(area.country)}"

    def label_area(self, area: Area) -> str:
        """The name of the place at a postcode's point: its locality, else a town near by."""
        row = area.row
        if row < 0 and area.region >= 0:
            row = self._index.find_nearest_in_region(area.region, area.point)
        if row >= 0:
            return self.label(row)
        state = self._index.region_names[area.region] if area.region >= 0 else ""
        return self._join(area.code, state) or f"postcodes of {area.country}"

    def region(
        self, country: str, region: Matches, evidence: Evidence, why: str
    ) -> Position | None:
        """The position of a region's largest place, or of the postcode's city in the region."""
        known = self._index.select_regions(country, region.numbers)
        rows = [one for one in known if one.main_place >= 0]
        if not rows:
            return None
        best = max(rows, key=lambda r: self._region_weight(r, evidence)) if rows[1:] else rows[0]
        area = evidence.area
        if area is not None and area.exact and self._lies_in(area, best):
            return self.postcode(evidence, f"{why}, {best.name}", "")._replace(
                flags=(Flag.APPROXIMATE,), score=0.6
            )
        return Position(
            *self._index.point(best.main_place),
            _REGION,
            self._join(best.name, country_name(country)),
            SOURCE,
            0.4,
            (Flag.APPROXIMATE,),
            f"{why}; put at its largest place, {self._index.name(best.main_place)}",
            uncertainty_km=self.estimate_km(country, Kind.REGION, best.population),
        )

    def _lies_in(self, area: Area, region: RegionRow) -> bool:
        """Whether a postcode is in a state or county, as far as its nearest place tells."""
        if area.region == region.number:
            return True
        row = area.row
        return row >= 0 and self._index.near_region(row, region.number, _COUNTY_KM)

    @staticmethod
    def _region_weight(region: RegionRow, evidence: Evidence) -> tuple[float, int]:
        return (evidence.score(region.main_place).weight, region.population)

    def around(self, country: str, evidence: Evidence, missing: str) -> Position | None:
        """An approximate position from the postcode, the state, or a very small country."""
        area = evidence.area
        if area is not None and area.exact:
            return self.postcode(evidence, missing, "")
        if evidence.city >= 0:
            return self.near(evidence.city, f"{missing}; the state names a city")
        located = area is not None and not area.by_region
        if area is not None and located and self._may_lie_in(area, evidence.state.numbers):
            known = f"postcode {area.code}" if area.code else "the postcode's area"
            return self._put_at_area(area, f"{missing}; {known}")
        if evidence.state.numbers:
            return self.region(country, evidence.state, evidence, missing)
        if area is not None and area.region >= 0:
            matches = Matches(frozenset((area.region,)), 1.0)
            return self.region(country, matches, evidence, f"{missing}; the postcode's state")
        small = self.small_country(country)
        return self.near(small, f"{missing}; a small country") if small >= 0 else None

    def _may_lie_in(self, area: Area, states: frozenset[int]) -> bool:
        """Whether places of the states, if any are given, lie about a postcode's point."""
        index = self._index
        return not states or any(
            index.find_nearest_in_region(number, area.point) >= 0
            or (number == area.region and index.measure_width(number) > _WIDE_DEGREES)
            for number in states
        )

    def _put_at_area(self, area: Area, why: str) -> Position:
        """A position in the middle of a postcode's area, which may be large."""
        vague = area.reach_km > _VAGUE_KM
        return Position(
            area.point[0],
            area.point[1],
            _REGION if vague else _CITY,
            self.label_area(area),
            SOURCE,
            0.3,
            (Flag.APPROXIMATE,),
            f"{why}: {self.label_area(area)}",
            uncertainty_km=self.estimate_km(area.country, Kind.REGION if vague else Kind.AROUND),
        )

    def near(self, row: int, why: str) -> Position:
        """The position of a place near the one asked for."""
        return Position(
            *self._index.point(row),
            Precision.CITY,
            self.label(row),
            SOURCE,
            0.4,
            (Flag.APPROXIMATE,),
            f"{why}: {self._index.name(row)}",
            uncertainty_km=self.estimate_km(
                self._index.country(row), Kind.AROUND, self._index.populations[row]
            ),
        )

    def doubt(self, answer: Position, country: str, flag: Flag, why: str) -> Position:
        """The answer with another flag, a lower score and a wider radius."""
        score = round(max(0.05, answer.score - 0.2), 3)
        return answer._replace(
            flags=(*answer.flags, flag),
            score=score,
            reason=f"{answer.reason}; {why}",
            uncertainty_km=max(
                answer.uncertainty_km or 0.0, self.estimate_km(country, Kind.DOUBTFUL)
            ),
        )

    def _small_country(self, country: str) -> int:
        """The largest place of a country that is no larger than a city, else -1."""
        index = self._index
        states = [r for r in index.regions(country) if r.level == 1 and r.main_place >= 0]
        rows = [row for state in states for row in index.rows_of_region(state.number)]
        if not rows:
            return -1
        main = max(rows, key=index.populations.__getitem__)
        here = index.point(main)
        if all(distance_km(here, index.point(row)) <= _SMALL_COUNTRY_KM for row in rows):
            return main
        return -1

    def label(self, row: int) -> str:
        """The name of the place, its state and country."""
        return self._build_label(row, self._index.name(row))

    def _build_label(self, row: int, name: str) -> str:
        state, country, both = self._around(self._index.first[row], self._index.country(row))
        if name and both and name not in (state, country):
            return f"{name}, {both}"
        return self._join(name, state, country)

    def _state_and_country(self, first: int, code: str) -> tuple[str, str, str]:
        """The names of a state and a country, and both joined."""
        state = self._index.region_names[first] if first >= 0 else ""
        country = country_name(code)
        return state, country, self._join(state, country)

    @staticmethod
    def _join(*parts: str) -> str:
        return ", ".join(dict.fromkeys(filter(None, parts)))
