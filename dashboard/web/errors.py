"""Error responses of the API: always JSON, never internals of the server."""

from typing import Any

from starlette.responses import JSONResponse, Response

from dashboard.errors import ExportError, FilterError
from dashboard.query.parameters import MAX_QUERY, sort_by_similarity


def filter_error_body(error: FilterError) -> dict[str, Any]:
    """Names the parameter, the value, and those allowed, the most similar first."""
    return {
        "error": "bad_parameter",
        "parameter": error.parameter,
        "value": error.value,
        "message": str(error),
        "allowed": list(error.allowed),
    }


def export_error(error: ExportError) -> Response:
    """400: the rows do not fit the format."""
    return JSONResponse({"error": "does_not_fit", "message": str(error)}, 400)


def query_too_long() -> Response:
    """400: the query string is longer than allowed."""
    message = f"the query is longer than {MAX_QUERY} bytes: narrow it, or ask in several requests"
    return JSONResponse({"error": "query_too_long", "message": message}, 400)


def starting(*, failed: bool = False) -> Response:
    """503: the lists are not located yet, or could not be opened."""
    if failed:
        message = "The site lists could not be opened; the server's log says why."
        return JSONResponse({"error": "failed", "message": message}, 503)
    message = "The site lists are still being opened; ask again soon."
    return JSONResponse(
        {"error": "starting", "message": message}, 503, headers={"Retry-After": "2"}
    )


def busy(drawn: int, waiting: int) -> Response:
    """503: so many pictures are being drawn, and so many wait, that one more is not taken."""
    message = f"{drawn} pictures are being drawn and {waiting} wait for their turn; ask again soon."
    return JSONResponse({"error": "busy", "message": message}, 503, headers={"Retry-After": "10"})


def no_such_route(path: str, paths: tuple[str, ...]) -> Response:
    """404 with the routes there are, the most similar first."""
    body = {
        "error": "no_such_route",
        "message": f"there is no {path[:200]}",
        "allowed": list(sort_by_similarity(path[:200], paths)),
    }
    return JSONResponse(body, 404)


def not_allowed() -> Response:
    """405: the API is read-only."""
    body = {"error": "method_not_allowed", "message": "the API is read-only: use GET or HEAD"}
    return JSONResponse(body, 405, headers={"Allow": "GET, HEAD"})


def internal_error() -> Response:
    """500: an unexpected error; the log has it."""
    body = {"error": "internal", "message": "this could not be answered; the server's log says why"}
    return JSONResponse(body, 500)
