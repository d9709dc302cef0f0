"""Audit: lists for admins, sealing by a worker, verification for operators."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol, TypeVar
from uuid import UUID

from booking.domain import audit
from booking.domain.audit import Audited, AuditFilter, Breach, Seal, Tally
from booking.domain.people.caller import Caller, Scope
from booking.service.ports import Clock, Lease, Lost

BATCH = 250  # events a seal: for some milliseconds nobody else is served
LAST = 2**63 - 1
UNSEALED = timedelta(minutes=1)
"""Longest time of a placed event without a seal."""

SHORTEST_PAUSE, PAUSE_GROWS = 0.05, 1.5  # seconds: events are there some 0.1 s after their commit

UNREADABLE_SEAL = Breach(seal=None, says="a seal cannot be read")


pause = asyncio.sleep


class Unreadable(Exception):
    """A record of the audit cannot be read: another program wrote it."""


class AuditTrail(Protocol):
    """Placed events, and the seals over them; Unreadable if another program wrote there."""

    async def placed(self, first: int, limit: int, *, last: int | None = None) -> Sequence[Audited]:
        """Return events of all organizations from a position on, in order."""

    async def last_seal(self) -> Seal | None: ...

    async def tally(self) -> Tally:
        """Return the state of the order at one instant."""

    async def add_seal(self, seal: Seal, lease: Lease | None = None) -> None:
        """Add the next seal, over the next positions; Lost if it is not that, or if the lease is another holder's by
        now.
        """

    async def seals(self, first: int, limit: int) -> Sequence[Seal]:
        """Return seals from a number on, in order."""


class Placed(Protocol):
    """An event with a position in its organization."""

    @property
    def position(self) -> int: ...


T = TypeVar("T", bound=Placed)


class AuditQueries(Protocol):
    """Placed events as they are sent."""

    async def page(
        self, scope: Scope, shown: type[T], chosen: AuditFilter, *, before: int | None, limit: int
    ) -> Sequence[T]:
        """Return events before a position of the organization that the caller administers, the newest first.

        `shown`: the Struct of an event, whose fields the query knows by name."""

    async def arriving(self, scope: Scope, request_id: str) -> Sequence[UUID]:
        """Return events of a request there that have no position yet."""


@dataclass(frozen=True, slots=True)
class AuditService:
    queries: AuditQueries

    async def list(
        self,
        caller: Caller,
        shown: type[T],
        chosen: AuditFilter,
        *,
        after: int | None,
        limit: int,
        wait: float = 0.0,
    ) -> tuple[Sequence[T], int | None]:
        """List an admin's organization, the newest first; return the position after which the next page begins, too.

        `wait`: seconds at the most until all events of the chosen request are there, and at least one is.
        """
        caller.as_admin()

        async def look() -> Sequence[T]:
            return await self.queries.page(caller.scope, shown, chosen, before=after, limit=limit + 1)

        found = await look()
        for seconds in _pauses(wait):
            # What a request changes is there at once, and comes into the order bit by bit.
            if found and not await self.queries.arriving(caller.scope, chosen.request_id or ""):
                found = await look()
                break
            await pause(seconds)
            found = await look()
        page = found[:limit]
        return page, page[-1].position if len(found) > limit else None


@dataclass(frozen=True, slots=True)
class SealingService:
    """Sealing and verification. `secret` and the former ones in `before`, newest first, are not in the database."""

    trail: AuditTrail
    now: Clock
    secret: bytes = field(repr=False)
    before: Sequence[bytes] = field(default=(), repr=False)

    async def seal(self, lease: Lease | None = None) -> Seal | None:
        """Seal the placed events since the last seal, as far as they are in order.

        None if there was nothing, or another worker was quicker, or the last seals are missing; or Unreadable.
        """
        tally = await self.trail.tally()
        before = await self.trail.last_seal()
        first = _after(before)
        events = audit.in_order(first, await self.trail.placed(first, BATCH + 1, last=tally.last))[:BATCH]
        if not events:
            return None
        sealed = audit.seal(self.secret, before, events, at=await self.now())
        try:
            await self.trail.add_seal(sealed, lease)
        except Lost:
            return None
        return sealed

    async def alarms(self) -> Sequence[Breach]:
        """Return the faults at the end of the order: of the newest seal, and of the events without a seal."""
        tally, now = await self.trail.tally(), await self.now()
        try:
            before = await self.trail.last_seal()
        except Unreadable:
            return [UNREADABLE_SEAL]
        return [*audit.miscounted(tally, before, now), *[one async for one in self._unsealed(tally, before, now, 1)]]

    async def breaches(self) -> AsyncIterator[Breach]:
        """Yield all faults, seal by seal, then after the last seal."""
        tally, now = await self.trail.tally(), await self.now()
        before: Seal | None = None
        try:
            while _number(before) < LAST and (page := await self.trail.seals(_number(before) + 1, BATCH)):
                for this in page:
                    found = audit.unsound(self._secrets, before, this) or await self._changed(this, now)
                    if found is not None:
                        yield found
                    before = this
        except Unreadable:
            yield UNREADABLE_SEAL
            return
        for miscounted in audit.miscounted(tally, before, now):
            yield miscounted
        async for unsealed in self._unsealed(tally, before, now):
            yield unsealed

    async def review(self, number: int) -> tuple[int, Breach | None]:
        """Verify one seal again, with the events under it; return the number to verify next, and the fault.

        A broken seal is verified again next. A seal without its secret at hand is passed over: `breaches` reports it.
        """
        try:
            page = await self.trail.seals(max(number - 1, 1), min(number, 2))
            if not page or page[-1].number < number:
                return 1, None
            this, before = page[-1], page[0] if number > 1 else None
            if before and before.number != number - 1:
                return number, Breach(seal=number - 1, says="the seal is missing")
            if this.key_id in {None, *map(audit.key_id_of, self._secrets)}:
                found = audit.unsound(self._secrets, before, this) or await self._changed(this, await self.now())
                if found:
                    return number, found
        except Unreadable:
            return number, UNREADABLE_SEAL
        return number + 1, None

    @property
    def _secrets(self) -> Sequence[bytes]:
        return [self.secret, *self.before]

    async def _changed(self, this: Seal, now: datetime) -> Breach | None:
        """Return the fault of the events under a sound seal, which covers at most one batch."""
        events: list[Audited] = []
        try:
            async for page in self._pages(this.first, this.last):
                events += page
                if len(events) > this.last - this.first + 1:  # more than there should be
                    break
        except Unreadable:
            return Breach(seal=this.number, says="an event under it cannot be read")
        return audit.changed(this, events, now)

    async def _unsealed(
        self, tally: Tally, before: Seal | None, now: datetime, pages: int = LAST
    ) -> AsyncIterator[Breach]:
        """Yield the faults of the events after a seal, in so many pages of them."""
        first, waited = _after(before), False
        try:
            async for page in self._pages(first, tally.last):
                if pages == 0:
                    return
                pages -= 1
                for event in page:
                    if event.position != first:
                        yield audit.out_of_order(first, event.position)
                    if not waited and now - event.placed_at > UNSEALED:
                        waited = True
                        yield audit.unsealed(event.position)
                    first = max(first, event.position + 1)
        except Unreadable:
            yield Breach(seal=None, says=f"an event from position {first} on cannot be read")
            return
        if first <= tally.last:
            yield audit.missing(first, tally.last)

    async def _pages(self, first: int, last: int) -> AsyncIterator[Sequence[Audited]]:
        """The events at these positions, page by page; those that share a position are not parted."""
        more = True
        while more and first <= last:
            page = await self.trail.placed(first, BATCH + 1, last=last)
            if more := len(page) > BATCH:
                page = [one for one in page if one.position < page[-1].position] or page
            if page:
                yield page
                first = page[-1].position + 1


def _number(seal: Seal | None) -> int:
    return seal.number if seal else 0


def _after(seal: Seal | None) -> int:
    return seal.last + 1 if seal else 1


def _pauses(wait: float) -> Iterator[float]:
    """Yield seconds between looks, each longer than the last, that are no more than `wait` together."""
    seconds = SHORTEST_PAUSE
    while wait > 0:
        yield min(seconds, wait)
        wait, seconds = wait - seconds, seconds * PAUSE_GROWS
