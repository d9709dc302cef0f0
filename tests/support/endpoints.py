"""An endpoint of tests that can hang and fail, and relays that hand on to it."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from uuid import UUID

from booking.domain.delivery.delivery import Delivery, Outcome, Subscription
from booking.domain.events import Recorded
from booking.entrypoints.relay import Relay
from tests.builders import Organization, organization
from tests.support.worlds import World

LONG = timedelta(seconds=60)


class Endpoint:
    """Hears one event a call. Hangs for `hangs` until it is `released`; `failing` is its answer in place of 200."""

    together = 1

    def __init__(self, at_once: int = 5) -> None:
        self.at_once = at_once
        self.heard: list[Recorded] = []
        self.calls: Counter[UUID] = Counter()
        self.under_way = self.most_under_way = 0
        self.hangs: Callable[[Recorded], bool] = lambda _: False
        self.released = asyncio.Event()
        self.failing: Outcome | None = None

    async def __call__(self, deliveries: Sequence[Delivery], _: Subscription) -> Sequence[Outcome]:
        ((recorded),) = (one.recorded for one in deliveries)
        self.calls[recorded.id] += 1
        self.under_way += 1
        self.most_under_way = max(self.under_way, self.most_under_way)
        try:
            if self.hangs(recorded):
                await self.released.wait()
        finally:
            self.under_way -= 1
        if self.failing is not None:
            return [self.failing]
        self.heard.append(recorded)
        return [Outcome(status=200, ms=3, answer="thank you")]

    def of(self, booking_id: UUID) -> list[str]:
        return [one.event.type for one in self.heard if one.event.booking_id == booking_id]


REFUSED = Outcome(failure="refused", status=503, ms=12, answer="not now")
KIND = "outside"
BOTH = ["booking.confirmed", "booking.cancelled"]


async def subscribed(world: World) -> Organization:
    agency = organization(world.store)
    await world.subscribe(KIND, agency.organization_id, ["booking.confirmed", "booking.cancelled"])
    return agency


async def booked_and_cancelled(agency: Organization, count: int) -> Sequence[UUID]:
    agent, applicant = await agency.agent(), await agency.applicant()
    ids = []
    for slot in await agency.slots_of(agent, count):
        booking = await agency.book(applicant, slot.id)
        await agency.bookings.cancel(applicant, booking.id)
        ids.append(booking.id)
    return ids


def relay(world: World, endpoint: Endpoint, lease: timedelta = LONG) -> Relay:
    return Relay(world.store.outbox, {KIND: endpoint}, lease, chance=lambda: 0.0)


async def until(condition: Callable[[], bool], *relays: Relay) -> None:
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.gather(*(one.step() for one in relays))


async def to_the_end(relay: Relay) -> None:
    while await relay.step():
        pass


async def of_others(world: World) -> int:
    """What the log has not heard: no relay here has its kind."""
    return sum(1 for _ in await world.store.trail.placed(1, 1_000))
