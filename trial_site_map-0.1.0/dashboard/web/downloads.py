"""Downloads of a page: files made when asked for, by nobody but the session they are for.

Streamlit's own downloads lie under ``/media``, are named by what they hold, and open to everyone.
"""

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

PREFIX = "/downloads"
MAX_OFFERS = 2_000
IDLE_SECONDS = 4 * 3600.0


@dataclass(frozen=True, slots=True)
class Download:
    """A file that can be made.

    ``chunks`` is called for each request, on a worker thread.
    """

    file_name: str
    media_type: str
    chunks: Callable[[], Iterable[bytes]]


@dataclass(slots=True)
class _Offer:
    owner: str
    key: tuple[str, str]
    download: Download
    used: float = field(default_factory=time.monotonic)


class DownloadStore:
    """What the pages of this process offer for download; safe to use from every thread.

    A page offers the same file again at every rerun, under one address that stays.
    """

    def __init__(self, max_offers: int = MAX_OFFERS, idle_seconds: float = IDLE_SECONDS) -> None:
        self._max_offers = max_offers
        self._idle_seconds = idle_seconds
        self._offers: OrderedDict[str, _Offer] = OrderedDict()
        self._tokens: dict[tuple[str, str], str] = {}
        self._lock = threading.Lock()

    def offer(self, owner: str, tab: str, download: Download) -> str:
        """The path at which ``owner`` gets a file.

        Args:
            owner: the session, as :func:`build_owner` names it.
            tab: a random name of the browser tab: two tabs show different rows.
            download: the file.
        """
        key = (tab, download.file_name)
        with self._lock:
            token = self._tokens.get(key)
            if token is None or self._offers[token].owner != owner:
                self._drop(token)
                token = secrets.token_urlsafe(24)
                self._tokens[key] = token
            self._offers[token] = _Offer(owner, key, download)
            self._offers.move_to_end(token)
            self._drop_idle()
        return f"{PREFIX}/{token}/{download.file_name}"

    def find(self, owner: str, token: str) -> Download | None:
        """The file behind an address, None unless it was offered to this owner."""
        with self._lock:
            offer = self._offers.get(token)
            if offer is None or not secrets.compare_digest(offer.owner.encode(), owner.encode()):
                return None
            offer.used = time.monotonic()
            self._offers.move_to_end(token)
            return offer.download

    def _drop(self, token: str | None) -> None:
        offer = self._offers.pop(token, None) if token else None
        if offer is not None:
            self._tokens.pop(offer.key, None)

    def _drop_idle(self) -> None:
        now = time.monotonic()
        while self._offers:
            token, oldest = next(iter(self._offers.items()))
            if len(self._offers) <= self._max_offers and now - oldest.used <= self._idle_seconds:
                return
            self._drop(token)


def build_owner(session: str, subject: str = "") -> str:
    """The name of a session: of two people who log in one after the other, each has their own."""
    return f"{session} {subject}" if subject else session


def build_route(store: DownloadStore, owner_of_request: Callable[[Request], str]) -> Route:
    """The route that serves the files of a store; 404 for whoever they are not for."""

    async def serve(request: Request) -> Response:
        owner = owner_of_request(request)
        download = store.find(owner, request.path_params["token"])
        if download is None or download.file_name != request.path_params["name"]:
            body = {"error": "not_found", "message": "no such download; reload the page"}
            return JSONResponse(body, 404, headers={"Cache-Control": "no-store"})
        headers = {
            "Cache-Control": "no-store",
            "Content-Disposition": f'attachment; filename="{download.file_name}"',
        }
        chunks = await anyio.to_thread.run_sync(lambda: iter(download.chunks()))
        return StreamingResponse(chunks, media_type=download.media_type, headers=headers)

    return Route(f"{PREFIX}/{{token}}/{{name}}", serve)


@cache
def get_download_store() -> DownloadStore:
    """This process's store."""
    return DownloadStore()
