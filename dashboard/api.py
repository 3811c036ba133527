"""HTTP routes over the same filters and exports as the page: read-only, GET and HEAD."""

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from dashboard import exports, selection, summary
from dashboard.errors import FilterError
from dashboard.filters import parse
from dashboard.service import Service
from geocache.version import __version__


def routes(service: Service) -> list[Route]:
    """The API's routes over one service."""

    def health_body() -> tuple[int, dict[str, object]]:
        if not service.ready:
            return 503, {
                "status": "starting",
                "version": __version__,
                "stage": service.progress.stage,
                "progress": round(service.progress.fraction, 2),
            }
        if service.failure:
            return 503, {"status": "failed", "version": __version__, "reason": service.failure}
        library = service.library()
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

    async def health(_: Request) -> Response:
        status, body = await anyio.to_thread.run_sync(health_body)
        return JSONResponse(body, status)

    async def sites_csv(request: Request) -> Response:
        if not service.ready:
            return starting()
        filters = parse(request.query_params.multi_items())
        table = await anyio.to_thread.run_sync(
            lambda: selection.apply(service.library().table, filters, service.locate)
        )
        return StreamingResponse(
            exports.csv_chunks(table),
            media_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": 'attachment; filename="sites.csv"'},
        )

    return [Route("/api/health", health), Route("/api/sites.csv", sites_csv)]


def starting() -> Response:
    """The answer while the opened lists are not located yet."""
    return JSONResponse(
        {"error": "starting", "message": "The site lists are still being opened; ask again soon."},
        503,
        headers={"Retry-After": "2"},
    )


async def filter_error(_: Request, error: Exception) -> Response:
    """A 400 that names the parameter and what would have been allowed."""
    assert isinstance(error, FilterError)  # noqa: S101 - registered for this type
    return JSONResponse(
        {
            "error": "bad_parameter",
            "parameter": error.parameter,
            "value": error.value,
            "message": str(error),
            "allowed": list(error.allowed),
        },
        400,
    )
