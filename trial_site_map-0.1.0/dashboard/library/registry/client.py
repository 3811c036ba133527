"""The ClinicalTrials.gov API v2: trials by number or by search, page by page.

Asked only when a person starts it. A page that arrived is delivered, whatever happens to the next.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import httpx
import orjson
import tenacity
from geopy.adapters import get_retry_after

from dashboard.errors import RegistryError
from dashboard.library.registry.retry import (
    TemporaryError,
    choose_wait_seconds,
    parse_complete_studies,
)
from dashboard.library.registry.search import RegistrySearch
from geocache.closing import Closing
from geocache.version import __version__

PAGE_SIZE = 1_000
"""Studies a page; the registry gives no more."""

MAX_IDS = 100
"""Trial numbers in one request, so that its address stays short."""

STOPPED = "stopped before the end"
"""The problem of a cancelled fetch."""

_FIELDS = (
    "protocolSection,derivedSection.miscInfoModule,derivedSection.conditionBrowseModule,hasResults"
)
_RETRIED = frozenset({408, 429, 500, 502, 503, 504})
_MAX_PAGE_BYTES = 300_000_000


class Page(NamedTuple):
    """One page of studies as the API gives them.

    ``total`` is how many studies there are in all, None if the registry does not say; ``problem``
    says why this page is the last although there are more.
    """

    studies: list[dict[str, Any]]
    total: int | None = None
    problem: str = ""


class Registry(Closing):
    """A client of one server; a context manager.

    Args:
        url: the API's root, such as ``https://clinicaltrials.gov/api/v2``; a bare server gets
            that path.
        timeout_seconds: for connecting, and between two parts of a response.
        attempts: how often a request is tried if the server is busy or the connection breaks.
    """

    def __init__(self, url: str, *, timeout_seconds: float = 30.0, attempts: int = 4) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise RegistryError(f"SITE_MAP_REGISTRY_URL is not a web address: {url!r}")
        self._url = url.rstrip("/") + ("" if parts.path.strip("/") else "/api/v2")
        self._host = parts.hostname
        self._attempts = attempts
        self._client = httpx.Client(
            timeout=timeout_seconds,
            follow_redirects=True,
            trust_env=parts.hostname not in ("localhost", "127.0.0.1", "::1"),
            headers={"User-Agent": f"trial-site-map/{__version__}", "Accept": "application/json"},
        )

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def fetch_trials(
        self, trial_ids: Sequence[str], cancelled: Callable[[], bool] = lambda: False
    ) -> Iterator[Page]:
        """The records of these trials, page by page; unknown ids are skipped.

        Raises:
            RegistryError: not even the first page arrived.
        """
        for start in range(0, len(trial_ids), MAX_IDS):
            some = trial_ids[start : start + MAX_IDS]
            problem = ""
            for page in self._pages({"filter.ids": "|".join(some)}, cancelled, start == 0):
                problem = page.problem
                yield page._replace(total=len(trial_ids))
            if problem:
                return

    def search(
        self, what: RegistrySearch, cancelled: Callable[[], bool] = lambda: False
    ) -> Iterator[Page]:
        """The records a search finds, page by page.

        Raises:
            RegistryError: not even the first page arrived.
        """
        yield from self._pages(what.parameters(), cancelled, first=True)

    def _pages(
        self, parameters: Mapping[str, str], cancelled: Callable[[], bool], first: bool
    ) -> Iterator[Page]:
        asked = {
            **parameters,
            "fields": _FIELDS,
            "pageSize": str(PAGE_SIZE),
            "countTotal": "true",
        }
        seen: set[str] = set()
        total = None
        while True:
            if cancelled():
                yield Page([], total, STOPPED)
                return
            response = self._get_page(asked, cancelled)
            if response.problem and first and not response.studies:
                raise RegistryError(response.problem)
            first = False
            total = total if response.total is None else response.total
            token = response.token
            if token and token in seen:
                yield Page(response.studies, total, "the registry sent a page twice")
                return
            yield Page(response.studies, total, response.problem)
            if not token or response.problem:
                return
            seen.add(token)
            asked["pageToken"] = token

    def _get_page(
        self, parameters: Mapping[str, str], cancelled: Callable[[], bool]
    ) -> "_Response":
        """One page, retried while the server is busy; of an incomplete one the complete studies."""
        retrying = tenacity.Retrying(
            stop=tenacity.stop_after_attempt(self._attempts),
            wait=choose_wait_seconds,
            retry=tenacity.retry_if_exception(
                lambda error: isinstance(error, TemporaryError) and not cancelled()
            ),
            sleep=lambda seconds: self._sleep(seconds, cancelled),
            reraise=True,
        )
        try:
            return retrying(self._once, parameters)
        except TemporaryError as error:
            return _Response(error.studies, None, "", str(error))

    def _once(self, parameters: Mapping[str, str]) -> "_Response":
        body = bytearray()
        try:
            with self._client.stream("GET", f"{self._url}/studies", params=parameters) as response:
                self._check(response)
                for chunk in response.iter_bytes():
                    body += chunk
                    if len(body) > _MAX_PAGE_BYTES:
                        raise RegistryError(f"{self._host} sent a page of more than 300 MB")
        except httpx.TransportError as error:
            raise TemporaryError(
                self._why(error), studies=parse_complete_studies(bytes(body))
            ) from error
        except httpx.HTTPError as error:
            raise RegistryError(f"{self._host} could not be asked: {error}") from error
        try:
            page = orjson.loads(body)
        except orjson.JSONDecodeError as error:
            reason = f"the response of {self._host} is incomplete or not JSON"
            raise TemporaryError(reason, studies=parse_complete_studies(bytes(body))) from error
        if not isinstance(page, dict) or not isinstance(page.get("studies"), list):
            raise RegistryError(f"{self._host} does not answer like ClinicalTrials.gov's API v2")
        total = page.get("totalCount")
        token = page.get("nextPageToken")
        return _Response(
            [study for study in page["studies"] if isinstance(study, dict)],
            total if isinstance(total, int) else None,
            token if isinstance(token, str) else "",
            "",
        )

    def _check(self, response: httpx.Response) -> None:
        status = response.status_code
        if status in _RETRIED:
            wait = get_retry_after({"retry-after": response.headers.get("Retry-After", "")})
            busy = "asks to slow down" if status == 429 else "has an internal problem"
            raise TemporaryError(f"{self._host} {busy} (status {status})", wait_seconds=wait)
        if status != 200:
            response.read()
            detail = " ".join(response.text.split())[:200]
            raise RegistryError(f"{self._host} refuses the request (status {status}): {detail}")

    def _why(self, error: httpx.TransportError) -> str:
        if isinstance(error, httpx.TimeoutException):
            return f"{self._host} did not answer in time"
        if isinstance(error, httpx.ConnectError):
            return (
                f"{self._host} cannot be reached; check the network and its proxy. "
                "Trials fetched before still open"
            )
        return f"the connection to {self._host} broke"

    def _sleep(self, seconds: float, cancelled: Callable[[], bool]) -> None:
        """Wait in short steps, so that a cancellation takes effect soon."""
        until = time.monotonic() + seconds
        while not cancelled() and (left := until - time.monotonic()) > 0:
            time.sleep(min(0.2, left))


class _Response(NamedTuple):
    studies: list[dict[str, Any]]
    total: int | None
    token: str
    problem: str
