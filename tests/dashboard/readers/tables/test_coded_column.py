"""A coded column is the list of its rows' texts, whatever is done to it."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dashboard.readers.common.clean import as_text
from dashboard.readers.common.coded_column import CodedColumn, GrowingColumn

TEXTS = st.lists(
    st.sampled_from(["", "a", "b", " a", "Graz", "São Paulo", "\ud800", "\x00", "日本"])
)


def check(column: CodedColumn, expected: list[str]) -> None:
    """Its rows are these, and its texts those that occur, in the order in which they do."""
    assert list(column) == expected
    assert column.texts == list(dict.fromkeys(expected))
    assert len(column) == len(expected)
    assert [column[row] for row in range(len(expected))] == expected
    firsts = [expected.index(text) for text in column.texts]
    assert column.list_first_rows() == firsts


@given(TEXTS, TEXTS, st.integers(0, 9), st.integers(0, 9))
def test_rows(texts: list[str], more: list[str], start: int, stop: int) -> None:
    column = CodedColumn.encode(texts)
    check(column, texts)
    check(column[start:stop], texts[start:stop])
    odd = np.array([bool(row % 2) for row in range(len(texts))], bool)
    check(column.take(odd), texts[1::2])
    check(CodedColumn.concatenate([column, CodedColumn.encode(more)]), texts + more)
    check(CodedColumn.repeat("a", start), ["a"] * start)


@given(TEXTS)
def test_texts(texts: list[str]) -> None:
    column = CodedColumn.encode(texts)
    check(column.map(str.strip), [text.strip() for text in texts])
    check(column.change({"a": "b", "c": "d"}), ["b" if text == "a" else text for text in texts])
    wanted = {"a", "Graz", "nowhere"}
    assert column.mask(wanted).tolist() == [text in wanted for text in texts]
    assert column.find_rows(wanted) == [row for row, text in enumerate(texts) if text in wanted]
    assert column.count_rows(wanted) == sum(text in wanted for text in texts)
    lengths = [float(len(text)) for text in column.texts]
    assert column.spread(lengths).tolist() == list(map(len, texts))


@given(TEXTS.map(lambda texts: [text for text in texts if text != "\ud800"]))
def test_for_arrow(texts: list[str]) -> None:
    column = CodedColumn.encode(texts)
    assert column.to_arrow().to_pylist() == texts
    assert column.count_bytes() == sum(len(text.encode()) for text in texts)


@given(st.lists(st.one_of(TEXTS, TEXTS.map(CodedColumn.encode), st.just(None))))
def test_a_growing_column_takes_values_and_coded_rows(
    parts: list[list[str] | CodedColumn | None],
) -> None:
    growing, whole = GrowingColumn(), GrowingColumn()
    expected: list[str] = []
    for part in parts:
        if part is None:
            growing.append(7)
            expected.append("7")
        else:
            growing.extend(part)
            expected += part
    whole.extend(["above"])
    whole.extend(growing)
    assert list(map(str, growing)) == expected
    check(whole.encode(len(expected) + 3, as_text), ["above", *expected, "", ""])
    assert [str(value) for value in growing[2:5]] == expected[2:5]
    growing.clear()
    assert len(growing) == 0
    growing.append("new")
    assert list(growing) == ["new"]
