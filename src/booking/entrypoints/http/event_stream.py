"""Event stream: an answer without an end, as the HTML standard's server-sent events have it (section 9.2)."""

import asyncio
import random
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from booking.domain.refusals import Unavailable
from booking.metrics import catalogue
from booking.service.delivery.listeners import End, Frame, Listener
from booking.service.delivery.streams import StreamService

if TYPE_CHECKING:
    from litestar.types import Receive, Send

MEDIA_TYPE: Final = "text/event-stream"
HEARTBEAT = 15.0  # seconds
RETRY = (1_000, 3_000)  # milliseconds until a reader comes again whose connection broke; one more for each stream
RETRY_DRAINED = (1_000, 10_000)  # until the readers of a process that ends do


class EventStream:
    """Body of an answer, written as it comes. It is closed once, whether it was begun or not."""

    def __init__(self, streams: StreamService, listener: Listener) -> None:
        self._streams = streams
        self._listener = listener

    async def send(self, receive: "Receive", send: "Send") -> None:
        """Write until the stream is over, or its reader gone."""

        async def write(part: bytes, *, last: bool = False) -> None:
            await send({"type": "http.response.body", "body": part, "more_body": not last})

        listener = self._listener
        leaving = asyncio.create_task(_leave(receive, listener))
        catalogue.streams.change(1)
        try:
            least, most = RETRY
            retry = _retry((least, most + len(self._streams.listeners)))
            await write(b"%s%s\n" % (retry, _id(await self._streams.token(listener))))
            while listener.end is None:
                if listener.live:
                    frames = await listener.news(HEARTBEAT)
                else:
                    await self._streams.catch_up(listener)
                    frames = listener.take()
                if frames:
                    await write(_lines(frames))
                elif listener.live and listener.end is None:
                    await write(b":\n%s\n" % _id(await self._streams.token(listener)))
            await write(_lines(listener.take()) + _farewell(listener.end), last=True)
        except Unavailable:
            await write(b"", last=True)
        finally:
            catalogue.streams.change(-1)
            leaving.cancel()

    def close(self) -> None:
        self._streams.close(self._listener)


async def _leave(receive: "Receive", listener: Listener) -> None:
    message: Any = {}
    while message.get("type") != "http.disconnect":
        message = await receive()
    listener.over(End.GONE)


def _lines(frames: Iterable[Frame]) -> bytes:
    return b"".join(
        b"%sevent: %s\ndata: %s\n\n" % (_id(frame.token), frame.type.encode(), frame.data) for frame in frames
    )


def _farewell(end: End) -> bytes:
    if end is End.DRAINED:
        return _retry(RETRY_DRAINED) + b"\n"
    return b'event: %s\ndata: {"code":"%s"}\n\n' % (end.encode(), end.encode())


def _retry(between: tuple[int, int]) -> bytes:
    return b"retry: %d\n" % random.randint(*between)  # noqa: S311 - jitter, not a secret


def _id(token: str) -> bytes:
    return b"id: %s\n" % token.encode()
