"""Attendance: applicants say that they are coming, or their agent does."""

import pytest

from booking.domain.refusals import BookingNotConfirmed, BookingNotFound, VisitStarted
from tests.builders import HOUR, organization
from tests.support.worlds import World


@pytest.mark.parametrize("by_agent", [False, True])
async def test_applicants_and_their_agents_say_once_that_they_are_coming(world: World, by_agent: bool) -> None:
    agency = organization(world.store)
    agent, applicant = await agency.agent(), await agency.applicant()
    booking = await agency.book(applicant, (await agency.slot(agent)).id)
    by, other = (agent, applicant) if by_agent else (applicant, agent)
    before = await world.events()
    at = await world.store.now()
    said = (await agency.bookings.confirm_attendance(by, booking.id)).booking
    assert said.attendance_confirmed_at is not None
    assert said.attendance_confirmed_at >= at
    assert (await agency.bookings.get(other, booking.id)).booking == said
    assert (await world.events())[len(before) :] == [("booking.attendance_confirmed", None, "confirmed")]
    assert (await agency.bookings.confirm_attendance(other, booking.id)).booking == said
    assert len(await world.events()) == len(before) + 1


async def test_after_a_move_it_has_to_be_said_anew(world: World) -> None:
    agency = organization(world.store)
    agent, applicant = await agency.agent(), await agency.applicant()
    slots = await agency.slots_of(agent, 2)
    booking = await agency.book(applicant, slots[0].id)
    await agency.bookings.confirm_attendance(applicant, booking.id)
    moved = (await agency.bookings.reschedule(applicant, booking.id, slots[1].id)).booking
    assert moved.attendance_confirmed_at is None
    assert (await agency.bookings.confirm_attendance(applicant, booking.id)).booking.attendance_confirmed_at is not None


async def test_what_is_not_theirs_or_has_ended_or_begun_is_refused(world: World) -> None:
    agency = organization(world.store)
    agent, applicant = await agency.agent(), await agency.applicant()
    slots = await agency.slots_of(agent, 2)
    ended, begun = [await agency.book(applicant, slot.id) for slot in slots]
    for stranger in (await agency.applicant(), await agency.agent()):
        with pytest.raises(BookingNotFound):
            await agency.bookings.confirm_attendance(stranger, ended.id)
    await agency.bookings.cancel(applicant, ended.id)
    before = await world.events()
    with pytest.raises(BookingNotConfirmed):
        await agency.bookings.confirm_attendance(applicant, ended.id)
    await world.jump(begun.start_time - await world.store.now() + HOUR / 60)
    with pytest.raises(VisitStarted):
        await agency.bookings.confirm_attendance(applicant, begun.id)
    assert await world.events() == before


async def test_a_visit_that_an_agent_booked_for_somebody_may_not_be_released(world: World) -> None:
    agency = organization(world.store)
    agent, applicant = await agency.agent(), await agency.applicant()
    slots = await agency.slots_of(agent, 3)
    own = await agency.book(applicant, slots[0].id)
    for_somebody = await agency.book(agent, slots[1].id, applicant_id=applicant.applicants[0].id)
    await agency.holds.hold(applicant, slots[2].id)
    held = await agency.book(agent, slots[2].id, applicant_id=applicant.applicants[0].id)
    shown = [(await agency.bookings.get(agent, one.id)).booking.may_release for one in (own, for_somebody, held)]
    assert shown == [True, False, False]
