"""The feed as its readers have it: event by event, each once, from any position on."""

import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from typing import Any

from msgspec import UNSET, UnsetType

from estate_os_booking._generated.models import CloudEvent, FeedPage
from estate_os_booking.result import Result

END = "end"
WAIT = 20  # seconds that an answer waits for something to tell, as long as the service allows
UNTIRED = {"attempts": sys.maxsize, "patience": 3600.0}


class _Place:
    """Where a reader is in the feed, and how to ask for more."""

    def __init__(self, after: str | None, types: Sequence[str] | UnsetType, timeout: float) -> None:
        self._position = after
        self._types = types
        self._timeout = timeout + WAIT

    @property
    def position(self) -> str | None:
        """Where to go on once the event at hand is done with: keep it, and give it as `after`.

        It moves with the last event of an answer. After a break before that the events of the answer come again, with
        the same ids.
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


class Feed(_Place):
    """What happens, until the loop is left or the service refuses."""

    def __init__(
        self,
        read: Callable[..., Result[FeedPage]],
        after: str | None,
        types: Sequence[str] | UnsetType,
        timeout: float,
    ) -> None:
        super().__init__(after, types, timeout)
        self._read = read

    def __iter__(self) -> Iterator[CloudEvent]:
        while True:
            yield from self._through(self._read(**self._asked()).data)


class AsyncFeed(_Place):
    """As Feed, for asyncio."""

    def __init__(
        self,
        read: Callable[..., Awaitable[Result[FeedPage]]],
        after: str | None,
        types: Sequence[str] | UnsetType,
        timeout: float,
    ) -> None:
        super().__init__(after, types, timeout)
        self._read = read

    async def __aiter__(self) -> AsyncIterator[CloudEvent]:
        while True:
            for event in self._through((await self._read(**self._asked())).data):
                yield event
