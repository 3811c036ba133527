"""How benchmarks say what they measured.

A benchmark is a module ``bench_NAME.py`` here or in a folder below with ``figures() ->
Iterable[Figure]`` and ``main()``, which prints them; with ``main()`` alone, what it prints is taken
as it stands.
"""

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from math import ceil, floor, log10
from typing import NamedTuple

Points = Sequence[tuple[float, float]]

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 720, 420, 64, 190, 24, 48
COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#d55e00", "#56b4e9", "#8a8f98")
DASHES = ("", "6 3", "2 3", "8 3 2 3", "1 4", "10 4", "4 2")


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


def _decades(values: Iterable[float]) -> tuple[int, int]:
    logs = [log10(value) for value in values]
    low, high = floor(min(logs)), ceil(max(logs))
    return low, max(high, low + 1)


def log_log(series: Mapping[str, Points], x_label: str, y_label: str) -> str:
    """An SVG of cost against size: a line a series over (x, y), both above 0, on logarithmic axes.

    It reads in light and dark.
    """
    points = [point for one in series.values() for point in one]
    x_low, x_high = _decades(x for x, _ in points)
    y_low, y_high = _decades(y for _, y in points)

    def x_at(x: float) -> float:
        return LEFT + (log10(x) - x_low) / (x_high - x_low) * (WIDTH - LEFT - RIGHT)

    def y_at(y: float) -> float:
        return HEIGHT - BOTTOM - (log10(y) - y_low) / (y_high - y_low) * (HEIGHT - TOP - BOTTOM)

    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
            'font-family="system-ui, sans-serif" font-size="12">'
        ),
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
    ]
    for decade in range(x_low, x_high + 1):
        x = x_at(10.0**decade)
        parts.append(
            f'<path d="M{x:.1f} {TOP}V{HEIGHT - BOTTOM}" stroke="#e3e6ea"/>'
            f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">'
            f"{10**decade:,}</text>"
        )
    for decade in range(y_low, y_high + 1):
        y = y_at(10.0**decade)
        parts.append(
            f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="#e3e6ea"/>'
            f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{10.0**decade:g}</text>'
        )
    for number, (name, one) in enumerate(series.items()):
        colour, dash = COLOURS[number % len(COLOURS)], DASHES[number % len(DASHES)]
        line = " ".join(f"{x_at(x):.1f},{y_at(y):.1f}" for x, y in one)
        x, y = one[-1]
        parts.append(
            f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2" '
            f'stroke-dasharray="{dash}"/>'
        )
        parts += [
            f'<circle cx="{x_at(x):.1f}" cy="{y_at(y):.1f}" r="3" fill="{colour}"/>' for x, y in one
        ]
        parts.append(
            f'<path d="M{WIDTH - RIGHT + 12} {TOP + 12 + 20 * number}h22" stroke="{colour}" '
            f'stroke-width="2" stroke-dasharray="{dash}"/>'
            f'<text x="{WIDTH - RIGHT + 40}" y="{TOP + 16 + 20 * number}">{escape(name)}</text>'
        )
    parts.append(
        f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 10}" text-anchor="middle">'
        f"{escape(x_label)}</text>"
        f'<text x="14" y="{(TOP + HEIGHT - BOTTOM) / 2}" text-anchor="middle" '
        f'transform="rotate(-90 14 {(TOP + HEIGHT - BOTTOM) / 2})">{escape(y_label)}</text></svg>\n'
    )
    return "\n".join(parts)
