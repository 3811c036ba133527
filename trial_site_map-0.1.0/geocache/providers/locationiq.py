"""A geopy geocoder for LocationIQ, which geopy lacks; its API is like Nominatim's."""

from typing import Any

from geopy.adapters import AdapterHTTPError
from geopy.geocoders import PickPoint
from geopy.geocoders.base import NONE_RESULT


class LocationIQ(PickPoint):  # type: ignore[misc]
    """LocationIQ, which replies 404, not an empty list, if it finds nothing."""

    geocode_path = "/v1/search"
    reverse_path = "/v1/reverse"

    def __init__(self, api_key: str, *, domain: str = "us1.locationiq.com", **options: Any) -> None:
        super().__init__(api_key, domain=domain, **options)

    def _geocoder_exception_handler(self, error: Any) -> Any:
        not_found = isinstance(error, AdapterHTTPError) and error.status_code == 404
        return NONE_RESULT if not_found and "Unable to geocode" in (error.text or "") else None
