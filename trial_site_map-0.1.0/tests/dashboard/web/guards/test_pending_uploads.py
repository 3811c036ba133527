"""Uploaded files that no page has taken yet have a limit, for each page and for all."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFileRec

from dashboard.page import streamlit_internals
from dashboard.web.guards.pending_uploads import PendingUploads

MB = 1_000_000


def run_apart(task: Coroutine[Any, Any, None]) -> None:
    """Run a task on a thread: a browser test before may have left an event loop on this one."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, task).result()


class Pages:
    """An application that keeps uploads as Streamlit does, behind the limits."""

    def __init__(self) -> None:
        self.files = MemoryUploadedFileManager("/_stcore/upload_file")
        self.hold = asyncio.Event()
        self.hold.set()
        self.three_arriving = asyncio.Event()
        self.arrived = 0
        route = Route("/_stcore/upload_file/{page}/{file}", self.take, methods=["PUT"])
        guarded = PendingUploads(
            Starlette(routes=[route, Route("/other", self.take, methods=["PUT"])]),
            count_waiting=self.count,
            most_per_session=3 * MB,
            most=5 * MB,
        )
        transport = httpx.ASGITransport(app=guarded)
        self.client = httpx.AsyncClient(transport=transport, base_url="http://localhost")

    def count(self) -> dict[str, int]:
        return {
            page: sum(len(file.data) for file in files.values())
            for page, files in self.files.file_storage.items()
        }

    async def take(self, request: Request) -> Response:
        self.arrived += 1
        if self.arrived == 3:
            self.three_arriving.set()
        await self.hold.wait()
        data = await request.body()
        if "page" in request.path_params:
            name = request.path_params["file"]
            record = UploadedFileRec(name, name, "text/csv", data)
            self.files.add_file(request.path_params["page"], record)
        return Response(status_code=204)

    async def put(self, page: str, file: int, size: int = MB) -> int:
        path = f"/_stcore/upload_file/{page}/{file}"
        return (await self.client.put(path, content=bytes(size))).status_code


def test_one_page_may_not_fill_the_memory() -> None:
    async def attack() -> None:
        pages = Pages()
        statuses = [await pages.put("eve", number) for number in range(20)]
        assert statuses == [204] * 3 + [413] * 17
        assert await pages.put("ada", 1) == 204
        pages.files.remove_session_files("eve")
        assert await pages.put("eve", 21) == 204, "once they are taken there is room again"

    run_apart(attack())


def test_all_pages_together_may_not_either() -> None:
    async def attack() -> None:
        pages = Pages()
        statuses = [await pages.put(f"page {number}", 1) for number in range(8)]
        assert statuses == [204] * 5 + [503] * 3

    run_apart(attack())


def test_files_that_are_still_arriving_count() -> None:
    async def attack() -> None:
        pages = Pages()
        pages.hold.clear()
        arriving = [asyncio.create_task(pages.put("eve", number)) for number in range(3)]
        await pages.three_arriving.wait()
        assert await pages.put("eve", 4) == 413
        pages.hold.set()
        assert await asyncio.gather(*arriving) == [204] * 3

    run_apart(attack())


def test_a_file_of_no_stated_size_is_refused_and_says_what_is_missing() -> None:
    async def attack() -> None:
        pages = Pages()

        async def chunks():  # type: ignore[no-untyped-def]
            yield bytes(10)

        answer = await pages.client.put("/_stcore/upload_file/eve/1", content=chunks())
        assert answer.status_code == 411
        assert "Content-Length" in answer.json()["message"]
        assert (await pages.client.put("/other", content=bytes(9 * MB))).status_code == 204

    run_apart(attack())


def test_what_waits_is_counted_in_streamlits_own_storage(monkeypatch: pytest.MonkeyPatch) -> None:
    pages = Pages()

    class Runtime:
        uploaded_file_mgr = pages.files

    assert streamlit_internals.count_waiting_uploads() == {}
    monkeypatch.setattr(streamlit_internals.runtime, "exists", lambda: True)
    monkeypatch.setattr(streamlit_internals.runtime, "get_instance", Runtime)
    run_apart(pages.put("ada", 1))
    assert streamlit_internals.count_waiting_uploads() == {"ada": MB}
