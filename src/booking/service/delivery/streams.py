"""Live streams of the feed: new events are read once a process, for all listeners together."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from booking.domain.delivery import feed
from booking.domain.delivery.feed import (
    AVAILABILITY_CHANGED,
    FeedPosition,
    Heard,
    Message,
    Standing,
    Stretch,
    Told,
    View,
    places_left,
)
from booking.domain.delivery.refusals import TooManyStreams
from booking.domain.events import Recorded
from booking.domain.keys import Key
from booking.domain.people.caller import Caller
from booking.domain.people.refusals import NotRegistered
from booking.domain.rate_limit import Allowance
from booking.domain.refusals import PositionRetired, Unavailable
from booking.domain.visits.availability import Availability
from booking.service.delivery.feed import END, Feeds, FeedTokens, Heads
from booking.service.delivery.listeners import End, Frame, Listener
from booking.service.ports import Slots

MOST = 6_000
"""Streams of one process."""
MOST_OF_ONE = 5
"""Streams of one person, in one process."""
MOST_WAITING = 64 * 1024
"""Bytes that wait for one listener. One for whom more waits is no longer live: they read as fast as they are read."""
READ = 1_000
"""Events that are read in one look, of all organizations together."""
CHECKED = 500
"""Readers whose roles are checked at once: for more, all requests would wait."""
READING = 16
"""Readers of one process who read by themselves at once. Why: thousands who come again together would keep all
requests waiting."""
TURN = 32
"""Listeners that are told at once: then requests have their turn."""
PAGE = 100
"""Events that are read at once for a listener who is not live."""
APART = 1.0
"""Seconds between two messages about the places of one slot."""
FAR = 2**62
"""Position that no organization comes to."""


@dataclass(slots=True, eq=False)
class StreamService:
    """Hub of a process.

    `_after`: the last event of each organization that its live listeners were handed. Positions have no gaps: nothing
    is lost between two looks. `_moved`: the organizations where there may be more.
    """

    feeds: Feeds
    slots: Slots
    heads: Heads
    tokens: FeedTokens
    encode: Callable[[Message], bytes]
    monotonic: Callable[[], float] = time.monotonic
    listeners: set[Listener] = field(default_factory=set)
    drained: bool = False
    _of_one: Counter[str] = field(default_factory=Counter)
    _by_role: dict[Hashable, set[Listener]] = field(default_factory=dict)
    _live: dict[UUID, set[Listener]] = field(default_factory=dict)
    _after: dict[UUID, int] = field(default_factory=dict)
    _moved: set[UUID] = field(default_factory=set)
    _owing: set[Listener] = field(default_factory=set)
    _told_at: dict[Key, float] = field(default_factory=dict)
    _reading: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(READING))

    async def open(self, caller: Caller, after: str | None, types: Collection[str]) -> Listener:
        """Begin a stream after a position, or at the end; it lasts until `close`. With nothing to read, it is live.

        InvalidCursor, PositionRetired, NotRegistered; TooManyStreams, and Unavailable where the process has no room.
        """
        async with self._reading:
            epoch, views = await self.feeds.views(caller)
        at_the_end = after is None or after == END
        asked = feed.at_the_end(views, epoch) if at_the_end else await self.tokens.read(after or "")
        places = {one.view.organization_id: one.after for one in feed.stretches(views, asked, epoch, 0)}
        if not views:
            raise NotRegistered
        if self.drained or len(self.listeners) >= MOST:
            raise Unavailable("there is no room for another stream here: try again shortly")
        if self._of_one[caller.subject] >= MOST_OF_ONE:
            raise TooManyStreams(Allowance("streams", MOST_OF_ONE, 0, 1))
        listener = Listener(
            caller=caller, standings=_standings(views), types=frozenset(types), epoch=epoch, places=places, safe=places
        )
        self.listeners.add(listener)
        self._by_role.setdefault(listener.role, set()).add(listener)
        self._of_one[caller.subject] += 1
        if caller.expires_at is not None:
            left = (caller.expires_at - datetime.now(UTC)).total_seconds()
            listener.expiry = asyncio.get_running_loop().call_later(max(0, left), listener.over, End.TOKEN_EXPIRED)
        if all(places[view.organization_id] == view.last for view in views):
            self._join(listener)
        return listener

    def close(self, listener: Listener) -> None:
        listener.close()
        self.listeners.discard(listener)
        self._by_role[listener.role].discard(listener)
        if not self._by_role[listener.role]:
            del self._by_role[listener.role]
        self._of_one[listener.caller.subject] -= 1
        if not self._of_one[listener.caller.subject]:
            del self._of_one[listener.caller.subject]
        self._leave(listener)

    async def token(self, listener: Listener) -> str:
        return await self.tokens.of(listener.position)

    async def catch_up(self, listener: Listener) -> None:
        """Read a page for one listener; they are live if there is no other."""
        async with self._reading:
            await self._catch_up(listener)

    async def _catch_up(self, listener: Listener) -> None:
        epoch, views = await self.feeds.views(listener.caller)
        if not listener.is_still(epoch, _standings(views)):
            return
        try:
            position = FeedPosition(epoch=epoch, places=listener.places)
            read = feed.stretches(views, position, epoch, max(1, READ // len(views)))
        except PositionRetired:
            listener.over(End.POSITION_RETIRED)
            return
        heard = await self.feeds.page(read, types=listener.types, limit=PAGE)
        listener.owe(feed.slots_of(heard))
        slots = await self.slots.by_keys(listener.owed)
        await self._tell(
            listener, heard, list(listener.owed), slots, feed.passed(read, heard, PAGE, epoch).places, self._rendering()
        )
        if len(heard) < PAGE and all(one.upto == one.view.last for one in read):
            self._join(listener)

    async def step(self) -> int:
        """Look once, and hand new events to the live listeners that they concern; return how many there were."""
        self._moved.update(await self.heads.look(self._live.keys()))
        self._moved.intersection_update(self._live)
        heard = await self._read()
        ends = {one.recorded.event.organization_id: one.position for one in heard}
        self._after.update(ends)
        try:
            await self._hand_out(heard, ends)
        except BaseException:
            for one in ends.keys() & self._live.keys():
                self._after[one] = min(listener.places[one] for listener in self._live[one])
            self._moved.update(ends)
            raise
        return len(heard)

    async def check(self) -> int:
        """End the streams of readers whose roles changed; return how many."""
        roles, over = [list(theirs) for theirs in self._by_role.values()], 0
        for first in range(0, len(roles), CHECKED):
            some = roles[first : first + CHECKED]
            epoch, found = await self.feeds.standings([theirs[0].caller for theirs in some])
            over += sum(not one.is_still(epoch, now) for theirs, now in zip(some, found, strict=True) for one in theirs)
        return over

    async def drain(self) -> None:
        """End all streams, and begin no other."""
        self.drained = True
        for listener in self.listeners:
            listener.over(End.DRAINED)

    def _join(self, listener: Listener) -> None:
        """Make a listener live, unless others were handed more than they have read."""
        if listener not in self.listeners or any(
            self._after.get(one, 0) > place for one, place in listener.places.items()
        ):
            return
        listener.live = True
        for one, place in listener.places.items():
            self._live.setdefault(one, set()).add(listener)
            self._after.setdefault(one, place)
            self._moved.add(one)

    def _leave(self, listener: Listener) -> None:
        listener.live = False
        self._owing.discard(listener)
        for one in listener.places.keys() & self._live.keys():
            self._live[one].discard(listener)
            if not self._live[one]:
                del self._live[one], self._after[one]

    async def _read(self) -> Sequence[Heard]:
        """Read what is new in the organizations that moved, as far as it fits into one look."""
        asked = {one: self._after[one] for one in self._moved}
        if not asked:
            return ()
        read = [Stretch(_everything(one), after, FAR) for one, after in asked.items()]
        heard = await self.feeds.page(read, types=(), limit=READ)
        if len(heard) < READ:
            self._moved.difference_update(asked)
        return [one for one in heard if one.recorded.event.organization_id in self._live]

    async def _hand_out(self, heard: Sequence[Heard], ends: Mapping[UUID, int]) -> None:
        news: dict[Listener, list[Heard]] = {}
        for one in heard:
            for listener in self._live[one.recorded.event.organization_id]:
                if mine := listener.hears(one):
                    news.setdefault(listener, []).append(mine)
        for listener, theirs in news.items():
            if changed := feed.slots_of(theirs):
                listener.owe(changed)
                self._owing.add(listener)
        concerned = {listener for one in ends for listener in self._live[one]}
        now = self.monotonic()
        self._told_at = {key: at for key, at in self._told_at.items() if now - at < APART}
        due = {
            listener: [key for key in listener.owed if key not in self._told_at or _named(news.get(listener, ()))]
            for listener in self._owing
        }
        keys = {key for some in due.values() for key in some}
        slots = await self.slots.by_keys(keys)
        self._told_at = dict.fromkeys(keys, now) | self._told_at
        rendering = self._rendering()
        for number, listener in enumerate(news.keys() | due.keys(), 1):
            if number % TURN == 0:
                await asyncio.sleep(0)
            if listener.size > MOST_WAITING:
                self._leave(listener)
                concerned.discard(listener)
                continue
            await self._tell(listener, news.get(listener, ()), due.get(listener, ()), slots, ends, rendering)
            if not listener.owed:
                self._owing.discard(listener)
        for listener in concerned:
            listener.come_to(ends)

    async def _tell(
        self,
        listener: Listener,
        heard: Sequence[Heard],
        due: Collection[Key],
        slots: Mapping[Key, Availability],
        ends: Mapping[UUID, int],
        rendering: "Rendering",
    ) -> None:
        """Put the places of these slots before a listener, then the events that they hear by name; they come to `ends`.

        Why in this order: what is told of places is how they are now, and may be told again; an event may not. So the
        position after an event is one before which nothing is owed."""
        safe = await rendering.token(listener.position) if due else ""
        for key in due:
            after = listener.owed.pop(key)
            if key in slots:
                data = rendering.places(after.recorded, slots[key])
                listener.put(Frame(safe, AVAILABILITY_CHANGED, data))
        for one in filter(_by_name, heard):
            organization_id = one.recorded.event.organization_id
            listener.places[organization_id] = one.position
            data = rendering.event(one.recorded, for_admin=listener.standings[organization_id].admin)
            position = FeedPosition(epoch=listener.epoch, places=listener.places)
            listener.put(Frame(await rendering.token(position), one.recorded.event.type, data))
        listener.come_to(ends)
        if listener.waiting and not listener.owed:
            listener.waiting[-1] = listener.waiting[-1]._replace(token=await rendering.token(listener.position))

    def _rendering(self) -> "Rendering":
        return Rendering(self.encode, self.tokens)


@dataclass(slots=True)
class Rendering:
    """Messages and tokens of one hand-out, each made once for all who share them."""

    encode: Callable[[Message], bytes]
    tokens: FeedTokens
    _made: dict[object, bytes] = field(default_factory=dict)
    _tokens: dict[object, str] = field(default_factory=dict)

    def event(self, recorded: Recorded, *, for_admin: bool) -> bytes:
        name = recorded.id, for_admin
        if name not in self._made:
            self._made[name] = self.encode(Told(recorded=recorded, for_admin=for_admin))
        return self._made[name]

    def places(self, recorded: Recorded, slot: Availability) -> bytes:
        name = recorded.id, slot.slot.key
        if name not in self._made:
            self._made[name] = self.encode(places_left(recorded, slot))
        return self._made[name]

    async def token(self, position: FeedPosition) -> str:
        name = position.epoch, tuple(position.places.items())
        if name not in self._tokens:
            self._tokens[name] = await self.tokens.of(position)
        return self._tokens[name]


def _standings(views: Sequence[View]) -> Mapping[UUID, Standing]:
    return {view.organization_id: view.standing for view in views}


def _everything(organization_id: UUID) -> View:
    """Return the view of one who hears all by name."""
    return View(organization_id=organization_id, agent_id=None, admin=True, applicant_id=None, first=1, last=FAR)


def _by_name(one: Heard) -> bool:
    return one.by_name


def _named(heard: Sequence[Heard]) -> bool:
    return any(map(_by_name, heard))
