"""Reference systems of points: which one a file names, and its points in WGS 84 degrees.

Read are degrees of WGS 84 and what equals it within metres, Web Mercator, and UTM. Others would
need a library of a hundred times the size; their points are left out, and that is said.
"""

import math
import re
from functools import lru_cache

_WGS84_ALIKE = frozenset({"4326", "4258", "4269", "4979", "4937", "4167", "7844", "4283", "84"})
_MERCATOR = frozenset({"3857", "900913", "3785", "102100", "102113"})
_CODE = re.compile(
    r"(?:EPSG|ESRI|CRS)\W{0,8}(?:\d\.\d(?:\.\d)?:|0:)?\W{0,3}(\d{2,6})\b", re.IGNORECASE
)
_AUTHORITY = re.compile(r'AUTHORITY\["EPSG",\s{0,3}"(\d{4,6})"\]\s{0,3}\]\s{0,9}$')
_ZONE = re.compile(r"UTM\W{0,3}(?:zone)?\W{0,3}(\d{1,2})\W{0,3}([NS])?\b", re.IGNORECASE)
_RADIUS = 6_378_137.0
_NOT_READ = "other"

NAN = float("nan")


@lru_cache(maxsize=256)
def parse_crs(text: str) -> str:
    """``degrees``, ``mercator``, ``utm33N`` or ``other`` for the name or definition of a system.

    Text may be `EPSG:3857`, `urn:ogc:def:crs:OGC:1.3:CRS84` or well-known text. Empty for none.
    """
    plain = text[:20_000].strip()
    if not plain:
        return ""
    upper = plain.upper()
    if "MERCATOR_AUXILIARY_SPHERE" in upper or "PSEUDO-MERCATOR" in upper or "POPULAR" in upper:
        return "mercator"
    if upper.startswith(("PROJCS", "PROJCRS")):
        zone = _ZONE.search(plain.replace("_", " "))
        return f"utm{int(zone[1])}{(zone[2] or 'N').upper()}" if zone else _NOT_READ
    if upper.startswith(("GEOGCS", "GEOGCRS")):
        return (
            "degrees" if re.search(r"WGS.?(?:19)?84|ETRS|NAD.?(?:19)?83|GDA", upper) else _NOT_READ
        )
    found = _CODE.search(plain)
    if found is None:
        return "degrees" if "WGS" in upper and "84" in upper else _NOT_READ
    return _name_code(found[1])


def _name_code(code: str) -> str:
    if code in _WGS84_ALIKE:
        return "degrees"
    if code in _MERCATOR:
        return "mercator"
    number = int(code)
    for first, hemisphere in ((32600, "N"), (32700, "S"), (25800, "N"), (26900, "N")):
        if 1 <= number - first <= 60:
            return f"utm{number - first}{hemisphere}"
    return _NOT_READ


def describe_crs(text: str) -> str:
    """A reference system as its file calls it."""
    quoted = re.search(r'"([^"]{1,80})"', text[:2_000])
    return (quoted[1] if quoted else text[:80]).replace("_", " ") or "an unknown reference system"


def to_wgs84(x: float, y: float, crs: str) -> tuple[float, float]:
    """Latitude and longitude in WGS 84 degrees of a point in ``crs``; NaN if that is not read."""
    if crs in ("", "degrees"):
        return y, x
    if crs == "mercator":
        latitude = math.degrees(2 * math.atan(math.exp(min(y, 3e7) / _RADIUS)) - math.pi / 2)
        return round(latitude, 7), round(math.degrees(x / _RADIUS), 7)
    if crs.startswith("utm"):
        import utm  # noqa: PLC0415 - few files need it

        try:
            found = utm.to_latlon(x, y, int(crs[3:-1]), northern=crs[-1] == "N")
        except (ValueError, utm.OutOfRangeError):
            return NAN, NAN
        return round(float(found[0]), 7), round(float(found[1]), 7)
    return NAN, NAN
