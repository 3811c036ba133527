"""Settings of the dashboard, read from the environment beside those of geocache."""

import os
from functools import cached_property
from pathlib import Path

from geocache.settings import GeocacheSettings

SEEDS = Path(__file__).parent.parent / "seeds"


class Settings(GeocacheSettings):
    """What the environment says; every field is in the README under its upper-case name."""

    site_map_sources: str = ""
    site_map_read_only: bool = False
    site_map_tiles: str = ""
    site_map_registry_url: str = "https://clinicaltrials.gov/api/v2"

    @cached_property
    def sources(self) -> tuple[Path, ...]:
        """Files and folders to open: ``SITE_MAP_SOURCES`` (split like PATH), else the seeds."""
        named = [part for part in self.site_map_sources.split(os.pathsep) if part.strip()]
        return tuple(Path(part.strip()).expanduser() for part in named) or (SEEDS,)
