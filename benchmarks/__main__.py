"""``python -m benchmarks [NAME …]``: run them all, or some, and write docs/performance.md.

``SITES=100000`` runs those that take a size with that one. Figures of earlier runs stay until
they are measured again.
"""

import contextlib
import io
import json
import math
import os
import platform
import sys
import traceback
from datetime import UTC, datetime
from importlib import import_module
from inspect import signature
from pathlib import Path
from types import ModuleType

from benchmarks.report import HEADER, Figure, log_log, printed, row

HERE = Path(__file__).parent
DOCS = HERE.parent / "docs"
KEPT = DOCS / "performance.json"
TITLES = {
    "map": "The map in the browser",
    "map_layer": "What a filter change costs the map, beside its peers",
    "start": "The first minutes",
    "scale": "Opening, filtering, counting",
    "warm": "Geocoding in bulk",
    "dask": "Geocoding in bulk on a cluster",
    "registers": "Registers of facilities",
    "postgres": "Cache on PostgreSQL",
    "facilities": "Which spellings are one hospital",
    "reach": "Who lives near the sites",
    "sessions": "Many sessions",
    "soak": "Hostile uploads beside many sessions",
}


def modules() -> dict[str, str]:
    """Every benchmark here and in the folders below: its module by its name."""
    found = {
        path.stem.removeprefix("bench_"): path.relative_to(HERE.parent).with_suffix("")
        for path in HERE.rglob("bench_*.py")
    }
    return {name: ".".join(found[name].parts) for name in sorted(found)}


def measured(module: ModuleType) -> dict[str, object]:
    """Run one benchmark: its figures, or what it printed."""
    sizes = [int(text) for text in os.environ.get("SITES", "").split()]
    own = getattr(module, "figures", None)
    if own is not None and own.__module__ == module.__name__:
        takes = "sizes" in signature(own).parameters
        found = own(tuple(sizes)) if takes and sizes else own()
        return {"figures": [list(figure) for figure in printed(found)]}
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        module.main()
    print(said.getvalue())
    return {"text": said.getvalue()}


def parse_figures(part: dict[str, object]) -> list[Figure]:
    """The figures of a benchmark's part, of whatever length they were given."""
    return [
        Figure(*(math.nan if value is None else value for value in values[:6]))
        for values in part.get("figures", ())  # type: ignore[attr-defined]
    ]


def page(kept: dict[str, dict[str, object]]) -> str:
    """docs/performance.md."""
    lines = [
        "# Performance",
        "",
        (
            'Written by `make bench`; `make bench ARGS="map scale"` measures some again, '
            '`SITES=100000` one size. "Of the limit" is measured over limit: below 1 is within. '
            "Figures of one section are from one run; the machine is named with it, and other work "
            "on it makes times longer, never shorter."
        ),
    ]
    if plot_series(kept):
        lines += ["", "![Cost against size](performance.svg)"]
    for name, part in kept.items():
        lines += ["", f"## {TITLES.get(name, name.replace('_', ' ').capitalize())}", ""]
        lines += [f"*{part['when']}, {part['machine']}*", ""]
        if part.get("figures"):
            lines += [HEADER, *(row(figure) for figure in parse_figures(part))]
        else:
            lines += ["```", str(part.get("text", "")).rstrip(), "```"]
    return "\n".join(lines) + "\n"


def plot_series(kept: dict[str, dict[str, object]]) -> dict[str, list[tuple[float, float]]]:
    """Seconds by rows of every figure that is part of a series."""
    series: dict[str, list[tuple[float, float]]] = {}
    for part in kept.values():
        for figure in parse_figures(part):
            if figure.series and figure.size and figure.unit in {"s", "ms"} and figure.value > 0:
                seconds = figure.value / (1_000 if figure.unit == "ms" else 1)
                series.setdefault(figure.series, []).append((figure.size, seconds))
    return {name: sorted(points) for name, points in series.items() if len(points) > 1}


def machine() -> str:
    """Cores, load and versions, for the reader to judge."""
    load = os.getloadavg()[0]
    return f"{os.cpu_count()} cores, load {load:.1f} at the end, Python {platform.python_version()}"


def main(chosen: list[str]) -> int:
    """Run benchmarks and write the page; 1 when one of them failed."""
    known = modules()
    unknown = set(chosen) - set(known)
    if unknown:
        print(f"no such benchmark: {', '.join(sorted(unknown))}; there are {', '.join(known)}")
        return 2
    kept = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    failed = 0
    for name in chosen or known:
        print(f"\n{name}", file=sys.stderr)
        try:
            part = measured(import_module(known[name]))
        except Exception:  # noqa: BLE001 - the others still run
            traceback.print_exc()
            failed = 1
            continue
        part |= {"when": f"{datetime.now(UTC):%Y-%m-%d}", "machine": machine()}
        kept[name] = part
        DOCS.mkdir(exist_ok=True)
        text = json.dumps(kept, indent=1, ensure_ascii=False, sort_keys=True)
        KEPT.write_text(text.replace("NaN", "null") + "\n")
        kept = json.loads(KEPT.read_text())
        series = plot_series(kept)
        if series:
            (DOCS / "performance.svg").write_text(log_log(series, "sites", "seconds"))
        (DOCS / "performance.md").write_text(page(kept))
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
