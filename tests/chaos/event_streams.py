"""Readers of streams, as a browser's EventSource reads them: they come again by themselves, with the last id."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field

RETRY = 3.0  # seconds, until a stream says another


class Audience:
    """Readers together: how many have a stream, and how much they all have heard."""

    def __init__(self) -> None:
        self.open = self.heard = 0
        self._changed = asyncio.Event()

    def count(self, *, open: int = 0, heard: int = 0) -> None:
        self.open += open
        self.heard += heard
        self._changed.set()

    async def until(self, holds: "Callable[[Audience], bool]", seconds: float) -> float:
        """Return after how many seconds it held, or so long if it never did."""
        clock = asyncio.get_running_loop().time
        began = clock()
        try:
            async with asyncio.timeout(seconds):
                while not holds(self):
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            return seconds
        return clock() - began


@dataclass(eq=False)
class Reader(asyncio.Protocol):
    """`heard`: ids of events, or what ended a stream. `began`: how often a stream did, `resumed` after a position."""

    address: tuple[str, int]
    token: str
    audience: Audience
    heard: list[str] = field(default_factory=list)
    began: int = 0
    resumed: int = 0
    open: bool = False
    over: bool = False
    position: str = ""
    retry: float = RETRY
    _rest: bytes = b""
    _named: str = ""
    _event: str = ""
    _transport: asyncio.Transport | None = None

    async def connect(self) -> None:
        self._rest, self._named, self._event = b"", "", ""
        try:
            await asyncio.get_running_loop().create_connection(lambda: self, *self.address)
        except OSError:
            self._again()

    def close(self) -> None:
        self.over = True
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        after = f"Last-Event-ID: {self.position}\r\n" if self.position else ""
        head = f"GET /api/v1/stream HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {self.token}\r\n{after}\r\n"
        transport.write(head.encode())

    def data_received(self, data: bytes) -> None:
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            self._read(line.decode())

    def connection_lost(self, exc: Exception | None) -> None:
        if self.open:
            self.open = False
            self.audience.count(open=-1)
        self._again()

    def _again(self) -> None:
        if not self.over:
            asyncio.get_running_loop().call_later(self.retry, lambda: asyncio.ensure_future(self.connect()))

    def _read(self, line: str) -> None:
        """Read a line; what stands before an empty one counts together. Sizes of chunks are none of the fields."""
        name, _, value = line.partition(": ")
        if line.startswith("HTTP/"):
            if " 200 " not in line:
                assert self._transport is not None
                self._transport.abort()  # it has no room: it comes again, perhaps to the other
                return
            self.open, self.began, self.resumed = True, self.began + 1, self.resumed + bool(self.position)
            self.audience.count(open=1)
        elif name == "id":
            self._named = value
        elif name == "retry":
            self.retry = int(value) / 1000
        elif name == "data":
            self._event = str(json.loads(value).get("id", value))
        elif not line:
            self.position = self._named or self.position
            if self._event:
                self.heard.append(self._event)
                self.audience.count(heard=1)
            self._event = ""
