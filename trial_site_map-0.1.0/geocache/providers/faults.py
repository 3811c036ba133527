"""Faults: why a provider could not be asked, and whether a retry helps."""

import geopy.exc
from geopy.adapters import AdapterHTTPError, get_retry_after

from geocache.errors import NotAskedError

_JOINED_BY = {"no connection": "to", "unknown host": "for"}


class Fault(NotAskedError):  # noqa: N818 # its base is named as an error
    """Raised when a request brought no usable answer; says nothing about the place.

    ``what`` in a few words (``403``, ``timeout``); ``passing`` if a retry may help; ``refusal`` if
    the provider refuses further requests; ``retry_after`` in seconds, if it said so.
    """

    def __init__(
        self,
        what: str,
        *,
        provider: str = "",
        passing: bool = False,
        refusal: bool = False,
        retry_after: float | None = None,
    ) -> None:
        self.what = what
        self.provider = provider
        self.passing = passing
        self.refusal = refusal
        self.retry_after = retry_after
        joined = _JOINED_BY.get(what, "from")
        super().__init__(f"{what} {joined} {provider}" if provider else what)

    @property
    def rate_limited(self) -> bool:
        """Whether the provider received too many requests."""
        return self.what == "429"


def classify_fault(error: Exception, provider: str) -> Fault:
    """The fault that an exception of geopy, of the adapter or of parsing a reply stands for."""
    if isinstance(error, Fault):
        return _name_provider(error, provider)
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, AdapterHTTPError):
            return _classify_status(cause, provider)
        cause = cause.__cause__ or cause.__context__
    if isinstance(error, geopy.exc.GeocoderRateLimited):
        after = error.retry_after
        return Fault("429", provider=provider, passing=True, retry_after=after)
    for kinds, what, passing, refusal in _MEANINGS:
        if isinstance(error, kinds):
            return Fault(what, provider=provider, passing=passing, refusal=refusal)
    # geopy does not validate replies: an unexpected one raises KeyError and the like.
    return Fault("unreadable reply", provider=provider)


_MEANINGS: tuple[tuple[tuple[type[Exception], ...], str, bool, bool], ...] = (
    ((geopy.exc.GeocoderTimedOut, TimeoutError), "timeout", True, False),
    ((geopy.exc.GeocoderQuotaExceeded,), "quota used up", False, True),
    (
        (geopy.exc.GeocoderAuthenticationFailure, geopy.exc.GeocoderInsufficientPrivileges),
        "key refused",
        False,
        True,
    ),
    ((geopy.exc.GeocoderUnavailable, ConnectionError), "no connection", True, False),
    ((geopy.exc.GeocoderQueryError,), "query refused", False, False),
    ((geopy.exc.GeocoderParseError,), "unreadable reply", True, False),
    ((geopy.exc.GeocoderServiceError,), "error reply", False, False),
)
"""geopy's exceptions, subclasses first; a description, ``passing`` and ``refusal``."""


def _name_provider(fault: Fault, provider: str) -> Fault:
    return Fault(
        fault.what,
        provider=fault.provider or provider,
        passing=fault.passing,
        refusal=fault.refusal,
        retry_after=fault.retry_after,
    )


def _classify_status(error: AdapterHTTPError, provider: str) -> Fault:
    status = error.status_code
    return Fault(
        str(status),
        provider=provider,
        passing=status in {408, 429} or status >= 500,
        refusal=status in {401, 402, 403, 407},
        retry_after=get_retry_after(_lower_headers(error)) if status in {429, 503} else None,
    )


def _lower_headers(error: AdapterHTTPError) -> dict[str, str]:
    headers = error.headers or {}
    return {"retry-after": "", **{name.lower(): value for name, value in headers.items()}}
