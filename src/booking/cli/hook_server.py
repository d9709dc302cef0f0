"""Server on the loopback for posted messages, with their headers and bodies exactly as they came."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from types import TracebackType
from typing import NamedTuple, Self

import h11

READ = 65_536


class Hook(NamedTuple):
    """A message: headers with their names as they were written, and the body's bytes."""

    headers: Sequence[tuple[bytes, bytes]]
    body: bytes


class Reply(NamedTuple):
    status: int
    body: bytes = b""


class HookServer:
    """Answers each request by `hear`, one on a connection."""

    def __init__(self, hear: Callable[[Hook], Awaitable[Reply]]) -> None:
        self._hear = hear

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._server.close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        http = h11.Connection(h11.SERVER)
        try:
            reply = await self._hear(await _read(http, reader))
            length = [("Content-Length", str(len(reply.body)))] if reply.status != 204 else []
            head = [*length, ("Connection", "close")]
            for event in (
                h11.Response(status_code=reply.status, headers=head),
                *([h11.Data(data=reply.body)] if reply.body else ()),
                h11.EndOfMessage(),
            ):
                writer.write(http.send(event) or b"")
        except (OSError, h11.ProtocolError):  # no sender of ours
            writer.transport.abort()
        finally:
            writer.close()


async def _read(http: h11.Connection, reader: asyncio.StreamReader) -> Hook:
    headers: Sequence[tuple[bytes, bytes]] = ()
    body = bytearray()
    while not isinstance(event := http.next_event(), h11.EndOfMessage):
        if event is h11.NEED_DATA:
            http.receive_data(await reader.read(READ))
        elif isinstance(event, h11.Request):
            headers = event.headers.raw_items()
        elif isinstance(event, h11.Data):
            body += event.data
        else:
            raise h11.RemoteProtocolError("the connection ended")
    return Hook(headers, bytes(body))
