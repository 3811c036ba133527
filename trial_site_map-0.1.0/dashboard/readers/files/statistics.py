"""Files of statistics programs: SPSS, Stata and SAS, as rows of text."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from dashboard.errors import ReadError
from dashboard.readers.common.budget import get_budget
from dashboard.readers.common.column_names import match_header
from dashboard.readers.files.sheet import format_cell, summarize_error

KINDS = {
    "SPSS": (".sav", "read_sav"),
    "SPSS portable": (".por", "read_por"),
    "Stata": (".dta", "read_dta"),
    "SAS": (".sas7bdat", "read_sas7bdat"),
    "SAS transport": (".xpt", "read_xport"),
}
"""The ending and pyreadstat's reader of each program's files."""

_SAS = (
    bytes(12) + b"\xc2\xea\x81\x60\xb3\x14\x11\xcf\xbd\x92\x08\x00\x09\xc7\x31\x8c\x18\x1f\x10\x11"
)
_STARTS = (
    (b"$FL2", "SPSS"),
    (b"$FL3", "SPSS"),
    (b"<stata_dta>", "Stata"),
    (_SAS, "SAS"),
    (b"HEADER RECORD*******LIB", "SAS transport"),
)
_OLD_STATA = frozenset(range(104, 116))
_ROWS_AT_ONCE = 20_000


def name_program(data: bytes) -> str:
    """Which of :data:`KINDS` a file is, by its first bytes; empty for none."""
    for start, kind in _STARTS:
        if data.startswith(start):
            return kind
    if b"SPSS PORT FILE" in data[:500]:
        return "SPSS portable"
    old = data[:1] and data[0] in _OLD_STATA and data[1:3] in (b"\x01\x01", b"\x02\x01")
    return "Stata" if old else ""


def iter_rows(data: bytes, kind: str, name: str) -> Iterator[list[str]]:
    """The names of the columns, then each row as text; coded values as their labels.

    A column with a known name in its label (`Town of the hospital`) is called by that.

    Raises:
        ReadError: it is damaged, or larger than a site list.
    """
    import pyreadstat  # noqa: PLC0415 - only these files need it

    ending, reader = KINDS[kind]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"list{ending}"
        path.write_bytes(data)
        read = getattr(pyreadstat, reader)
        try:
            columns, about = read(str(path), output_format="dict")
        except Exception as error:  # pyreadstat lets through whatever its parts raise
            reason = f"a {kind} file that cannot be read ({summarize_error(error)}); save it as CSV"
            raise ReadError(name, reason) from error
    coded = about.variable_value_labels or {}
    values = [
        [coded[own].get(value, value) for value in column] if own in coded else column
        for own, column in columns.items()
    ]
    rows = len(values[0]) if values else 0
    get_budget(name, len(data)).spend(cells=rows * len(values))
    labels = [*(about.column_labels or []), *[None] * len(values)]
    yield [_name_column(own, label) for own, label in zip(columns, labels, strict=False)]
    for start in range(0, rows, _ROWS_AT_ONCE):
        part = [list(map(format_cell, column[start : start + _ROWS_AT_ONCE])) for column in values]
        yield from map(list, zip(*part, strict=True))


def _name_column(own: str, label: str | None) -> str:
    return label if label and not match_header(own)[0] and match_header(label)[0] else own
