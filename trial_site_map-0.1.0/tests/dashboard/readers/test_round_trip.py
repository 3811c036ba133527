"""One trial in every format reads back to the same sites."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from dashboard.readers import read
from tests.dashboard.readers.trial_formats import WRITERS, windows_list

SEED = Path(__file__).parents[3] / "seeds" / "NCT01207388.txt"
TRIAL_ID = "NCT01207388"


@pytest.fixture(scope="module")
def sites() -> pd.DataFrame:
    return read(SEED.read_bytes(), SEED.name).sites


@pytest.mark.parametrize("write", WRITERS, ids=lambda write: write.__name__)
def test_the_75_sites_come_back_from_every_format(
    write: Callable[[str, pd.DataFrame], bytes], sites: pd.DataFrame
) -> None:
    reading = read(write(TRIAL_ID, sites), "no hint in the name")
    pd.testing.assert_frame_equal(reading.sites, sites)
    assert TRIAL_ID in [trial.trial_id for trial in reading.trials]


def test_the_sites_that_windows_1252_can_hold_come_back_from_it(sites: pd.DataFrame) -> None:
    text = sites[["facility", "city"]].agg(" ".join, axis=1)
    held = sites[text.str.encode("cp1252", errors="ignore").str.decode("cp1252") == text]
    assert 70 < len(held) < 75
    reading = read(windows_list(TRIAL_ID, held), "no hint in the name")
    pd.testing.assert_frame_equal(reading.sites, held.reset_index(drop=True))
