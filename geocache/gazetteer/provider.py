"""The offline gazetteer, as a provider."""

import logging
import secrets
from collections.abc import Callable
from functools import cache, cached_property
from hashlib import blake2b
from pathlib import Path

from filelock import FileLock

from geocache.gazetteer.builder.sources import read_versions
from geocache.gazetteer.index import Index
from geocache.gazetteer.index_folder import SCRATCH, delete_leftovers, find_damage, hold
from geocache.gazetteer.matcher import Matcher
from geocache.paths import PACKAGE
from geocache.place import Place, Position, drop_impossible_points

log = logging.getLogger(__name__)

_BUILD_TIMEOUT_SECONDS = 300.0


@cache
def compute_rules_version() -> str:
    """A version that changes with every change of the code or tables that find places."""
    return digest_rules(PACKAGE)


def digest_rules(package: Path) -> str:
    """A digest of the modules of ``gazetteer`` and ``geo``, sub-packages included, and tables."""
    digest = blake2b(digest_size=4)
    modules = [*(package / "gazetteer").rglob("*.py"), *(package / "geo").rglob("*.py")]
    tables = [*(package / "data").glob("*.csv"), *(package / "data").glob("*.txt")]
    tables += (package / "data").glob("*.parquet")
    for file in (*sorted(modules), *sorted(tables)):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def compute_version() -> str:
    """The version of the data and rules, which names the index."""
    return f"{read_versions()}-{compute_rules_version()}"


def _name_index(folder: Path) -> Path:
    return folder / f"index-{compute_version()}"


def check_index(folder: Path) -> str:
    """What is wrong with the index of this version in ``folder``; empty if nothing, or no index."""
    wanted = _name_index(folder)
    if not wanted.is_dir():
        return ""
    return find_damage(wanted) or Index(wanted).find_impossible_point()


class OfflineGazetteer:
    """Finds places in data on this machine; sends nothing anywhere.

    Builds its index into ``folder`` if there is none of its version, or if it is damaged (about
    20 s, once; several processes may start together), then opens it in milliseconds.

    Args:
        folder: the index's folder; created if missing.
        sharpen: take a postcode's point instead of the town's where that is nearer to hospitals.
        progress: called during the build with the current stage and the fraction done, 0-1.

    Raises:
        IndexBuildError: a data package is missing or the index cannot be read.
    """

    name = "gazetteer"
    online = False
    ignores_facilities = True
    attribution = "GeoNames (CC BY 4.0)"

    def __init__(
        self,
        folder: Path,
        *,
        sharpen: bool = True,
        progress: Callable[[str, float], None] | None = None,
    ) -> None:
        self.folder = Path(folder)
        self._sharpen = sharpen
        self.version = compute_version()
        folder = self._find_or_build(progress or (lambda _stage, _fraction: None))
        self._in_use = hold(folder)
        self._index = Index(folder)

    def _find_or_build(self, progress: Callable[[str, float], None]) -> Path:
        wanted = _name_index(self.folder)
        if wanted.is_dir() and not find_damage(wanted):
            return wanted
        self.folder.mkdir(parents=True, exist_ok=True)
        with FileLock(self.folder / "building.lock", timeout=_BUILD_TIMEOUT_SECONDS):
            damage = find_damage(wanted) if wanted.is_dir() else "there is none"
            if damage:
                from geocache.gazetteer.builder.build import build_index  # noqa: PLC0415 - numpy and scipy

                if wanted.is_dir():
                    log.warning("The place index is built again: %s", damage)
                    wanted.rename(self.folder / f"{SCRATCH}{secrets.token_hex(4)}")
                build_index(wanted, progress)
                delete_leftovers(self.folder, wanted)
        return wanted

    @cached_property
    def _matcher(self) -> Matcher:
        return Matcher(self._index, sharpen=self._sharpen)

    def locate(self, place: Place) -> Position:
        """The place's position, or an unresolved one with the reason. Never raises for odd text."""
        return self._matcher.locate(place)

    def largest(self, city: str) -> Position:
        """The most populous place of a name in the world, for people who search the map.

        Flagged ``ambiguous``, with the next ones as alternatives, if there are several. A site is
        never located like this.
        """
        return drop_impossible_points(self._matcher.largest(city))
