"""Subscribers that hang or go: they keep nobody waiting."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from booking.domain.delivery.delivery import (
    PAUSES,
    Batch,
    Delivery,
    Outcome,
    Settlement,
    Subscription,
)
from booking.entrypoints.relay import LEASE
from tests.support.endpoints import (
    BOTH,
    KIND,
    LONG,
    REFUSED,
    Endpoint,
    booked_and_cancelled,
    of_others,
    relay,
    subscribed,
    to_the_end,
    until,
)
from tests.support.worlds import World

BRIEF = timedelta(seconds=2)
"""A lease whose batches wait for half a second, and whose calls are cut after one."""


async def test_a_receiver_that_hangs_for_one_booking_keeps_no_other_waiting(world: World) -> None:
    """And what follows of that booking comes once the first of it was heard, in order, without another call of it."""
    agency = await subscribed(world)
    agent, applicant = await agency.agent(), await agency.applicant()
    booking = await agency.book(applicant, (await agency.slot(agent, starts_in=timedelta(days=9))).id)
    others = await booked_and_cancelled(agency, 3)
    endpoint = Endpoint()
    endpoint.hangs = lambda recorded: recorded.event.booking_id == booking.id
    handing = relay(world, endpoint)
    await handing.step()
    assert handing.under_way, "its batch waits, and no step does"
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
