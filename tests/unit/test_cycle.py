"""A whole answer leaves in one write; what is none goes as it comes, and no header breaks out of its line."""

import asyncio
from typing import Any

import pytest
from uvicorn.protocols.http.flow_control import FlowControl

from booking.entrypoints.http.server.cycle import Cycle


class Transport:
    def __init__(self) -> None:
        self.written: list[bytes] = []
        self.closed = False

    def write(self, data: bytes) -> None:
        self.written.append(data)

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def transport() -> Transport:
    return Transport()


def a_cycle(transport: Any, *, method: str = "GET", keep_alive: bool = True) -> Cycle:
    scope: Any = {"type": "http", "method": method}
    log: Any = None
    return Cycle(
        scope=scope,
        transport=transport,
        flow=FlowControl(transport),
        logger=log,
        access_logger=log,
        access_log=False,
        default_headers=[(b"date", b"today")],
        message_event=asyncio.Event(),
        expect_100_continue=False,
        keep_alive=keep_alive,
        on_response=lambda: None,
    )


async def say(cycle: Cycle, *bodies: bytes, headers: Any = (), status: int = 200) -> None:
    await cycle.send({"type": "http.response.start", "status": status, "headers": list(headers)})
    for number, body in enumerate(bodies, 1):
        await cycle.send({"type": "http.response.body", "body": body, "more_body": number < len(bodies)})


async def test_a_whole_answer_leaves_in_one_write(transport: Transport) -> None:
    cycle = a_cycle(transport)
    await say(cycle, b"body", headers=[(b"content-length", b"4"), (b"x", b"a\tb")])
    assert transport.written == [b"HTTP/1.1 200 OK\r\ndate: today\r\ncontent-length: 4\r\nx: a\tb\r\n\r\nbody"]
    assert cycle.response_complete
    assert not transport.closed


@pytest.mark.parametrize(("headers", "keep_alive"), [([(b"connection", b"close")], True), ([], False)])
async def test_the_last_answer_says_so_once_and_ends_the_connection(
    transport: Transport, headers: Any, keep_alive: bool
) -> None:
    await say(a_cycle(transport, keep_alive=keep_alive), b"b", headers=[(b"content-length", b"1"), *headers])
    (written,) = transport.written
    assert written.count(b"connection: close\r\n") == 1
    assert transport.closed


async def test_an_answer_in_parts_or_without_a_length_goes_as_it_comes(transport: Transport) -> None:
    await say(a_cycle(transport), b"a", b"b")
    assert b"".join(transport.written).endswith(b"transfer-encoding: chunked\r\n\r\n1\r\na\r\n1\r\nb\r\n0\r\n\r\n")


async def test_an_answer_to_head_has_a_length_and_no_body(transport: Transport) -> None:
    await say(a_cycle(transport, method="HEAD"), b"body", headers=[(b"content-length", b"4")])
    assert b"".join(transport.written).endswith(b"content-length: 4\r\n\r\n")


@pytest.mark.parametrize("value", [b"a\r\nset-cookie: b", b"a\nb", b"a\rb", b"a\0", b"\x7f"])
async def test_no_header_breaks_out_of_its_line(transport: Transport, value: bytes) -> None:
    cycle = a_cycle(transport)
    with pytest.raises(RuntimeError):
        await say(cycle, b"b", headers=[(b"content-length", b"1"), (b"x-request-id", value)])
    assert transport.written == []


async def test_whoever_has_gone_is_not_written_to(transport: Transport) -> None:
    cycle = a_cycle(transport)
    cycle.disconnected = True
    await say(cycle, b"b", headers=[(b"content-length", b"1")])
    assert transport.written == []
