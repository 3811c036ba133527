"""Requests to an ASGI app without a server."""

import asyncio
from collections.abc import Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import httpx
from starlette.applications import Starlette

from dashboard.service.service import Service
from dashboard.web import api

Result = TypeVar("Result")


def request_api(service: Service, path: str, method: str = "GET", **headers: str) -> httpx.Response:
    """The API's response over this service."""
    return request_app(Starlette(routes=api.routes(service)), path, headers, method)


def request_app(
    app: Starlette, path: str, headers: Mapping[str, str], method: str = "GET"
) -> httpx.Response:
    """An app's response."""

    async def send() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return await client.request(method, path, headers=headers)

    return run_in_thread(send())


def run_in_thread(work: Coroutine[Any, Any, Result]) -> Result:
    """Run a coroutine on a thread of its own: a browser test may run this one's event loop."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()
