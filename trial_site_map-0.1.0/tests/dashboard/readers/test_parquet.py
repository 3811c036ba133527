"""A saved site table opens again as it was."""

import io
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dashboard.errors import ReadError
from dashboard.library.lists import merge, open_file
from dashboard.readers import read
from dashboard.sites.categoricals import to_plain_text
from dashboard.sites.positions import Known
from dashboard.sites.table import COLUMNS
from geocache import GeoCache
from geocache.gazetteer import Gazetteer
from geocache.place import Place, Position
from harness.site_tables import generate_site_table, write_parquet

FACILITY_COLUMNS = {"facility_id", "facility_name"}
MARK = "gazetteer 1"
KEY = "the key of this server"


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    """A generated site table."""
    return generate_site_table(3_000)


@pytest.fixture
def saved(table: pd.DataFrame, tmp_path: Path) -> Path:
    """The table as a file."""
    path = tmp_path / "sites.parquet"
    write_parquet(table, path, position_rules=MARK, as_of="2024-02-03", signing_key=KEY)
    return path


def nowhere(places: object) -> list[Position]:
    """A geocoder that must not be called."""
    raise AssertionError(f"asked for {places}")


def test_positions_of_the_same_data_and_rules_are_kept(table: pd.DataFrame, saved: Path) -> None:
    library = merge([open_file(saved, KEY)], nowhere, Known(MARK))
    same = [name for name in COLUMNS if name not in FACILITY_COLUMNS]
    pd.testing.assert_frame_equal(to_plain_text(library.table[same]), to_plain_text(table[same]))
    assert library.as_of == "2024-02-03"
    assert set(library.trials) == set(table["trial_id"].unique())
    some = library.trials[str(table["trial_id"].iloc[0])]
    assert some.sponsor == table["sponsor"].iloc[0]


def test_positions_of_other_rules_are_found_again(
    table: pd.DataFrame, saved: Path, gazetteer: Gazetteer
) -> None:
    with GeoCache("sqlite://", providers=[gazetteer]) as cache:
        library = merge([open_file(saved, KEY)], cache.locate_many, Known("gazetteer 2"))
    assert tuple(library.table.columns) == COLUMNS
    assert set(library.table["source"].unique()) <= {"gazetteer", ""}
    assert (library.table["reason"] != "name of the city").any()
    text = ["trial_id", "facility", "city", "country", "status"]
    pd.testing.assert_frame_equal(to_plain_text(library.table[text]), to_plain_text(table[text]))


def test_a_pin_wins_over_what_was_saved(table: pd.DataFrame, saved: Path) -> None:
    row = to_plain_text(table.iloc[[7]]).iloc[0]
    place = Place(row.facility, row.city.upper(), row.state, row.postcode, row.country)

    def pinned(places: object) -> list[Position]:
        return [Position(1.0, 2.0, source="pin") for _ in places]  # type: ignore[attr-defined]

    library = merge([open_file(saved, KEY)], pinned, Known(MARK, (place,)))
    moved = library.table[library.table["source"] == "pin"]
    assert 7 in moved.index
    same = ["facility", "city", "state", "postcode", "country"]
    assert len(moved[same].drop_duplicates()) == 1
    others = library.table.drop(moved.index)[[n for n in COLUMNS if n not in FACILITY_COLUMNS]]
    before = table.loc[others.index, list(others)]
    pd.testing.assert_frame_equal(to_plain_text(others), to_plain_text(before))


def test_any_table_in_parquet_is_read_like_a_list_and_a_damaged_file_refused() -> None:
    file = io.BytesIO()
    pq.write_table(pa.table({"city": ["Graz", "Linz"], "country": ["Austria", "Austria"]}), file)
    assert read(file.getvalue(), "x.parquet").sites["city"].tolist() == ["Graz", "Linz"]
    with pytest.raises(ReadError, match="damaged"):
        read(b"PAR1" + b"\0" * 100, "x.parquet")


def test_text_of_other_programs_and_empty_cells_are_read() -> None:
    columns = {
        name: pa.array(["NCT1", None]) for name in ("trial_id", "facility", "city", "country")
    }
    file = io.BytesIO()
    pq.write_table(pa.table(columns), file)
    reading = read(file.getvalue(), "x.parquet")
    assert reading.sites["city"].tolist() == ["NCT1", ""]
    assert reading.sites["latitude"].isna().all()
    assert reading.positions is None


def test_an_empty_table_is_read(tmp_path: Path, table: pd.DataFrame) -> None:
    path = tmp_path / "empty.parquet"
    write_parquet(table.iloc[:0], path, position_rules=MARK, signing_key=KEY)
    opened = open_file(path, KEY)
    assert opened.reading is not None
    assert len(opened.reading.sites) == 0
    assert merge([opened], nowhere, Known(MARK)).table.empty
