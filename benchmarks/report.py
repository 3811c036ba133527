"""How benchmarks say what they measured.

A benchmark is a module ``bench_NAME.py`` here with ``figures() -> Iterable[Figure]`` and
``main()``, which prints them; with ``main()`` alone, what it prints is taken as it stands.
"""

import sys
from collections.abc import Iterable, Iterator
from typing import NamedTuple


class Figure(NamedTuple):
    """One measured figure and what it may at most be; ``NaN`` for no limit.

    ``series`` and ``size`` (rows) place it in the plot of cost against size.
    """

    name: str
    value: float
    unit: str
    limit: float = float("nan")
    series: str = ""
    size: int = 0


def shown(value: float) -> str:
    """A number as short as it is useful: ``0.043``, ``2.3``, ``1,200``."""
    if value != value:  # noqa: PLR0124 - NaN
        return ""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.2g}" if abs(value) < 1 else f"{value:.1f}"


def row(figure: Figure) -> str:
    """A figure as a line of a Markdown table."""
    name, value, unit, limit, *_ = figure
    ratio = f"{value / limit:.2f}" if limit == limit and limit else ""  # noqa: PLR0124
    return f"| {name} | {shown(value)} {unit} | {shown(limit)} | {ratio} |"


HEADER = "| what | measured | limit | of the limit |\n|---|--:|--:|--:|"


def printed(figures: Iterable[Figure]) -> Iterator[Figure]:
    """The figures, each printed as it comes."""
    print(HEADER)
    for figure in figures:
        print(row(figure), flush=True)
        yield figure


def progress(words: str) -> None:
    """Say on stderr what is being measured."""
    print(words, file=sys.stderr, flush=True)
