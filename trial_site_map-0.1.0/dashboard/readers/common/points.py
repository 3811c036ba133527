"""A point in one text, in any usual writing, as the texts of latitude and longitude."""

import re

_LONGEST = 2_000
_NUMBER = r"[+−-]?\d{1,3}(?:\.\d{1,20})?"
_WKT = re.compile(
    rf"^(?:SRID=\d{{1,6}};)?\s{{0,9}}POINT\s{{0,9}}(?:Z\s{{0,9}})?\(\s{{0,9}}({_NUMBER})\s{{1,9}}({_NUMBER})",
    re.IGNORECASE,
)
_BRACKETS = re.compile(
    rf"[(\[]\s{{0,9}}({_NUMBER})°?\s{{0,9}}[,;]\s{{0,9}}({_NUMBER})°?\s{{0,9}}[)\]]\s{{0,9}}$"
)
_R_VECTOR = re.compile(rf"^c\(\s{{0,9}}({_NUMBER})\s{{0,9}},\s{{0,9}}({_NUMBER})\s{{0,9}}\)$")
_GEOJSON = re.compile(
    rf"[\"']coordinates[\"']\s{{0,9}}:\s{{0,9}}[\[(]\s{{0,9}}({_NUMBER})\s{{0,9}},\s{{0,9}}({_NUMBER})"
)
_NAMED = re.compile(
    rf"\b(lat|latitude|_lat|lon|lng|long|longitude|_lon|y|x)\b[\"']?\s{{0,9}}[:=]\s{{0,9}}[\"']?({_NUMBER})",
    re.IGNORECASE,
)
_PAIR = re.compile(rf"^({_NUMBER})\s{{0,9}}[,;]\s{{0,9}}({_NUMBER})$")
_LINK = re.compile(rf"(?:geo:|[@=/])({_NUMBER}),({_NUMBER})(?:\b|,)")


def parse_point(text: str) -> tuple[str, str] | None:
    """Latitude and longitude, as written, of a text that certainly holds a point; else None.

    ``POINT (15.4 47.1)``, ``{"type": "Point", "coordinates": [15.4, 47.1]}`` and R's
    ``c(15.4, 47.1)`` have the longitude first; ``(47.1, 15.4)``, also at the end of an address,
    ``{'lat': 47.1, 'lng': 15.4}`` and links of maps the latitude.
    """
    plain = text[-_LONGEST:].strip()
    if not any(map(str.isdigit, plain[-40:] + plain[:60])):
        return None
    for pattern in (_WKT, _R_VECTOR, _GEOJSON):
        if found := pattern.search(plain):
            return found[2], found[1]
    named = {match[1].casefold().lstrip("_")[:2]: match[2] for match in _NAMED.finditer(plain)}
    latitude = named.get("la") or named.get("y")
    longitude = named.get("lo") or named.get("ln") or named.get("x")
    if latitude and longitude:
        return latitude, longitude
    found = _BRACKETS.search(plain) or _PAIR.match(plain)
    if found is None and ("geo:" in plain or "://" in plain):
        found = _LINK.search(plain)
    return (found[1], found[2]) if found else None


def holds_point(text: str) -> bool:
    """True for a text with a point whose degrees have decimals, as a number of its own kind."""
    point = parse_point(text)
    return point is not None and all("." in half for half in point)
