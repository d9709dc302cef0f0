"""Moves of slots: everything on them goes along, or nothing has changed; the same in memory and in PostgreSQL."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest

from booking.domain.events import EventType
from booking.domain.people.refusals import AgentNotFound, WrongRole
from booking.domain.planning.change_plan import SlotFate
from booking.domain.planning.refusals import BlockOverlapsSlots, PlanStale
from booking.domain.planning.slot_moves import Destination
from booking.domain.properties.policy import Settings
from booking.domain.refusals import NotYourSlot, Refusal, SlotNotFound
from booking.domain.visits.booking import BookingStatus
from booking.domain.visits.refusals import (
    AgentBlocked,
    ApplicantBusy,
    HoldExpired,
    SlotCancelled,
    SlotInPast,
    SlotOverlap,
    VisitStarted,
)
from booking.domain.visits.slot import Slot
from booking.domain.visits.waitlist import EntryStatus
from tests.builders import HOUR, organization
from tests.support.worlds import World


def later(slot: Slot, by: timedelta) -> Destination:
    return Destination(start_time=slot.start_time + by)


async def test_a_slot_moves_with_its_visit_and_everybody_who_waits_for_it(world: World) -> None:
    agency = organization(world.store)
    agent, applicant, waiter = await agency.agent(), await agency.applicant(), await agency.applicant()
    slot = await agency.slot(agent)
    booking = await agency.book(applicant, slot.id, "by bus")
    await agency.bookings.confirm_attendance(applicant, booking.id)
    entry = (await agency.waitlists.join(waiter, slot.id)).entry
    plan, view = await agency.slot_moves.move(agent, slot.id, later(slot, 2 * HOUR))
    assert view is not None
    assert (view.slot.start_time, view.slot.end_time) == (slot.start_time + 2 * HOUR, slot.end_time + 2 * HOUR)
    assert await agency.see(agent, slot.id) == view.slot
    moved = (await agency.bookings.get(applicant, booking.id)).booking
    assert (moved.id, moved.slot_id, moved.sequence, moved.status, moved.notes, moved.attendance_confirmed_at) == (
        booking.id,
        slot.id,
        1,
        BookingStatus.CONFIRMED,
        "by bus",
        None,
    )
    assert moved.start_time == view.slot.start_time
    (planned,) = plan.slots
    assert (planned.slot_id, planned.fate, planned.becomes.start_time) == (slot.id, SlotFate.MOVED, moved.start_time)
    assert [(one.booking_id, one.was, one.becomes) for one in planned.claims] == [
        (booking.id, BookingStatus.CONFIRMED, BookingStatus.CONFIRMED)
    ]
    assert [(one.entry_id, one.becomes) for one in planned.waitlist] == [(entry.id, EntryStatus.WAITING)]
    assert (await world.events())[-2:] == [
        (EventType.SLOT_MOVED, "booked", "booked"),
        (EventType.BOOKING_RESCHEDULED, "confirmed", "confirmed"),
    ]
    await agency.bookings.cancel(applicant, booking.id)
    assert (await agency.holds.hold(waiter, slot.id)).status is BookingStatus.OFFERED


async def test_another_agent_takes_a_slot_at_its_hour_and_the_word_of_its_applicant_stays(world: World) -> None:
    agency = organization(world.store)
    agent, colleague, applicant = await agency.agent(), await agency.agent(), await agency.applicant()
    slot = await agency.slot(agent)
    booking = await agency.book(applicant, slot.id)
    said = (await agency.bookings.confirm_attendance(applicant, booking.id)).booking.attendance_confirmed_at
    await agency.slot_moves.move(agent, slot.id, Destination(agent_id=colleague.as_agent().id))
    taken = await agency.bookings.get(colleague, booking.id)
    assert (taken.for_agent, taken.booking.sequence, taken.booking.attendance_confirmed_at) == (True, 1, said)
    with pytest.raises(NotYourSlot):
        await agency.slot_moves.move(agent, slot.id, later(slot, HOUR))


async def test_a_dry_run_changes_nothing_and_its_hash_holds_until_somebody_books(world: World) -> None:
    agency = organization(world.store)
    agent, applicant = await agency.agent(), await agency.applicant()
    slot = await agency.slot(agent)
    there, before = later(slot, HOUR), await world.events()
    plan, view = await agency.slot_moves.move(agent, slot.id, there, dry=True)
    assert (view, await world.events()) == (None, before)
    assert (await agency.slot_moves.move(agent, slot.id, there, dry=True)).plan.hash == plan.hash
    await agency.book(applicant, slot.id)
    with pytest.raises(PlanStale) as stale:
        await agency.slot_moves.move(agent, slot.id, there, expected=plan.hash)
    assert (await agency.see(agent, slot.id)).start_time == slot.start_time
    done, _ = await agency.slot_moves.move(agent, slot.id, there, expected=stale.value.plan.hash)
    assert done == stale.value.plan
    again, _ = await agency.slot_moves.move(agent, slot.id, there)  # where it is already
    assert again.slots[0].fate is SlotFate.STAYS
    assert [kind for kind, _, _ in await world.events()].count(EventType.SLOT_MOVED) == 1


async def test_holds_and_offers_go_along_and_never_past_the_notice_limit(world: World) -> None:
    """Of two hours' notice: moved close to it their time is shorter, moved past it they are over."""
    agency = organization(world.store)
    agent, admin = await agency.agent(), await agency.admin()
    holder, offered, waiter = [await agency.applicant() for _ in range(3)]
    await agency.policies.put(admin, Settings(notice_seconds=7200, offer_seconds=3600), expected=None)
    slot = await agency.slot(agent, starts_in=9 * HOUR, capacity=2)
    booking = await agency.book(offered, slot.id)
    hold = await agency.holds.hold(holder, slot.id)
    await agency.waitlists.join(waiter, slot.id)
    await agency.bookings.cancel(offered, booking.id)  # the place is offered to the one who waits
    offer = await agency.holds.hold(waiter, slot.id)
    assert (hold.status, offer.status) == (BookingStatus.HELD, BookingStatus.OFFERED)
    now = await world.store.now()
    near = now + timedelta(hours=2, minutes=3)
    plan, _ = await agency.slot_moves.move(agent, slot.id, Destination(start_time=near))
    assert {one.deadline for one in plan.slots[0].claims} == {near - 2 * HOUR}
    assert (await world.events())[-1] == (EventType.WAITLIST_OFFERED, "offered", "offered")
    plan, _ = await agency.slot_moves.move(agent, slot.id, Destination(start_time=now + HOUR))
    assert {one.becomes for one in plan.slots[0].claims} == {BookingStatus.LAPSED}
    assert [one.becomes for one in plan.slots[0].waitlist] == [EntryStatus.LAPSED]
    with pytest.raises(HoldExpired):
        await agency.holds.release(holder, hold.id)


async def test_a_slot_does_not_move_to_where_somebody_is_busy(world: World) -> None:
    agency = organization(world.store)
    agent, colleague, applicant = await agency.agent(), await agency.agent(), await agency.applicant()
    property_id = uuid4()
    slot = await agency.slot(agent, property_id=property_id)
    await agency.book(applicant, slot.id)
    own = await agency.slot(agent, starts_in=3 * HOUR)
    of_property = await agency.slot(colleague, property_id=property_id, starts_in=5 * HOUR)
    elsewhere = await agency.slot(colleague, starts_in=7 * HOUR)
    await agency.book(applicant, elsewhere.id)
    before = await world.events()
    for taken, refusal in ((own, SlotOverlap), (of_property, SlotOverlap), (elsewhere, ApplicantBusy)):
        with pytest.raises(refusal):
            await agency.slot_moves.move(agent, slot.id, Destination(start_time=taken.start_time))
    with pytest.raises(SlotOverlap):
        await agency.slot_moves.move(
            agent, slot.id, Destination(start_time=elsewhere.start_time, agent_id=colleague.as_agent().id)
        )
    assert await world.events() == before
    await agency.slot_moves.move(agent, slot.id, later(slot, HOUR / 2))  # over its own former time


async def test_a_slot_does_not_move_into_a_block_and_its_former_time_can_be_blocked(world: World) -> None:
    agency = organization(world.store)
    agent = await agency.agent()
    slot = await agency.slot(agent)
    lunch = slot.start_time + 3 * HOUR
    await agency.blocks.create(agent, agent.as_agent().id, lunch, lunch + HOUR, None)
    with pytest.raises(AgentBlocked):
        await agency.slot_moves.move(agent, slot.id, Destination(start_time=lunch))
    await agency.slot_moves.move(agent, slot.id, Destination(start_time=lunch + HOUR))
    await agency.blocks.create(agent, agent.as_agent().id, slot.start_time, slot.end_time, None)
    with pytest.raises(BlockOverlapsSlots):
        await agency.blocks.create(agent, agent.as_agent().id, lunch, lunch + 2 * HOUR, None)


async def test_the_larger_buffer_of_two_slots_lies_between_them_after_a_move(world: World) -> None:
    agency = organization(world.store)
    agent, admin = await agency.agent(), await agency.admin()
    plain = await agency.slot(agent, starts_in=9 * HOUR)
    await agency.policies.put(admin, Settings(buffer_seconds=3600), expected=None)
    slot = await agency.slot(agent)
    with pytest.raises(SlotOverlap):
        await agency.slot_moves.move(agent, slot.id, Destination(start_time=plain.end_time + HOUR / 2))
    await agency.slot_moves.move(agent, slot.id, Destination(start_time=plain.end_time + HOUR))


async def test_a_move_is_refused_where_it_cannot_be(world: World) -> None:
    agency, other = organization(world.store), organization(world.store)
    agent, colleague, applicant = await agency.agent(), await agency.agent(), await agency.applicant()
    stranger = await other.agent()
    slot = await agency.slot(agent)
    for caller, there, refusal in (
        (colleague, later(slot, HOUR), NotYourSlot),
        (stranger, later(slot, HOUR), SlotNotFound),
        (applicant, later(slot, HOUR), WrongRole),
        (agent, Destination(agent_id=stranger.as_agent().id), AgentNotFound),
        (agent, later(slot, -2 * HOUR), SlotInPast),
    ):
        with pytest.raises(refusal):
            await agency.slot_moves.move(caller, slot.id, there)
    await world.jump(2 * HOUR)
    with pytest.raises(VisitStarted):
        await agency.slot_moves.move(agent, slot.id, later(slot, 5 * HOUR))
    await world.jump(timedelta())
    await agency.slots.cancel(agent, slot.id)
    with pytest.raises(SlotCancelled):
        await agency.slot_moves.move(agent, slot.id, later(slot, HOUR))


async def test_of_moves_and_bookings_at_once_nobody_is_in_two_places(world: World) -> None:
    agency = organization(world.store)
    agent, colleague, applicant = await agency.agent(), await agency.agent(), await agency.applicant()
    first, second = await agency.slot(agent), await agency.slot(agent, starts_in=3 * HOUR)
    at_four = await agency.slot(colleague, starts_in=4 * HOUR)
    await agency.book(applicant, first.id)
    there = Destination(start_time=at_four.start_time)
    outcomes = await asyncio.gather(
        agency.slot_moves.move(agent, first.id, there),
        agency.slot_moves.move(agent, second.id, there),
        agency.book(applicant, at_four.id),
        agency.slot_moves.move(agent, first.id, Destination(agent_id=colleague.as_agent().id)),
        return_exceptions=True,
    )
    assert all(isinstance(one, Refusal) for one in outcomes if isinstance(one, Exception))
