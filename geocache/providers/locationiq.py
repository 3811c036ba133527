"""LocationIQ, which geopy does not have: Nominatim's language under another address."""

from typing import Any

from geopy.adapters import AdapterHTTPError
from geopy.geocoders import PickPoint
from geopy.geocoders.base import NONE_RESULT


class LocationIQ(PickPoint):  # type: ignore[misc]
    """A geopy geocoder for LocationIQ. Not found is a 404 there, not an empty list."""

    geocode_path = "/v1/search"
    reverse_path = "/v1/reverse"

    def __init__(self, api_key: str, *, domain: str = "us1.locationiq.com", **options: Any) -> None:
        super().__init__(api_key, domain=domain, **options)

    def _geocoder_exception_handler(self, error: Any) -> Any:
        not_found = isinstance(error, AdapterHTTPError) and error.status_code == 404
        return NONE_RESULT if not_found and "Unable to geocode" in (error.text or "") else None
