"""Handing events on: at least once, in order per booking; the same in memory and in PostgreSQL."""

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from structlog.testing import capture_logs

from booking.domain.caller import Caller
from booking.domain.delivery import JITTER, PAUSES, Taken, pause_after
from booking.domain.events import EventType, Recorded
from booking.entrypoints.relay import LEASE, Relay
from tests.builders import Organization, organization
from tests.support.worlds import World

SECOND = timedelta(seconds=1)


class Receiver:
    """Keeps what it is given; refuses what it is told to."""

    def __init__(self) -> None:
        self.given: list[Recorded] = []
        self.refuses: set[str] = set()

    async def __call__(self, recorded: Recorded) -> None:
        if recorded.event.type in self.refuses:
            raise ConnectionError
        self.given.append(recorded)

    @property
    def types(self) -> list[str]:
        return [recorded.event.type for recorded in self.given]

    def of(self, booking_id: UUID) -> list[str]:
        return [recorded.event.type for recorded in self.given if recorded.event.booking_id == booking_id]


def relay(world: World, receiver: Receiver) -> Relay:
    return Relay(world.store.outbox, receiver, chance=lambda: 0.0)


async def all_of(*relays: Relay) -> None:
    while sum(await asyncio.gather(*(one.step() for one in relays))):
        pass


async def all_at_once(world: World, count: int) -> list[Taken]:
    return await asyncio.gather(*(world.store.outbox.take(4, LEASE) for _ in range(count)))


async def handed_on(world: World, agency: Organization) -> Caller:
    """An agent of whom everybody has heard."""
    agent = await agency.agent()
    await all_of(relay(world, Receiver()))
    return agent


async def booked_and_cancelled(agency: Organization, count: int = 1) -> list[UUID]:
    agent, applicant = await agency.agent(), await agency.applicant()
    ids = []
    for slot in await agency.slots_of(agent, count):
        booking = await agency.book(applicant, slot.id, "call me")
        await agency.bookings.cancel(applicant, booking.id)
        ids.append(booking.id)
    return ids


async def test_what_happened_is_handed_on_once_in_order_with_who_and_in_which_request(world: World) -> None:
    """T60, T61."""
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
    """T62."""
    agency = organization(world.store)
    await booked_and_cancelled(agency)
    taken = [await world.store.outbox.take(3, LEASE) for _ in range(3)]
    assert [one.placed for one in taken] == [3, 3, 0]
    await booked_and_cancelled(agency)
    taken.append(await world.store.outbox.take(100, LEASE))
    assert taken[-1].placed == 6
    seen: list[int] = []
    while deliveries := [delivery for one in taken for delivery in one.deliveries]:
        seen += [delivery.position for delivery in deliveries]
        for delivery in deliveries:
            assert await world.store.outbox.delivered([delivery])
        taken = [await world.store.outbox.take(100, LEASE)]
    assert sorted(seen) == list(range(1, 13))


async def test_what_gets_its_position_is_handed_on_at_once_unless_an_earlier_one_of_its_booking_still_is(
    world: World,
) -> None:
    agency = organization(world.store)
    agent, applicant = await agency.agent(), await agency.applicant()
    booking = await agency.book(applicant, (await agency.slot(agent)).id)
    outbox = world.store.outbox
    first = await outbox.take(100, LEASE)
    confirmed = first.deliveries[-1]
    assert (first.placed, [one.recorded.event.type for one in first.deliveries]) == (
        5,
        [
            EventType.AGENT_ADDED,
            EventType.APPLICANT_REGISTERED,
            EventType.SLOT_CREATED,
            EventType.BOOKING_CONFIRMED,
        ],
    )
    await agency.bookings.cancel(applicant, booking.id)
    assert await outbox.take(100, LEASE) == Taken(placed=1, deliveries=[])
    assert await outbox.delivered([confirmed])
    last = await outbox.take(100, LEASE)
    assert (last.placed, [one.recorded.event.type for one in last.deliveries]) == (0, [EventType.BOOKING_CANCELLED])


async def test_of_several_who_give_out_positions_at_once_each_gives_others_or_none(world: World) -> None:
    """T62: by a lock, and whoever does not get it goes on without waiting."""
    agency = organization(world.store)
    for _ in range(3):
        await booked_and_cancelled(agency, 5)
        while any(taken.placed for taken in await all_at_once(world, 6)):
            pass
    events = await world.store.trail.placed(1, 100)
    assert [event.position for event in events] == list(range(1, 55))
    assert len({event.recorded.id for event in events}) == 54


async def test_of_several_who_take_at_once_none_has_an_event_before_an_earlier_one_of_its_booking(world: World) -> None:
    """Each sees one state and locks the newest: who saw what another one has just placed must not go on from there."""
    agency = organization(world.store)
    for _ in range(10):
        bookings = await booked_and_cancelled(agency, 4)
        having: dict[UUID | None, list[str]] = {booking: [] for booking in bookings}
        while takens := [taken for taken in await all_at_once(world, 6) if taken.placed or taken.deliveries]:
            deliveries = [delivery for taken in takens for delivery in taken.deliveries]
            lines = [delivery.recorded.event.booking_id for delivery in deliveries]
            for booking in bookings:
                assert lines.count(booking) <= 1
            for delivery in deliveries:
                having.setdefault(delivery.recorded.event.booking_id, []).append(delivery.recorded.event.type)
                assert await world.store.outbox.delivered([delivery])
        assert [having[booking] for booking in bookings] == [
            [EventType.BOOKING_CONFIRMED, EventType.BOOKING_CANCELLED]
        ] * 4


async def test_what_cannot_be_handed_on_is_due_later_and_holds_back_only_its_own_booking(world: World) -> None:
    agency = organization(world.store)
    (failing,) = await booked_and_cancelled(agency)
    receiver = Receiver()
    receiver.refuses = {EventType.BOOKING_CONFIRMED}
    with capture_logs() as lines:
        await all_of(relay(world, receiver))
    assert [(line["event"], line["error"]) for line in lines] == [("delivery failed", "ConnectionError")]
    assert (len(receiver.given), receiver.of(failing)) == (4, [])
    receiver.refuses = set()
    await all_of(relay(world, receiver))
    assert receiver.of(failing) == []
    await world.jump(PAUSES[0] + SECOND)
    await all_of(relay(world, receiver))
    assert receiver.of(failing) == [EventType.BOOKING_CONFIRMED, EventType.BOOKING_CANCELLED]


def test_the_schedule_goes_over_three_days_with_jitter() -> None:
    """T63."""
    pauses = [pause_after(attempts, 0.0) for attempts in range(1, len(PAUSES) + 2)]
    assert (pauses[0], pauses[-1]) == (SECOND, None)
    assert sum(filter(None, pauses), timedelta()) >= timedelta(days=3)
    assert pause_after(1, 1.0) == SECOND * (1 + JITTER)


async def test_an_outage_of_three_days_kills_nothing_and_a_longer_one_ends_in_the_dead_letters(world: World) -> None:
    """T63."""
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
    assert (dead.recorded.event.slot_id, dead.attempts, dead.reason) == (slot.id, len(PAUSES) + 1, "ConnectionError")
    await agency.slots.cancel(agent, slot.id)
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

    async def cut(recorded: Recorded) -> None:
        given.append(recorded)
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await Relay(world.store.outbox, cut).step()
    receiver = Receiver()
    await all_of(relay(world, receiver))
    assert receiver.given == []
    await world.jump(LEASE)
    await all_of(relay(world, receiver))
    assert [recorded.id for recorded in receiver.given] == [recorded.id for recorded in given]
    assert timedelta(seconds=60) >= LEASE


async def test_the_word_of_a_worker_whose_lease_is_over_does_not_count(world: World) -> None:
    agency = organization(world.store)
    await agency.slot(await handed_on(world, agency))
    outbox = world.store.outbox
    (stale,) = (await outbox.take(10, LEASE)).deliveries
    assert await outbox.take(10, LEASE) == Taken(placed=0, deliveries=[])
    await world.jump(LEASE)
    (newest,) = (await outbox.take(10, LEASE)).deliveries
    assert (newest.recorded, newest.token) == (stale.recorded, stale.token + 1)
    assert not await outbox.delivered([stale])
    assert not await outbox.failed(stale, "late", None)
    assert await outbox.dead(10) == []
    assert await outbox.delivered([newest])
    assert not await outbox.delivered([newest])
    await world.jump(2 * LEASE)
    assert await outbox.take(10, LEASE) == Taken(placed=0, deliveries=[])


async def test_a_relay_that_was_stopped_past_its_lease_says_that_it_was_fenced(world: World) -> None:
    agency = organization(world.store)
    await agency.slot(await handed_on(world, agency))
    quick = Receiver()

    async def stopped(_: Recorded) -> None:
        await world.jump(LEASE)
        await all_of(relay(world, quick))

    with capture_logs() as lines:
        await Relay(world.store.outbox, stopped).step()
    assert [line["event"] for line in lines] == ["delivery fenced"]
    assert quick.types == [EventType.SLOT_CREATED]


async def test_a_notifier_that_hangs_is_left_before_the_lease_is_over(world: World) -> None:
    agency = organization(world.store)
    slot = await agency.slot(await handed_on(world, agency))

    async def hangs(recorded: Recorded) -> None:
        await asyncio.Event().wait()

    lease = timedelta(seconds=0.2)
    with capture_logs() as lines:
        assert await Relay(world.store.outbox, hangs, lease=lease).step() == 1
    assert [(line["event"], line["error"]) for line in lines] == [("delivery failed", "TimeoutError")]
    receiver = Receiver()
    await world.jump(PAUSES[0] * (1 + JITTER) + lease)
    await all_of(relay(world, receiver))
    assert [recorded.event.slot_id for recorded in receiver.given] == [slot.id]
