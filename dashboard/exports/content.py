"""What goes into a file: rows, the columns shown, and what the file says of itself."""

from dataclasses import dataclass

import pandas as pd

from dashboard.exports.about import About


@dataclass(frozen=True, slots=True)
class Content:
    """One table on its way into a file.

    ``name`` is what a row is, in the plural (``sites``); ``rows`` has every column, also those
    that ``columns`` does not show (a GeoJSON without coordinate columns still has its points).
    """

    name: str
    rows: pd.DataFrame
    about: About
    columns: tuple[str, ...] = ()

    @property
    def table(self) -> pd.DataFrame:
        """The rows with the columns shown."""
        return self.rows[list(self.columns)] if self.columns else self.rows

    @property
    def title(self) -> str:
        """What the file calls itself."""
        return f"Trial site map: {self.name}"


def kinds_of(table: pd.DataFrame) -> dict[str, str]:
    """For each column ``string``, ``number`` or ``integer``."""
    return {str(name): _kind(table[name]) for name in table.columns}


def _kind(column: pd.Series) -> str:
    if pd.api.types.is_float_dtype(column.dtype):
        return "number"
    return "integer" if pd.api.types.is_integer_dtype(column.dtype) else "string"
