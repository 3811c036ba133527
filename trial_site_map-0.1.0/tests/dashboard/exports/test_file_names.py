"""Files are named after what they hold, in letters that every system takes."""

from datetime import date

import pytest

from dashboard.exports.file_names import MAX_LENGTH, name_file

DAY = date(2026, 11, 30)


@pytest.mark.parametrize(
    ("subjects", "conditions", "name"),
    [
        (["NCT01207388"], ["Germany"], "NCT01207388-germany-2026-11-30.csv"),
        ([], [], "sites-2026-11-30.csv"),
        (
            ["a.csv", "b", "c"],
            ["Côte d'Ivoire", "Recruiting"],
            "sites-cote-d-ivoire-recruiting-2026-11-30.csv",
        ),
        (["Kandidaten Köln.xlsx"], [], "Kandidaten-Koln-xlsx-2026-11-30.csv"),
        (["東京"], [], "DongJing-2026-11-30.csv"),
        (['../"x"\r\n/y'], ["<b>"], "x-y-b-2026-11-30.csv"),
        (["日" * 500, "…"], ["x" * 500], None),
    ],
)
def test_names(subjects: list[str], conditions: list[str], name: str | None) -> None:
    found = name_file(subjects, conditions, "csv", DAY)
    assert found.isascii()
    assert len(found) <= MAX_LENGTH + 4
    assert not set(found) & set('/\\"<>:\r\n')
    if name:
        assert found == name


def test_many_conditions_do_not_make_a_long_name() -> None:
    found = name_file(["NCT01207388"], [f"Country {number}" for number in range(99)], "csv", DAY)
    assert found.startswith("NCT01207388-country-0-country-1-")
    assert len(found) <= MAX_LENGTH + 4
