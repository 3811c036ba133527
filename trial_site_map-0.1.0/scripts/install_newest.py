"""Makes ``.venv/newest`` with the newest release of every dependency: ``make test-newest``.

Neither the lock files nor the upper bounds in ``pyproject.toml`` apply. Prints what is newer than
the lock.
"""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / ".venv" / "newest"
PYTHON = FOLDER / "bin" / "python"
UV = (sys.executable, "-m", "uv", "--quiet")


def list_overrides() -> list[str]:
    """Requirements with an upper bound, without it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    listed = [*project["dependencies"], *project["optional-dependencies"]["test"]]
    lines = []
    for requirement in map(Requirement, listed):
        lower = [str(part) for part in requirement.specifier if part.operator in {">", ">="}]
        if len(lower) < len(requirement.specifier):
            lines.append(requirement.name + ",".join(lower))
    return lines


def parse_versions(text: str) -> list[tuple[str, str]]:
    """(name, version) of each pin in a requirements file, which may have one for each Python."""
    found = re.findall(r"^([\w.-]+)(?:\[[\w,-]+\])?==([^\s;]+)", text, re.MULTILINE)
    return [(canonicalize_name(name), version) for name, version in found]


def main() -> None:
    """Install, and list the differences from the lock."""
    subprocess.run([*UV, "venv", "--clear", "--python", sys.executable, FOLDER], check=True)
    overrides = FOLDER / "overrides.txt"
    overrides.write_text("\n".join(list_overrides()) + "\n")
    install = [*UV, "pip", "install", "--python", PYTHON, "--upgrade", "--overrides", overrides]
    subprocess.run([*install, "--editable", f"{ROOT}[test]"], check=True)
    freeze = [*UV, "pip", "freeze", "--python", PYTHON]
    installed = subprocess.run(freeze, check=True, capture_output=True, text=True).stdout
    pinned = parse_versions((ROOT / "requirements-test.lock").read_text())
    for name, version in sorted(parse_versions(installed)):
        if (name, version) not in pinned:
            before = " or ".join(old for one, old in pinned if one == name) or "not in the lock"
            print(f"{name}: {before} -> {version}")


if __name__ == "__main__":
    main()
