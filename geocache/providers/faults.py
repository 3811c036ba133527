"""Why a provider could not be asked, and what to do about it."""

import geopy.exc
from geopy.adapters import AdapterHTTPError, get_retry_after

from geocache.errors import NotAskedError

_JOINED_BY = {"no connection": "to", "unknown host": "for"}


class Fault(NotAskedError):  # noqa: N818 # NotAskedError says that it is one
    """Raised when a request brought no usable answer. Says nothing of the place.

    ``what`` in a few words (``403``, ``timeout``); ``passing`` if another try may help; ``refusal``
    if the provider does not want to be asked further; ``retry_after`` in seconds, if it said so.
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
        """Whether the provider says that it was asked too often."""
        return self.what == "429"


def classify_fault(error: Exception, provider: str) -> Fault:
    """What an exception of geopy, of its adapter or of reading a reply means."""
    if isinstance(error, Fault):
        return _known(error, provider)
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, AdapterHTTPError):
            return _status(cause, provider)
        cause = cause.__cause__ or cause.__context__
    if isinstance(error, geopy.exc.GeocoderRateLimited):
        after = error.retry_after
        return Fault("429", provider=provider, passing=True, retry_after=after)
    for kinds, what, passing, refusal in _MEANINGS:
        if isinstance(error, kinds):
            return Fault(what, provider=provider, passing=passing, refusal=refusal)
    # geopy takes replies apart without looking: a wrong shape comes out as KeyError and the like.
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
"""geopy's exceptions, the finer before the coarser; whether another try may help; whether it is a
refusal."""


def _known(fault: Fault, provider: str) -> Fault:
    return Fault(
        fault.what,
        provider=fault.provider or provider,
        passing=fault.passing,
        refusal=fault.refusal,
        retry_after=fault.retry_after,
    )


def _status(error: AdapterHTTPError, provider: str) -> Fault:
    status = error.status_code
    return Fault(
        str(status),
        provider=provider,
        passing=status in {408, 429} or status >= 500,
        refusal=status in {401, 402, 403, 407},
        retry_after=get_retry_after(_lower(error)) if status in {429, 503} else None,
    )


def _lower(error: AdapterHTTPError) -> dict[str, str]:
    headers = error.headers or {}
    return {"retry-after": "", **{name.lower(): value for name, value in headers.items()}}
