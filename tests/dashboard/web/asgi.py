"""Asking an ASGI app without a server: any app, or the API over a service of the test's own."""

import asyncio
from collections.abc import Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import httpx
from starlette.applications import Starlette

from dashboard.service.service import Service
from dashboard.web import api

Result = TypeVar("Result")


def asked(service: Service, path: str, method: str = "GET", **headers: str) -> httpx.Response:
    """The API's answer."""
    return asked_of(Starlette(routes=api.routes(service)), path, headers, method)


def asked_of(
    app: Starlette, path: str, headers: Mapping[str, str], method: str = "GET"
) -> httpx.Response:
    """An app's answer."""

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return await client.request(method, path, headers=headers)

    return run_apart(ask())


def run_apart(work: Coroutine[Any, Any, Result]) -> Result:
    """Run it on a thread of its own, as a browser test may hold this one's loop."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()
