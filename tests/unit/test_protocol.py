"""The wire: whoever sends slowly, too much, or nonsense is told so and let go; the others do not notice."""

import asyncio
import json
import socket
import struct
from typing import Any

import pytest
import uvloop

from booking.domain.refusals import Refusal
from booking.entrypoints.http.pipeline.access import Access
from booking.entrypoints.http.server import protocol
from tests.support.wire import HOST, answer, measuring, problem, serving


async def test_a_request_is_answered_and_its_headers_are_safe() -> None:
    async with serving(Access(measuring)) as (_, port):
        sent = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"
        status, headers, body = await answer(port, sent, keep=True)
    assert (status, body) == (200, b"3")
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert "connection" not in headers
    assert "server" not in headers


ABC = b"3\r\nabc\r\n0\r\n\r\n"
CHUNKED = b"POST / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n"

NO_REQUESTS = {
    "garbage": b"\x00\x01\x02\r\n\r\n",
    "version 9.9": b"GET / HTTP/9.9\r\n" + HOST + b"\r\n",
    "version 2.0": b"GET / HTTP/2.0\r\n" + HOST + b"\r\n",
    "version 1.2": b"GET / HTTP/1.2\r\n" + HOST + b"\r\n",
    "version 0.9": b"GET / HTTP/0.9\r\n" + HOST + b"\r\n",
    "no version": b"GET /\r\n\r\n",
    "HTTP/2 preface": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "no host": b"GET / HTTP/1.1\r\n\r\n",
    "empty host": b"GET / HTTP/1.1\r\nHost:\r\n\r\n",
    "two hosts": b"GET / HTTP/1.1\r\nHost: a\r\nhost: b\r\n\r\n",
    "host with a space": b"GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
    "host with a path": b"GET / HTTP/1.1\r\nHost: a/b\r\n\r\n",
    "host with a user": b"GET / HTTP/1.1\r\nHost: u@a\r\n\r\n",
    "gzip, chunked": b"POST / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: gzip, chunked\r\n\r\n" + ABC,
    "gzip and chunked": CHUNKED.replace(b"Transfer", b"Transfer-Encoding: gzip\r\nTransfer") + b"\r\n" + ABC,
    "chunked twice": b"POST / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked, chunked\r\n\r\n" + ABC,
    "no real coding": b"POST / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: xchunked\r\n\r\n" + ABC,
    "identity": b"POST / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: identity\r\nContent-Length: 3\r\n\r\nabc",
    "chunked in HTTP/1.0": CHUNKED.replace(b"1.1", b"1.0") + b"\r\n" + ABC,
    "chunked with a length": CHUNKED + b"Content-Length: 3\r\n\r\n" + ABC,
    "length and chunked": CHUNKED.replace(b"Transfer", b"Content-Length: 3\r\nTransfer") + b"\r\n" + ABC,
    "no number": b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: x\r\n\r\n",
    "two lengths": b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
    "list of lengths": b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 3, 3\r\n\r\nabc",
    "signed length": b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: +3\r\n\r\nabc",
    "folded header": b"GET / HTTP/1.1\r\n" + HOST + b"X: a\r\n b\r\n\r\n",
    "folded length": b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length:\r\n 3\r\n\r\nabc",
    "space before the colon": b"GET / HTTP/1.1\r\n" + HOST + b"X : a\r\n\r\n",
    "bare LF after the request line": b"GET / HTTP/1.1\nHost: x\r\n\r\n",
    "bare LF after a header": b"GET / HTTP/1.1\r\nHost: x\nX: y\r\n\r\n",
    "bare LF at the end": b"GET / HTTP/1.1\r\nHost: x\r\n\n",
    "bare CR": b"GET / HTTP/1.1\r\n" + HOST + b"X: a\rb\r\n\r\n",
    "NUL in a header": b"GET / HTTP/1.1\r\n" + HOST + b"X: a\x00b\r\n\r\n",
    "NUL in the path": b"GET /\x00 HTTP/1.1\r\n" + HOST + b"\r\n",
    "escape in the path": b"GET /\x1b[31m HTTP/1.1\r\n" + HOST + b"\r\n",
    "fragment": b"GET /a#b HTTP/1.1\r\n" + HOST + b"\r\n",
    "authority": b"GET x:80 HTTP/1.1\r\n" + HOST + b"\r\n",
    "tunnel": b"CONNECT x:80 HTTP/1.1\r\n" + HOST + b"\r\n",
    "tunnel to a path": b"CONNECT /a HTTP/1.1\r\n" + HOST + b"\r\n",
    "asterisk": b"GET * HTTP/1.1\r\n" + HOST + b"\r\n",
    "user in the target": b"GET http://u:p@x/a HTTP/1.1\r\n" + HOST + b"\r\n",
    "another scheme": b"GET ftp://x/a HTTP/1.1\r\n" + HOST + b"\r\n",
}


async def test_what_is_no_request_is_told_so_and_reaches_nobody() -> None:
    """RFC 9112, sections 2 to 7: what one server reads so, and another otherwise, is how requests are smuggled."""
    asked: list[Any] = []

    async def listening(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "lifespan":
            asked.append(scope)
        await measuring(scope, receive, send)

    async with serving(listening) as (_, port):
        told = {name: problem(await answer(port, sent)) for name, sent in NO_REQUESTS.items()}
    assert told == dict.fromkeys(NO_REQUESTS, (400, "malformed_request"))
    assert asked == []


CHUNKS_OF_NO_REQUEST = {
    "bare LF after the size": b"3\nabc\r\n0\r\n\r\n",
    "bare LF after the data": b"3\r\nabc\n0\r\n\r\n",
    "bare LF after an extension": b"3;x\nabc\r\n0\r\n\r\n",
    "bare LF at the end": b"3\r\nabc\r\n0\n\n",
    "length in a trailer": b"3\r\nabc\r\n0\r\nContent-Length: 9\r\n\r\n",
    "bare LF in a trailer": b"3\r\nabc\r\n0\r\nX: y\n\r\n",
    "more data than said": b"3\r\nabcd\r\n0\r\n\r\n",
    "0x": b"0x3\r\nabc\r\n0\r\n\r\n",
    "too large a number": b"F" * 17 + b"\r\nabc\r\n0\r\n\r\n",
}


async def test_a_body_of_ill_formed_chunks_is_told_so() -> None:
    async with serving() as (_, port):
        told = {
            name: problem(await answer(port, CHUNKED + b"\r\n" + chunks))
            for name, chunks in CHUNKS_OF_NO_REQUEST.items()
        }
    assert told == dict.fromkeys(CHUNKS_OF_NO_REQUEST, (400, "malformed_request"))


async def seen(*parts: bytes) -> list[dict[str, Any]]:
    """What the application was asked by these bytes, all of it sent before any of it is answered."""
    asked: list[dict[str, Any]] = []

    async def looking(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await measuring(scope, receive, send)
            return
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message["body"], message["more_body"]
        asked.append({"method": scope["method"], "path": scope["path"], "query": scope["query_string"], "body": body})
        asked[-1]["headers"] = scope["headers"]
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})

    async with serving(looking) as (_, port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for part in parts:
            writer.write(part)
        writer.write_eof()
        async with asyncio.timeout(10):
            await reader.read()
        writer.close()
    return asked


async def test_trailers_never_become_headers() -> None:
    """RFC 9110, section 6.5.1."""
    trailers = b"Authorization: Bearer x\r\nIdempotency-Key: k\r\nHost: y\r\nConnection: close\r\nX: z\r\n"
    (asked,) = await seen(CHUNKED + b"\r\n3\r\nabc\r\n0\r\n" + trailers + b"\r\n")
    assert asked["body"] == b"abc"
    assert asked["headers"] == [(b"host", b"x"), (b"transfer-encoding", b"chunked")]


async def test_after_trailers_the_next_request_has_its_own_headers() -> None:
    first = CHUNKED + b"\r\n0\r\nX: z\r\n\r\n"
    _, asked = await seen(first + b"GET /b HTTP/1.1\r\n" + HOST + b"Authorization: Bearer x\r\n\r\n")
    assert asked["headers"] == [(b"host", b"x"), (b"authorization", b"Bearer x")]


async def test_trailers_count_as_headers_towards_what_is_too_large() -> None:
    async with serving() as (_, port):
        sent = CHUNKED + b"\r\n3\r\nabc\r\n0\r\n" + b"X: " + b"x" * 17_000 + b"\r\n\r\n"
        assert problem(await answer(port, sent)) == (431, "headers_too_large")


async def test_white_space_around_a_header_is_no_part_of_it() -> None:
    """RFC 9112, section 5.1."""
    (asked,) = await seen(b"GET / HTTP/1.1\r\n" + HOST + b"Idempotency-Key: \t k \t \r\n\r\n")
    assert asked["headers"][1] == (b"idempotency-key", b"k")


@pytest.mark.parametrize(
    ("target", "path", "query"),
    [
        (b"/a?b=c?d", "/a", b"b=c?d"),
        (b"http://elsewhere:80/a?b", "/a", b"b"),
        (b"HTTPS://elsewhere", "/", b""),
        (b"http://elsewhere?b", "/", b"b"),
        (b"//a", "//a", b""),
        (b"/a%20b%2Fc", "/a b/c", b""),
        (b"/a:b@c", "/a:b@c", b""),
    ],
)
async def test_a_target_is_a_path_or_a_whole_url(target: bytes, path: str, query: bytes) -> None:
    """RFC 9112, section 3.2.2: a server takes both."""
    (asked,) = await seen(b"GET " + target + b" HTTP/1.1\r\n" + HOST + b"\r\n")
    assert (asked["path"], asked["query"]) == (path, query)


@pytest.mark.parametrize(
    "sent",
    [
        b"GET / HTTP/1.0\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n",
        b"OPTIONS * HTTP/1.1\r\n" + HOST + b"\r\n",
    ],
)
async def test_what_is_a_request_reaches_the_application(sent: bytes) -> None:
    assert len(await seen(sent)) == 1


@pytest.mark.parametrize(
    "body", [b"Content-Length: 3\r\n\r\nabc", b"Transfer-Encoding: chunked\r\n\r\n" + ABC], ids=["whole", "chunked"]
)
async def test_a_request_that_offers_another_protocol_keeps_its_body_and_what_follows_it(body: bytes) -> None:
    """Java's client offers HTTP/2 so, whatever its method; a server may go on as before (RFC 9110, section 7.8)."""
    offer = HOST + b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n"
    post, get = b"POST /a HTTP/1.1\r\n" + offer + body, b"GET /b HTTP/1.1\r\n" + offer + b"\r\n"
    whole = await seen(post + get + post)
    assert [(asked["method"], asked["path"], asked["body"]) for asked in whole] == [
        ("POST", "/a", b"abc"),
        ("GET", "/b", b""),
        ("POST", "/a", b"abc"),
    ]
    in_pieces = await seen(*(bytes([byte]) for byte in post + get + post))
    assert in_pieces == whole


@pytest.mark.parametrize("loop", [asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"])
@pytest.mark.parametrize("pause", [0.0, 0.2], ids=["fast", "slow"])
@pytest.mark.parametrize("how", ["with the request", "after it", "after two"])
def test_whoever_shuts_their_side_once_they_have_asked_gets_every_answer(loop: Any, pause: float, how: str) -> None:
    async def slow(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "lifespan":
            await asyncio.sleep(pause)
        await measuring(scope, receive, send)

    async def ask() -> bytes:
        async with serving(slow) as (server, port):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 3\r\n\r\nabc")
            if how == "after two":
                writer.write(b"GET / HTTP/1.1\r\n" + HOST + b"\r\n")
            if how == "after it":
                while not server.server_state.connections:  # noqa: ASYNC110 - only the server can tell
                    await asyncio.sleep(0)
            writer.write_eof()
            async with asyncio.timeout(10):
                told = await reader.read()
            writer.close()
            return told

    with asyncio.Runner(loop_factory=loop) as runner:
        told = runner.run(ask())
    answers = told.split(b"HTTP/1.1 200 OK\r\n")[1:]
    assert [one.rpartition(b"\r\n\r\n")[2] for one in answers] == ([b"3", b"0"] if how == "after two" else [b"3"])
    assert b"connection: close\r\n" in answers[-1]


@pytest.mark.parametrize(
    "rest", [b"", b"POST / HTTP/1.1\r\n" + HOST, b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 3\r\n\r\na"]
)
async def test_of_what_never_came_whole_the_end_is_no_request(rest: bytes) -> None:
    """The request before it is answered; then the connection ends."""
    asked = await seen(b"GET /first HTTP/1.1\r\n" + HOST + b"\r\n" + rest)
    assert [one["path"] for one in asked] == ["/first"]


async def test_a_path_that_is_no_uri_is_told_as_one() -> None:
    async with serving() as (_, port):
        _, _, body = await answer(port, b"GET /a%s/%c3%a9%20b HTTP/1.1\r\nX: x\x00\r\n\r\n")
    assert json.loads(body)["instance"] == "/a%25s/%C3%A9%20b"


@pytest.mark.parametrize(
    "nonsense", [b"\x00\x01\r\n\r\n", b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"x" * 17_000 + b"\r\n\r\n"]
)
async def test_nonsense_behind_a_request_is_not_told_in_place_of_its_answer(nonsense: bytes) -> None:
    async with serving() as (_, port):
        sent = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"
        status, headers, body = await answer(port, sent + nonsense)
    assert (status, headers["connection"], body) == (200, "close", b"3")


@pytest.mark.parametrize(
    "sent",
    [
        b"GET /" + b"x" * 17_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"x" * 17_000 + b"\r\n\r\n",
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
    monkeypatch.setattr(protocol, "BODY_WITHIN", 0.1)
    async with serving() as (_, port):
        sent = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc"
        status, _, body = await answer(port, sent, keep=True)
    assert (status, int(body)) == (408, len("request_timeout"))


async def test_a_body_that_goes_on_after_its_answer_ends_the_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "HEADERS_WITHIN", 0.1)

    async def curt(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await measuring(scope, receive, send)
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
            await measuring(scope, receive, send)
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
            await measuring(scope, receive, send)
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


def reset(writer: asyncio.StreamWriter) -> None:
    """Break the connection off, where `close` could mean that its answers are still read."""
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def test_whoever_goes_with_requests_in_line_is_gone_for_the_first_of_them() -> None:
    left = asyncio.Event()

    async def waiting(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await measuring(scope, receive, send)
        while (await receive())["type"] != "http.disconnect":
            pass
        left.set()

    async with serving(waiting) as (_, port):
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" * 2)
        await writer.drain()
        reset(writer)
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
