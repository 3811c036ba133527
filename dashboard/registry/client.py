"""The ClinicalTrials.gov API v2: trials by number or by search, page by page.

Asked only when a person says so. Every page that arrived is kept, whatever happens to the next.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import httpx
import orjson
import tenacity

from dashboard.errors import RegistryError
from dashboard.registry.retry import (
    TemporaryError,
    choose_wait_seconds,
    parse_complete_studies,
    parse_retry_after,
)
from dashboard.registry.search import RegistrySearch
from geocache.closing import Closing
from geocache.version import __version__

PAGE_SIZE = 1_000
"""Studies a page; the registry gives no more."""

IDS_AT_ONCE = 100
"""Trial numbers in one request, so that its address stays short."""

STOPPED = "stopped before the end"
"""The problem of a fetch that a person cancelled."""

_FIELDS = "protocolSection,derivedSection.miscInfoModule,hasResults"
_RETRIED = frozenset({408, 429, 500, 502, 503, 504})
_MOST_PAGE_BYTES = 300_000_000


class Page(NamedTuple):
    """One page of studies as the API gives them.

    ``total`` is how many studies there are in all, None where the registry does not say;
    ``problem`` says why it is the last although more was asked for.
    """

    studies: list[dict[str, Any]]
    total: int | None = None
    problem: str = ""


class Registry(Closing):
    """A client of one server. Use it in a ``with`` block, or call :meth:`close`.

    Args:
        url: the API's root, such as ``https://clinicaltrials.gov/api/v2``; a bare server gets
            that path.
        timeout_seconds: for connecting, and between two parts of an answer.
        attempts: how often a request is tried when the server is busy or the connection breaks.
    """

    def __init__(self, url: str, *, timeout_seconds: float = 30.0, attempts: int = 4) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise RegistryError(f"SITE_MAP_REGISTRY_URL is no address: {url!r}")
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
        self, numbers: Sequence[str], cancelled: Callable[[], bool] = lambda: False
    ) -> Iterator[Page]:
        """The records of these trials; a number the registry does not know gives none.

        Raises RegistryError when nothing at all could be asked.
        """
        for start in range(0, len(numbers), IDS_AT_ONCE):
            some = numbers[start : start + IDS_AT_ONCE]
            problem = ""
            for page in self._pages({"filter.ids": "|".join(some)}, cancelled, start == 0):
                problem = page.problem
                yield page._replace(total=len(numbers))
            if problem:
                return

    def search(
        self, what: RegistrySearch, cancelled: Callable[[], bool] = lambda: False
    ) -> Iterator[Page]:
        """The records a search finds. Raises RegistryError when nothing at all could be asked."""
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
            answer = self._answer(asked, cancelled)
            if answer.problem and first and not answer.studies:
                raise RegistryError(answer.problem)
            first = False
            total = total if answer.total is None else answer.total
            token = answer.token
            if token and token in seen:
                yield Page(answer.studies, total, "the registry repeated a page; stopped after it")
                return
            yield Page(answer.studies, total, answer.problem)
            if not token or answer.problem:
                return
            seen.add(token)
            asked["pageToken"] = token

    def _answer(self, parameters: Mapping[str, str], cancelled: Callable[[], bool]) -> "_Answer":
        """One page, tried again while the server is busy; of a page cut in half what is whole."""
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
            return _Answer(error.studies, None, "", str(error))

    def _once(self, parameters: Mapping[str, str]) -> "_Answer":
        body = bytearray()
        try:
            with self._client.stream("GET", f"{self._url}/studies", params=parameters) as response:
                self._check(response)
                for chunk in response.iter_bytes():
                    body += chunk
                    if len(body) > _MOST_PAGE_BYTES:
                        raise RegistryError(f"{self._host} sent a page larger than any list")
        except httpx.TransportError as error:
            raise TemporaryError(
                self._why(error), studies=parse_complete_studies(bytes(body))
            ) from error
        except httpx.HTTPError as error:
            raise RegistryError(f"{self._host} could not be asked: {error}") from error
        try:
            page = orjson.loads(body)
        except orjson.JSONDecodeError as error:
            reason = f"the answer of {self._host} breaks off or is no JSON"
            raise TemporaryError(reason, studies=parse_complete_studies(bytes(body))) from error
        if not isinstance(page, dict) or not isinstance(page.get("studies"), list):
            raise RegistryError(f"{self._host} does not answer like the registry's API v2")
        total = page.get("totalCount")
        token = page.get("nextPageToken")
        return _Answer(
            [study for study in page["studies"] if isinstance(study, dict)],
            total if isinstance(total, int) else None,
            token if isinstance(token, str) else "",
            "",
        )

    def _check(self, response: httpx.Response) -> None:
        status = response.status_code
        if status in _RETRIED:
            wait = parse_retry_after(response.headers.get("Retry-After", ""))
            busy = "asks to slow down" if status == 429 else "has a problem of its own"
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
                f"{self._host} cannot be reached; is there a network, and may it be used? "
                "Trials fetched before still open"
            )
        return f"the connection to {self._host} broke"

    def _sleep(self, seconds: float, cancelled: Callable[[], bool]) -> None:
        """Wait in short steps, so that a person who gives up need not wait too."""
        until = time.monotonic() + seconds
        while not cancelled() and (left := until - time.monotonic()) > 0:
            time.sleep(min(0.2, left))


class _Answer(NamedTuple):
    studies: list[dict[str, Any]]
    total: int | None
    token: str
    problem: str
