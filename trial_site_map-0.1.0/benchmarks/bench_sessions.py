"""Fifty browser sessions that filter at random: reruns, errors, memory.

Each session is a real websocket to a real server and speaks Streamlit's own protocol, without a
browser's drawing; a rerun ends when the server says so. SECONDS=300 runs as long as that,
SESSIONS=10 with so many.
"""

import asyncio
import os
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from statistics import median, quantiles

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from benchmarks.dashboards import dashboard
from benchmarks.process_usage import cpu_seconds, resident_gb
from benchmarks.report import Figure, printed, progress

SESSIONS = int(os.environ.get("SESSIONS", "50"))
SIZES = {0: 1.0, 100_000: 2.0}
"""Sites (0: the seed) and the limit of a rerun's 95th percentile in seconds."""

QUERIES = ("", "country=DE", "country=IT&country=FR", "q=hospital", "country=US", "q=university")
PAUSE_SECONDS = (2.0, 6.0)


@dataclass
class Log:
    """What happened in all sessions."""

    reruns: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    memory: list[tuple[float, float]] = field(default_factory=list)


async def rerun(socket: websockets.ClientConnection, query: str) -> tuple[float, list[str]]:
    """Ask for the page with a query string; seconds until it is done, and errors it shows."""
    message = BackMsg()
    message.rerun_script.query_string = query
    start = time.perf_counter()
    await socket.send(message.SerializeToString())
    errors = []
    while True:
        raw = await asyncio.wait_for(socket.recv(), 120)
        said = ForwardMsg.FromString(raw if isinstance(raw, bytes) else raw.encode())
        if said.WhichOneof("type") == "delta" and said.delta.new_element.HasField("exception"):
            errors.append(said.delta.new_element.exception.message)
        if said.WhichOneof("type") == "script_finished":
            return time.perf_counter() - start, errors


async def session(url: str, until: float, log: Log, number: int) -> None:
    """One visitor: opens the page, filters every few seconds, leaves."""
    chance = random.Random(number)  # noqa: S311 - a made-up visitor
    address = url.replace("http://", "ws://") + "/_stcore/stream"
    try:
        await asyncio.sleep(chance.uniform(0, PAUSE_SECONDS[1]))
        async with websockets.connect(
            address,
            max_size=None,
            ping_interval=None,
            open_timeout=60,
            subprotocols=[websockets.Subprotocol("streamlit")],
        ) as socket:
            while time.monotonic() < until:
                seconds, errors = await rerun(socket, chance.choice(QUERIES))
                log.reruns.append(seconds)
                log.errors += errors
                await asyncio.sleep(chance.uniform(*PAUSE_SECONDS))
    except Exception as error:  # noqa: BLE001 - counted
        log.errors.append(repr(error))


async def crowd(url: str, pid: int, seconds: float) -> Log:
    """All sessions at once, and the server's memory meanwhile."""
    log = Log()
    begin = time.monotonic()
    visitors = [asyncio.create_task(session(url, begin + seconds, log, n)) for n in range(SESSIONS)]
    while not all(visitor.done() for visitor in visitors):
        log.memory.append((time.monotonic() - begin, resident_gb(pid)))
        await asyncio.sleep(1)
    return log


def figures(sizes: tuple[int, ...] = tuple(SIZES)) -> Iterator[Figure]:
    """Reruns, errors and memory of each size."""
    seconds = float(os.environ.get("SECONDS", "300"))
    for size in sizes:
        progress(f"{SESSIONS} sessions over {size or 75:,} sites for {seconds:.0f} s")
        with dashboard(size) as (server, _):
            pid = server.process.pid
            empty, busy = resident_gb(pid), cpu_seconds(pid)
            log = asyncio.run(crowd(server.url, pid, seconds))
            settled, busy = resident_gb(pid), cpu_seconds(pid) - busy
        for error in sorted(set(log.errors))[:5]:
            progress(f"error: {error[:200]}")
        name = f"{SESSIONS} sessions, {size or 75:,} sites"
        yield Figure(f"{name}: errors in {len(log.reruns):,} reruns", len(log.errors), "")
        if not log.reruns:
            continue
        yield Figure(f"{name}: median rerun", median(log.reruns), "s")
        slow = quantiles([*log.reruns, log.reruns[-1]], n=20)[-1]
        yield Figure(f"{name}: 95th percentile", slow, "s", SIZES.get(size, 2.0))
        yield Figure(f"{name}: processor time of a rerun", 1e3 * busy / len(log.reruns), "ms")
        yield Figure(f"{name}: memory before", empty, "GB")
        early = [gb for at, gb in log.memory if at <= seconds / 5] or [empty]
        yield Figure(f"{name}: memory after the first fifth", early[-1], "GB")
        yield Figure(f"{name}: most memory", max(gb for _, gb in log.memory), "GB")
        yield Figure(f"{name}: memory after all left", settled, "GB")


def main() -> None:
    """Print the figures."""
    for _ in printed(figures()):
        pass


if __name__ == "__main__":
    main()
