"""Asking an ASGI app over a service of the test's own."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import httpx
from starlette.applications import Starlette

from dashboard import api
from dashboard.service import Service


def asked(service: Service, path: str, method: str = "GET", **headers: str) -> httpx.Response:
    """The API's answer; on a thread of its own, as a browser test may hold this one's loop."""

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(Starlette(routes=api.routes(service)))
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return await client.request(method, path, headers=headers)

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, ask()).result()
