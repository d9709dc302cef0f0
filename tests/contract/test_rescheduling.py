"""Moving a booking: one move or none at all; the same in memory and in PostgreSQL."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import astuple

from booking.domain.events import Event, EventType
from booking.domain.people.agent import AgentRole
from booking.domain.people.applicant import RiskLevel
from booking.domain.people.refusals import ApplicantIneligible
from booking.domain.properties.policy import Settings
from booking.domain.refusals import NotYourSlot, Refusal, SlotNotFound, Unavailable
from booking.domain.visits.allowed_actions import BookingAction
from booking.domain.visits.booking import BookingStatus
from booking.domain.visits.refusals import (
    AlreadyBooked,
    ApplicantBusy,
    BookingNotConfirmed,
    BookingNotFound,
    CutoffPassed,
    HoldNotFound,
    NoticeTooShort,
    SlotTaken,
    VisitStarted,
)
from booking.domain.visits.slot import Slot, SlotStatus
from tests.builders import HOUR, claims, organization, screening
from tests.support.worlds import World


async def test_a_moved_booking_stays_the_same_booking_and_its_old_place_goes_on(world: World) -> None:
    agency = organization(world.store)
    agent, applicant, waiter = await agency.agent(), await agency.applicant(), await agency.applicant()
    old, new = await agency.slots_of(agent, 2)
    booking = await agency.book(applicant, old.id, "by bus")
    await agency.waitlists.join(waiter, old.id)
    moved = (await agency.bookings.reschedule(applicant, booking.id, new.id)).booking
    assert (moved.id, moved.sequence, moved.slot_id, moved.start_time, moved.status, moved.notes) == (
        booking.id,
        1,
        new.id,
        new.start_time,
        BookingStatus.CONFIRMED,
        "by bus",
    )
    assert (await agency.bookings.get(agent, booking.id)).booking == moved
    assert (await agency.see(agent, new.id)).status is SlotStatus.BOOKED
    assert (await agency.holds.hold(waiter, old.id)).status is BookingStatus.OFFERED
    assert (await world.events())[-2:] == [
        (EventType.BOOKING_RESCHEDULED, "confirmed", "confirmed"),
        (EventType.WAITLIST_OFFERED, None, "offered"),
    ]
    assert set((await world.store.auditor.violations()).values()) == {0}


async def test_on_a_conflict_nothing_has_changed(world: World) -> None:
    agency = organization(world.store)
    agent, applicant, rival = await agency.agent(), await agency.applicant(), await agency.applicant()
    old, taken, third = await agency.slots_of(agent, 3)
    booking = await agency.book(applicant, old.id)
    await agency.book(rival, taken.id)
    before = await world.events()
    with pytest.raises(SlotTaken) as refused:
        await agency.bookings.reschedule(applicant, booking.id, taken.id)
    assert [availability.slot.id for availability in refused.value.alternatives or ()] == [third.id]
    assert (await agency.bookings.get(applicant, booking.id)).booking == booking
    assert await world.events() == before


async def test_two_who_swap_slots_at_once_do_not_deadlock(world: World) -> None:
    """Two slots are locked in the order of their ids, whoever asks."""
    agency = organization(world.store)
    agent, one, other = await agency.agent(), await agency.applicant(), await agency.applicant()
    for capacity in (1, 2):
        slots = [await agency.slot(agent, starts_in=(n + 4 * capacity) * HOUR, capacity=capacity) for n in range(2)]
        for _ in range(10):
            first, second = await agency.book(one, slots[0].id), await agency.book(other, slots[1].id)
            outcomes = await asyncio.gather(
                agency.bookings.reschedule(one, first.id, slots[1].id),
                agency.bookings.reschedule(other, second.id, slots[0].id),
                return_exceptions=True,
            )
            refused = [outcome for outcome in outcomes if isinstance(outcome, Refusal)]
            assert len(refused) == (2 if capacity == 1 else 0)
            assert all(isinstance(refusal, SlotTaken) for refusal in refused)
            for booking in (first, second):  # by the agent, for their applicants may only so often
                await agency.bookings.cancel(agent, booking.id)
    assert set((await world.store.auditor.violations()).values()) == {0}


async def test_of_two_who_move_to_one_place_at_once_one_wins(world: World) -> None:
    agency = organization(world.store)
    agent = await agency.agent()
    olds = await agency.slots_of(agent, 2)
    new = await agency.slot(agent, starts_in=9 * HOUR)
    people = [await agency.applicant() for _ in range(2)]
    bookings = [await agency.book(person, slot.id) for person, slot in zip(people, olds, strict=True)]
    outcomes = await asyncio.gather(
        *(
            agency.bookings.reschedule(person, booking.id, new.id)
            for person, booking in zip(people, bookings, strict=True)
        ),
        return_exceptions=True,
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["BookingView", "SlotTaken"]
    assert set((await world.store.auditor.violations()).values()) == {0}


async def test_one_may_move_to_a_time_that_only_the_booking_itself_is_in_the_way_of(world: World) -> None:
    agency = organization(world.store)
    one, other, applicant = await agency.agent(), await agency.agent(), await agency.applicant()
    old, same_time = await agency.slot(one), await agency.slot(other)
    third = await agency.slot(one, starts_in=3 * HOUR)
    at_third = await agency.slot(other, starts_in=3 * HOUR)
    booking = await agency.book(applicant, old.id)
    await agency.book(applicant, third.id)
    assert (await agency.bookings.reschedule(applicant, booking.id, same_time.id)).booking.sequence == 1
    with pytest.raises(ApplicantBusy):
        await agency.bookings.reschedule(applicant, booking.id, at_third.id)
    await agency.slots.resize(one, third.id, 2)
    with pytest.raises(AlreadyBooked):
        await agency.bookings.reschedule(applicant, booking.id, third.id)


async def test_a_place_that_is_held_or_offered_is_moved_into(world: World) -> None:
    agency = organization(world.store)
    agent, applicant, rival = await agency.agent(), await agency.applicant(), await agency.applicant()
    old, held, offered = await agency.slots_of(agent, 3)
    booking = await agency.book(applicant, old.id)
    await agency.holds.hold(applicant, held.id)
    await agency.bookings.reschedule(applicant, booking.id, held.id)
    theirs = await agency.book(rival, offered.id)
    await agency.waitlists.join(applicant, offered.id)
    await agency.bookings.cancel(rival, theirs.id)
    assert (await agency.bookings.reschedule(applicant, booking.id, offered.id)).booking.sequence == 2
    assert set((await world.store.auditor.violations()).values()) == {0}


async def test_an_agent_moves_past_notice_and_cutoff_and_an_applicant_does_not(world: World) -> None:
    agency = organization(world.store)
    agent, admin, applicant = await agency.agent(), await agency.admin(), await agency.applicant()
    old, new = await agency.slots_of(agent, 2)
    booking = await agency.book(applicant, old.id)
    await agency.policies.put(admin, Settings(notice_seconds=4 * 3600), expected=None)
    with pytest.raises(NoticeTooShort):
        await agency.bookings.reschedule(applicant, booking.id, new.id)
    await agency.policies.put(admin, Settings(cancellation_cutoff_seconds=4 * 3600), expected=None)
    for change in (
        agency.bookings.reschedule(applicant, booking.id, new.id),
        agency.bookings.cancel(applicant, booking.id),
    ):
        with pytest.raises(CutoffPassed):
            await change
    assert (await agency.bookings.reschedule(agent, booking.id, new.id)).booking.sequence == 1
    await agency.bookings.cancel(agent, booking.id)


async def test_a_move_by_the_applicant_needs_the_approval_that_a_new_booking_would(world: World) -> None:
    agency = organization(world.store)
    agent, admin = await agency.agent(), await agency.admin()
    applicant = await agency.applicant(risk_level=RiskLevel.MEDIUM)
    slots = [await agency.slot(agent, starts_in=timedelta(hours=30 + n)) for n in range(3)]
    booking = await agency.book(applicant, slots[0].id)
    await agency.policies.put(admin, Settings(approval_levels=(RiskLevel.MEDIUM,)), expected=None)
    moved = await agency.bookings.reschedule(applicant, booking.id, slots[1].id)
    assert moved.booking.status is BookingStatus.PENDING_APPROVAL
    by_agent = await agency.bookings.reschedule(agent, booking.id, slots[2].id)
    assert (by_agent.booking.status, by_agent.booking.deadline) == (
        BookingStatus.PENDING_APPROVAL,
        moved.booking.deadline,
    )
    await agency.bookings.approve(agent, booking.id)
    again = await agency.bookings.reschedule(agent, booking.id, slots[0].id)
    assert (again.booking.status, again.booking.sequence) == (BookingStatus.CONFIRMED, 3)


async def test_what_is_over_cancelled_another_s_or_an_ineligible_person_s_is_not_moved(world: World) -> None:
    agency, elsewhere = organization(world.store), organization(world.store)
    agent, applicant, rival = await agency.agent(), await agency.applicant(), await agency.applicant()
    old, new, third = await agency.slots_of(agent, 3)
    foreign = await elsewhere.slot(await elsewhere.agent())
    booking = await agency.book(applicant, third.id)
    with pytest.raises(BookingNotFound):
        await agency.bookings.reschedule(rival, booking.id, new.id)
    with pytest.raises(SlotNotFound):
        await agency.bookings.reschedule(applicant, booking.id, foreign.id)
    cancelled = await agency.book(applicant, old.id)
    await agency.bookings.cancel(applicant, cancelled.id)
    with pytest.raises(BookingNotConfirmed):
        await agency.bookings.reschedule(applicant, cancelled.id, new.id)
    person = applicant.applicants[0]
    worse = screening(
        agency.organization_id, external_id=person.external_id, email=person.email, risk_level=RiskLevel.HIGH
    )
    await agency.screen(worse)
    with pytest.raises(ApplicantIneligible):
        await agency.bookings.reschedule(agent, booking.id, new.id)
    started = await agency.book(rival, new.id)
    await world.jump(2.5 * HOUR)
    with pytest.raises(VisitStarted):
        await agency.bookings.reschedule(rival, started.id, third.id)


async def test_a_move_tidies_what_stands_in_the_way(world: World) -> None:
    """A hold that is over, on the slot or by its time, blocks nobody."""
    agency = organization(world.store)
    one, other = await agency.agent(), await agency.agent()
    applicant, rival = await agency.applicant(), await agency.applicant()
    old = await agency.slot(one, starts_in=9 * HOUR)
    new, same_time = await agency.slot(one, starts_in=6 * HOUR), await agency.slot(other, starts_in=6 * HOUR)
    booking = await agency.book(applicant, old.id)
    await agency.holds.hold(rival, new.id)
    await agency.holds.hold(applicant, same_time.id)
    with pytest.raises(SlotTaken):
        await agency.bookings.reschedule(applicant, booking.id, new.id)
    await world.jump(timedelta(minutes=6))
    assert (await agency.bookings.reschedule(applicant, booking.id, new.id)).booking.slot_id == new.id
    assert set((await world.store.auditor.violations()).values()) == {0}


async def test_a_move_tells_from_where_and_to_where_and_names_the_agent_whose_visit_it_was(world: World) -> None:
    agency = organization(world.store)
    one, other, applicant = await agency.agent(), await agency.agent(), await agency.applicant()
    old, new = await agency.slot(one), await agency.slot(other, starts_in=3 * HOUR)
    booking = await agency.book(applicant, old.id)
    await agency.bookings.reschedule(applicant, booking.id, new.id)
    *_, booked, told = await all_events(world)
    assert booked.type == EventType.BOOKING_CONFIRMED
    assert (booked.slot_id, booked.property_id, booked.agent_id, booked.start_time, booked.end_time) == where(old)
    assert booked.moved_from is None
    assert (told.type, told.booking_id, told.applicant_id) == (
        EventType.BOOKING_RESCHEDULED,
        booking.id,
        applicant.applicants[0].id,
    )
    assert (told.slot_id, told.property_id, told.agent_id, told.start_time, told.end_time) == where(new)
    assert told.moved_from is not None
    assert astuple(told.moved_from) == where(old)


async def test_every_event_about_a_place_names_the_slot_with_its_agent_and_times(world: World) -> None:
    """Holds, offers, approvals that move, those who wait, and all that goes with a cancelled slot."""
    agency = organization(world.store)
    agent, admin, applicant, waiter = (
        await agency.agent(),
        await agency.admin(),
        await agency.applicant(),
        await agency.applicant(),
    )
    old, new = await agency.slot(agent), await agency.slot(admin, starts_in=3 * HOUR, capacity=2)
    await agency.policies.put(admin, Settings(approval_levels=(RiskLevel.LOW,)), expected=None)
    hold = await agency.holds.hold(applicant, old.id)
    booking = await agency.book(applicant, old.id, hold_id=hold.id)
    await agency.waitlists.leave(waiter, (await agency.waitlists.join(waiter, old.id)).entry.id)
    await agency.waitlists.join(waiter, old.id)
    await agency.holds.hold(applicant, new.id)
    await agency.bookings.reschedule(applicant, booking.id, new.id)  # pending, into a place of one's own
    await agency.bookings.reschedule(waiter, (await agency.book(waiter, old.id)).id, new.id)
    await agency.bookings.approve(admin, booking.id)
    await agency.slots.cancel(admin, new.id)
    await agency.slots.cancel(agent, old.id)
    places = {slot.id: where(slot) for slot in (old, new)}
    about = [one for one in await all_events(world) if one.slot_id]
    assert {one.type for one in about} >= {
        EventType.HOLD_CREATED,
        EventType.HOLD_RELEASED,
        EventType.BOOKING_REQUESTED,
        EventType.WAITLIST_JOINED,
        EventType.WAITLIST_LEFT,
        EventType.WAITLIST_OFFERED,
        EventType.BOOKING_RESCHEDULED,
        EventType.BOOKING_CONFIRMED,
        EventType.BOOKING_CANCELLED,
        EventType.SLOT_CANCELLED,
    }
    for one in about:
        assert one.slot_id
        assert (one.slot_id, one.property_id, one.agent_id, one.start_time, one.end_time) == places[one.slot_id]
        assert (one.moved_from is not None) is (one.type == EventType.BOOKING_RESCHEDULED)


async def all_events(world: World) -> list[Event]:
    """Placed by it."""
    while await world.store.outbox.place(100):
        pass
    return [one.recorded.event for one in await world.store.trail.placed(1, 1000)]


def where(slot: Slot) -> tuple[object, ...]:
    return slot.id, slot.property_id, slot.agent_id, slot.start_time, slot.end_time


async def test_two_slots_in_view_but_of_two_agencies_are_none_to_move_between(world: World) -> None:
    """Whoever is an applicant of both, or of one and an agent of the other: there is no such slot for that booking."""
    agency, elsewhere = organization(world.store), organization(world.store)
    email = "ana@example.com"
    for each in (agency, elsewhere):
        await each.screen(screening(each.organization_id, email=email))
    both = await agency.identity.identify(claims(email=email), None)
    here, there = (
        await agency.slot(await agency.agent()),
        await elsewhere.slot(await elsewhere.agent(), starts_in=3 * HOUR),
    )
    booking = await agency.book(both, here.id)
    with pytest.raises(SlotNotFound):
        await agency.bookings.reschedule(both, booking.id, there.id)
    at_one = claims(both.subject, email=email, organization_id=agency.organization_id, role=AgentRole.ADMIN)
    agent_here = await agency.identity.identify(at_one, None)
    assert len(agent_here.organizations) == 2
    for deed in (
        agency.bookings.reschedule(agent_here, booking.id, there.id),
        agency.book(agent_here, there.id, applicant_id=booking.applicant_id),
        agency.slots.cancel(agent_here, there.id),
        agency.slots.resize(agent_here, there.id, 2),
    ):
        with pytest.raises(SlotNotFound):
            await deed
    assert (await agency.bookings.get(both, booking.id)).booking == booking
    theirs = await elsewhere.book(both, there.id)
    with pytest.raises(BookingNotFound):
        await agency.bookings.approve(agent_here, theirs.id)
    hold = await agency.holds.hold(both, (await agency.slot(await agency.agent(), starts_in=6 * HOUR)).id)
    with pytest.raises(HoldNotFound):
        await agency.book(both, there.id, hold_id=hold.id)


async def test_an_agent_moves_only_between_slots_that_they_manage(world: World) -> None:
    """As they book on somebody's behalf: past notice, horizon and approval, but not into a colleague's slot."""
    agency = organization(world.store)
    agent, colleague, admin = await agency.agent(), await agency.agent(), await agency.admin()
    applicant = await agency.applicant()
    old, own = await agency.slots_of(agent, 2)
    theirs = await agency.slot(colleague, starts_in=8 * HOUR)
    booking = await agency.book(applicant, old.id)
    rules = Settings(notice_seconds=20 * 3600, approval_levels=(RiskLevel.LOW,), horizon_days=1)
    await agency.policies.put(admin, rules, expected=None)
    before = await world.events()
    with pytest.raises(NotYourSlot):
        await agency.bookings.reschedule(agent, booking.id, theirs.id)
    with pytest.raises(BookingNotFound):
        await agency.bookings.reschedule(colleague, booking.id, theirs.id)
    assert await world.events() == before
    moved = await agency.bookings.reschedule(agent, booking.id, own.id)
    assert (moved.booking.slot_id, moved.booking.status) == (own.id, BookingStatus.CONFIRMED)
    moved = await agency.bookings.reschedule(admin, booking.id, theirs.id)
    assert (moved.booking.slot_id, moved.booking.status) == (theirs.id, BookingStatus.CONFIRMED)


async def test_an_agent_s_own_visit_goes_into_a_colleague_s_slot_by_the_rules_for_applicants(world: World) -> None:
    """Who is both may what either may: past the notice only where they manage both slots."""
    agency = organization(world.store)
    email = "ana@example.com"
    await agency.screen(screening(agency.organization_id, email=email))
    member = claims(email=email, organization_id=agency.organization_id, role=AgentRole.MEMBER)
    both = await agency.identity.identify(member, None)
    colleague = await agency.agent()
    own, next_own = await agency.slots_of(both, 2)
    theirs, later = await agency.slot(colleague, starts_in=4 * HOUR), await agency.slot(colleague, starts_in=9 * HOUR)
    booking = await agency.book(both, own.id)
    await agency.policies.put(await agency.admin(), Settings(notice_seconds=6 * 3600), expected=None)
    with pytest.raises(NoticeTooShort):
        await agency.bookings.reschedule(both, booking.id, theirs.id)
    moved = await agency.bookings.reschedule(both, booking.id, next_own.id)  # as its agent
    assert (moved.booking.slot_id, moved.booking.status) == (next_own.id, BookingStatus.CONFIRMED)
    moved = await agency.bookings.reschedule(both, booking.id, later.id)  # as the applicant
    assert moved.booking.slot_id == later.id
    assert (await agency.bookings.get(both, booking.id)).booking == moved.booking


WHILE_CONFIRMED = (BookingAction.CANCEL, BookingAction.RESCHEDULE, BookingAction.CONFIRM_ATTENDANCE)


async def test_past_the_cut_off_who_is_both_cancels_and_moves_their_own_visit_as_its_agent(world: World) -> None:
    agency = organization(world.store)
    email = "ana@example.com"
    await agency.screen(screening(agency.organization_id, email=email))
    member = claims(email=email, organization_id=agency.organization_id, role=AgentRole.MEMBER)
    both = await agency.identity.identify(member, None)
    first, second = await agency.slots_of(both, 2)
    early = await agency.book(both, first.id)
    assert (await agency.bookings.get(both, early.id)).actions == WHILE_CONFIRMED
    await agency.bookings.cancel(both, early.id)
    assert (await agency.bookings.get(both, early.id)).booking.status is BookingStatus.CANCELLED_BY_APPLICANT
    late = await agency.book(both, first.id)
    await agency.policies.put(await agency.admin(), Settings(cancellation_cutoff_seconds=6 * 3600), expected=None)
    assert (await agency.bookings.get(both, late.id)).actions == WHILE_CONFIRMED
    await agency.bookings.reschedule(both, late.id, second.id)
    await agency.bookings.cancel(both, late.id)
    assert (await agency.bookings.get(both, late.id)).booking.status is BookingStatus.CANCELLED_BY_AGENT
    with pytest.raises(BookingNotConfirmed):
        await agency.bookings.cancel(both, late.id)


@pytest.mark.parametrize("cut_off", [0, 6 * 3600])
async def test_an_outage_is_no_refusal_in_whichever_role_it_is_met(world: World, cut_off: int) -> None:
    """As the applicant, or as the agent after the applicant was refused by the cut-off."""
    agency = organization(world.store)
    email = "ana@example.com"
    await agency.screen(screening(agency.organization_id, email=email))
    member = claims(email=email, organization_id=agency.organization_id, role=AgentRole.MEMBER)
    both = await agency.identity.identify(member, None)
    (slot,) = await agency.slots_of(both, 1)
    booking = await agency.book(both, slot.id)
    await agency.policies.put(await agency.admin(), Settings(cancellation_cutoff_seconds=cut_off), expected=None)

    class Failing:
        calls = 0

        def __getattr__(self, name: str) -> Any:
            return getattr(world.store.rosters, name)

        async def change(self, *_: Any) -> Any:
            self.calls += 1
            raise Unavailable

    failing = Failing()
    with pytest.raises(Unavailable):
        await replace(agency.bookings, rosters=failing).cancel(both, booking.id)
    assert failing.calls == 1
    assert (await agency.bookings.get(both, booking.id)).booking.status is BookingStatus.CONFIRMED
