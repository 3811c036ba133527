"""Sites gathered column by column, and the frame made of them once."""

from collections.abc import Sequence

import pandas as pd

from dashboard.readers.reading import READ_COLUMNS
from dashboard.sites import split_facility
from dashboard.vocabulary import site_status_word

NO_POINT = float("nan")
_NUMBER_COLUMNS = ("latitude", "longitude")


class SiteColumns:
    """Lists, one a column of :data:`READ_COLUMNS`; cheaper by far than an object a site."""

    def __init__(self) -> None:
        self.trial_id: list[str] = []
        self.facility: list[str] = []
        self.city: list[str] = []
        self.state: list[str] = []
        self.postcode: list[str] = []
        self.country: list[str] = []
        self.status: list[str] = []
        self.latitude: list[float] = []
        self.longitude: list[float] = []

    def __len__(self) -> int:
        return len(self.trial_id)

    def add(  # noqa: PLR0917 - called once a site, positions are cheaper
        self,
        trial_id: str,
        facility: str = "",
        city: str = "",
        state: str = "",
        postcode: str = "",
        country: str = "",
        status: str = "",
        latitude: float = NO_POINT,
        longitude: float = NO_POINT,
    ) -> None:
        """Append one site as written; number, facility and status are worked out in `frame`."""
        self.trial_id.append(trial_id)
        self.facility.append(facility)
        self.city.append(city)
        self.state.append(state)
        self.postcode.append(postcode)
        self.country.append(country)
        self.status.append(status)
        self.latitude.append(latitude)
        self.longitude.append(longitude)

    def frame(self) -> pd.DataFrame:
        """The sites with :data:`READ_COLUMNS`, in the order they were added."""
        numbers, facilities = _split_all(self.facility)
        statuses = {text: site_status_word(text) for text in set(self.status)}
        columns: dict[str, Sequence[str] | Sequence[float]] = {
            "trial_id": self.trial_id,
            "site_number": numbers,
            "facility": facilities,
            "city": self.city,
            "state": self.state,
            "postcode": self.postcode,
            "country": self.country,
            "status": [statuses[text] for text in self.status],
            "latitude": self.latitude,
            "longitude": self.longitude,
        }
        return pd.DataFrame(
            {
                name: pd.Series(
                    columns[name], dtype="float64" if name in _NUMBER_COLUMNS else "str", copy=False
                )
                for name in READ_COLUMNS
            }
        )


def _split_all(facilities: Sequence[str]) -> tuple[list[str], list[str]]:
    split = {text: split_facility(text) for text in set(facilities)}
    pairs = [split[text] for text in facilities]
    return [number for number, _ in pairs], [rest for _, rest in pairs]
