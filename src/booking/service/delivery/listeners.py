"""Listener of a stream: the reader, their position, and the messages that wait for them."""

import asyncio
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from booking.domain.delivery import feed
from booking.domain.delivery.feed import AVAILABILITY_CHANGED, FeedPosition, Heard, Standing
from booking.domain.keys import Key
from booking.domain.people.caller import Caller


class End(StrEnum):
    """Reason why a stream ends. All but the last two are told as its last event."""

    TOKEN_EXPIRED = "token_expired"  # noqa: S105 - no secret
    ACCESS_CHANGED = "access_changed"
    POSITION_RETIRED = "position_retired"
    DRAINED = "drained"
    GONE = "gone"


class Frame(NamedTuple):
    """Message as it is sent, with the token of the position after it."""

    token: str
    type: str
    data: bytes


@dataclass(slots=True, eq=False, kw_only=True)
class Listener:
    """Reader of a stream, with their roles at its beginning, their position, and the messages that wait for them.

    `live`: they are handed what all are; else they read by themselves. `safe`: the position up to which all is told. It
    is behind `places` only while places of slots are `owed`.
    """

    caller: Caller
    standings: Mapping[UUID, Standing]
    types: frozenset[str]
    epoch: int
    places: dict[UUID, int]
    safe: dict[UUID, int]
    live: bool = False
    owed: dict[Key, Heard] = field(default_factory=dict)
    waiting: list[Frame] = field(default_factory=list)
    size: int = 0
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    end: End | None = None
    expiry: asyncio.TimerHandle | None = None
    until: float = 0.0
    reminder: asyncio.TimerHandle | None = None

    @property
    def role(self) -> Hashable:
        """Roles that they have, checked once for all streams of a person."""
        return self.caller.subject, self.caller.claimed, self.caller.scope

    @property
    def position(self) -> FeedPosition:
        return FeedPosition(epoch=self.epoch, places=self.safe)

    def hears(self, one: Heard) -> Heard | None:
        """Return the event as this reader hears it; None if they do not, or did before."""
        event = one.recorded.event
        if one.position <= self.places[event.organization_id]:
            return None
        standing = self.standings[event.organization_id]
        by_name = feed.hears(event, standing) and self._wants(event.type)
        as_places = feed.hears_places(event, standing) and self._wants(AVAILABILITY_CHANGED)
        return one._replace(by_name=by_name, as_places=as_places) if by_name or as_places else None

    def owe(self, slots: Mapping[Key, Heard]) -> None:
        if slots and not self.owed:
            self.safe = self.places.copy()
        self.owed.update(slots)

    def come_to(self, places: Mapping[UUID, int]) -> None:
        """Be at these positions, where the reader is not further on."""
        for one, place in self.places.items():
            if (there := places.get(one, place)) > place:
                self.places[one] = there
        if not self.owed:
            self.safe = self.places

    def put(self, frame: Frame) -> None:
        self.waiting.append(frame)
        self.size += len(frame.token) + len(frame.data)
        self.woken.set()

    def take(self) -> Sequence[Frame]:
        taken, self.waiting, self.size = self.waiting, [], 0
        self.woken.clear()
        return taken

    async def news(self, seconds: float) -> Sequence[Frame]:
        """Return the messages that wait, once there are any; none after so long, or where something else changed.

        One timer goes on from wait to wait: most are over long before, and a timer for each would cost more than they.
        """
        clock = asyncio.get_running_loop()
        self.until = clock.time() + seconds
        if self.reminder is None:
            self.reminder = clock.call_at(self.until, self._remind)
        await self.woken.wait()
        return self.take()

    def _remind(self) -> None:
        clock = asyncio.get_running_loop()
        if clock.time() < self.until:
            self.reminder = clock.call_at(self.until, self._remind)
        else:
            self.reminder = None
            self.woken.set()

    def is_still(self, epoch: int, standings: Mapping[UUID, Standing]) -> bool:
        """Return whether the roles are as at the beginning; else the stream is over."""
        if epoch != self.epoch:
            self.over(End.POSITION_RETIRED)
        elif standings != self.standings:
            self.over(End.ACCESS_CHANGED)
        return self.end is None

    def over(self, end: End) -> None:
        """End the stream; the first reason counts."""
        self.end = self.end or end
        self.woken.set()

    def close(self) -> None:
        self.over(End.GONE)
        for timer in (self.expiry, self.reminder):
            if timer is not None:
                timer.cancel()

    def _wants(self, kind: str) -> bool:
        return not self.types or kind in self.types
