"""Subscribers that hang, fail and come back: they keep nobody waiting, and are not asked in vain."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from uuid import UUID

import pytest
from structlog.testing import capture_logs

from booking.domain.delivery import (
    BREAKS,
    PAUSES,
    RESTS,
    Backlog,
    Batch,
    Delivery,
    Failure,
    Outcome,
    Settlement,
    Subscription,
)
from booking.domain.events import Recorded
from booking.domain.values import replace
from booking.entrypoints.relay import LEASE, Relay
from tests.builders import Organization, organization
from tests.support.worlds import World

LONG = timedelta(seconds=60)
BRIEF = timedelta(seconds=2)
"""A lease whose batches wait for half a second, and whose calls are cut after one."""


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


async def test_a_receiver_that_hangs_for_one_booking_keeps_no_other_waiting(world: World) -> None:
    """And what follows of that booking comes once the first of it was heard, in order, without another call of it."""
    agency = await subscribed(world)
    agent, applicant = await agency.agent(), await agency.applicant()
    booking = await agency.book(applicant, (await agency.slot(agent, starts_in=timedelta(days=9))).id)
    others = await booked_and_cancelled(agency, 3)
    endpoint = Endpoint()
    endpoint.hangs = lambda recorded: recorded.event.booking_id == booking.id
    handing = relay(world, endpoint)
    await until(lambda: len(endpoint.heard) == 6 and bool(handing.stragglers), handing)
    await agency.bookings.cancel(applicant, booking.id)
    others = [*others, *await booked_and_cancelled(agency, 2)]
    await until(lambda: len(endpoint.heard) == 10, handing)
    assert [endpoint.of(one) for one in others] == [BOTH] * 5
    assert (endpoint.of(booking.id), endpoint.under_way) == ([], 1)
    endpoint.released.set()
    await until(lambda: len(endpoint.heard) == 12, handing)
    await to_the_end(handing)
    assert endpoint.of(booking.id) == BOTH
    assert set(endpoint.calls.values()) == {1}
    assert await world.store.outbox.waiting() == await of_others(world)


async def of_others(world: World) -> int:
    """What the log has not heard: no relay here has its kind."""
    return sum(1 for _ in await world.store.trail.placed(1, 1_000))


async def test_calls_that_hang_count_against_the_bound_over_all_processes(world: World) -> None:
    agency = await subscribed(world)
    await booked_and_cancelled(agency, 1)
    endpoint = Endpoint(at_once=2)
    endpoint.hangs = lambda _: True
    one, other = relay(world, endpoint), relay(world, endpoint)
    await until(lambda: len(one.stragglers) == 1, one)
    await booked_and_cancelled(agency, 4)
    await until(lambda: len(other.stragglers) == 1, other)
    for _ in range(3):
        await asyncio.gather(one.step(), other.step())
    assert (endpoint.under_way, endpoint.most_under_way) == (2, 2)
    endpoint.released.set()
    await until(lambda: len(endpoint.heard) == 10, one, other)
    assert (endpoint.most_under_way, set(endpoint.calls.values())) == (2, {1})


async def test_a_call_is_cut_before_its_lease_is_over_and_that_is_a_failure_of_what_was_begun_alone(
    world: World,
) -> None:
    agency = await subscribed(world)
    await booked_and_cancelled(agency, 3)
    endpoint = Endpoint(at_once=1)
    endpoint.hangs = lambda _: True
    handing = relay(world, endpoint, BRIEF)
    with capture_logs() as lines:
        await until(lambda: bool(handing.stragglers), handing)
        await handing.end()
    assert [(line["event"], line["error"]) for line in lines] == [("delivery failed", "TimeoutError")]
    assert sum(endpoint.calls.values()) == 1
    endpoint.released.set()
    await world.jump(PAUSES[0])
    await until(lambda: len(endpoint.heard) == 6, handing)
    assert sorted(endpoint.calls.values()) == [1] * 5 + [2]


async def test_a_subscriber_that_is_slow_costs_no_row_for_what_it_has_not_been_told(world: World) -> None:
    agency = await subscribed(world)
    await booked_and_cancelled(agency, 4)
    endpoint = Endpoint(at_once=1)
    endpoint.hangs = lambda _: True
    handing = relay(world, endpoint, BRIEF)
    await until(lambda: bool(handing.stragglers), handing)
    endpoint.released.set()
    await handing.end()
    (batch,) = await world.store.outbox.take({KIND: 5}, 1, 100, LEASE)
    assert [one.kept for one in batch.deliveries] == [True] + [False] * 6


async def test_what_was_under_way_when_its_process_died_is_begun_again(world: World) -> None:
    """At least once; and the word of the first one, if it comes back, counts for nothing."""
    agency = await subscribed(world)
    await booked_and_cancelled(agency, 1)
    outbox = world.store.outbox
    while await outbox.place(100):
        pass
    first = await under_way(world)
    assert await outbox.take({KIND: 5}, 1, 100, LONG) == (), "it has its time"
    async with asyncio.timeout(10):
        while not (second := await under_way(world)):
            pass
    assert first
    assert second.deliveries[0].recorded == first.deliveries[0].recorded
    assert [await outbox.conclude(one, heard_first(one)) for one in (first, second, second)] == [False, True, False]
    endpoint = Endpoint()
    await until(lambda: len(endpoint.heard) == 1, relay(world, endpoint))
    assert [one.event.type for one in endpoint.heard] == BOTH[1:]


async def under_way(world: World) -> Batch | None:
    """A batch whose first delivery is under way, for a moment, and whose other one waits."""
    for batch in await world.store.outbox.take({KIND: 5}, 1, 100, timedelta(seconds=0.2)):
        begun, *waiting = batch.deliveries
        settlement = Settlement(heard=[], failed=[], under_way=[begun], waiting=waiting)
        assert await world.store.outbox.settle(batch, settlement)
        return batch
    return None


def heard_first(batch: Batch) -> Settlement:
    return Settlement(heard=batch.deliveries[:1], failed=[])


async def test_one_that_fails_is_asked_by_single_events_at_longer_and_longer_intervals(world: World) -> None:
    """Each costs one call, however many events there are; and once it answers all of them flow."""
    agency = await subscribed(world)
    await booked_and_cancelled(agency, 20)
    endpoint = Endpoint(at_once=1)
    endpoint.failing = REFUSED
    handing = relay(world, endpoint)
    asked, passed = [], timedelta()
    with capture_logs():
        await to_the_end(handing)
        for rest in (*RESTS, RESTS[-1]):
            asked.append(endpoint.calls.total())
            await world.jump(passed + rest - timedelta(seconds=5))
            await to_the_end(handing)
            passed += rest + timedelta(seconds=5)
            await world.jump(passed)
            await to_the_end(handing)
    assert asked == list(range(BREAKS, BREAKS + 6))
    endpoint.failing = None
    await world.jump(passed + RESTS[-1] + timedelta(minutes=1))
    await to_the_end(handing)
    await world.jump(passed + timedelta(days=1))
    await to_the_end(handing)
    assert len(endpoint.heard) == 40
    assert await world.store.outbox.waiting() == await of_others(world)


async def test_a_probe_that_hangs_is_the_only_one(world: World) -> None:
    await booked_and_cancelled(await subscribed(world), 8)
    endpoint = Endpoint(at_once=5)
    endpoint.failing = REFUSED
    one, other = relay(world, endpoint), relay(world, endpoint)
    with capture_logs():
        await to_the_end(one)
        asked = endpoint.calls.total()
        endpoint.hangs = lambda _: True
        await world.jump(RESTS[0] + timedelta(seconds=1))
        await until(lambda: bool(one.stragglers), one)
        for _ in range(3):
            await asyncio.gather(one.step(), other.step())
        assert (endpoint.calls.total(), endpoint.under_way) == (asked + 1, 1)
        endpoint.released.set()
        await one.end()


async def test_many_calls_that_fail_at_once_make_it_rest_no_longer_than_a_few(world: World) -> None:
    await booked_and_cancelled(await subscribed(world), 20)
    endpoint = Endpoint(at_once=20)
    endpoint.failing = REFUSED
    endpoint.hangs = lambda _: True
    handing = relay(world, endpoint)
    with capture_logs():
        await until(lambda: len(handing.stragglers) == 20, handing)
        endpoint.released.set()
        await handing.end()
        endpoint.failing = None
        await world.jump(RESTS[0] + timedelta(seconds=1))
        await to_the_end(handing)
    assert len(endpoint.heard) == 40


async def test_one_answer_among_failures_makes_nobody_rest(world: World) -> None:
    bookings = await booked_and_cancelled(await subscribed(world), 10)

    class Choosing(Endpoint):
        async def __call__(self, deliveries: Sequence[Delivery], of: Subscription) -> Sequence[Outcome]:
            self.failing = None if deliveries[0].recorded.event.booking_id in bookings[4::5] else REFUSED
            return await super().__call__(deliveries, of)

    endpoint = Choosing(at_once=1)
    with capture_logs() as lines:
        await to_the_end(relay(world, endpoint))
    assert (len(lines), len(endpoint.heard)) == (8, 4)


async def test_attempts_are_kept_of_those_whose_notifier_says_how_long_they_took(world: World) -> None:
    await booked_and_cancelled(await subscribed(world), 1)
    endpoint = Endpoint()
    endpoint.failing = REFUSED
    handing = relay(world, endpoint)
    with capture_logs():
        await to_the_end(handing)
        endpoint.failing = Outcome(failure="unkept")
        await world.jump(PAUSES[0])
        await to_the_end(handing)
        endpoint.failing = None
        await world.jump(PAUSES[0] + PAUSES[1])
        await to_the_end(handing)
    confirmed, cancelled = 5, 6
    assert await world.attempts(KIND) == [
        ("booking.confirmed", 1, 503, "refused", "not now", confirmed),
        ("booking.confirmed", 3, 200, None, "thank you", confirmed),
        ("booking.cancelled", 1, 200, None, "thank you", cancelled),
    ]


@pytest.mark.parametrize("hanging", [False, True])
async def test_a_subscription_that_ends_while_it_is_told_breaks_nothing(world: World, hanging: bool) -> None:
    await booked_and_cancelled(await subscribed(world), 1)

    class Leaving(Endpoint):
        async def __call__(self, deliveries: Sequence[Delivery], of: Subscription) -> Sequence[Outcome]:
            if hanging:
                await self.released.wait()
            await world.unsubscribe(KIND)
            return await super().__call__(deliveries, of)

    endpoint = Leaving()
    handing = relay(world, endpoint)
    with capture_logs() as lines:
        if hanging:
            await until(lambda: bool(handing.stragglers), handing)
            endpoint.released.set()
        await to_the_end(handing)
        await handing.end()
        await to_the_end(handing)
    assert [line["event"] for line in lines] == ["delivery fenced"]
    assert (len(endpoint.heard), await world.store.outbox.waiting()) == (1 if hanging else 2, await of_others(world))


async def test_one_that_was_disabled_is_told_of_nothing_more(world: World) -> None:
    agency = await subscribed(world)
    await booked_and_cancelled(agency, 2)

    class Disabled(Endpoint):
        async def __call__(self, deliveries: Sequence[Delivery], of: Subscription) -> Sequence[Outcome]:
            await world.disable(KIND)
            return await super().__call__(deliveries, of)

    endpoint = Disabled()
    handing = relay(world, endpoint)
    await to_the_end(handing)
    assert len(endpoint.heard) == 4, "its batch is told to the end"
    await booked_and_cancelled(agency, 1)
    await to_the_end(handing)
    assert len(endpoint.heard) == 4


async def test_of_each_kind_it_is_told_how_far_the_last_is_behind_and_who_does_not_answer(world: World) -> None:
    agency = await subscribed(world)
    await world.subscribe(KIND, agency.organization_id)
    await booked_and_cancelled(agency, 6)
    endpoint = Endpoint()
    endpoint.failing = REFUSED
    handing = relay(world, endpoint)
    with capture_logs():
        await to_the_end(handing)
    count = await of_others(world)
    backlogs = await world.store.outbox.backlogs()
    assert backlogs.keys() == {"log", KIND}
    assert replace(backlogs["log"], oldest=timedelta()) == Backlog(behind=count)
    assert replace(backlogs[KIND], oldest=timedelta()) == Backlog(behind=count, resting=2)
    await world.jump(timedelta(hours=1))
    later = await world.store.outbox.backlogs()
    assert all(timedelta(hours=1) < one.oldest < timedelta(hours=2) for one in later.values())
    await world.disable(KIND)
    assert (await world.store.outbox.backlogs())[KIND] == Backlog(disabled=2)


async def test_what_was_given_up_is_told_of_and_is_behind_nobody(world: World) -> None:
    await booked_and_cancelled(await subscribed(world), 1)
    outbox = world.store.outbox
    await outbox.place(100)
    (batch,) = await outbox.take({KIND: 5}, 1, 100, LEASE)
    first, second = batch.deliveries
    failure = Failure(delivery=first, reason="refused", again_in=None)
    assert await outbox.settle(batch, Settlement(heard=[second], failed=[failure]))
    assert (await outbox.backlogs())[KIND] == Backlog(dead=1)
