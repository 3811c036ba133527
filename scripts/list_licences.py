"""Write the list of packages in ``docs/licences.md`` from the metadata of what is installed.

Covers the packages of ``requirements.lock``, which are what a person installs to run the program:

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
"""How packages write the licences that SPDX has a name for."""

UNSAID = {
    "streamlit-folium": "MIT",  # LICENSE of its repository; the wheel says nothing
    "xstatic-leaflet": "BSD-2-Clause",  # "same as Leaflet", whose licence this is
}
"""Packages whose metadata does not name their licence."""


def licence(package: Distribution) -> str:
    """The licence of an installed package, as SPDX writes it where it has a name for it.

    Raises:
        ValueError: its metadata names none; look it up and add it to ``UNSAID``.
    """
    about = package.metadata
    classifiers = about.get_all("Classifier") or []
    named = [text.rpartition(" :: ")[2] for text in classifiers if text.startswith("License ::")]
    text = about.get("License")
    short = text if text and "\n" not in text else None
    name = canonicalize_name(about["Name"])
    found = UNSAID.get(name) or about.get("License-Expression") or short or next(iter(named), None)
    if found is None:
        raise ValueError(f"{name} names no licence: look it up and add it to UNSAID")
    return NAMES.get(found, found)


def needed(lock: str) -> list[str]:
    """Names of the packages a lock installs on this machine."""
    lines = [line.rstrip("\\ ") for line in lock.splitlines() if line[:1].strip()]
    wanted = [Requirement(line) for line in lines]
    return [each.name for each in wanted if each.marker is None or each.marker.evaluate()]


def direct() -> set[str]:
    """Names of the packages that ``pyproject.toml`` itself asks for, without its extras."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return {canonicalize_name(Requirement(text).name) for text in project["dependencies"]}


def table(names: list[str]) -> str:
    """A Markdown table of packages, in order of name."""
    rows = [f"| {name} | {licence(distribution(name))} |" for name in sorted(names)]
    return "\n".join(["| package | licence |", "|---|---|", *rows])


def written() -> str:
    """The part of the document between its two marks."""
    names = {
        canonicalize_name(name) for name in needed((ROOT / "requirements.lock").read_text("utf-8"))
    }
    asked = direct()
    return "\n\n".join(
        [
            START,
            "Asked for by this program:",
            table(sorted(asked)),
            "Brought by those:",
            table(sorted(names - asked)),
            END,
        ]
    )


def main() -> None:
    """Write the document anew."""
    text = DOCUMENT.read_text("utf-8")
    before, rest = text.split(START)
    after = rest.split(END)[1]
    DOCUMENT.write_text(before + written() + after, "utf-8")


if __name__ == "__main__":
    main()
