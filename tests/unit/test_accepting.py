"""New connections go to the process that has the fewest; and none waits for a process that takes none."""

import asyncio
import errno
import socket
from collections import Counter
from contextlib import AsyncExitStack
from typing import Any

import pytest

from booking.entrypoints.http.server import accepting
from booking.entrypoints.http.server.accepting import ConnectionCounts
from booking.entrypoints.http.server.server import listen
from tests.support.wire import GET, Application, application, say, serving


def named(name: str) -> Application:
    """Return an application that answers with its name."""

    @application
    async def app(_: Any, __: Any, send: Any) -> None:
        await say(send, name.encode())

    return app


async def asked(stack: AsyncExitStack, listener: socket.socket, count: int) -> Counter[str]:
    """Open so many connections, keep them, and count whose they are."""

    async def one() -> str:
        reader, writer = await asyncio.open_connection(*listener.getsockname())
        stack.callback(writer.close)
        writer.write(GET)
        await reader.readuntil(b"\r\n\r\n")
        return (await reader.readexactly(1)).decode()

    return Counter(await asyncio.wait_for(asyncio.gather(*(one() for _ in range(count))), 20))


async def test_processes_have_as_many_connections_as_each_other() -> None:
    counts = ConnectionCounts(2)
    with listen("127.0.0.1", 0) as listener:
        async with (
            serving(named("a"), listener=listener, counts=counts, number=0),
            serving(named("b"), listener=listener, counts=counts, number=1),
            AsyncExitStack() as stack,
        ):
            found = await asked(stack, listener, 40)
    assert min(found["a"], found["b"]) >= 10  # the first to wake would have them all


async def test_nobody_waits_long_for_a_process_that_takes_no_connection() -> None:
    counts = ConnectionCounts(2)
    counts.put(1, 0)
    with listen("127.0.0.1", 0) as listener:
        async with serving(named("a"), listener=listener, counts=counts), AsyncExitStack() as stack:
            assert await asked(stack, listener, 5) == {"a": 5}


async def test_a_process_that_has_left_takes_nothing_more_and_does_not_count() -> None:
    counts = ConnectionCounts(2)
    with listen("127.0.0.1", 0) as listener:
        async with serving(named("a"), listener=listener, counts=counts), AsyncExitStack() as stack:
            async with serving(named("b"), listener=listener, counts=counts, number=1):
                pass
            assert await asked(stack, listener, 20) == {"a": 20}


def test_processes_that_have_not_begun_or_have_left_do_not_count() -> None:
    counts = ConnectionCounts(3)
    counts.put(0, 100)
    assert not counts.ahead(0)
    counts.put(1, 90)
    assert not counts.ahead(0)
    counts.put(2, 89)
    assert counts.ahead(0)
    counts.put(2, -1)
    assert not counts.ahead(0)


async def test_where_the_system_has_no_room_it_tries_again_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accepting, "NO_ROOM", 0.01)
    full = True

    class Full(socket.socket):
        def accept(self) -> Any:
            nonlocal full
            if full:
                full = False
                raise OSError(errno.EMFILE, "Too many open files")
            return super().accept()

    with listen("127.0.0.1", 0) as plain, Full(fileno=plain.detach()) as listener:
        async with serving(named("a"), listener=listener), AsyncExitStack() as stack:
            assert await asked(stack, listener, 1) == {"a": 1}
    assert not full


async def test_a_client_that_came_and_went_is_let_go_and_the_next_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    loop = asyncio.get_running_loop()
    genuine = loop.connect_accepted_socket
    gone: list[socket.socket] = []

    async def once_gone(protocol: Any, connection: socket.socket) -> Any:
        if not gone:
            gone.append(connection)
            raise ConnectionResetError
        return await genuine(protocol, connection)

    monkeypatch.setattr(loop, "connect_accepted_socket", once_gone, raising=False)
    with listen("127.0.0.1", 0) as listener:
        async with serving(named("a"), listener=listener), AsyncExitStack() as stack:
            _, first = await asyncio.open_connection(*listener.getsockname())
            stack.callback(first.close)
            assert await asked(stack, listener, 1) == {"a": 1}
    assert gone[0].fileno() == -1
