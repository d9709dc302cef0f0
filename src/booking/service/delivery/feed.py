"""Feed: the events that concern a caller, from any position on."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import NamedTuple, Protocol
from uuid import UUID

from booking.domain.delivery import feed
from booking.domain.delivery.feed import FeedPosition, Heard, Message, Standing, Stretch, View
from booking.domain.people.caller import Caller
from booking.service.ports import Slots

END = "end"
"""In place of a token: the position of the newest event."""
READ = 2_000
"""Events that are gone through in one look, of all organizations in view together."""
LOOKS = 10
"""Looks for one answer: who may hear little of much gets an empty page, and asks again from its end."""


class Feeds(Protocol):
    async def secret(self) -> bytes:
        """Return the secret under which positions are told: the database's own."""

    async def views(self, caller: Caller) -> tuple[int, Sequence[View]]:
        """Return the epoch, and the organizations that the caller's rows still give a view of, in a fixed order."""

    async def standings(self, callers: Sequence[Caller]) -> tuple[int, Sequence[Mapping[UUID, Standing]]]:
        """Return the epoch, and for each caller the organizations that are in view still; in one statement for all."""

    async def page(self, read: Sequence[Stretch], *, types: Collection[str], limit: int) -> Sequence[Heard]:
        """Return events of these stretches that are heard, in the order of all organizations.

        By name only those of these `types`, if any are named, and for their places only if that type is.
        """


class Listener(Protocol):
    async def news(self, seconds: float) -> bool:
        """Wait until something happened in the organizations, or else so long; return False then, or at the end."""


class Heads(Protocol):
    """Ends of the organizations' events, watched by one look a process, however many listen."""

    def listening(self, organizations: Collection[UUID]) -> AbstractContextManager[Listener]:
        """Listen until the end of the block. Nothing is missed that comes after its beginning."""

    async def look(self, others: Collection[UUID]) -> Collection[UUID]:
        """Look once, for all listeners and for `others`, and wake up the listeners concerned; return where it moved.

        What was not looked at before moved."""


class FeedTokens(Protocol):
    """Positions as callers have them: opaque."""

    async def of(self, position: FeedPosition) -> str: ...

    async def read(self, token: str) -> FeedPosition:
        """Return the position, or raise InvalidCursor."""


class FeedPage(NamedTuple):
    """Messages, and the token of the position after them."""

    messages: Sequence[Message]
    position: str


@dataclass(frozen=True, slots=True)
class FeedService:
    feeds: Feeds
    slots: Slots
    heads: Heads
    tokens: FeedTokens

    async def read(
        self, caller: Caller, after: str | None, *, types: Collection[str], limit: int, wait: float = 0.0
    ) -> FeedPage:
        """Return the messages for the caller after a position, or from the oldest event that is kept, or from `END`.

        `wait`: seconds at the most until there is something, without a connection to the database. InvalidCursor,
        PositionRetired.
        """
        clock = asyncio.get_running_loop().time
        until = clock() + wait
        with self.heads.listening(caller.organizations) as listener:
            position = await self._position(caller, after)
            messages, position = await self._read(caller, position, types, limit)
            while not messages and (left := until - clock()) > 0 and await listener.news(left):
                messages, position = await self._read(caller, position, types, limit)
        return FeedPage(messages, await self.tokens.of(position))

    async def _position(self, caller: Caller, after: str | None) -> FeedPosition | None:
        if after == END:
            epoch, views = await self.feeds.views(caller)
            return feed.at_the_end(views, epoch)
        return await self.tokens.read(after) if after else None

    async def _read(
        self, caller: Caller, after: FeedPosition | None, types: Collection[str], limit: int
    ) -> tuple[Sequence[Message], FeedPosition]:
        for _ in range(LOOKS):
            epoch, views = await self.feeds.views(caller)
            read = feed.stretches(views, after, epoch, max(1, READ // max(1, len(views))))
            heard = await self.feeds.page(read, types=types, limit=limit)
            position = after = feed.passed(read, heard, limit, epoch)
            if heard or all(one.upto == one.view.last for one in read):
                break
        slots = await self.slots.by_keys(feed.slots_of(heard))
        return feed.messages(heard, views, slots, types), position
