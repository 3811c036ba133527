"""Write the list of packages in ``docs/licences.md`` from the metadata of installed packages.

Covers the packages of ``requirements.lock``, which running the program needs:

    python scripts/list_licences.py
"""

import tomllib
from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
DOCUMENT = ROOT / "docs" / "licences.md"
START = "<!-- packages, written by scripts/list_licences.py -->"
END = "<!-- end of packages -->"

NAMES = {
    "3-Clause BSD License": "BSD-3-Clause",
    "Apache License 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD": "BSD-3-Clause",
    "BSD License": "BSD-3-Clause",
    "MIT License": "MIT",
    "PSFL": "PSF-2.0",
    "lgpl": "LGPL",
}
"""SPDX identifiers for other spellings."""

UNDECLARED = {
    "streamlit-folium": "MIT",  # LICENSE of its repository; the wheel declares none
    "xstatic-leaflet": "BSD-2-Clause",  # "same as Leaflet", whose licence this is
}
"""Packages whose metadata does not name their licence."""


def find_licence(package: Distribution) -> str:
    """The licence of an installed package, as an SPDX identifier where there is one.

    Raises:
        ValueError: its metadata names none; look it up and add it to ``UNDECLARED``.
    """
    about = package.metadata
    classifiers = about.get_all("Classifier") or []
    named = [text.rpartition(" :: ")[2] for text in classifiers if text.startswith("License ::")]
    text = about.get("License")
    short = text if text and "\n" not in text else None
    name = canonicalize_name(about["Name"])
    found = (
        UNDECLARED.get(name) or about.get("License-Expression") or short or next(iter(named), None)
    )
    if found is None:
        raise ValueError(f"{name} names no licence: look it up and add it to UNDECLARED")
    return NAMES.get(found, found)


def parse_lock(lock: str) -> list[str]:
    """Names of the packages that a lock file installs on this machine."""
    lines = [line.rstrip("\\ ") for line in lock.splitlines() if line[:1].strip()]
    wanted = [Requirement(line) for line in lines]
    return [each.name for each in wanted if each.marker is None or each.marker.evaluate()]


def direct_dependencies() -> set[str]:
    """Names of the dependencies in ``pyproject.toml``, without extras."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return {canonicalize_name(Requirement(text).name) for text in project["dependencies"]}


def table(names: list[str]) -> str:
    """A Markdown table of packages, sorted by name."""
    rows = [f"| {name} | {find_licence(distribution(name))} |" for name in sorted(names)]
    return "\n".join(["| package | licence |", "|---|---|", *rows])


def package_list() -> str:
    """The part of the document between the two markers."""
    names = {
        canonicalize_name(name)
        for name in parse_lock((ROOT / "requirements.lock").read_text("utf-8"))
    }
    direct = direct_dependencies()
    return "\n\n".join(
        [
            START,
            "Asked for by this program:",
            table(sorted(direct)),
            "Brought by those:",
            table(sorted(names - direct)),
            END,
        ]
    )


def main() -> None:
    """Update the document."""
    text = DOCUMENT.read_text("utf-8")
    before, rest = text.split(START)
    after = rest.split(END)[1]
    DOCUMENT.write_text(before + package_list() + after, "utf-8")


if __name__ == "__main__":
    main()
