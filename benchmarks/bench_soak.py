"""A soak: sessions that filter while others upload a hostile corpus; health, errors, memory.

Thirty sessions over 38,000 sites, and beside them uploads of generated files that are made to hurt:
bombs, repeated texts, cut and twisted formats. ``/api/health`` is asked every 50 ms meanwhile. A
minute after the last session has left, the memory is compared with that before. SECONDS=60 soaks
for as long as that, SESSIONS=5 with so many, SITES=1000 over so many sites.
"""

import asyncio
import os
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import httpx
from playwright.sync_api import Error as PlaywrightError

from benchmarks.bench_sessions import Log, session
from benchmarks.dashboards import chromium, dashboard
from benchmarks.process_usage import resident_gb
from benchmarks.report import Figure, printed, progress
from harness.hostile_files import build_corpus
from harness.serving import Server
from harness.visit import Visit, drop_contexts, visiting

SESSIONS = int(os.environ.get("SESSIONS", "30"))
UPLOADS_A_SESSION = 6
SITES = 38_000
MAX_SILENT_SECONDS = 1.0
MAX_GROWTH = 1.1
SETTLE_SECONDS = 60.0
_HEALTH_PAUSE_SECONDS = 0.05
"""Between two questions for the server's health."""


@dataclass
class Soak:
    """What happened."""

    log: Log = field(default_factory=Log)
    silences: list[float] = field(default_factory=list)
    uploads: int = 0
    errors: list[str] = field(default_factory=list)


async def ask_health(url: str, until: float, soak: Soak) -> None:
    """Ask for the server's health again and again; how long each answer took."""
    async with httpx.AsyncClient(timeout=60) as client:
        while time.monotonic() < until:
            start = time.perf_counter()
            try:
                status = (await client.get(f"{url}/api/health")).status_code
                if status != 200:
                    soak.errors.append(f"health answered {status}")
            except httpx.HTTPError as error:
                soak.errors.append(repr(error))
            soak.silences.append(time.perf_counter() - start)
            await asyncio.sleep(_HEALTH_PAUSE_SECONDS)


def upload(server: Server, until: float, found: Soak, seed: int) -> None:
    """One visitor with a browser who uploads files of the corpus, in ever new sessions."""
    chance = random.Random(seed)  # noqa: S311 - a made-up visitor
    corpus = list(build_corpus())
    with chromium() as browser:
        while time.monotonic() < until:
            chance.shuffle(corpus)
            try:
                with visiting(browser, server) as visit:
                    _upload_some(visit, corpus[:UPLOADS_A_SESSION], until, found)
            except (PlaywrightError, AssertionError) as error:
                found.errors.append(f"upload: {error!r}")
        drop_contexts()


def _upload_some(
    visit: Visit, files: Sequence[tuple[str, bytes]], until: float, found: Soak
) -> None:
    visit.open()
    visit.page.get_by_text("Add sites").click()
    for name, data in files:
        if time.monotonic() > until:
            return
        visit.page.locator("input[type=file]").first.set_input_files(
            {"name": name, "mimeType": "application/octet-stream", "buffer": data}
        )
        visit.wait_until_idle()
        found.uploads += 1


async def soak(server: Server, seconds: float, seed: int) -> Soak:
    """Everybody at once."""
    found = Soak()
    until = time.monotonic() + seconds
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(ask_health(server.url, until, found))
        tasks.create_task(asyncio.to_thread(upload, server, until, found, seed))
        for number in range(SESSIONS):
            tasks.create_task(session(server.url, until, found.log, number))
    return found


def figures(sizes: tuple[int, ...] = (SITES,)) -> Iterator[Figure]:
    """Silence, errors and memory of each size."""
    seconds = float(os.environ.get("SECONDS", "600"))
    for size in sizes:
        with dashboard(size) as (server, _):
            pid = server.process.pid
            progress("warming up")
            asyncio.run(soak(server, max(10.0, seconds / 5), seed=1))
            before = resident_gb(pid)
            progress(f"{SESSIONS} sessions over {size:,} sites, hostile uploads, {seconds:.0f} s")
            found = asyncio.run(soak(server, seconds, seed=2))
            most = resident_gb(pid)
            progress("waiting for the memory to settle")
            time.sleep(SETTLE_SECONDS)
            after = resident_gb(pid)
        errors = [*found.errors, *found.log.errors]
        for error in sorted(set(errors))[:5]:
            progress(f"error: {error[:200]}")
        name = f"soak, {SESSIONS} sessions, {size:,} sites"
        what = f"{len(found.log.reruns):,} reruns and {found.uploads:,} hostile uploads"
        yield Figure(f"{name}: errors in {what}", len(errors), "")
        silent = max(found.silences, default=0.0)
        yield Figure(f"{name}: longest silence of health", silent, "s", MAX_SILENT_SECONDS)
        yield Figure(f"{name}: memory before", before, "GB")
        yield Figure(f"{name}: memory at the end", most, "GB")
        yield Figure(f"{name}: memory a minute after", after, "GB", before * MAX_GROWTH)


def main() -> None:
    """Print the figures."""
    for _ in printed(figures()):
        pass


if __name__ == "__main__":
    main()
