"""The wire: whoever sends slowly, too much, or nonsense is told so and let go; the others do not notice."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any
from uuid import UUID

import pytest

from booking.domain.errors import Refusal
from booking.entrypoints.http import cycle, protocol
from booking.entrypoints.http.access import Access
from booking.entrypoints.http.server import Server, listen


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Reads the whole body, and says how long it was."""
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({"type": f"{message['type']}.complete"})
            if message["type"] == "lifespan.shutdown":
                return
    length, more, status = 0, True, 200
    try:
        while more:
            message = await receive()
            length, more = length + len(message.get("body", b"")), message.get("more_body", False)
    except Refusal as refusal:
        status, length = 408, len(refusal.code)
    headers = [(b"content-length", str(len(str(length))).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": str(length).encode()})


@asynccontextmanager
async def serving(served: Any = app, **how: Any) -> AsyncIterator[tuple[Server, int]]:
    listener = listen("127.0.0.1", 0)
    left: list[bool] = []
    server = Server(Access(served, draining=lambda: bool(left)), lambda: left.append(True), **how)
    running = asyncio.create_task(server.serve(sockets=[listener]))
    await server.up.wait()
    try:
        yield server, listener.getsockname()[1]
    finally:
        server.should_exit = True
        with suppress(asyncio.CancelledError):
            await running


async def answer(port: int, *parts: bytes, keep: bool = False) -> tuple[int, dict[str, str], bytes]:
    """What is answered to these bytes; the connection must end by itself, unless it is kept."""
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


def problem(answered: tuple[int, dict[str, str], bytes]) -> tuple[int, str]:
    status, headers, body = answered
    told = json.loads(body)
    assert (headers["content-type"], headers["connection"]) == ("application/problem+json", "close")
    assert told["status"] == status
    assert UUID(headers["x-request-id"])
    return status, told["code"]


async def test_a_request_is_answered_and_its_headers_are_safe() -> None:
    async with serving() as (_, port):
        sent = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"
        status, headers, body = await answer(port, sent, keep=True)
    assert (status, body) == (200, b"3")
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert "connection" not in headers
    assert "server" not in headers


@pytest.mark.parametrize(
    "sent",
    [b"\x00\x01\x02\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n"],
)
async def test_what_is_no_request_is_told_so(sent: bytes) -> None:
    async with serving() as (_, port):
        assert problem(await answer(port, sent)) == (400, "malformed_request")


async def test_two_hosts_are_no_request() -> None:
    """RFC 9112, section 3.2: what one server takes for the host another might not."""
    async with serving() as (_, port):
        assert problem(await answer(port, b"GET / HTTP/1.1\r\nHost: a\r\nhost: b\r\n\r\n")) == (
            400,
            "malformed_request",
        )
        status, _, _ = await answer(port, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", keep=True)
        assert status == 200


async def test_a_path_that_is_no_uri_is_told_as_one() -> None:
    async with serving() as (_, port):
        _, _, body = await answer(port, b"GET /a%s/%c3%a9%20b HTTP/1.1\r\nX: x\x00\r\n\r\n")
    assert json.loads(body)["instance"] == "/a%25s/%C3%A9%20b"


@pytest.mark.parametrize("nonsense", [b"\x00\x01\r\n\r\n", b"GET / HTTP/1.1\r\nX: " + b"x" * 17_000 + b"\r\n\r\n"])
async def test_nonsense_behind_a_request_is_not_told_in_place_of_its_answer(nonsense: bytes) -> None:
    async with serving() as (_, port):
        sent = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"
        status, headers, body = await answer(port, sent + nonsense)
    assert (status, headers["connection"], body) == (200, "close", b"3")


@pytest.mark.parametrize(
    "sent",
    [
        b"GET /" + b"x" * 17_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nX: " + b"x" * 17_000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"".join(b"X-%d: %s\r\n" % (n, b"x" * 100) for n in range(200)) + b"\r\n",
    ],
)
async def test_headers_that_are_too_large_are_refused(sent: bytes) -> None:
    async with serving() as (_, port):
        assert problem(await answer(port, sent)) == (431, "headers_too_large")


async def test_headers_that_come_too_slowly_end_the_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "HEADERS_WITHIN", 0.1)
    async with serving() as (_, port):
        assert problem(await answer(port, b"GET / HTTP/1.1\r\nHost: ")) == (408, "request_timeout")
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        assert await reader.read() == b""
        writer.close()


async def test_a_body_that_comes_too_slowly_ends_the_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cycle, "BODY_WITHIN", 0.1)
    async with serving() as (_, port):
        sent = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc"
        status, _, body = await answer(port, sent, keep=True)
    assert (status, int(body)) == (408, len("request_timeout"))


async def test_a_body_that_goes_on_after_its_answer_ends_the_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "HEADERS_WITHIN", 0.1)

    async def curt(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await app(scope, receive, send)
        await send({"type": "http.response.start", "status": 401, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})

    async with serving(curt) as (_, port):
        status, _, _ = await answer(port, b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\na", b"b")
        assert status == 401
        status, _, _ = await answer(port, b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\na", keep=True)
        assert status == 401


async def test_whoever_never_reads_their_answers_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "READ_WITHIN", 0.1)

    async def talking(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await app(scope, receive, send)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"x" * 20_000_000})

    async with serving(talking) as (server, port):
        with socket.create_connection(("127.0.0.1", port)) as deaf:
            deaf.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            async with asyncio.timeout(20):
                while not server.server_state.connections:  # noqa: ASYNC110 - only the server can tell
                    await asyncio.sleep(0.01)
                while server.server_state.connections:  # noqa: ASYNC110
                    await asyncio.sleep(0.01)


async def test_whoever_goes_before_the_body_is_whole_made_a_malformed_request() -> None:
    told: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def reading(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await app(scope, receive, send)
        try:
            while True:
                await receive()
        except Refusal as refusal:
            told.set_result(refusal.code)

    async with serving(reading) as (_, port):
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc")
        await writer.drain()
        writer.close()
        assert await asyncio.wait_for(told, 10) == "malformed_request"


async def test_whoever_goes_with_requests_in_line_is_gone_for_the_first_of_them() -> None:
    left = asyncio.Event()

    async def waiting(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await app(scope, receive, send)
        while (await receive())["type"] != "http.disconnect":
            pass
        left.set()

    async with serving(waiting) as (_, port):
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" * 2)
        await writer.drain()
        writer.close()
        async with asyncio.timeout(5):
            await left.wait()


async def test_past_so_many_connections_the_next_is_told_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "MOST_CONNECTIONS", 2)
    async with serving() as (_, port):
        idle = [await asyncio.open_connection("127.0.0.1", port) for _ in range(2)]
        refused = await answer(port)
        assert (problem(refused), refused[1]["retry-after"]) == ((503, "unavailable"), "1")
        for _, writer in idle:
            writer.close()
            await writer.wait_closed()


async def test_a_connection_that_rests_for_too_long_is_closed() -> None:
    async with serving() as (server, port):
        server.config.timeout_keep_alive = 0
        assert (await answer(port, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"))[0] == 200


async def test_a_rest_counts_from_the_last_answer_and_no_request_is_cut_off() -> None:
    request = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
    async with serving() as (server, port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request)
        await reader.readuntil(b"\r\n\r\n")
        (resting,) = server.server_state.connections
        assert isinstance(resting, protocol.BoundedProtocol)
        first = resting.resting
        resting._rested()
        assert resting.resting not in (None, first)
        writer.write(request[:-2])
        while not resting.begun:  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0)
        resting.rests_since -= 1000
        resting._rested()
        writer.write(request[-2:])
        await reader.readuntil(b"\r\n\r\n")
        assert resting.resting is not None
        resting.rests_since -= 1000
        resting._rested()
        async with asyncio.timeout(5):
            await reader.read()
        writer.close()


async def test_while_it_drains_it_answers_and_closes_each_connection() -> None:
    async with serving(drain=30.0) as (server, port):
        request = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
        assert (await answer(port, request, keep=True))[0] == 200
        server.handle_exit(15, None)
        status, headers, _ = await answer(port, request)
        assert (status, headers["connection"]) == (200, "close")
        server.handle_exit(15, None)
    with pytest.raises(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port)):
        pass
