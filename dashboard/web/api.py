"""The HTTP API's routes, over the same filters and exports as the page: read-only, GET and HEAD.

No route writes anything, opens a file that a request names, or asks another host.
"""

import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Literal
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
from dashboard.reports.render import MEDIA_TYPES
from dashboard.service.service import Service
from dashboard.sites import summary
from dashboard.web import docs_page, openapi
from dashboard.web.endpoints import comparison
from dashboard.web.endpoints.pictures import draw_response
from dashboard.web.endpoints.positions import build_positions
from dashboard.web.errors import (
    busy,
    export_error,
    filter_error_body,
    internal_error,
    no_such_route,
    not_allowed,
    query_too_long,
    starting,
)
from dashboard.web.response_cache import (
    CSV_METADATA,
    CachedResponse,
    ResponseCache,
    gzip_chunks,
)
from geocache.version import __version__

log = logging.getLogger(__name__)

Endpoint = Callable[[Request], Awaitable[Response]]
Work = Literal["data", "workbook", "comparison", "picture", "health"]

MAX_WORKERS: dict[Work, int] = {
    "data": 4,
    "workbook": 1,
    "comparison": 1,
    "picture": 2,
    "health": 2,
}
"""Requests of one kind of work that are handled at once; others wait.

The page keeps its threads; workbooks are written cell by cell and comparisons may take seconds, so
that a second one would hold up everyone; monitoring is answered while the rest is busy.
"""

MOST_WAITING = 8
"""Requests for pictures that wait; one more is told to come again: it would wait for a minute."""

MIN_GZIP_BYTES = 1_024


class Api:
    """The endpoints over one service."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.cache = ResponseCache(service)
        self.comparisons = comparison.CompareCache(service)
        self._limiters = {
            work: anyio.CapacityLimiter(workers) for work, workers in MAX_WORKERS.items()
        }

    async def run(self, work: Work, task: Callable[[], Any]) -> Any:
        """Run a task on one of the threads for its kind of work."""
        return await anyio.to_thread.run_sync(task, limiter=self._limiters[work])

    def handle_errors(self, endpoint: Endpoint) -> Endpoint:
        """The endpoint with every error as JSON that shows no internals."""

        async def handled(request: Request) -> Response:
            if len(request.scope["query_string"]) > MAX_QUERY:
                return query_too_long()
            try:
                return await endpoint(request)
            except FilterError as error:
                return JSONResponse(filter_error_body(error), 400)
            except ExportError as error:
                return export_error(error)
            except Exception:
                log.exception("%s could not be answered", request.url.path)
                return internal_error()

        return handled

    def build_health(self) -> tuple[int, dict[str, object]]:
        """Status code and body of ``/api/health``."""
        opener = self.service.opener
        if not opener.finished:
            reason = {"reason": opener.problem} if opener.problem else {}
            return 503, {
                "status": "starting",
                "version": __version__,
                "stage": opener.progress.stage,
                "progress": round(opener.progress.fraction, 2),
                **reason,
            }
        if opener.failure:
            return 503, {
                "status": "failed",
                "version": __version__,
                "reason": "the site lists could not be opened; the server's log says why",
            }
        library = opener.opened.library.latest()
        figures = summary.key_figures(library.table)
        return 200, {
            "status": "ok",
            "version": __version__,
            "as_of": library.as_of,
            "trials": figures.trials,
            "sites": figures.sites,
            "countries": figures.countries,
            "unresolved": figures.off_map,
        }

    async def health(self, _: Request) -> Response:
        """Whether the lists are open, and how many sites they hold."""
        status, body = await self.run("health", self.build_health)
        return JSONResponse(body, status, headers={"Cache-Control": "no-store"})

    def build_endpoint(self, dataset: Dataset, suffix: str) -> Endpoint:
        """The endpoint of one dataset in one format."""
        work: Work = "workbook" if suffix == "xlsx" else "data"

        async def endpoint(request: Request) -> Response:
            if not self.service.opener.finished or self.service.opener.failure:
                return starting(failed=bool(self.service.opener.failure))
            query_string = request.scope["query_string"].decode("latin-1")
            respond = partial(self.cache.respond, dataset, suffix, query_string)
            return negotiate(await self.run(work, respond), request)

        return endpoint

    def build_compare_endpoint(self, suffix: str) -> Endpoint:
        """The endpoint of comparisons in one format."""

        async def endpoint(request: Request) -> Response:
            if not self.service.opener.finished or self.service.opener.failure:
                return starting(failed=bool(self.service.opener.failure))
            query_string = request.scope["query_string"].decode("latin-1")
            respond = partial(self.comparisons.respond, suffix, query_string)
            return negotiate(await self.run("comparison", respond), request)

        return endpoint

    def build_picture_endpoint(self, suffix: str) -> Endpoint:
        """The endpoint of pictures or slides in one format."""

        async def endpoint(request: Request) -> Response:
            if not self.service.opener.finished or self.service.opener.failure:
                return starting(failed=bool(self.service.opener.failure))
            query_string = request.scope["query_string"].decode("latin-1")
            if self._limiters["picture"].statistics().tasks_waiting >= MOST_WAITING:
                return busy(MAX_WORKERS["picture"], MOST_WAITING)
            respond = partial(draw_response, self.service, suffix, query_string)
            return negotiate(await self.run("picture", respond), request)

        return endpoint

    async def positions(self, request: Request) -> Response:
        """Where places are."""
        if not self.service.opener.finished or self.service.opener.failure:
            return starting(failed=bool(self.service.opener.failure))
        pairs = parse_qsl(request.scope["query_string"].decode("latin-1"), keep_blank_values=True)
        body = await self.run("data", lambda: build_positions(self.service, pairs))
        return JSONResponse(body, headers={"Cache-Control": "no-cache"})


def negotiate(found: CachedResponse, request: Request) -> Response:
    """The response for this client: 304 if it has it, gzipped if it takes that, else as it is."""
    headers = found.headers
    known = request.headers.get("if-none-match", "")
    if known and (known.strip() == "*" or headers["ETag"][2:] in known):
        kept = ("ETag", "Cache-Control", "Vary")
        return Response(status_code=304, headers={name: headers[name] for name in kept})
    gzip = not found.compressed and "gzip" in request.headers.get("accept-encoding", "")
    gzip_headers = {**headers, "Content-Encoding": "gzip"}
    if found.chunks is None:
        if gzip and len(found.body) >= MIN_GZIP_BYTES:
            return Response(found.gzip(), headers=gzip_headers)
        return Response(found.body, headers=headers)
    if request.method == "HEAD":
        return StreamingResponse(iter(()), headers=gzip_headers if gzip else headers)
    chunks = gzip_chunks(found.chunks()) if gzip else found.chunks()
    return StreamingResponse(chunks, headers=gzip_headers if gzip else headers)


def routes(service: Service) -> list[BaseRoute]:
    """The API's routes over one service."""
    api = Api(service)
    endpoints: list[tuple[str, Endpoint]] = [
        ("/api/health", api.health),
        ("/api/positions", api.positions),
    ]
    for dataset in DATASETS.values():
        endpoints += [
            (f"/api/{dataset.name}.{suffix}", api.build_endpoint(dataset, suffix))
            for suffix in (*dataset.suffixes, CSV_METADATA)
        ]
    endpoints += [
        (f"/api/map.{suffix}", api.build_picture_endpoint(suffix)) for suffix in MEDIA_TYPES
    ]
    endpoints += [
        (f"/api/compare.{suffix}", api.build_compare_endpoint(suffix))
        for suffix in comparison.SUFFIXES
    ]
    document = openapi.build_document()
    html = docs_page.build_page(document)

    async def openapi_json(_: Request) -> Response:
        return JSONResponse(document)

    async def docs(_: Request) -> Response:
        return HTMLResponse(html)

    endpoints += [("/api/openapi.json", openapi_json), ("/api/docs", docs)]
    paths = tuple(path for path, _ in endpoints)

    async def no_route(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1000})
            return
        path = scope["path"].rstrip("/")
        exists = path in paths and scope["method"] not in {"GET", "HEAD"}
        await (not_allowed() if exists else no_such_route(path, paths))(scope, receive, send)

    return [
        *(Route(path, api.handle_errors(endpoint)) for path, endpoint in endpoints),
        *(Route(path, api.handle_errors(docs)) for path in ("/api", "/api/")),
        Mount("/api", app=no_route),
    ]


async def filter_error(_: Request, error: Exception) -> Response:
    """A 400 that names the parameter and what is allowed."""
    assert isinstance(error, FilterError)  # noqa: S101 - registered for this type
    return JSONResponse(filter_error_body(error), 400)
