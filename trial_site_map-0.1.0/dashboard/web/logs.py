"""The server's log: one format for all loggers, and an access line for each request.

Nothing that a person typed or uploaded is logged: no query strings, and of paths that hold random
ids only the first part.
"""

import logging
import re
import sys
import time
from datetime import UTC, datetime

import orjson
from starlette.types import ASGIApp, Message, Receive, Scope, Send

QUIET, NORMAL, JSON = "quiet", "normal", "json"
MODES = (QUIET, NORMAL, JSON)

access = logging.getLogger("site_map.access")

_STATIC = re.compile(
    r"/(?:assets|component|static|_stcore/(?:health|host-config))(?:/|$)|/favicon\."
)
_PUBLIC = re.compile(
    r"/(?:api(?:/[a-z-]+(?:\.[a-z-]+){0,2})?|auth/\w+|oauth2callback|_stcore/stream)?"
)
"""Paths logged whole; of all others only the first part is."""


def shown_path(path: str) -> str:
    """A path as the log may show it: ``/downloads/Xk3…`` is ``/downloads/…``."""
    if _PUBLIC.fullmatch(path):
        return path
    first = path[1:].partition("/")[0]
    return f"/{first}/…" if re.fullmatch(r"[a-z_-]{1,20}", first) else "/…"


class AccessLog:
    """Middleware: one line for each request that is not for a static file.

    A websocket has one line, when it closes.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, and log how."""
        if scope["type"] not in {"http", "websocket"} or _STATIC.match(scope["path"]):
            await self._app(scope, receive, send)
            return
        began = time.monotonic()
        status, size = 0, 0

        async def counted(message: Message) -> None:
            nonlocal status, size
            if message["type"] == "http.response.start":
                status = message["status"]
            elif message["type"] == "websocket.accept":
                status = 101
            elif message["type"] == "websocket.close" and not status:
                status = 403
            size += len(message.get("body") or b"") + len(message.get("bytes") or b"")
            await send(message)

        try:
            await self._app(scope, receive, counted)
        finally:
            method = scope["method"] if scope["type"] == "http" else "WEBSOCKET"
            fields = {
                "method": method,
                "path": shown_path(scope["path"]),
                "status": status or 500,
                "milliseconds": round((time.monotonic() - began) * 1000),
                "bytes": size,
            }
            access.info(
                "%(method)s %(path)s %(status)d %(milliseconds)d ms %(bytes)d bytes",
                fields,
                extra={"fields": fields},
            )


class UtcFormatter(logging.Formatter):
    """Lines such as ``2026-11-30T07:36:31.123Z INFO message``."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, and the traceback below it if there is one."""
        text = f"{_utc(record)} {record.levelname} {record.getMessage()}"
        return f"{text}\n{self.formatException(record.exc_info)}" if record.exc_info else text


class JsonFormatter(logging.Formatter):
    """A JSON object a line: time, level, logger, message, and the fields of an access line."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, whatever the message holds."""
        entry: dict[str, object] = {
            "time": _utc(record),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            entry["traceback"] = self.formatException(record.exc_info)
        return orjson.dumps(entry, default=str).decode()


def _utc(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


def configure_logging(mode: str) -> None:
    """Send all loggers to stderr in one format; access lines unless ``mode`` is ``quiet``."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter() if mode == JSON else UtcFormatter())
    logging.root.handlers[:] = [handler]
    logging.root.setLevel(logging.WARNING)
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    logging.getLogger("uvicorn.access").disabled = True  # :class:`AccessLog` is in its place
    access.setLevel(logging.WARNING if mode == QUIET else logging.INFO)
