"""How many requests are handled at once: each kind of work has its own threads."""

import threading
from pathlib import Path

import anyio
import anyio.to_thread
import pytest

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
