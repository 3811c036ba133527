"""Settings of the dashboard, read from the environment beside those of geocache."""

import re
import socket
import zipfile
from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator

from dashboard.access import Access, parse_hosts
from geocache.settings import (
    GeocacheSettings,
    check_web_address,
    split_paths,
    split_routing_address,
)

_HERE = Path(__file__).parent
SEEDS = next(folder for folder in (_HERE / "seeds", _HERE.parent / "seeds") if folder.is_dir())
"""The lists that are open by default: in the installed package, or beside it in a checkout."""
_FRAME = re.compile(r"'self'|'none'|\*|https?://(\*\.)?[A-Za-z0-9.-]+(:[0-9]{1,5}|:\*)?")


class Settings(GeocacheSettings):
    """Settings from the environment; the README lists every field by its upper-case name."""

    site_map_sources: str = ""
    site_map_tiles: str = ""
    site_map_registry_url: str = "https://clinicaltrials.gov/api/v2"
    site_map_frame_ancestors: str = ""
    site_map_reader_seconds: float = Field(default=60.0, gt=0)
    site_map_reader_memory_mb: int = Field(default=2_048, ge=64)
    site_map_start: Literal["map", "finder"] = "map"
    site_map_hosts: str = ""
    site_map_log: Literal["quiet", "normal", "json"] = "quiet"
    site_map_contacts: bool = False
    site_map_directions_url: str = ""
    site_map_routing_url: str = ""
    site_map_pptx_template: Path | None = None
    site_map_readers: str = ""
    site_map_editors: str = ""
    site_map_trust_email: bool = False

    @cached_property
    def sources(self) -> tuple[Path, ...]:
        """Files and folders to open: ``SITE_MAP_SOURCES`` (split like PATH), else the seeds."""
        return split_paths(self.site_map_sources) or (SEEDS,)

    @cached_property
    def hosts(self) -> tuple[str, ...]:
        """Names this server answers to beside ``localhost``: ``SITE_MAP_HOSTS``, this machine's."""
        own = socket.gethostname().casefold()
        return (*parse_hosts(self.site_map_hosts), own, f"{own}.local")

    @field_validator("site_map_hosts")
    @classmethod
    def _host_names(cls, value: str) -> str:
        parse_hosts(value)
        return value

    _web = field_validator("site_map_registry_url")(check_web_address)

    @field_validator("site_map_tiles")
    @classmethod
    def _template(cls, value: str) -> str:
        """A PMTiles file, or a URL or path of this server with placeholders for a tile."""
        if value.endswith(".pmtiles") and "://" not in value:
            return value
        address = value if value.startswith("/") else check_web_address(value)
        if address and not all(part in address for part in ("{z}", "{x}", "y}")):
            raise ValueError(
                "neither a .pmtiles file nor a URL such as https://example.org/{z}/{x}/{y}.png"
            )
        return value

    @field_validator("site_map_directions_url")
    @classmethod
    def _directions(cls, value: str) -> str:
        """A URL with ``{latitude}`` and ``{longitude}``, or ``{place}``."""
        if not value:
            return value
        check_web_address(value)
        named = set(re.findall(r"\{([^{}]*+)\}", value))
        rest = re.sub(r"\{(latitude|longitude|place)\}", "", value)
        if (
            "{" in rest
            or "}" in rest
            or not ({"latitude", "longitude"} <= named or "place" in named)
        ):
            raise ValueError(
                "no URL such as https://example.org/?to={latitude},{longitude} or "
                "https://example.org/?q={place}"
            )
        return value

    @field_validator("site_map_routing_url")
    @classmethod
    def _routing(cls, value: str) -> str:
        if value:
            split_routing_address(value)
        return value

    @field_validator("site_map_pptx_template", mode="before")
    @classmethod
    def _presentation(cls, value: object) -> object:
        if not value:
            return None
        path = Path(str(value)).expanduser()
        if not zipfile.is_zipfile(path):
            raise ValueError(
                f"SITE_MAP_PPTX_TEMPLATE: {path} is no PowerPoint presentation (.pptx)"
            )
        return path

    @field_validator("site_map_frame_ancestors")
    @classmethod
    def _frames(cls, value: str) -> str:
        """Origins, ``*`` or ``'none'``, as in the policy directive ``frame-ancestors``."""
        for part in value.split():
            if not _FRAME.fullmatch(part):
                message = f"SITE_MAP_FRAME_ANCESTORS: {part!r} is not an origin such as https://example.org"
                raise ValueError(message)
        return value

    @cached_property
    def access(self) -> Access:
        """Who may open the dashboard and who may edit, if a login is configured."""
        return Access(self.site_map_readers, self.site_map_editors)

    @cached_property
    def frame_ancestors(self) -> str:
        """Who may show the page in a frame: this server, and the origins in the setting."""
        named = self.site_map_frame_ancestors.split()
        if named == ["'none'"] or "*" in named:
            return "'none'" if "*" not in named else "*"
        return " ".join(dict.fromkeys(["'self'", *named]))
