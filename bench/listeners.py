"""Readers of streams, in processes of their own: cheap enough to leave the cores to the service."""

import asyncio
import multiprocessing
import resource
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from multiprocessing.connection import Connection
from typing import NamedTuple

from booking import loop

PROCESSES = 2
OPENING = 16  # streams that a process begins at once
PATIENCE = 120.0  # seconds


class Heard(NamedTuple):
    """Seconds from when something happened to when a reader had it: by name, and as places of a slot."""

    events: list[float]
    places: list[float]


class _Reader(asyncio.Protocol):
    def __init__(self, request: bytes, heard: Heard) -> None:
        self.request, self.heard, self.rest = request, heard, b""
        self.begun: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport.write(self.request)  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        now = datetime.now(UTC)
        *blocks, self.rest = (self.rest + data).split(b"\n\n")
        for block in blocks:
            if (at := block.find(b'"time":"')) >= 0:
                told = datetime.fromisoformat(block[at + 8 : block.index(b'"', at + 8)].decode())
                heard = self.heard.places if b"event: slot.availability_changed" in block else self.heard.events
                heard.append((now - told).total_seconds())
        if not self.begun.done() and blocks:
            status = data.split(b"\r\n", 1)[0]
            if b" 200 " in status:
                self.begun.set_result(None)
            else:
                self.begun.set_exception(AssertionError(status))

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.begun.done():
            self.begun.set_exception(exc or ConnectionResetError("before the stream began"))


async def _listen(address: tuple[str, int], requests: Sequence[bytes], orders: Connection) -> None:
    """Do what the bench says, and answer each word with what was heard since the last."""
    heard, transports = Heard([], []), list[asyncio.Transport]()
    this = asyncio.get_running_loop()
    gate = asyncio.Semaphore(OPENING)

    async def begin(request: bytes) -> None:
        async with gate:
            transport, reader = await this.create_connection(partial(_Reader, request, heard), *address)
            await reader.begun
            transports.append(transport)

    while (order := await this.run_in_executor(None, orders.recv)) != "end":
        if order == "open":
            await asyncio.gather(*map(begin, requests))
        elif order == "close":
            for transport in transports:
                transport.abort()
            transports.clear()
        orders.send(heard)
        heard.events.clear()
        heard.places.clear()


def _work(address: tuple[str, int], requests: Sequence[bytes], orders: Connection) -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    loop.run(_listen(address, requests, orders))


class Listeners:
    """All readers; each word is said to all processes at once."""

    def __init__(self, orders: Sequence[Connection]) -> None:
        self._orders = orders

    def open(self) -> None:
        self._say("open")

    def heard(self) -> Heard:
        return self._say("tell")

    def close(self) -> None:
        self._say("close")

    def _say(self, word: str) -> Heard:
        for one in self._orders:
            one.send(word)
        heard = Heard([], [])
        for one in self._orders:
            assert one.poll(PATIENCE), f"a process of listeners does not {word}"
            events, places = one.recv()
            heard.events.extend(events)
            heard.places.extend(places)
        return heard


@contextmanager
def listeners(address: tuple[str, int], requests: Sequence[bytes]) -> Iterator[Listeners]:
    context = multiprocessing.get_context("spawn")
    pipes, processes = [], []
    for number in range(PROCESSES):
        here, there = context.Pipe()
        process = context.Process(target=_work, args=(address, requests[number::PROCESSES], there), daemon=True)
        process.start()
        pipes.append(here)
        processes.append(process)
    try:
        yield Listeners(pipes)
        for here in pipes:
            here.send("end")
    finally:
        for process in processes:
            process.join(10)
            process.kill()
