"""Handing events on: at least once, in order per booking; the same in memory and in PostgreSQL."""

import asyncio

import pytest

from booking.domain.events import EventType, Recorded
from tests.builders import organization
from tests.support.worlds import World


class Receiver:
    """Keeps what it is given; refuses what it is told to."""

    def __init__(self) -> None:
        self.given: list[Recorded] = []
        self.refuses: set[EventType] = set()

    async def __call__(self, recorded: Recorded) -> None:
        if recorded.event.type in self.refuses:
            raise ConnectionError
        self.given.append(recorded)

    @property
    def types(self) -> list[EventType]:
        return [recorded.event.type for recorded in self.given]


async def test_what_happened_is_handed_on_once_in_order_with_who_and_in_which_request(world: World) -> None:
    """T60, T61."""
    agency = organization(world.store)
    agent, applicant = await agency.agent(), await agency.applicant()
    slot = await agency.slot(agent)
    booking = await agency.book(applicant, slot.id, "call me")
    await agency.bookings.cancel(applicant, booking.id)
    receiver = Receiver()
    assert await world.store.outbox.hand_on(receiver, 100) == 5
    assert await world.store.outbox.hand_on(receiver, 100) == 0
    assert receiver.types == [
        EventType.APPLICANT_REGISTERED,
        EventType.APPLICANT_LINKED,
        EventType.SLOT_CREATED,
        EventType.BOOKING_CONFIRMED,
        EventType.BOOKING_CANCELLED,
    ]
    confirmed = receiver.given[3]
    assert (confirmed.event.booking_id, confirmed.event.slot_id) == (booking.id, slot.id)
    assert (confirmed.event.actor.subject, confirmed.event.actor.role) == (applicant.subject, "applicant")
    assert confirmed.event.actor.request_id == "request-2"
    assert receiver.given[2].event.actor.role == "member"
    assert receiver.given[0].event.actor.request_id == "message-1"
    assert "call me" not in repr(receiver.given)


async def test_what_cannot_be_handed_on_keeps_its_place_and_holds_back_only_its_own_line(world: World) -> None:
    agency = organization(world.store)
    agent, applicant = await agency.agent(), await agency.applicant()
    slot = await agency.slot(agent)
    booking = await agency.book(applicant, slot.id, "")
    await agency.bookings.cancel(applicant, booking.id)
    await agency.slots.cancel(agent, slot.id)
    receiver = Receiver()
    receiver.refuses = {EventType.BOOKING_CONFIRMED}
    assert await world.store.outbox.hand_on(receiver, 100) == 3
    with pytest.raises(ConnectionError):
        await world.store.outbox.hand_on(receiver, 100)
    receiver.refuses = set()
    await world.store.outbox.hand_on(receiver, 100)
    assert receiver.types[3:] == [
        EventType.BOOKING_CONFIRMED,
        EventType.BOOKING_CANCELLED,
        EventType.SLOT_CANCELLED,
    ]


async def test_two_relays_at_once_hand_everything_on_in_order(world: World) -> None:
    agency = organization(world.store)
    agent, applicant = await agency.agent(), await agency.applicant()
    for slot in await agency.slots_of(agent, 5):
        booking = await agency.book(applicant, slot.id, "")
        await agency.bookings.cancel(applicant, booking.id)
    receiver = Receiver()
    while sum(await asyncio.gather(*(world.store.outbox.hand_on(receiver, 3) for _ in range(2)))):
        pass
    assert len({recorded.id for recorded in receiver.given}) == 17
    for booking_id in {recorded.event.booking_id for recorded in receiver.given} - {None}:
        line = [recorded.event.type for recorded in receiver.given if recorded.event.booking_id == booking_id]
        assert line == [EventType.BOOKING_CONFIRMED, EventType.BOOKING_CANCELLED]


async def test_a_relay_that_is_cut_off_hands_on_again_what_was_not_marked(world: World) -> None:
    """At least once: a receiver tells repetitions by the id."""
    agency = organization(world.store)
    await agency.slot(await agency.agent())
    given: list[Recorded] = []

    async def cut(recorded: Recorded) -> None:
        given.append(recorded)
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await world.store.outbox.hand_on(cut, 100)
    receiver = Receiver()
    await world.store.outbox.hand_on(receiver, 100)
    assert [recorded.id for recorded in receiver.given] == [recorded.id for recorded in given]
