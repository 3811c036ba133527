"""Finds places without a country: the only place of a name in the world, or the largest."""

from collections.abc import Callable

from geocache.gazetteer.index import Index
from geocache.gazetteer.name_kinds import WORDS, NameKind
from geocache.gazetteer.positions import MOST_ALTERNATIVES, SOURCE
from geocache.geo.distance import distance_km
from geocache.geo.uncertainty import Kind
from geocache.place import Alternative, Flag, Position, Precision

_UNIQUE_KM = 50.0


class WorldwideSearch:
    """Finds the places of a name in all countries.

    Args:
        index: the places.
        label: returns the name of a place with its state and country.
        estimate_km: returns the radius of a kind of answer, by country and inhabitants.
    """

    def __init__(
        self,
        index: Index,
        label: Callable[[int], str],
        estimate_km: Callable[[str, Kind, int], float],
    ) -> None:
        self._index = index
        self._label = label
        self._estimate_km = estimate_km

    def find_unique(self, rows: list[tuple[str, int, NameKind]], why: str) -> Position | None:
        """The position of the only place of a name; ``None`` if there are several."""
        if not rows:
            return None
        index = self._index
        _, row, kind = max(rows, key=lambda one: index.populations[one[1]])
        here = index.point(row)
        if any(distance_km(here, index.point(other)) > _UNIQUE_KM for _, other, _ in rows):
            return None
        return Position(
            *here,
            Precision.CITY,
            self._label(row),
            SOURCE,
            0.3,
            (Flag.AMBIGUOUS,),
            f"{why}; the only place of that name known, {WORDS[kind]} of {index.name(row)}",
            uncertainty_km=self._estimate(row, Kind.DOUBTFUL),
        )

    def find_largest(self, rows: list[tuple[str, int, NameKind]]) -> Position:
        """The position of the most populous place of a name, the next ones as alternatives."""
        index = self._index
        order = sorted(rows, key=lambda one: -index.populations[one[1]])
        far: list[tuple[int, NameKind]] = []
        for _, row, kind in order:
            here = index.point(row)
            if all(distance_km(here, index.point(other)) > _UNIQUE_KM for other, _ in far):
                far.append((row, kind))
            if len(far) > MOST_ALTERNATIVES:
                break
        if not far:
            return Position(source=SOURCE, reason="no place of that name")
        row, kind = far[0]
        alone = len(far) == 1
        return Position(
            *index.point(row),
            Precision.CITY,
            self._label(row),
            SOURCE,
            0.5 if alone else 0.3,
            () if alone else (Flag.AMBIGUOUS,),
            f"no country; the largest place of that name, {WORDS[kind]} of {index.name(row)}",
            tuple(
                Alternative(*index.point(other), self._label(other), 0.2) for other, _ in far[1:]
            ),
            self._estimate(row, Kind.CITY if alone else Kind.DOUBTFUL),
        )

    def _estimate(self, row: int, kind: Kind) -> float:
        return self._estimate_km(self._index.country(row), kind, self._index.populations[row])
