"""Subscribers that fail: they are not asked in vain, and miss nothing."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from booking.domain.delivery.delivery import (
    BREAKS,
    RESTS,
    Backlog,
    Delivery,
    Failure,
    Outcome,
    Settlement,
    Subscription,
)
from booking.domain.values import replace
from booking.entrypoints.relay import LEASE
from tests.support.endpoints import (
    KIND,
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
    assert (await world.store.outbox.backlogs())[KIND].resting == 0


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


@pytest.mark.parametrize("hanging", [False, True])
async def test_many_calls_that_fail_at_once_make_it_rest_no_longer_than_a_few(world: World, hanging: bool) -> None:
    await booked_and_cancelled(await subscribed(world), 20)
    endpoint = Endpoint(at_once=20)
    endpoint.failing = REFUSED
    endpoint.hangs = lambda _: hanging
    handing = relay(world, endpoint)
    with capture_logs():
        await until(lambda: endpoint.calls.total() == 20 and not handing.under_way, handing)
        assert len(handing.stragglers) == (20 if hanging else 0)
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
