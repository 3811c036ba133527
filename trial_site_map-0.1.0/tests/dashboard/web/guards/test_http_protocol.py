"""A connection that never finishes its request headers is closed; others are left alone."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import uvicorn

from dashboard.web.guards.http_protocol import DeadlineProtocol
from dashboard.web.guards.websocket_limits import WebsocketLimits, max_websockets
from tests.dashboard.web.asgi import run_in_thread

Client = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[bytes]]


class Hasty(DeadlineProtocol):
    """A deadline short enough to wait for."""

    header_seconds = 0.3


class Listening(uvicorn.Server):
    """A server that says when it listens, and where."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()
        self.port = 0

    async def startup(self, sockets: Any = None) -> None:
        """Listen."""
        await super().startup(sockets)
        self.port = self.servers[0].sockets[0].getsockname()[1]
        self.listening.set()


async def _deadlines_pass(writer: asyncio.StreamWriter) -> None:
    """Wait until a silent connection, opened now, has been closed."""
    port = writer.get_extra_info("peername")[1]
    reader, silent = await asyncio.open_connection("127.0.0.1", port)
    assert await reader.read() == b""
    silent.close()


async def _app(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "http":
        body = await receive()
        headers = [(b"content-length", str(len(body["body"])).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body["body"]})
    elif scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        while (message := await receive())["type"] == "websocket.receive":
            await send({"type": "websocket.send", "text": message["text"]})


def _run(client: Client, app: Any = _app) -> bytes:
    """What a client reads from a real server."""

    async def main() -> bytes:
        config = uvicorn.Config(
            app, port=0, http=Hasty, ws="websockets-sansio", lifespan="off", log_level="critical"
        )
        server = Listening(config)
        serving = asyncio.create_task(server.serve())
        await server.listening.wait()
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        try:
            return await asyncio.wait_for(client(reader, writer), 20)
        finally:
            writer.close()
            server.should_exit = True
            await serving

    return run_in_thread(main())


GET = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.mark.parametrize("sent", [b"", b"GET / HTTP/1.1\r\nHost: loc", b"\r\n"])
def test_headers_that_never_end_are_not_waited_for(sent: bytes) -> None:
    async def client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        writer.write(sent)
        return await reader.read()

    assert b"200 OK" not in _run(client)


def test_a_second_request_has_a_deadline_of_its_own() -> None:
    async def client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        writer.write(GET)
        first = await reader.readuntil(b"\r\n\r\n")
        writer.write(GET[:20])
        return first + await reader.read()

    assert _run(client).count(b"200 OK") == 1


def test_a_body_may_take_longer_than_headers() -> None:
    async def client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        writer.write(POST)
        await _deadlines_pass(writer)
        writer.write(b"hello")
        return await reader.read()

    assert _run(client).endswith(b"hello")


POST = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nConnection: close\r\n\r\n"
UPGRADE = (
    b"GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
CLOSED = 0x88
"""First byte of a websocket's close frame."""


def test_an_open_websocket_has_no_deadline_for_headers() -> None:
    async def client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        writer.write(UPGRADE)
        await reader.readuntil(b"\r\n\r\n")
        await _deadlines_pass(writer)
        writer.write(bytes([0x81, 0x82, 0, 0, 0, 0]) + b"hi")
        return await reader.readexactly(4)

    assert _run(client) == b"\x81\x02hi"


def test_a_silent_websocket_is_closed_and_one_that_speaks_stays() -> None:
    limited = WebsocketLimits(_app, most=10, first_message_seconds=0.3)

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        writer.write(UPGRADE)
        await reader.readuntil(b"\r\n\r\n")
        return await reader.readexactly(1)

    async def speaking(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        writer.write(UPGRADE)
        await reader.readuntil(b"\r\n\r\n")
        writer.write(bytes([0x81, 0x82, 0, 0, 0, 0]) + b"hi")
        await reader.readexactly(4)
        await _deadlines_pass(writer)
        writer.write(bytes([0x81, 0x82, 0, 0, 0, 0]) + b"ho")
        return await reader.readexactly(4)

    assert _run(silent, limited)[0] == CLOSED
    assert _run(speaking, limited) == b"\x81\x02ho"


def test_websockets_beyond_the_limits_are_refused() -> None:
    async def run() -> list[str]:
        app = WebsocketLimits(_app, most=4)
        answers: list[str] = []
        waiting = asyncio.Event()

        async def one(address: str) -> None:
            first = True

            async def receive() -> Any:
                nonlocal first
                if first:
                    first = False
                    return {"type": "websocket.connect"}
                await waiting.wait()
                return {"type": "websocket.disconnect"}

            async def send(message: Any) -> None:
                answers.append(f"{address} {message['type'].removeprefix('websocket.')}")

            await app({"type": "websocket", "client": (address, 1)}, receive, send)

        async with asyncio.TaskGroup() as group:
            for address in ("a", "a", "a", "b", "c", "d"):
                group.create_task(one(address))
                await asyncio.sleep(0)
                await asyncio.sleep(0)
            waiting.set()
        await one("a")
        return answers

    refused = ["a accept", "a accept", "a close", "b accept", "c accept", "d close", "a accept"]
    assert run_in_thread(run()) == refused


def test_the_limit_follows_the_file_descriptors() -> None:
    assert max_websockets(1024) == 224
    assert max_websockets(10) == 1
