"""A server in this process, and what goes over its wire."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any
from uuid import UUID

from booking.domain.refusals import Refusal
from booking.entrypoints.http.server.server import Server, listen

HOST = b"Host: x\r\n"
GET = b"GET / HTTP/1.1\r\n" + HOST + b"\r\n"

Application = Callable[[Any, Any, Any], Awaitable[None]]


async def lifespan(receive: Any, send: Any) -> None:
    """Start and end without doing anything."""
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


def application(handler: Application) -> Application:
    """Return an application that asks `handler` about requests alone."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await lifespan(receive, send)
        else:
            await handler(scope, receive, send)

    return app


@application
async def measuring(_: Any, receive: Any, send: Any) -> None:
    """Read the whole body, and say how long it was."""
    length, more, status = 0, True, 200
    try:
        while more:
            message = await receive()
            length, more = length + len(message.get("body", b"")), message.get("more_body", False)
    except Refusal as refusal:
        status, length = 408, len(refusal.code)
    await say(send, str(length).encode(), status=status)


async def say(send: Any, *bodies: bytes, headers: Any = None, status: int = 200) -> None:
    """Answer in so many parts, with the body's length unless other headers are given."""
    length = [(b"content-length", str(sum(map(len, bodies))).encode())]
    await send({"type": "http.response.start", "status": status, "headers": length if headers is None else headers})
    for number, body in enumerate(bodies, 1):
        await send({"type": "http.response.body", "body": body, "more_body": number < len(bodies)})


@asynccontextmanager
async def serving(
    app: Any = measuring, *, listener: socket.socket | None = None, **options: Any
) -> AsyncIterator[tuple[Server, int]]:
    """Serve on a socket of one's own, or on one that others serve on, too."""
    with listen("127.0.0.1", 0) if listener is None else listener.dup() as own:
        server = Server(app, lambda: None, **options)
        running = asyncio.create_task(server.serve(sockets=[own]))
        await server.up.wait()
        try:
            yield server, own.getsockname()[1]
        finally:
            server.should_exit = True
            with suppress(asyncio.CancelledError):
                await running


async def answer(port: int, *parts: bytes, keep: bool = False) -> tuple[int, dict[str, str], bytes]:
    """Return the answer to these bytes; the connection must end by itself, unless it is kept."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for part in parts:
            writer.write(part)
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
        body = await reader.readexactly(int(headers["content-length"]))
        if not keep:
            assert await reader.read() == b""
        return int(head[0].split()[1]), headers, body
    finally:
        writer.close()


async def everything(port: int, *parts: bytes) -> bytes:
    """Return all that these bytes are answered with, until the server ends the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for part in parts:
            writer.write(part)
        return await asyncio.wait_for(reader.read(), 10)
    finally:
        writer.close()


def problem(answered: tuple[int, dict[str, str], bytes]) -> tuple[int, str]:
    status, headers, body = answered
    told = json.loads(body)
    assert (headers["content-type"], headers["connection"]) == ("application/problem+json", "close")
    assert told["status"] == status
    assert UUID(headers["x-request-id"])
    return status, told["code"]
