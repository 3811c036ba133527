"""How many requests are handled at once: each kind of work has its own threads."""

import threading
from pathlib import Path

import anyio
import anyio.to_thread
import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from dashboard.service.service import Service
from dashboard.settings import Settings
from dashboard.web import api
from tests.dashboard.web.asgi import run_in_thread


def test_kinds_of_work_with_equal_limits_do_not_wait_for_each_other(
    data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api, "MAX_WORKERS", {"data": 1, "workbook": 1, "health": 1})
    made = api.Api(Service(Settings(site_map_data=data_folder)))
    busy, release = threading.Event(), threading.Event()

    def hold() -> None:
        busy.set()
        release.wait(60)

    async def ask_while_busy() -> list[int]:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(made.run, "data", hold)
            assert await anyio.to_thread.run_sync(busy.wait, 30)
            try:
                with anyio.fail_after(10):
                    written = await made.run("workbook", lambda: 1)
                    status, _ = await made.run("health", made.build_health)
            finally:
                release.set()
        return [written, status]

    assert run_in_thread(ask_while_busy()) == [1, 503]


def test_where_too_many_pictures_wait_one_more_is_told_to_come_again(data_folder: Path) -> None:
    service = Service(Settings(site_map_data=data_folder))
    service.opener.start()
    assert service.opener.wait(60)
    made = api.Api(service)
    app = Starlette(routes=[Route("/map.png", made.build_picture_endpoint("png"))])
    release = threading.Event()

    async def ask_while_full() -> httpx.Response:
        async with anyio.create_task_group() as tasks:
            for _ in range(api.MAX_WORKERS["picture"] + api.MOST_WAITING):
                tasks.start_soon(made.run, "picture", lambda: release.wait(60))
            await anyio.wait_all_tasks_blocked()
            try:
                transport = httpx.ASGITransport(app)
                async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
                    return await client.get("/map.png")
            finally:
                release.set()

    answer = run_in_thread(ask_while_full())
    service.close()
    assert answer.status_code == 503
    assert answer.json()["error"] == "busy"
    assert "8 wait for their turn" in answer.json()["message"]
    assert answer.headers["retry-after"]
