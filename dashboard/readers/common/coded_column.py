"""Columns of text as their distinct values and a code per row, so that each value is read once.

Statuses, countries, cities and trials recur in most rows of a list. What is done to a column is
done to its distinct values; rows are only looked at one by one where a table is odd.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, NewType, Protocol, overload, runtime_checkable

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Codes = npt.NDArray[np.int32]
Mask = npt.NDArray[np.bool_]
_Sealed = NewType("_Sealed", list[Any])


class CodedColumn(Sequence[str]):
    """A column of text that does not change.

    ``texts`` are its distinct texts in the order in which they first occur, every one of which
    does; ``codes`` are an index in ``texts`` for each row.
    """

    __slots__ = ("codes", "texts")

    def __init__(self, codes: Codes, texts: list[str]) -> None:
        self.codes = codes
        self.texts = texts

    @classmethod
    def encode(cls, texts: Sequence[str]) -> "CodedColumn":
        """The column of these texts."""
        try:
            array = pa.array(texts, pa.large_string()).dictionary_encode()
        except UnicodeEncodeError:  # half of a surrogate pair, as JSON can have
            index: dict[str, int] = {}
            codes = [index.setdefault(text, len(index)) for text in texts]
            return cls(np.array(codes, np.int32), list(index))
        if len(array.dictionary) == len(texts):
            return cls(np.arange(len(texts), dtype=np.int32), list(texts))
        return cls.from_arrow(array)

    @classmethod
    def from_arrow(cls, array: pa.DictionaryArray) -> "CodedColumn":
        """The column of an array without nulls, whose dictionary has the order of its rows."""
        texts: list[str] = array.dictionary.to_numpy(zero_copy_only=False).tolist()
        return cls(array.indices.to_numpy(), texts)

    @classmethod
    def repeat(cls, text: str, count: int) -> "CodedColumn":
        """The column that has one text in ``count`` rows."""
        return cls(np.zeros(count, np.int32), [text] if count else [])

    @classmethod
    def concatenate(cls, columns: Sequence["CodedColumn"]) -> "CodedColumn":
        """The columns one under the other."""
        if len(columns) == 1:
            return columns[0]
        index: dict[str, int] = {}
        found = [np.empty(0, np.int32)]
        for column in columns:
            codes = [index.setdefault(text, len(index)) for text in column.texts]
            found.append(np.array(codes, np.int32)[column.codes])
        return cls(np.concatenate(found), list(index))

    def __len__(self) -> int:
        return len(self.codes)

    def __iter__(self) -> Iterator[str]:
        return map(self.texts.__getitem__, self.codes.tolist())

    def __contains__(self, text: object) -> bool:
        return text in self.texts

    @overload
    def __getitem__(self, key: int) -> str: ...

    @overload
    def __getitem__(self, key: slice) -> "CodedColumn": ...

    def __getitem__(self, key: int | slice) -> "str | CodedColumn":
        if isinstance(key, slice):
            return self.take(key)
        return self.texts[int(self.codes[key])]

    def take(self, rows: slice | Mask) -> "CodedColumn":
        """The column of some of its rows."""
        kept, first, codes = np.unique(self.codes[rows], return_index=True, return_inverse=True)
        order = np.argsort(first)
        rank = np.empty(len(order), np.int32)
        rank[order] = np.arange(len(order), dtype=np.int32)
        return CodedColumn(rank[codes], [self.texts[code] for code in kept[order].tolist()])

    def with_texts(self, texts: list[str]) -> "CodedColumn":
        """The column with another text for each of its distinct ones; equal texts become one."""
        if len(set(texts)) == len(texts):
            return CodedColumn(self.codes, texts)
        index: dict[str, int] = {}
        codes = [index.setdefault(text, len(index)) for text in texts]
        return CodedColumn(np.array(codes, np.int32)[self.codes], list(index))

    def map(self, convert: Callable[[str], str]) -> "CodedColumn":
        """The column with every text converted."""
        return self.with_texts(list(map(convert, self.texts)))

    def change(self, changes: Mapping[str, str]) -> "CodedColumn":
        """The column with some of its texts changed."""
        if not changes:
            return self
        return self.with_texts([changes.get(text, text) for text in self.texts])

    def mask(self, texts: Collection[str]) -> Mask:
        """For each row, whether it holds one of the texts."""
        if not texts:
            return np.zeros(len(self), bool)
        return np.fromiter((text in texts for text in self.texts), bool, len(self.texts))[
            self.codes
        ]

    def find_rows(self, texts: Collection[str]) -> list[int]:
        """The rows that hold one of the texts, in order."""
        return np.flatnonzero(self.mask(texts)).tolist() if texts else []

    def count_rows(self, texts: Collection[str]) -> int:
        """How many rows hold one of the texts."""
        return int(self.mask(texts).sum())

    def list_first_rows(self) -> list[int]:
        """For each distinct text the first row that holds it."""
        highest = np.maximum.accumulate(self.codes) if len(self) else self.codes
        return np.flatnonzero(np.diff(highest, prepend=-1)).tolist()

    def spread(self, numbers: Sequence[float]) -> npt.NDArray[np.float64]:
        """For each row the number that stands for its text."""
        return np.array(numbers, np.float64)[self.codes] if len(self) else np.empty(0)

    def count_bytes(self) -> int:
        """The size of all rows' texts in UTF-8."""
        sizes = pc.binary_length(pa.array(self.texts, pa.large_string())).to_numpy()
        return int(np.bincount(self.codes, minlength=len(sizes)) @ sizes)

    def to_arrow(self) -> pa.Array:
        """The column as an array of its rows' texts."""
        return pa.array(self.texts, pa.large_string()).take(pa.array(self.codes))


@runtime_checkable
class ColumnSource(Protocol):
    """Rows that can be read as columns too, many at once."""

    def read_columns(self, rows: int, width: int) -> list[CodedColumn] | None:
        """The next ``rows`` rows of ``width`` cells, fewer at the end.

        ``None``, and nothing is read, where the rows have to be read one by one.
        """


class GrowingColumn:
    """A column to which values are appended one by one, or as coded rows.

    What is appended is kept as it is, also what is no text.
    """

    def __init__(self) -> None:
        self._above: list[CodedColumn | _Sealed] = []
        self._rows_above = 0
        self._last: list[Any] = []
        self.append = self._last.append

    def __len__(self) -> int:
        return self._rows_above + len(self._last)

    def __iter__(self) -> Iterator[Any]:
        for part in self._above:
            yield from part
        yield from self._last

    def __getitem__(self, rows: slice) -> list[Any]:
        return (list(self) if self._above else self._last)[rows]

    def extend(self, values: "Iterable[Any] | CodedColumn | GrowingColumn") -> None:
        """Append rows."""
        if isinstance(values, CodedColumn):
            self._seal()
            self._above.append(values)
            self._rows_above += len(values)
        elif isinstance(values, GrowingColumn):
            for part in (*values._above, values._last):  # noqa: SLF001 - of the same class
                self.extend(part)
        else:
            self._last.extend(values)

    def replace_last(self, value: Any) -> None:
        """Replace the value that was appended last."""
        self._last[-1] = value

    def clear(self) -> None:
        """Forget all rows."""
        self._above.clear()
        self._last.clear()
        self._rows_above = 0

    def encode(self, length: int, as_text: Callable[[object], str]) -> CodedColumn:
        """The column of ``length`` texts, the last of them empty where fewer were appended."""
        parts = [
            part if isinstance(part, CodedColumn) else _encode_values(part, as_text)
            for part in (*self._above, self._last)
            if len(part)
        ]
        missing = length - len(self)
        if missing or not parts:
            parts.append(CodedColumn.repeat("", missing))
        return CodedColumn.concatenate(parts)

    def _seal(self) -> None:
        if self._last:
            self._above.append(_Sealed(self._last.copy()))
            self._rows_above += len(self._last)
            self._last.clear()


def _encode_values(values: list[Any], as_text: Callable[[object], str]) -> CodedColumn:
    if set(map(type, values)) - {str}:
        values = [value if type(value) is str else as_text(value) for value in values]
    return CodedColumn.encode(values)
