"""Handing events on: at least once, in order per booking; the same in memory and in PostgreSQL."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from structlog.testing import capture_logs

from booking.domain.delivery.delivery import (
    JITTER,
    PAUSES,
    RESTS,
    Batch,
    Delivery,
    Failure,
    Outcome,
    Settlement,
    Subscription,
    pause_after,
)
from booking.domain.events import EventType, Recorded
from booking.domain.people.caller import Caller
from booking.domain.values import replace
from booking.entrypoints.relay import LEASE, Relay
from booking.service.ports import Outbox
from tests.builders import Organization, organization
from tests.support.notifiers import Telling
from tests.support.worlds import World

SECOND = timedelta(seconds=1)
SHORT = timedelta(seconds=0.2)
"""A lease that is over in a moment: leases go by the real clock, and no test moves that."""


class Receiver:
    """Keeps what it is given; refuses what it is told to."""

    together, at_once = 1, 50

    def __init__(self) -> None:
        self.given: list[Recorded] = []
        self.refuses: set[str] = set()

    async def __call__(self, deliveries: Sequence[Delivery], _: Subscription) -> Sequence[Outcome]:
        (delivery,) = deliveries
        if delivery.recorded.event.type in self.refuses:
            return [Outcome(failure="refused")]
        self.given.append(delivery.recorded)
        return [Outcome()]

    @property
    def types(self) -> list[str]:
        return [recorded.event.type for recorded in self.given]

    def of(self, booking_id: UUID) -> list[str]:
        return [recorded.event.type for recorded in self.given if recorded.event.booking_id == booking_id]


class Brief:
    """An outbox whose leases are over before their holder thinks so."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox
        self.place, self.settle, self.conclude = outbox.place, outbox.settle, outbox.conclude
        self.waiting, self.dead, self.redrive = outbox.waiting, outbox.dead, outbox.redrive
        self.backlogs = outbox.backlogs

    async def take(self, kinds: Mapping[str, int], many: int, limit: int, _: timedelta) -> Sequence[Batch]:
        return [replace(batch, lease=LEASE) for batch in await self._outbox.take(kinds, many, limit, SHORT)]


def relay(world: World, receiver: Receiver) -> Relay:
    return Relay(world.store.outbox, {"log": receiver}, chance=lambda: 0.0)


async def all_of(*relays: Relay) -> None:
    while sum(await asyncio.gather(*(one.step() for one in relays))):
        pass


async def take(world: World, limit: int = 100, lease: timedelta = LEASE) -> Sequence[Batch]:
    return await world.store.outbox.take({"log": 1}, 10, limit, lease)


async def heard(world: World, batch: Batch) -> bool:
    settlement = Settlement(heard=batch.deliveries, failed=[], waiting=[])
    return await world.store.outbox.settle(batch, settlement)


def types_of(batch: Batch) -> list[str]:
    return [delivery.recorded.event.type for delivery in batch.deliveries]


async def handed_on(world: World, agency: Organization) -> Caller:
    """An agent of whom everybody has heard."""
    agent = await agency.agent()
    await all_of(relay(world, Receiver()))
    return agent


async def until_heard(relay: Relay, receiver: Receiver) -> None:
    """Step until somebody's lease is over."""
    async with asyncio.timeout(10):
        while not receiver.given:
            await all_of(relay)


async def booked_and_cancelled(agency: Organization, count: int = 1) -> list[UUID]:
    agent, applicant = await agency.agent(), await agency.applicant()
    ids = []
    for slot in await agency.slots_of(agent, count):
        booking = await agency.book(applicant, slot.id, "call me")
        await agency.bookings.cancel(applicant, booking.id)
        ids.append(booking.id)
    return ids


async def test_what_happened_is_handed_on_once_in_order_with_who_and_in_which_request(world: World) -> None:
    agency = organization(world.store)
    agent, applicant = await agency.agent(), await agency.applicant()
    slot = await agency.slot(agent)
    booking = await agency.book(applicant, slot.id, "call me")
    await agency.bookings.cancel(applicant, booking.id)
    receiver = Receiver()
    await all_of(relay(world, receiver))
    assert sorted(receiver.types) == sorted(
        [
            EventType.AGENT_ADDED,
            EventType.APPLICANT_REGISTERED,
            EventType.APPLICANT_LINKED,
            EventType.SLOT_CREATED,
            EventType.BOOKING_CONFIRMED,
            EventType.BOOKING_CANCELLED,
        ]
    )
    assert receiver.of(booking.id) == [EventType.BOOKING_CONFIRMED, EventType.BOOKING_CANCELLED]
    told = {recorded.event.type: recorded.event for recorded in receiver.given}
    confirmed = told[EventType.BOOKING_CONFIRMED]
    assert (confirmed.booking_id, confirmed.slot_id) == (booking.id, slot.id)
    assert (confirmed.actor.subject, confirmed.actor.role) == (applicant.subject, "applicant")
    assert confirmed.actor.request_id == "request-2"
    assert told[EventType.SLOT_CREATED].actor.role == "member"
    assert told[EventType.APPLICANT_REGISTERED].actor.request_id == "message-1"
    assert "call me" not in repr(receiver.given)


async def test_positions_are_given_out_without_a_gap_and_stay(world: World) -> None:
    agency = organization(world.store)
    await booked_and_cancelled(agency)
    outbox = world.store.outbox
    assert [await outbox.place(3) for _ in range(3)] == [3, 3, 0]
    await booked_and_cancelled(agency)
    assert await outbox.place(100) == 6
    assert [event.position for event in await world.store.trail.placed(1, 100)] == list(range(1, 13))


async def test_a_batch_is_what_comes_after_the_cursor_and_one_holder_s(world: World) -> None:
    agency = organization(world.store)
    agent, applicant = await agency.agent(), await agency.applicant()
    await agency.book(applicant, (await agency.slot(agent)).id)
    assert await take(world) == (), "nothing has a position yet"
    await world.store.outbox.place(100)
    (first,) = await take(world, 4)
    assert types_of(first) == [
        EventType.AGENT_ADDED,
        EventType.APPLICANT_REGISTERED,
        EventType.APPLICANT_LINKED,
        EventType.SLOT_CREATED,
    ]
    assert await take(world) == ()
    assert await heard(world, first)
    (last,) = await take(world, 4)
    assert (types_of(last), last.upto) == ([EventType.BOOKING_CONFIRMED], 5)
    assert await world.store.outbox.waiting() == 1
    assert await heard(world, last)
    assert await take(world) == ()
    assert await world.store.outbox.waiting() == 0


async def test_of_several_who_give_out_positions_at_once_each_gives_others_or_none(world: World) -> None:
    """By a lock, and whoever does not get it goes on without waiting."""
    agency = organization(world.store)
    for _ in range(3):
        await booked_and_cancelled(agency, 5)
        while any(await asyncio.gather(*(world.store.outbox.place(4) for _ in range(6)))):
            pass
    events = await world.store.trail.placed(1, 100)
    assert [event.position for event in events] == list(range(1, 55))
    assert len({event.recorded.id for event in events}) == 54


async def test_of_several_who_take_at_once_one_has_the_next_batch(world: World) -> None:
    agency = organization(world.store)
    bookings = await booked_and_cancelled(agency, 10)
    while await world.store.outbox.place(100):
        pass
    having: list[Recorded] = []
    while batches := [one for taken in await asyncio.gather(*(take(world, 4) for _ in range(6))) for one in taken]:
        (batch,) = batches
        having += [delivery.recorded for delivery in batch.deliveries]
        assert await heard(world, batch)
    assert having == [event.recorded for event in await world.store.trail.placed(1, 100)]
    of = {booking: [one.event.type for one in having if one.event.booking_id == booking] for booking in bookings}
    assert set(map(tuple, of.values())) == {(EventType.BOOKING_CONFIRMED, EventType.BOOKING_CANCELLED)}


async def test_what_cannot_be_handed_on_is_due_later_and_holds_back_only_its_own_booking(world: World) -> None:
    agency = organization(world.store)
    (failing,) = await booked_and_cancelled(agency)
    receiver = Receiver()
    receiver.refuses = {EventType.BOOKING_CONFIRMED}
    with capture_logs() as lines:
        await all_of(relay(world, receiver))
    assert [(line["event"], line["error"]) for line in lines] == [("delivery failed", "refused")]
    assert (len(receiver.given), receiver.of(failing)) == (4, [])
    receiver.refuses = set()
    await all_of(relay(world, receiver))
    assert receiver.of(failing) == []
    await world.jump(PAUSES[0] + SECOND)
    await all_of(relay(world, receiver))
    assert receiver.of(failing) == [EventType.BOOKING_CONFIRMED, EventType.BOOKING_CANCELLED]


def test_the_schedule_goes_over_three_days_with_jitter() -> None:
    pauses = [pause_after(attempts, 0.0) for attempts in range(1, len(PAUSES) + 2)]
    assert (pauses[0], pauses[-1]) == (SECOND, None)
    assert len(pauses) == 15, "as openapi3.yaml and the page say"
    assert sum(filter(None, pauses), timedelta()) >= timedelta(days=3)
    assert pause_after(1, 1.0) == SECOND * (1 + JITTER)


async def test_an_outage_of_three_days_kills_nothing_and_a_longer_one_ends_in_the_dead_letters(world: World) -> None:
    agency = organization(world.store)
    agent = await handed_on(world, agency)
    slot = await agency.slot(agent, starts_in=timedelta(days=30))
    receiver = Receiver()
    receiver.refuses = {EventType.SLOT_CREATED}
    passed = timedelta()
    with capture_logs() as lines:
        for pause in (*PAUSES, timedelta()):
            assert await world.store.outbox.dead(10) == []
            await all_of(relay(world, receiver))
            passed += pause + SECOND
            await world.jump(passed)
    assert [line["event"] for line in lines] == ["delivery failed", "delivery dead"]
    (dead,) = await world.store.outbox.dead(10)
    assert (dead.recorded.event.slot_id, dead.attempts, dead.reason) == (slot.id, len(PAUSES) + 1, "refused")
    await agency.slots.cancel(agent, slot.id)
    await world.jump(passed + RESTS[-1])
    await all_of(relay(world, receiver))
    assert receiver.types == [EventType.SLOT_CANCELLED], "what is dead holds nothing back"
    receiver.refuses = set()
    assert await world.store.outbox.redrive([uuid4()]) == 0
    assert await world.store.outbox.redrive([dead.recorded.id]) == 1
    assert await world.store.outbox.redrive(None) == 0
    await all_of(relay(world, receiver))
    assert receiver.types == [EventType.SLOT_CANCELLED, EventType.SLOT_CREATED]
    assert await world.store.outbox.dead(10) == []


async def test_two_relays_at_once_hand_everything_on_once_and_in_order(world: World) -> None:
    bookings = await booked_and_cancelled(organization(world.store), 5)
    receiver = Receiver()
    await all_of(relay(world, receiver), relay(world, receiver))
    assert len(receiver.given) == len({recorded.id for recorded in receiver.given}) == 18
    for booking_id in bookings:
        assert receiver.of(booking_id) == [EventType.BOOKING_CONFIRMED, EventType.BOOKING_CANCELLED]


async def test_what_a_dead_worker_had_is_handed_on_by_another_after_its_lease(world: World) -> None:
    """At least once: a receiver tells repetitions by the id."""
    agency = organization(world.store)
    await agency.slot(await agency.agent())
    given: list[Recorded] = []

    async def cut(recorded: Recorded, _: Subscription) -> None:
        given.append(recorded)
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await Relay(world.store.outbox, {"log": Telling(cut)}, lease=timedelta(seconds=2)).step()
    receiver = Receiver()
    await world.jump(timedelta(days=1))
    await all_of(relay(world, receiver))
    assert receiver.given == [], "no lease goes by a clock that a test moves"
    await until_heard(relay(world, receiver), receiver)
    assert {recorded.id for recorded in receiver.given} == {recorded.id for recorded in given}
    assert timedelta(seconds=60) >= LEASE


async def test_the_word_of_a_worker_whose_lease_is_over_does_not_count(world: World) -> None:
    agency = organization(world.store)
    await agency.slot(await handed_on(world, agency))
    outbox = world.store.outbox
    await outbox.place(10)
    (stale,) = await take(world, lease=SHORT)
    async with asyncio.timeout(10):
        while not (taken := await take(world)):
            pass
    (newest,) = taken
    assert (newest.deliveries, newest.token) == (stale.deliveries, stale.token + 1)
    failure = Failure(delivery=stale.deliveries[0], reason="late", again_in=None)
    assert not await outbox.settle(stale, Settlement(heard=[], failed=[failure], waiting=[]))
    assert not await heard(world, stale)
    assert await outbox.dead(10) == []
    assert await heard(world, newest)
    assert await take(world) == ()


async def test_a_relay_that_was_stopped_past_its_lease_says_that_it_was_fenced(world: World) -> None:
    agency = organization(world.store)
    await agency.slot(await handed_on(world, agency))
    quick = Receiver()

    async def stopped(_: Recorded, __: Subscription) -> None:
        await until_heard(relay(world, quick), quick)

    with capture_logs() as lines:
        frozen = Relay(Brief(world.store.outbox), {"log": Telling(stopped)})
        await frozen.step()
        await frozen.end()
    assert [line["event"] for line in lines] == ["delivery fenced"]
    assert quick.types == [EventType.SLOT_CREATED]


async def test_a_notifier_that_hangs_is_left_before_the_lease_is_over(world: World) -> None:
    agency = organization(world.store)
    slot = await agency.slot(await handed_on(world, agency))

    async def hangs(_: Recorded, __: Subscription) -> None:
        await asyncio.Event().wait()

    with capture_logs() as lines:
        hanging = Relay(world.store.outbox, {"log": Telling(hangs)}, lease=SHORT)
        assert await hanging.step() == 1
        await hanging.end()
    assert [(line["event"], line["error"]) for line in lines] == [("delivery failed", "TimeoutError")]
    receiver = Receiver()
    await world.jump(PAUSES[0] * (1 + JITTER) + SHORT)
    await all_of(relay(world, receiver))
    assert [recorded.event.slot_id for recorded in receiver.given] == [slot.id]


async def test_what_comes_after_a_failure_of_its_booking_waits_in_whichever_batch(world: World) -> None:
    agency = organization(world.store)
    agent, applicant = await agency.agent(), await agency.applicant()
    booking = await agency.book(applicant, (await agency.slot(agent)).id)
    receiver = Receiver()
    receiver.refuses = {EventType.BOOKING_CONFIRMED}
    with capture_logs():
        await all_of(relay(world, receiver))
    await agency.bookings.cancel(applicant, booking.id)
    receiver.refuses = set()
    await all_of(relay(world, receiver))
    assert receiver.of(booking.id) == []
    assert await world.store.outbox.waiting() == 2
    await world.jump(PAUSES[0] + SECOND)
    await all_of(relay(world, receiver))
    assert receiver.of(booking.id) == [EventType.BOOKING_CONFIRMED, EventType.BOOKING_CANCELLED]
    assert await world.store.outbox.waiting() == 0


async def test_each_subscription_hears_everything_once_whatever_becomes_of_another(world: World) -> None:
    """One refuses all, and one hangs: the third hears neither twice nor late."""
    await world.subscribe("refuses")
    await world.subscribe("hangs")
    bookings = await booked_and_cancelled(organization(world.store), 3)
    well, late = Receiver(), Receiver()
    asked = []

    async def refuses(recorded: Recorded, _: Subscription) -> None:
        asked.append(recorded.id)
        raise ConnectionError

    async def hangs(_: Recorded, __: Subscription) -> None:
        await asyncio.Event().wait()

    async with asyncio.timeout(10):
        hanging = Relay(world.store.outbox, {"log": well, "hangs": Telling(hangs)})
        while len(well.given) < 11:
            await hanging.step()
        for one in hanging.under_way:
            one.cancel()
    failing = Relay(world.store.outbox, {"log": well, "refuses": Telling(refuses)}, chance=lambda: 0.0)
    passed = timedelta()
    with capture_logs() as lines:
        for pause in PAUSES:
            await all_of(failing)
            passed += pause + SECOND
            await world.jump(passed)
    assert {line["event"] for line in lines} == {"delivery failed"}
    assert len(asked) < 8 + len(PAUSES), "one that refuses all is asked with one event at a time"
    await world.jump(passed + RESTS[-1])
    await all_of(Relay(world.store.outbox, {"log": well, "refuses": late}))
    for receiver in (well, late):
        assert len(receiver.given) == len({recorded.id for recorded in receiver.given}) == 12
        for booking in bookings:
            assert receiver.of(booking) == [EventType.BOOKING_CONFIRMED, EventType.BOOKING_CANCELLED]


async def test_a_subscription_hears_what_it_asked_for_of_its_own_organization(world: World) -> None:
    one, other = organization(world.store), organization(world.store)
    await world.subscribe("own", one.organization_id)
    await world.subscribe("cancelled", one.organization_id, [EventType.BOOKING_CANCELLED])
    await world.subscribe("all", event_types=[EventType.BOOKING_CANCELLED])
    await world.subscribe("newer", one.organization_id)
    for agency in (one, other):
        await booked_and_cancelled(agency)
    own, cancelled, everywhere, log = Receiver(), Receiver(), Receiver(), Receiver()
    await all_of(Relay(world.store.outbox, {"own": own, "cancelled": cancelled, "all": everywhere, "log": log}))
    assert {recorded.event.organization_id for recorded in [*own.given, *cancelled.given]} == {one.organization_id}
    assert (len(own.given), cancelled.types) == (6, [EventType.BOOKING_CANCELLED])
    assert (len(log.given), everywhere.types) == (12, [EventType.BOOKING_CANCELLED] * 2)
    assert await world.store.outbox.waiting() == 6, "of a kind that only a newer release knows"
