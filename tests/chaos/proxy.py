"""A small TCP proxy that delays, cuts, half-opens and resets what goes through it, on a thread of its own."""

import asyncio
import random
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

RESET = struct.pack("ii", 1, 0)  # linger for no time: closing sends RST


@dataclass
class Proxy:
    """`target` may be a host and port, or a socket's path. Each fault hits connections that are open at that moment."""

    target: tuple[str, int] | str
    port: int = 0
    _delay: float = 0.0
    _silent: set[asyncio.StreamWriter] = field(default_factory=set)
    _open: set[asyncio.StreamWriter] = field(default_factory=set)
    _loop: asyncio.AbstractEventLoop | None = None

    def delay(self, seconds: float) -> None:
        """Every piece from now on, 0 for none."""
        self._delay = seconds

    def cut(self) -> None:
        """Closes one connection in good order."""
        self._with_one(lambda writer: writer.close())

    def reset(self) -> None:
        self._with_one(_reset)

    def half_open(self) -> None:
        """One connection stays open, and nothing goes through it any more."""
        self._with_one(self._silent.add)

    def _with_one(self, fault: object) -> None:
        assert self._loop is not None

        def strike() -> None:
            if self._open:
                fault(random.choice(list(self._open)))  # type: ignore[operator]

        self._loop.call_soon_threadsafe(strike)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if isinstance(self.target, str):
                up_reader, up_writer = await asyncio.open_unix_connection(self.target)
            else:
                up_reader, up_writer = await asyncio.open_connection(*self.target)
        except OSError:
            writer.close()
            return
        pair = (
            asyncio.ensure_future(self._pump(reader, up_writer)),
            asyncio.ensure_future(self._pump(up_reader, writer)),
        )
        self._open |= {writer, up_writer}
        try:
            await asyncio.wait(pair, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in pair:
                task.cancel()
            self._open -= {writer, up_writer}
            self._silent -= {writer, up_writer}
            for one in (writer, up_writer):
                with suppress(OSError, RuntimeError):
                    one.transport.abort()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while piece := await reader.read(65_536):
                if self._delay:
                    await asyncio.sleep(self._delay * random.random())
                if writer not in self._silent:
                    writer.write(piece)
                    await writer.drain()


def _reset(writer: asyncio.StreamWriter) -> None:
    connection = writer.get_extra_info("socket")
    if connection is not None:
        with suppress(OSError):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        writer.transport.abort()


@contextmanager
def proxied(target: tuple[str, int] | str) -> Iterator[Proxy]:
    proxy, up, stop = Proxy(target), threading.Event(), asyncio.Event()

    async def run() -> None:
        server = await asyncio.start_server(proxy._serve, "127.0.0.1", 0)
        proxy.port, proxy._loop = server.sockets[0].getsockname()[1], asyncio.get_running_loop()
        up.set()
        await stop.wait()
        server.close()

    thread = threading.Thread(target=lambda: asyncio.run(run()), daemon=True)
    thread.start()
    up.wait()
    assert proxy._loop is not None
    try:
        yield proxy
    finally:
        proxy._loop.call_soon_threadsafe(stop.set)
        thread.join(10)
