"""The basemap: its file, colours, attribution and options, for the page and the map as a file."""

import html
import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pycountry

from dashboard.errors import TileArchiveError
from dashboard.maps import bundle
from dashboard.maps.colours import DARK_COLOURS, LIGHT_COLOURS
from dashboard.maps.tile_archive import TileArchive, open_streets
from geocache.geo.countries import country_name_in

LOG = logging.getLogger(__name__)
MAX_ZOOM = 17
BUNDLED = bundle.ASSETS_FOLDER / "basemap.pmtiles"
_LINK = '<a href="https://www.{host}/" target="_blank" rel="noopener">{name}</a>'
CREDITS = (
    "Borders {borders}, not a statement on their status",
    "Rivers {rivers}",
    "Places {places}",
)
"""The sources of the bundled basemap; other languages are made from these sentences."""


def format_credits(credits_: Sequence[str] = CREDITS) -> str:
    """The bundled basemap's attribution as HTML.

    Args:
        credits_: :data:`CREDITS`, or the same in another language, as plain text.
    """
    links = {
        "{borders}": _LINK.format(host="naturalearthdata.com", name="Natural Earth"),
        "{rivers}": "GSHHG",
        "{places}": _LINK.format(host="geonames.org", name="GeoNames") + " CC BY 4.0",
    }
    line = html.escape(" | ".join(credits_))
    for name, link in links.items():
        line = line.replace(name, link)
    return line


ATTRIBUTION = format_credits()


@dataclass(frozen=True, slots=True)
class MapLanguage:
    """What a map says in another language than English.

    ``words`` are the scripts' texts by their English form (``siteMap.words.say``),
    ``country_names`` the names by alpha-2 code, ``credits`` as :data:`CREDITS`, ``label`` the
    map's name for screen readers.
    """

    code: str
    label: str
    words: Mapping[str, str] = field(default_factory=dict)
    country_names: Mapping[str, str] = field(default_factory=dict)
    credits: Sequence[str] = CREDITS

    def to_options(self) -> dict[str, Any]:
        """The options of ``siteMap.start`` that depend on the language."""
        return {
            "lang": self.code,
            "label": self.label,
            "words": dict(self.words),
            "countryNames": dict(self.country_names),
            "attribution": format_credits(self.credits),
        }


@cache
def load_bundled() -> TileArchive:
    """The archive that comes with the dashboard: the world from zoom 0 to 8."""
    return TileArchive(BUNDLED)


def is_archive(tiles: str) -> bool:
    """Whether ``SITE_MAP_TILES`` names a PMTiles file, not the URLs of an online layer."""
    return tiles.endswith(".pmtiles") and "://" not in tiles


@cache
def load_streets(tiles: str) -> TileArchive | None:
    """The operator's own tiles; ``None`` if there are none, or if they cannot be used.

    The reason is logged in one line, and the bundled map is used.

    Args:
        tiles: as ``SITE_MAP_TILES``.
    """
    if not is_archive(tiles):
        return None
    try:
        return open_streets(Path(tiles).expanduser())
    except TileArchiveError as error:
        LOG.warning("SITE_MAP_TILES: %s; the bundled map is used", error)
        return None


def list_archives(tiles: str = "") -> dict[str, TileArchive]:
    """The files that maps are drawn from, by their URL path on this server."""
    found = {"basemap": load_bundled(), "streets": load_streets(tiles)}
    return {
        _build_path(name, archive): archive
        for name, archive in found.items()
        if archive is not None
    }


def _build_path(name: str, archive: TileArchive) -> str:
    return f"{bundle.PREFIX}/{name}-{archive.digest}.pmtiles"


def build_options(
    *,
    dark: bool = False,
    tiles: str = "",
    in_page: bool = True,
    drawn_url: str = "",
) -> dict[str, Any]:
    """The options of ``siteMap.start`` in ``assets/site_map.js``.

    Args:
        dark: the theme.
        tiles: as ``SITE_MAP_TILES``: tiles beside the bundled ones, empty for none.
        in_page: the map is part of the page, which can filter by the view and has a table below.
        drawn_url: URL to POST to once the map is drawn, empty for none.
    """
    return {
        "dark": dark,
        "label": "Map of the sites. The table below holds the same sites.",
        "home": True,
        "colours": DARK_COLOURS if dark else LIGHT_COLOURS,
        "basemap": _build_path("basemap", load_bundled()),
        "lastZoom": load_bundled().zooms[1],
        "streets": _describe_streets(tiles),
        "attribution": ATTRIBUTION,
        "lang": "en",
        "countryNames": list_country_names(),
        "stateNames": bundle.build_state_names().path,
        "tiles": bool(tiles) and not is_archive(tiles),
        "inPage": in_page,
        "drawnUrl": drawn_url,
    }


@cache
def list_country_names(language: str = "en") -> dict[str, str]:
    """Short names of all countries by alpha-2 code."""
    codes = (country.alpha_2 for country in pycountry.countries)
    return {code: country_name_in(code, language) for code in (*codes, "XK")}


def _describe_streets(tiles: str) -> dict[str, Any] | None:
    archive = load_streets(tiles)
    if archive is None:
        return None
    west, south, east, north = archive.bounds
    return {
        "url": _build_path("streets", archive),
        "kind": archive.kind,
        "imageType": archive.image_type,
        "zooms": list(archive.zooms),
        "bounds": [[south, west], [north, east]],
        "attribution": _keep_links(archive.attribution),
    }


_LONGEST_ATTRIBUTION = 10_000


def _keep_links(attribution: str) -> str:
    """An attribution with its links and nothing else of its HTML."""
    parts = re.split(
        r'(<a\s[^<>]{0,300}?href="https?://[^"<>]{0,2000}"[^<>]{0,300}>.{0,500}?</a>)',
        attribution[:_LONGEST_ATTRIBUTION],
        flags=re.DOTALL,
    )
    return "".join(map(_clean_part, parts)).strip()


def _clean_part(part: str) -> str:
    link = re.fullmatch(
        r'<a\s[^>]*?href="(https?://[^"<>]*)"[^>]*>(.*?)</a>', part, flags=re.DOTALL
    )
    text = html.escape(html.unescape(re.sub(r"<[^<>]{0,2500}>", "", link[2] if link else part)))
    if not link:
        return text
    address = html.escape(html.unescape(link[1]))
    return f'<a href="{address}" target="_blank" rel="noopener">{text}</a>'


def build_picker_options(*, dark: bool = False, tiles: str = "") -> dict[str, Any]:
    """The same for a map without sites, on which a person picks a point."""
    label = "Map to choose a point on, by mouse or touch."
    return build_options(dark=dark, tiles=tiles, in_page=False) | {
        "home": False,
        "picker": True,
        "label": label,
    }
