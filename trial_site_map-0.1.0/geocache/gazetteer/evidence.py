"""Evidence for a place: what its state and postcode say about the candidates."""

from typing import NamedTuple

from geocache.gazetteer.index import Index
from geocache.gazetteer.postcodes import Area
from geocache.gazetteer.states import Matches
from geocache.geo.distance import distance_km

_BORDER_KM = 20.0
_AROUND_CITY_KM = 60.0
_REGION_MARGIN_KM = 30.0
_DOUBT = 1.8

IN_STATE = 3.0
NEAR_STATE = 1.5
NEAR_STATE_CITY = 1.5
AT_ZIP = 3.0
IN_AREA = 1.6


class Agreement(NamedTuple):
    """Whether a candidate agrees with the state and the postcode; ``None`` if unknown.

    ``weight`` is what the agreement is worth, in powers of ten of inhabitants.
    """

    state: bool | None
    area: bool | None
    weight: float


NO_AGREEMENT = Agreement(None, None, 0.0)


class Evidence(NamedTuple):
    """The regions of a place's state and the area of its postcode.

    ``city`` is the row of a city named in the state column, or -1.
    """

    places: Index
    state: Matches
    area: Area | None
    city: int = -1

    @property
    def is_empty(self) -> bool:
        """Whether it distinguishes no candidates."""
        return not self.state.numbers and self.area is None and self.city < 0

    def score(self, row: int) -> Agreement:
        """How a candidate agrees with the evidence."""
        index, (numbers, score), area, _ = self
        if not numbers and area is None and self.city < 0:
            return NO_AGREEMENT
        state: bool | None = None
        weight = 0.0
        if numbers:
            if index.first[row] in numbers or index.second[row] in numbers:
                state, weight = True, IN_STATE * score
            else:
                for number in numbers:
                    if index.near_region(row, number, _BORDER_KM):
                        state, weight = True, NEAR_STATE
                        break
                else:
                    if score == 1.0:
                        state = False
        elif self.city >= 0:
            near = distance_km(index.point(row), index.point(self.city)) <= _AROUND_CITY_KM
            state, weight = (True, NEAR_STATE_CITY) if near else (None, 0.0)
        if area is None:
            return Agreement(state, None, weight)
        near_area = self._in_area(row, area)
        if near_area:
            weight += AT_ZIP if area.exact else IN_AREA
        return Agreement(state, near_area, weight)

    def _in_area(self, row: int, area: Area) -> bool | None:
        """Whether a place is near the area; ``None`` in between, as areas are approximate."""
        if area.by_region:
            return self.places.first[row] == area.region or self.places.near_region(
                row, area.region, _REGION_MARGIN_KM
            )
        if row == area.row:
            return True
        far = distance_km(self.places.point(row), area.point)
        if far <= area.reach_km:
            return True
        if area.exact:
            return False
        return None if far <= _DOUBT * area.reach_km else False
