"""New connections go to whoever of the colleagues has the fewest; and none waits for a colleague that takes none."""

import asyncio
import errno
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from booking.entrypoints.http.server import accepting as module
from booking.entrypoints.http.server.accepting import Acceptor, Shares
from booking.entrypoints.http.server.server import listen


class Colleague(asyncio.Protocol):
    """One that has so many connections, and takes more."""

    def __init__(self, listener: socket.socket, shares: Shares, number: int) -> None:
        self.has = 0
        self.listener = listener.dup()
        self.acceptor = Acceptor(self.listener, lambda: self, lambda: self.has, shares, number)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.has += 1

    async def leave(self) -> None:
        self.acceptor.close()
        await self.acceptor.wait_closed()
        self.listener.close()


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not true():  # noqa: ASYNC110 - only the connections can tell
            await asyncio.sleep(0.001)


@asynccontextmanager
async def connections(listener: socket.socket, count: int) -> AsyncIterator[None]:
    address = listener.getsockname()
    made = [await asyncio.open_connection(*address) for _ in range(count)]
    try:
        yield
    finally:
        for _, writer in made:
            writer.close()


async def test_colleagues_have_as_many_connections_as_each_other() -> None:
    shares = Shares(2)
    with listen("127.0.0.1", 0) as listener:
        both = [Colleague(listener, shares, number) for number in range(2)]
        async with connections(listener, 40):
            await until(lambda: sum(one.has for one in both) == 40)
            assert min(one.has for one in both) >= 17
        for one in both:
            await one.leave()


async def test_nobody_waits_long_for_a_colleague_that_takes_no_connection() -> None:
    shares = Shares(2)
    shares.put(1, 0)
    with listen("127.0.0.1", 0) as listener:
        one = Colleague(listener, shares, 0)
        async with connections(listener, 5):
            await until(lambda: one.has == 5)
        await one.leave()


async def test_whoever_has_left_or_not_begun_does_not_count() -> None:
    shares = Shares(3)
    shares.put(0, 100)
    assert not shares.ahead(0)
    shares.put(1, 90)
    assert not shares.ahead(0)
    shares.put(2, 89)
    assert shares.ahead(0)
    shares.put(2, -1)
    assert not shares.ahead(0)


async def test_whoever_has_left_takes_nothing_more() -> None:
    shares = Shares(1)
    with listen("127.0.0.1", 0) as listener:
        one = Colleague(listener, shares, 0)
        await one.leave()
        async with connections(listener, 1):
            assert one.has == 0


async def test_where_the_system_has_no_room_it_looks_again_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "NO_ROOM", 0.01)
    full = True

    class Full(socket.socket):
        def accept(self) -> Any:
            nonlocal full
            if full:
                full = False
                raise OSError(errno.EMFILE, "Too many open files")
            return super().accept()

    with listen("127.0.0.1", 0) as listener:
        it = Full(fileno=listener.detach())
        one: list[int] = []

        class Counting(asyncio.Protocol):
            def connection_made(self, transport: asyncio.BaseTransport) -> None:
                one.append(1)

        acceptor = Acceptor(it, Counting, lambda: len(one), Shares(1), 0)
        async with connections(it, 1):
            await until(lambda: len(one) == 1)
        acceptor.close()
        assert not full
        it.close()


async def test_whoever_came_and_went_is_let_go_and_the_next_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
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
        one = Colleague(listener, Shares(1), 0)
        async with connections(listener, 2):
            await until(lambda: one.has == 1)
            assert gone[0].fileno() == -1
        await one.leave()
