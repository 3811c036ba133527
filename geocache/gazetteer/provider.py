"""The offline gazetteer as a geopy geocoder."""

import shutil
from collections.abc import Callable, Mapping
from functools import cache, cached_property
from hashlib import blake2b
from pathlib import Path
from typing import Any

from filelock import FileLock
from geopy.geocoders.base import Geocoder
from geopy.location import Location

from geocache.gazetteer.builder.sources import read_versions
from geocache.gazetteer.index import Index
from geocache.gazetteer.matcher import Matcher
from geocache.paths import DATA, PACKAGE
from geocache.place import Place, Position

_BUILD_TIMEOUT_SECONDS = 300.0


@cache
def compute_rules_version() -> str:
    """A digest of the rules and tables: it changes with every change to how places are found."""
    digest = blake2b(digest_size=4)
    rules = [*(PACKAGE / "gazetteer").rglob("*.py"), *(PACKAGE / "geo").rglob("*.py")]
    tables = [*DATA.glob("*.csv"), *DATA.glob("*.txt")]
    for file in (*sorted(rules), *sorted(tables)):
        digest.update(file.read_bytes())
    return digest.hexdigest()


class Gazetteer(Geocoder):  # type: ignore[misc]
    """Places from data on this machine; nothing is sent anywhere.

    Builds its index into ``folder`` if none of its version is there (about 20 s, once; safe when
    several processes start together), then opens it in milliseconds.

    Args:
        folder: where the index lives; made if missing.
        progress: called while building with what is being done and the share done, 0-1.

    Raises:
        IndexBuildError: a data package is missing or the index cannot be read.
    """

    name = "gazetteer"
    online = False
    ignores_facilities = True
    attribution = "GeoNames (CC BY 4.0)"

    def __init__(
        self, folder: Path, *, progress: Callable[[str, float], None] | None = None
    ) -> None:
        super().__init__(timeout=None)
        self.folder = Path(folder)
        self.version = f"{read_versions()}-{compute_rules_version()}"
        self._index = Index(self._built(progress or (lambda _stage, _fraction: None)))

    def _built(self, progress: Callable[[str, float], None]) -> Path:
        wanted = self.folder / f"index-{self.version}"
        if wanted.is_dir():
            return wanted
        self.folder.mkdir(parents=True, exist_ok=True)
        with FileLock(self.folder / "building.lock", timeout=_BUILD_TIMEOUT_SECONDS):
            if not wanted.is_dir():
                from geocache.gazetteer.builder.build import build_index  # noqa: PLC0415 - numpy and scipy

                build_index(wanted, progress)
                for old in self.folder.glob("index-*"):
                    if old != wanted:
                        shutil.rmtree(old, ignore_errors=True)
        return wanted

    @cached_property
    def _matcher(self) -> Matcher:
        return Matcher(self._index)

    def locate(self, place: Place) -> Position:
        """Where the place is; unresolved with a reason when unknown. Never raises for odd text."""
        return self._matcher.locate(place)

    def largest(self, city: str) -> Position:
        """The largest place of a name, wherever it is: for a person who searches a map.

        Flagged ``ambiguous``, with the next ones as alternatives, where there are several. Never
        what :meth:`locate` answers of a site.
        """
        return self._matcher.largest(city)

    def geocode(
        self,
        query: str | Mapping[str, str] | Place,
        exactly_one: bool = True,
        timeout: Any = None,  # noqa: ARG002 - geopy passes it to every geocoder
    ) -> Location | list[Location] | None:
        """As geopy's geocoders answer: a Location, a list of them, or ``None`` when unknown.

        ``query`` is a :class:`Place`, a mapping with its parts, or text such as
        ``City, State, Country``.
        """
        place = _as_place(query)
        position = self.locate(place)
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


def _as_place(query: str | Mapping[str, str] | Place) -> Place:
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
