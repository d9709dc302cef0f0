"""The feed as its readers have it: event by event, each once, from any position on."""

import asyncio
import sys
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import aclosing, closing
from typing import Any, Protocol

import httpx
import msgspec
from httpx_sse import EventSource, ServerSentEvent, SSEError
from msgspec import UNSET, UnsetType

from estate_os_booking._generated.models import CloudEvent, FeedPage
from estate_os_booking.exchange import Call
from estate_os_booking.problem import AccessChanged, BookingError, Problem
from estate_os_booking.result import Result
from estate_os_booking.retry import backoff

END = "end"
WAIT = 20  # seconds that an answer waits for something to tell, as long as the service allows
UNTIRED = {"attempts": sys.maxsize, "patience": 3600.0}
BEGINNING = 5.0  # seconds until a stream says something: longer, and something on the way keeps it back
SILENCE = 40.0  # seconds that end a stream: a heartbeat comes every 15 seconds
BLOCKING_SILENCE = 20.0  # httpx has one time for all reads, and so it is for the beginning, too
RETRY = 2.0  # seconds until a stream is opened again, where it did not say
SOONEST = 5.0  # seconds until a stream is tried again that could not be had
LATEST = 600.0
# No stream, or none any more. An answer is asked for next, and says so if something is wrong there, too.
FAULTS = (BookingError, httpx.TransportError, httpx.StreamError, SSEError, TimeoutError, msgspec.DecodeError)


class Open(Protocol):
    def __call__(self, call: Call, silence: float, *, refresh: bool) -> httpx.Response: ...


class AsyncOpen(Protocol):
    async def __call__(self, call: Call, silence: float, *, refresh: bool) -> httpx.Response: ...


class _Place:
    """Where a reader is in the feed, and how to ask for more."""

    def __init__(self, after: str | None, types: Sequence[str] | UnsetType, timeout: float, *, live: bool) -> None:
        self._position = after
        self._types = types
        self._timeout = timeout + WAIT
        self._live = live
        self._failures = 0
        self._stream_at = 0.0
        self._refresh = False
        self._messages = 0
        self._retry = RETRY

    @property
    def position(self) -> str | None:
        """Where to go on once the event at hand is done with: keep it, and give it as `after`.

        It moves with each event of a stream, and with the last one of an answer. After a break before that the events
        of the answer come again, with the same ids.
        """
        return self._position

    def _asked(self) -> dict[str, Any]:
        after = UNSET if self._position is None else self._position
        # Where the end is has to be known first: a failing network would move it while one waits.
        wait = 0 if after == END else WAIT
        return {"after": after, "types": self._types, "wait": wait, "timeout": self._timeout, **UNTIRED}

    def _through(self, page: FeedPage) -> Iterator[CloudEvent]:
        """Go through a page, and on to its position with its last event."""
        for number, event in enumerate(page.events, start=1):
            if number == len(page.events):
                self._position = page.position
            yield event
        self._position = page.position

    def _streams(self) -> bool:
        """Return whether to ask for a stream: it begins at a position, never at the oldest event."""
        return self._live and self._position not in (None, END) and time.monotonic() >= self._stream_at

    def _begun(self) -> tuple[Call, bool]:
        """Return how to ask for a stream, and whether it needs a new token."""
        headers = {"Last-Event-ID": str(self._position)}
        call = Call("GET", "/api/v1/stream", {}, {"types": self._types}, None, "text/event-stream", headers)
        refresh, self._refresh = self._refresh, False
        self._messages, self._retry = 0, RETRY
        return call, refresh

    def _heard(self, message: ServerSentEvent) -> CloudEvent | None:
        """Take a message of a stream; return its event, where it has one."""
        if message.retry is not None:
            self._retry = message.retry / 1000
        if message.event == "access_changed":
            raise AccessChanged("what you may hear has changed: read anew what you show")
        if message.event == "token_expired":
            self._refresh = True
            if self._messages > 1:  # one that ended at once would end at once again
                self._retry = 0.0
        event = msgspec.json.decode(message.data, type=CloudEvent) if "." in message.event else None
        self._messages = 0 if message.event == "position_retired" else self._messages + 1
        self._position = message.id or self._position
        return event

    def _ended(self, fault: Exception | None) -> float:
        """Return the seconds to wait after a stream.

        One that told no more than its beginning is none: something on the way may keep the rest back. The next is tried
        later, and answers are asked for until then.
        """
        if isinstance(fault, AccessChanged):
            raise fault
        if self._messages > 1:
            self._failures = 0
        else:
            self._failures += 1
            asked = fault.retry_after if isinstance(fault, Problem) else None
            self._stream_at = time.monotonic() + max(asked or 0.0, backoff(self._failures, SOONEST, LATEST))
        return self._retry if self._messages else 0.0


class Feed(_Place):
    """What happens, until the loop is left or the service refuses."""

    def __init__(
        self,
        read: Callable[..., Result[FeedPage]],
        open: Open,
        after: str | None,
        types: Sequence[str] | UnsetType,
        timeout: float,
        *,
        live: bool,
    ) -> None:
        super().__init__(after, types, timeout, live=live)
        self._read = read
        self._open = open

    def __iter__(self) -> Iterator[CloudEvent]:
        while True:
            if self._streams():
                yield from self._streamed()
            else:
                yield from self._through(self._read(**self._asked()).data)

    def _streamed(self) -> Iterator[CloudEvent]:
        call, refresh = self._begun()
        fault: Exception | None = None
        try:
            with closing(self._open(call, BLOCKING_SILENCE, refresh=refresh)) as response:
                for message in EventSource(response).iter_sse():
                    event = self._heard(message)
                    if event is not None:
                        yield event
        except FAULTS as failed:
            fault = failed
        time.sleep(self._ended(fault))


class AsyncFeed(_Place):
    """As Feed, for asyncio."""

    def __init__(
        self,
        read: Callable[..., Awaitable[Result[FeedPage]]],
        open: AsyncOpen,
        after: str | None,
        types: Sequence[str] | UnsetType,
        timeout: float,
        *,
        live: bool,
    ) -> None:
        super().__init__(after, types, timeout, live=live)
        self._read = read
        self._open = open

    async def __aiter__(self) -> AsyncIterator[CloudEvent]:
        while True:
            if self._streams():
                async with aclosing(self._streamed()) as events:
                    async for event in events:
                        yield event
            else:
                for event in self._through((await self._read(**self._asked())).data):
                    yield event

    async def _streamed(self) -> AsyncGenerator[CloudEvent, None]:
        call, refresh = self._begun()
        fault: Exception | None = None
        try:
            response = await self._open(call, SILENCE, refresh=refresh)
            async with aclosing(response), aclosing(EventSource(response).aiter_sse()) as messages:
                while True:
                    async with asyncio.timeout(None if self._messages else BEGINNING):
                        message = await anext(messages, None)
                    if message is None:
                        break
                    event = self._heard(message)
                    if event is not None:
                        yield event
        except FAULTS as failed:
            fault = failed
        await asyncio.sleep(self._ended(fault))
