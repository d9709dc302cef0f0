"""Answers on the wire: a whole one leaves in one write, and no header breaks out of its line."""

import asyncio
import json
import socket
import struct
import sys
from typing import Any

import pytest

from booking.entrypoints.http.server.write_batching import MOST
from tests.support.wire import GET, HOST, answer, application, everything, say, serving

SEGMENTS_IN = 152  # where Linux's tcp_info says how many segments with data have come
LAST = GET.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")


def segments(connection: socket.socket) -> int:
    told = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 240)
    count: int = struct.unpack_from("I", told, SEGMENTS_IN)[0]
    return count


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux counts a connection's segments")
@pytest.mark.parametrize("bodies", [[b"body"], [b"a", b"b", b"c"]], ids=["whole", "in parts"])
async def test_what_is_written_in_one_turn_leaves_in_one_write(bodies: list[bytes]) -> None:
    @application
    async def app(_: Any, __: Any, send: Any) -> None:
        await say(send, *bodies, headers=None if len(bodies) == 1 else [])

    async with serving(app) as (_, port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(LAST)
        assert (await reader.read()).startswith(b"HTTP/1.1 200 OK\r\n")
        assert segments(writer.get_extra_info("socket")) == 1
        writer.close()


async def test_of_a_crowd_that_is_answered_in_one_turn_nobody_waits_for_the_last() -> None:
    crowd, there, turn = MOST + 2, asyncio.Semaphore(0), asyncio.Event()
    arrived: list[bool] = []
    readers: list[socket.socket] = []

    @application
    async def app(_: Any, __: Any, send: Any) -> None:
        there.release()
        await turn.wait()
        arrived.append(any(map(readable, readers)))
        await say(send, b"a")

    async with serving(app) as (_, port):
        readers = [socket.create_connection(("127.0.0.1", port)) for _ in range(crowd)]
        for one in readers:
            one.sendall(GET)
        for _ in readers:
            await asyncio.wait_for(there.acquire(), 20)
        turn.set()
        for one in readers:
            one.setblocking(False)
            assert (await asyncio.get_running_loop().sock_recv(one, 1000)).endswith(b"\r\n\r\na")
            one.close()
    assert arrived == [False] * (MOST + 1) + [True]


def readable(connection: socket.socket) -> bool:
    try:
        return bool(connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT))
    except BlockingIOError:
        return False


async def test_a_whole_answer_is_told_as_it_is() -> None:
    @application
    async def app(_: Any, __: Any, send: Any) -> None:
        await say(send, b"body", headers=[(b"content-length", b"4"), (b"x", b"a\tb")])

    async with serving(app) as (_, port):
        status, headers, body = await answer(port, GET, keep=True)
    assert (status, headers.pop("date") != "", headers, body) == (
        200,
        True,
        {"content-length": "4", "x": "a\tb"},
        b"body",
    )


@pytest.mark.parametrize("asked", [LAST, b"GET / HTTP/1.0\r\n\r\n", GET], ids=["close", "HTTP/1.0", "the application"])
async def test_the_last_answer_says_so_once_and_ends_the_connection(asked: bytes) -> None:
    @application
    async def app(_: Any, __: Any, send: Any) -> None:
        close = [(b"connection", b"close")] if asked is GET else []
        await say(send, b"b", headers=[(b"content-length", b"1"), *close])

    async with serving(app) as (_, port):
        told = await everything(port, asked)
    assert told.count(b"connection: close\r\n") == 1
    assert told.endswith(b"\r\n\r\nb")


async def test_an_answer_in_parts_or_without_a_length_goes_in_chunks() -> None:
    @application
    async def app(_: Any, __: Any, send: Any) -> None:
        await say(send, b"a", b"b", headers=[])

    async with serving(app) as (_, port):
        told = await everything(port, LAST)
    assert told.endswith(b"transfer-encoding: chunked\r\n\r\n1\r\na\r\n1\r\nb\r\n0\r\n\r\n")


async def test_an_answer_to_head_has_a_length_and_no_body() -> None:
    @application
    async def app(_: Any, __: Any, send: Any) -> None:
        await say(send, b"body")

    async with serving(app) as (_, port):
        told = await everything(port, LAST.replace(b"GET", b"HEAD"))
    assert b"content-length: 4\r\n" in told
    assert told.endswith(b"\r\n\r\n")


@pytest.mark.parametrize("value", [b"a\r\nset-cookie: b", b"a\nb", b"a\rb", b"a\0", b"\x7f"])
async def test_no_header_breaks_out_of_its_line(value: bytes) -> None:
    @application
    async def app(_: Any, __: Any, send: Any) -> None:
        with pytest.raises(RuntimeError):
            await say(send, b"b", headers=[(b"content-length", b"1"), (b"x-request-id", value)])

    async with serving(app) as (_, port):
        told = await everything(port, GET)
    assert b"x-request-id" not in told
    assert value not in told


async def test_a_client_that_has_gone_is_no_fault_and_keeps_nobody_from_their_answer() -> None:
    there, gone = asyncio.Event(), asyncio.Event()

    @application
    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["path"] == "/":
            await receive()
            there.set()
            assert (await receive())["type"] == "http.disconnect"
            gone.set()
        await say(send, b"b")

    async with serving(app) as (_, port):
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(GET)
        await asyncio.wait_for(there.wait(), 10)
        reset = struct.pack("ii", 1, 0)
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, reset)
        writer.transport.abort()
        status, _, body = await answer(port, b"GET /other HTTP/1.1\r\n" + HOST + b"\r\n", keep=True)
        await asyncio.wait_for(gone.wait(), 10)
    assert (status, body) == (200, b"b")


@pytest.mark.parametrize(
    ("method", "draining", "status", "code"),
    [
        ("GET", False, 500, "internal_error"),
        ("GET", True, 503, "unavailable"),
        ("POST", True, 503, "outcome_unknown"),
    ],
)
async def test_what_breaks_or_is_cut_off_at_the_end_is_told_as_a_problem(
    method: str, draining: bool, status: int, code: str
) -> None:
    @application
    async def app(_: Any, __: Any, send: Any) -> None:
        if draining:
            server.draining.set()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise asyncio.CancelledError

    async with serving(app) as (server, port):
        request = GET.replace(b"GET", method.encode()).replace(b"\r\n\r\n", b"\r\nContent-Length: 0\r\n\r\n")
        told, headers, body = await answer(port, request)
    assert (told, headers["content-type"], json.loads(body)["code"]) == (status, "application/problem+json", code)
