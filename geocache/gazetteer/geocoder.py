"""The offline gazetteer, as a geopy geocoder."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from geopy.geocoders.base import Geocoder
from geopy.location import Location

from geocache.gazetteer.provider import OfflineGazetteer
from geocache.place import Place, drop_impossible_points


class Gazetteer(OfflineGazetteer, Geocoder):  # type: ignore[misc]
    """The provider with the interface of geopy's geocoders."""

    def __init__(
        self,
        folder: Path,
        *,
        sharpen: bool = True,
        progress: Callable[[str, float], None] | None = None,
    ) -> None:
        Geocoder.__init__(self, timeout=None)
        OfflineGazetteer.__init__(self, folder, sharpen=sharpen, progress=progress)

    def geocode(
        self,
        query: str | Mapping[str, str] | Place,
        exactly_one: bool = True,
        timeout: Any = None,  # noqa: ARG002 - geopy passes it to every geocoder
    ) -> Location | list[Location] | None:
        """As geopy's geocoders: a Location, a list of them, or ``None`` if nothing is found.

        ``query`` is a :class:`Place`, a mapping of its parts, or text such as
        ``City, State, Country``.
        """
        place = _parse_query(query)
        position = drop_impossible_points(self.locate(place))
        if position.latitude is None or position.longitude is None:
            return None
        first = Location(
            position.place_name, (position.latitude, position.longitude), position._asdict()
        )
        if exactly_one:
            return first
        return [first] + [
            Location(other.place_name, (other.latitude, other.longitude), other._asdict())
            for other in position.alternatives
        ]


def _parse_query(query: str | Mapping[str, str] | Place) -> Place:
    if isinstance(query, Place):
        return query
    if isinstance(query, Mapping):
        known = {field: str(query[field]) for field in Place._fields if query.get(field)}
        if "postalcode" in query:
            known.setdefault("postcode", str(query["postalcode"]))
        return Place(**known)
    parts = [part.strip() for part in str(query).split(",")]
    if len(parts) == 1:
        return Place(city=parts[0])
    return Place(city=parts[0], state=", ".join(parts[1:-1]), country=parts[-1])
