"""Limits on files that were uploaded and that no page has taken yet: they wait in memory."""

import logging
import re
from collections import Counter
from collections.abc import Callable, Mapping

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

MAX_SESSION_BYTES = 250_000_000
"""Files of one page that wait; one file has up to 200 MB."""
MAX_BYTES = 1_000_000_000
"""Files of all pages that wait."""

_PATH = re.compile(r"/_stcore/upload_file/([^/]+)/[^/]+")
_LENGTH = re.compile(rb"\d{1,12}")

log = logging.getLogger(__name__)


class PendingUploads:
    """Middleware: refuses a file for which there is no room, before it is read.

    Args:
        app: the application.
        count_waiting: the bytes of the files that wait, by the page's id in the file's path.
        most_per_session: bytes that may wait for one page.
        most: bytes that may wait for all.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        count_waiting: Callable[[], Mapping[str, int]],
        most_per_session: int = MAX_SESSION_BYTES,
        most: int = MAX_BYTES,
    ) -> None:
        self._app = app
        self._count_waiting = count_waiting
        self._most_per_session = most_per_session
        self._most = most
        self._arriving: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count a file while it arrives."""
        found = _PATH.fullmatch(scope["path"]) if scope["type"] == "http" else None
        if found is None or scope["method"] != "PUT":
            await self._app(scope, receive, send)
            return
        session, size = found[1], _find_size(scope)
        refusal = _refuse_unsized() if size is None else self._find_refusal(session, size)
        if size is None or refusal is not None:
            assert refusal is not None  # noqa: S101 - or there is a size
            await refusal(scope, receive, send)
            return
        self._arriving[session] += size
        try:
            await self._app(scope, receive, send)
        finally:
            self._arriving[session] -= size
            if not self._arriving[session]:
                del self._arriving[session]

    def _find_refusal(self, session: str, size: int) -> JSONResponse | None:
        """The answer to a file for which there is no room."""
        waiting = Counter(self._count_waiting()) + self._arriving
        if waiting[session] + size > self._most_per_session:
            log.warning("An upload was refused: too many files of one page wait")
            limit = self._most_per_session // 1_000_000
            return _build_refusal(
                413, f"Files of more than {limit} MB wait to be read; add the others later."
            )
        if waiting.total() + size > self._most:
            log.warning("An upload was refused: too many files of all pages wait")
            return _build_refusal(503, "Many files are being read right now; try again soon.")
        return None


def _find_size(scope: Scope) -> int | None:
    """The size that a request states; None if it states none."""
    lengths = [value for name, value in scope["headers"] if name == b"content-length"]
    return int(lengths[0]) if len(lengths) == 1 and _LENGTH.fullmatch(lengths[0]) else None


def _refuse_unsized() -> JSONResponse:
    return _build_refusal(411, "A file must state its size (Content-Length).")


def _build_refusal(status: int, message: str) -> JSONResponse:
    headers = {"Retry-After": "10", "Connection": "close"} if status != 411 else {}
    return JSONResponse({"error": "no_room", "message": message}, status, headers=headers)
