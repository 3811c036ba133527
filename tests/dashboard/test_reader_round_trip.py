"""One trial, every format: what is written is read back to the same sites."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from dashboard.readers import read
from tests.dashboard.trial_formats import WRITERS

SEED = Path(__file__).parents[2] / "seeds" / "NCT01207388.txt"
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
