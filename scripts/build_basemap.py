"""Build ``dashboard/assets/countries.json``, the country borders of the basemap.

The source is Natural Earth 1:50m admin 0 countries (public domain) in the npm package
``world-atlas``, converted to GeoJSON by the npm package ``topojson-client``. Needs ``npm``:

    pip install antimeridian
    python scripts/build_basemap.py
"""

import json
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import antimeridian
import pycountry

TARGET = Path(__file__).parent.parent / "dashboard" / "assets" / "countries.json"
DECIMALS = 2  # about 1 km, finer than the 1:50m source
CODES_WITHOUT_ISO_NUMBER = {"Kosovo": "XK"}


def fetch_geojson(folder: Path) -> dict[str, Any]:
    """The countries as GeoJSON."""
    subprocess.run(["npm", "init", "-y"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    subprocess.run(
        ["npm", "install", "--silent", "world-atlas@2", "topojson-client@3"], cwd=folder, check=True
    )
    source = folder / "node_modules" / "world-atlas" / "countries-50m.json"
    command = ["node_modules/.bin/topo2geo", "countries=countries.json", "-i", str(source)]
    subprocess.run(command, cwd=folder, check=True)
    geojson: dict[str, Any] = json.loads((folder / "countries.json").read_text())
    return geojson


def round_coordinates(coordinates: list[Any]) -> list[Any]:
    """Coordinates of a geometry rounded, without repeated points and collapsed rings."""
    if isinstance(coordinates[0], int | float):
        return [round(value, DECIMALS) for value in coordinates]
    inner = [round_coordinates(part) for part in coordinates]
    if isinstance(inner[0][0], int | float):
        return [p for i, p in enumerate(inner) if i == 0 or p != inner[i - 1]]
    return [ring for ring in inner if len(ring) > 3 or isinstance(ring[0][0], list)]


def find_country_code(feature: dict[str, Any]) -> str:
    """ISO 3166-1 alpha-2 code of a country, empty for areas without one."""
    country = pycountry.countries.get(numeric=str(feature.get("id", "")).zfill(3))
    if country:
        return str(country.alpha_2)
    return CODES_WITHOUT_ISO_NUMBER.get(feature["properties"]["name"], "")


def main() -> None:
    """Write the file."""
    with tempfile.TemporaryDirectory() as folder:
        source = fetch_geojson(Path(folder))
    # Shapes across the 180th meridian are cut, or they would streak over a flat map.
    source = antimeridian.fix_geojson(source)
    features = [
        {
            "type": "Feature",
            "properties": {"code": find_country_code(f), "name": f["properties"]["name"]},
            "geometry": {
                "type": f["geometry"]["type"],
                "coordinates": round_coordinates(f["geometry"]["coordinates"]),
            },
        }
        for f in source["features"]
        if f["properties"]["name"] != "Antarctica"
    ]
    TARGET.write_text(
        json.dumps({"type": "FeatureCollection", "features": features}, separators=(",", ":"))
    )
    print(f"{TARGET}: {len(features)} countries, {TARGET.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
