"""What the values of a column show about it."""

from collections.abc import Callable, Sequence

from dashboard.readers.common.missing import is_missing


def share(values: Sequence[str], good: Callable[[str], object]) -> float:
    """The share of the values, 0-1, that are good; 0 of none."""
    return sum(bool(good(value)) for value in values) / len(values) if values else 0.0


def has_digit(text: str) -> bool:
    """True for a text with a digit."""
    return any(map(str.isdigit, text))


def list_values(rows: Sequence[Sequence[str]], at: int, longest: int = 2_000) -> list[str]:
    """The values of a column that are not missing, stripped and cut."""
    cells = (row[at][:longest].strip() for row in rows if at < len(row))
    return [cell for cell in cells if not is_missing(cell)]
