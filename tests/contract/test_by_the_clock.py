"""Reads by the clock: a look, a list and a filter say the same before and after what is over has been tidied."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import uuid4

import pytest

from booking.domain.choices import BookingChoice, SlotChoice
from booking.domain.paging import Paging, Window
from booking.domain.people.applicant import RiskLevel
from booking.domain.people.caller import Caller
from booking.domain.properties.policy import Settings
from booking.domain.visits.booking import BookingStatus
from booking.domain.visits.refusals import SlotTaken
from booking.domain.visits.slot import Slot, SlotStatus
from booking.domain.visits.slot_page import SlotPage
from booking.domain.visits.waitlist import EntryStatus
from tests.builders import HOUR, Organization, organization
from tests.support.worlds import World

MINUTE = timedelta(minutes=1)
ALL = Paging(after=None, limit=100)
APPROVED = Settings(approval_levels=(RiskLevel.LOW,), approval_seconds=600)


async def listed(agency: Organization, agent: Caller, status: SlotStatus | None = None) -> Sequence[Slot]:
    chosen = SlotChoice(statuses=(status,) if status else ())
    page = await agency.slots.list(agent, chosen, window=Window(), paging=ALL)
    return [view.slot for view in page.items]


@pytest.mark.parametrize("capacity", [1, 2])
async def test_a_slot_is_available_from_the_deadline_of_its_approval_on_wherever_one_looks(
    world: World, capacity: int
) -> None:
    """Tidied or not: shown, found by each filter, bookable at its property, and among the alternatives."""
    agency = organization(world.store)
    agent, viewer = await agency.admin(), await agency.applicant()
    property_id = uuid4()
    slot, other = [
        await agency.slot(agent, property_id=property_id, starts_in=hours * HOUR, capacity=places)
        for hours, places in ((9, capacity), (11, 1))
    ]
    for _ in range(capacity - 1):
        await agency.book(await agency.applicant(), slot.id)
    await agency.policies.put(agent, APPROVED, expected=None)
    deadline = (await agency.book(await agency.applicant(), slot.id)).deadline
    assert (await agency.see(viewer, slot.id)).status is SlotStatus.BOOKED
    assert [one.id for one in await listed(agency, agent, SlotStatus.BOOKED)] == [slot.id]
    await agency.policies.put(agent, Settings(), expected=None)
    await agency.book(await agency.applicant(), other.id)
    await world.jump(11 * MINUTE)
    for tidied in (False, True):
        view = await agency.slots.get(viewer, slot.id)
        shown = view.slot
        assert (shown.status, view.availability.places_left, shown.updated_at) == (SlotStatus.AVAILABLE, 1, deadline)
        assert [one for one in await listed(agency, agent) if one.id == slot.id] == [shown]
        assert await listed(agency, agent, SlotStatus.AVAILABLE) == [shown]
        assert [one.id for one in await listed(agency, agent, SlotStatus.BOOKED)] == [other.id]
        found = await agency.slots.bookable(viewer, property_id, window=Window(), paging=ALL)
        assert [one.slot for one in found.items] == list(SlotPage.of([view.availability]).slots)
        with pytest.raises(SlotTaken) as refused:
            await agency.book(viewer, other.id)
        assert [one.slot for one in refused.value.alternatives or ()] == [shown]
        assert await agency.tidying.step() == (0 if tidied else 1)
    assert (await agency.book(viewer, slot.id)).status is BookingStatus.CONFIRMED


async def test_what_the_clock_ended_has_ended_at_its_deadline_whenever_one_looks(world: World) -> None:
    """Not at each look anew, nor when a worker came by: a booking, an offer, and the waiting for a visit that began."""
    agency = organization(world.store)
    agent, person, waiter = await agency.admin(), await agency.applicant(), await agency.applicant()
    await agency.policies.put(agent, APPROVED, expected=None)
    slot = await agency.slot(agent, starts_in=9 * HOUR)
    booking = await agency.book(person, slot.id)
    assert booking.deadline is not None
    offering = await agency.slot(agent, starts_in=12 * HOUR)
    taken = await agency.book(person, offering.id)
    await agency.waitlists.join(waiter, offering.id)
    await agency.bookings.cancel(person, taken.id)
    offer = await agency.holds.hold(waiter, offering.id)
    full = await agency.slot(agent, starts_in=1 * HOUR)
    await agency.bookings.approve(agent, (await agency.book(person, full.id)).id)
    await agency.waitlists.join(waiter, full.id)
    await world.jump(2 * HOUR)
    for tidied in (False, True):
        for look in (person, agent):
            shown = (await agency.bookings.get(look, booking.id)).booking
            assert (shown.status, shown.updated_at) == (BookingStatus.EXPIRED, booking.deadline)
        page = await agency.waitlists.list(waiter, side=None, slot_id=None, status=EntryStatus.LAPSED, paging=ALL)
        assert {view.entry.slot_id: view.entry.updated_at for view in page.items} == {
            offering.id: offer.deadline,
            full.id: full.start_time,
        }
        assert await agency.tidying.step() == (0 if tidied else 3)


async def test_each_filter_of_a_list_finds_what_it_shows(world: World) -> None:
    """Bookings and entries in each state, over by the clock among them."""
    agency = organization(world.store)
    agent, waiter = await agency.admin(), await agency.applicant()
    await agency.policies.put(agent, APPROVED, expected=None)
    for hours in (3, 5, 7):
        slot = await agency.slot(agent, starts_in=hours * HOUR)
        booking = await agency.book(await agency.applicant(), slot.id)
        await agency.waitlists.join(waiter, slot.id)
        if hours == 5:
            await agency.bookings.decline(agent, booking.id)
        if hours == 7:
            await agency.bookings.approve(agent, booking.id)
    for passed in (0 * HOUR, 11 * MINUTE, 4 * HOUR):
        await world.jump(passed)
        bookings = (await agency.bookings.list(agent, side=None, window=Window(), paging=ALL)).items
        for status in BookingStatus:
            chosen = BookingChoice(statuses=(status,))
            found = await agency.bookings.list(agent, chosen, side=None, window=Window(), paging=ALL)
            assert [one.booking for one in found.items] == [
                one.booking for one in bookings if one.booking.status is status
            ]
        by_status = {
            status: await agency.waitlists.list(agent, side=None, slot_id=None, status=status, paging=ALL)
            for status in EntryStatus
        }
        assert all(view.entry.status is status for status, page in by_status.items() for view in page.items)
        assert sum(len(page.items) for page in by_status.values()) == 3
