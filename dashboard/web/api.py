"""HTTP routes over the same filters and exports as the page: read-only, GET and HEAD.

No route writes anything, opens a file a request names, or asks another host.
"""

import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any
from urllib.parse import parse_qsl

import anyio
import anyio.to_thread
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import Receive, Scope, Send

from dashboard.errors import ExportError, FilterError
from dashboard.exports.datasets import DATASETS, Dataset
from dashboard.query.parameters import MAX_QUERY
from dashboard.service.service import Service
from dashboard.sites import summary
from dashboard.web import docs_page, openapi
from dashboard.web.errors import (
    export_error,
    filter_error_body,
    internal_error,
    no_such_route,
    not_allowed,
    starting,
    too_long,
)
from dashboard.web.positions import build_positions
from dashboard.web.response_cache import CSV_METADATA, CachedResponse, ResponseCache, gzip_chunks
from geocache.version import __version__

log = logging.getLogger(__name__)

Endpoint = Callable[[Request], Awaitable[Response]]
WORKERS = 4
"""Requests worked on at once; others wait their turn, and the page keeps its threads."""

HEALTH_WORKERS = 2
"""Apart from the others: who watches the server is answered while it is busy."""

HEAVY = ("xlsx",)
HEAVY_WORKERS = 1
"""Formats written cell by cell: one at a time, so that everyone else is answered."""

SMALLEST_ZIPPED = 1_024


class Api:
    """The API over one service."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.answers = ResponseCache(service)
        self._limiters: dict[int, anyio.CapacityLimiter] = {}

    async def work(self, task: Callable[[], Any], at_once: int = WORKERS) -> Any:
        """Run a task on one of the API's threads, beside no more than so many of its kind."""
        if at_once not in self._limiters:
            self._limiters[at_once] = anyio.CapacityLimiter(at_once)
        return await anyio.to_thread.run_sync(task, limiter=self._limiters[at_once])

    def guarded(self, endpoint: Endpoint) -> Endpoint:
        """The endpoint with every error told as JSON, and nothing told of the inside."""

        async def guard(request: Request) -> Response:
            if len(request.scope["query_string"]) > MAX_QUERY:
                return too_long()
            try:
                return await endpoint(request)
            except FilterError as error:
                return JSONResponse(filter_error_body(error), 400)
            except ExportError as error:
                return export_error(error)
            except Exception:
                log.exception("%s could not be answered", request.url.path)
                return internal_error()

        return guard

    def health_body(self) -> tuple[int, dict[str, object]]:
        """Status code and body of ``/api/health``."""
        service = self.service
        if not service.opener.finished:
            return 503, {
                "status": "starting",
                "version": __version__,
                "stage": service.opener.progress.stage,
                "progress": round(service.opener.progress.fraction, 2),
            }
        if service.opener.failure:
            return 503, {
                "status": "failed",
                "version": __version__,
                "reason": "the site lists could not be opened; the server's log says why",
            }
        library = service.opener.opened.library.latest()
        figures = summary.key_figures(library.table)
        return 200, {
            "status": "ok",
            "version": __version__,
            "as_of": library.as_of,
            "trials": len(library.trials),
            "sites": figures.sites,
            "countries": figures.countries,
            "unresolved": figures.off_map,
        }

    async def health(self, _: Request) -> Response:
        """Whether the lists are open, and how many sites they hold."""
        status, body = await self.work(self.health_body, HEALTH_WORKERS)
        return JSONResponse(body, status, headers={"Cache-Control": "no-store"})

    def data(self, table: Dataset, suffix: str) -> Endpoint:
        """The endpoint of one table in one format."""

        async def endpoint(request: Request) -> Response:
            if not self.service.opener.finished or self.service.opener.failure:
                return starting(failed=bool(self.service.opener.failure))
            query = request.scope["query_string"].decode("latin-1")
            at_once = HEAVY_WORKERS if suffix in HEAVY else WORKERS
            answer = await self.work(partial(self.answers.answer, table, suffix, query), at_once)
            return sent(answer, request)

        return endpoint

    async def positions(self, request: Request) -> Response:
        """Where places are."""
        if not self.service.opener.finished or self.service.opener.failure:
            return starting(failed=bool(self.service.opener.failure))
        pairs = parse_qsl(request.scope["query_string"].decode("latin-1"), keep_blank_values=True)
        body = await self.work(lambda: build_positions(self.service, pairs))
        return JSONResponse(body, headers={"Cache-Control": "no-cache"})


def sent(answer: CachedResponse, request: Request) -> Response:
    """The answer as this client can take it: unchanged, zipped, or as it is."""
    headers = answer.headers
    known = request.headers.get("if-none-match", "")
    if known and (known.strip() == "*" or headers["ETag"][2:] in known):
        same = ("ETag", "Cache-Control", "Vary")
        return Response(status_code=304, headers={name: headers[name] for name in same})
    zips = not answer.packed and "gzip" in request.headers.get("accept-encoding", "")
    zipped = {**headers, "Content-Encoding": "gzip"}
    if answer.chunks is None:
        if zips and len(answer.body) >= SMALLEST_ZIPPED:
            return Response(answer.zipped(), headers=zipped)
        return Response(answer.body, headers=headers)
    if request.method == "HEAD":
        return StreamingResponse(iter(()), headers=zipped if zips else headers)
    chunks = gzip_chunks(answer.chunks()) if zips else answer.chunks()
    return StreamingResponse(chunks, headers=zipped if zips else headers)


def routes(service: Service) -> list[BaseRoute]:
    """The API's routes over one service."""
    api = Api(service)
    found: list[tuple[str, Endpoint]] = [
        ("/api/health", api.health),
        ("/api/positions", api.positions),
    ]
    for table in DATASETS.values():
        found += [
            (f"/api/{table.name}.{suffix}", api.data(table, suffix))
            for suffix in (*table.suffixes, CSV_METADATA)
        ]
    document = openapi.build_document()
    shown = docs_page.build_page(document)

    async def openapi_json(_: Request) -> Response:
        return JSONResponse(document)

    async def docs(_: Request) -> Response:
        return HTMLResponse(shown)

    found += [("/api/openapi.json", openapi_json), ("/api/docs", docs)]
    paths = tuple(path for path, _ in found)

    async def elsewhere(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1000})
            return
        path = scope["path"].rstrip("/")
        known = path in paths and scope["method"] not in {"GET", "HEAD"}
        await (not_allowed() if known else no_such_route(path, paths))(scope, receive, send)

    return [
        *(Route(path, api.guarded(endpoint)) for path, endpoint in found),
        *(Route(path, api.guarded(docs)) for path in ("/api", "/api/")),
        Mount("/api", app=elsewhere),
    ]


async def filter_error(_: Request, error: Exception) -> Response:
    """A 400 that names the parameter and what would have been allowed."""
    assert isinstance(error, FilterError)  # noqa: S101 - registered for this type
    return JSONResponse(filter_error_body(error), 400)
