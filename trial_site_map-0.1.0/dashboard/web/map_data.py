"""HTTP routes for the map: its arrays, and the sites of a place for a popup.

Their addresses are random and part of the page; see :mod:`dashboard.maps.store`.
"""

from collections.abc import Callable

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dashboard.maps.store import PREFIX, MapStore

MAX_PLACES = 200
_CACHE_HEADERS = {"Cache-Control": "private, max-age=3600, immutable", "Vary": "Accept-Encoding"}


def routes(store: MapStore, find_owner: Callable[[Request], str]) -> list[Route]:
    """The routes over one store; 404 for entries of another session."""

    def may_load(request: Request) -> bool:
        return store.is_for(request.path_params["token"], find_owner(request))

    async def arrays(request: Request) -> Response:
        body = store.get_body(request.path_params["token"]) if may_load(request) else None
        if body is None:
            return _gone()
        return Response(
            body,
            media_type="application/octet-stream",
            headers=_CACHE_HEADERS | {"Content-Encoding": "gzip"},
        )

    async def sites(request: Request) -> Response:
        query = request.query_params
        try:
            places = [int(text) for text in query.getlist("place")[:MAX_PLACES]]
            offset = int(query.get("offset", "0"))
        except ValueError:
            places, offset = [], -1
        if not places or offset < 0:
            return JSONResponse(
                {"error": "bad_parameter", "message": "place must be a number, such as place=3"},
                400,
            )
        token = request.path_params["token"]
        if not may_load(request):
            return _gone()
        page = await anyio.to_thread.run_sync(lambda: store.list_sites(token, places, offset))
        return _gone() if page is None else JSONResponse(page)

    return [
        Route(f"{PREFIX}/{{token}}.bin", arrays),
        Route(f"{PREFIX}/{{token}}/sites", sites),
    ]


def _gone() -> Response:
    message = "This view has expired. Reload the page."
    return JSONResponse({"error": "gone", "message": message}, 404)
