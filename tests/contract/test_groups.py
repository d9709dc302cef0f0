"""Group visits: as many as there are places, whoever comes; the same in memory and in PostgreSQL."""

import asyncio
from collections import Counter

import pytest

from booking.domain.events import EventType
from booking.domain.refusals import NotYourSlot
from booking.domain.visits.allowed_actions import BookingView
from booking.domain.visits.booking import BookingStatus
from booking.domain.visits.refusals import AlreadyBooked, CapacityTaken, SlotTaken, VisitStarted
from booking.domain.visits.slot import SlotStatus
from tests.builders import HOUR, organization
from tests.support.worlds import World


async def test_of_sixty_rivals_for_ten_places_exactly_ten_win(world: World) -> None:
    agency = organization(world.store)
    slot = await agency.slot(await agency.agent(), capacity=10)
    rivals = [await agency.applicant() for _ in range(60)]
    outcomes = await asyncio.gather(*(agency.bookings.book(rival, slot.id) for rival in rivals), return_exceptions=True)
    assert Counter(map(type, outcomes)) == {BookingView: 10, SlotTaken: 50}
    places = sorted(one.booking.place or 0 for one in outcomes if isinstance(one, BookingView))
    assert places == list(range(1, 11))
    assert set((await world.store.auditor.violations()).values()) == {0}


async def test_a_slot_is_booked_with_its_last_place_and_available_again_when_one_is_freed(world: World) -> None:
    agency = organization(world.store)
    agent, one, other = await agency.agent(), await agency.applicant(), await agency.applicant()
    slot = await agency.slot(agent, capacity=2)
    seen = []
    first = await agency.book(one, slot.id)
    for act in (agency.book(other, slot.id), agency.bookings.cancel(one, first.id)):
        view = await agency.slots.get(agent, slot.id)
        seen.append((view.slot.status, view.availability.places_left))
        await act
    view = await agency.slots.get(agent, slot.id)
    assert [*seen, (view.slot.status, view.availability.places_left)] == [
        (SlotStatus.AVAILABLE, 1),
        (SlotStatus.BOOKED, 0),
        (SlotStatus.AVAILABLE, 1),
    ]


async def test_nobody_takes_two_places_of_a_slot(world: World) -> None:
    agency = organization(world.store)
    applicant = await agency.applicant()
    slot = await agency.slot(await agency.agent(), capacity=5)
    outcomes = await asyncio.gather(
        *(agency.bookings.book(applicant, slot.id) for _ in range(5)), return_exceptions=True
    )
    assert Counter(map(type, outcomes)) == {BookingView: 1, AlreadyBooked: 4}


async def test_a_capacity_is_lowered_to_what_is_taken_and_no_less(world: World) -> None:
    """Whoever has a place beyond the new capacity moves up."""
    agency = organization(world.store)
    agent = await agency.agent()
    people = [await agency.applicant() for _ in range(4)]
    slot = await agency.slot(agent, capacity=4)
    bookings = [await agency.book(person, slot.id) for person in people[:3]]
    await agency.holds.hold(people[3], slot.id)
    await agency.bookings.cancel(people[0], bookings[0].id)
    with pytest.raises(CapacityTaken):
        await agency.slots.resize(agent, slot.id, 2)
    view = await agency.slots.resize(agent, slot.id, 3)
    assert (view.slot.capacity, view.slot.status, view.availability.places_left) == (3, SlotStatus.AVAILABLE, 0)
    assert (await agency.slots.resize(agent, slot.id, 3)).slot == view.slot
    assert (await world.events())[-1] == (EventType.SLOT_CAPACITY_CHANGED, "4", "3")
    assert set((await world.store.auditor.violations()).values()) == {0}


async def test_a_full_slot_that_shrinks_to_its_visitors_is_booked_and_one_that_grows_is_not(world: World) -> None:
    agency = organization(world.store)
    agent = await agency.agent()
    slot = await agency.slot(agent, capacity=2)
    await agency.book(await agency.applicant(), slot.id)
    assert (await agency.slots.resize(agent, slot.id, 1)).slot.status is SlotStatus.BOOKED
    assert (await agency.slots.resize(agent, slot.id, 200)).slot.status is SlotStatus.AVAILABLE


async def test_only_the_slot_s_agent_or_an_admin_resizes_it_and_only_before_it_starts(world: World) -> None:
    agency = organization(world.store)
    slot = await agency.slot(agent := await agency.agent())
    with pytest.raises(NotYourSlot):
        await agency.slots.resize(await agency.agent(), slot.id, 2)
    await agency.slots.resize(await agency.admin(), slot.id, 2)
    await world.jump(2 * HOUR)
    with pytest.raises(VisitStarted):
        await agency.slots.resize(agent, slot.id, 3)


async def test_cancelling_an_open_house_cancels_every_booking_with_the_reason(world: World) -> None:
    agency = organization(world.store)
    agent = await agency.agent()
    slot = await agency.slot(agent, capacity=3)
    people = [await agency.applicant() for _ in range(3)]
    bookings = [await agency.book(person, slot.id) for person in people]
    await agency.slots.cancel(agent, slot.id, "the roof leaks")
    told = [(await agency.bookings.get(agent, booking.id)).booking for booking in bookings]
    assert {(one.status, one.reason, one.place) for one in told} == {
        (BookingStatus.CANCELLED_BY_AGENT, "the roof leaks", None)
    }
    view = await agency.slots.get(people[0], slot.id)
    assert (view.slot.reason, view.availability.places_left, view.actions) == ("the roof leaks", 0, ())
