"""Attendance: applicants say that they are coming, or their agent does."""

import dataclasses
from collections.abc import Awaitable, Callable
from typing import cast

import pytest

from booking.domain.authority import By
from booking.domain.events import CLOCK
from booking.domain.keys import Key
from booking.domain.people.caller import Caller
from booking.domain.people.refusals import WrongRole
from booking.domain.values import replace
from booking.domain.visits.allowed_actions import BookingAction
from booking.domain.visits.booking import TAKE_BACK, Booking, BookingStatus
from booking.domain.visits.refusals import (
    AlreadyBooked,
    ApplicantBusy,
    BookingNotConfirmed,
    BookingNotFound,
    BookingNotReleased,
    SlotCancelled,
    SlotTaken,
    VisitStarted,
)
from booking.domain.visits.roster import Roster
from booking.domain.visits.roster_changes import release_unconfirmed
from booking.service.ports import Change, Rosters
from booking.service.visits.bookings import BookingService
from tests.builders import HOUR, Organization, organization
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
    slots = await agency.slots_of(agent, 4)
    own = await agency.book(applicant, slots[0].id)
    for_somebody = await agency.book(agent, slots[1].id, applicant_id=applicant.applicants[0].id)
    await agency.holds.hold(applicant, slots[2].id)
    held = await agency.book(agent, slots[2].id, applicant_id=applicant.applicants[0].id)
    shown = [(await agency.bookings.get(agent, one.id)).booking.may_release for one in (own, for_somebody, held)]
    assert shown == [True, False, False]
    applicant_id = (await agency.applicant()).applicants[0].id
    view = await agency.bookings.book(agent, slots[3].id, applicant_id=applicant_id, may_release=True)
    assert view.booking.may_release


async def test_its_agents_change_whether_a_visit_may_be_released(world: World) -> None:
    agency = organization(world.store)
    agent, applicant = await agency.agent(), await agency.applicant()
    booking = await agency.book(applicant, (await agency.slot(agent)).id)
    before = await world.events()
    for by, may_release in ((agent, False), (await agency.admin(), True), (agent, True)):
        changed = (await agency.bookings.change_may_release(by, booking.id, may_release)).booking
        assert (changed.may_release, changed.status, changed.sequence) == (may_release, booking.status, 0)
        assert (await agency.bookings.get(agent, booking.id)).booking == changed
    changes = [("allowed", "forbidden"), ("forbidden", "allowed")]
    assert (await world.events())[len(before) :] == [("booking.may_release_changed", *one) for one in changes]
    for by, refusal in ((applicant, WrongRole), (await agency.agent(), BookingNotFound)):
        with pytest.raises(refusal):
            await agency.bookings.change_may_release(by, booking.id, False)
    await agency.bookings.cancel(applicant, booking.id)
    with pytest.raises(BookingNotConfirmed):
        await agency.bookings.change_may_release(agent, booking.id, False)


async def released(world: World, *, rivals: int = 0) -> tuple[Organization, Caller, Booking, list[Caller]]:
    """A visit whose applicant has not said that they come is given on, to the first of some who wait for it."""
    agency = organization(world.store)
    applicant, waiting = await agency.applicant(), [await agency.applicant() for _ in range(rivals)]
    slot = await agency.slot(await agency.agent())
    booking = await agency.book(applicant, slot.id, "We ring twice.")
    for one in waiting:
        await agency.waitlists.join(one, slot.id)
    await release(world, booking)
    return agency, applicant, booking, waiting


async def release(world: World, booking: Booking) -> None:
    await world.store.rosters.change(
        booking.slot_key, lambda roster: release_unconfirmed(roster, booking.id, booking.sequence), CLOCK
    )


async def test_a_released_visit_goes_on_to_the_first_who_waits(world: World) -> None:
    agency, applicant, booking, waiting = await released(world, rivals=2)
    now = (await agency.bookings.get(applicant, booking.id)).booking
    assert (now.status, now.place, now.sequence, now.reason) == (BookingStatus.CANCELLED_UNCONFIRMED, None, 0, None)
    assert (await world.events())[-2:] == [
        ("booking.cancelled", "confirmed", "cancelled_unconfirmed"),
        ("waitlist.offered", None, "offered"),
    ]
    assert (await agency.book(waiting[0], booking.slot_id)).status is BookingStatus.CONFIRMED
    with pytest.raises(SlotTaken):
        await agency.bookings.take_back(applicant, booking.id)


@pytest.mark.parametrize("by_agent", [False, True])
async def test_a_released_visit_is_taken_back_if_nobody_has_it(world: World, by_agent: bool) -> None:
    agency, applicant, booking, _ = await released(world)
    by = await agency.admin() if by_agent else applicant
    shown = await agency.bookings.get(by, booking.id)
    assert shown.actions == (BookingAction.TAKE_BACK,)
    again = (await agency.bookings.take_back(by, booking.id)).booking
    assert again == replace(
        booking,
        sequence=1,
        attendance_confirmed_at=again.attendance_confirmed_at,
        updated_at=again.updated_at,
    )
    assert again.attendance_confirmed_at == again.updated_at > shown.booking.updated_at
    assert (await world.events())[-1] == ("booking.confirmed", "cancelled_unconfirmed", "confirmed")
    assert (await agency.bookings.get(applicant, booking.id)).booking == again
    await release(world, again)  # who takes it back has said that they are coming
    assert (await agency.bookings.get(applicant, booking.id)).booking == again


async def test_after_half_an_hour_it_is_not_taken_back(world: World) -> None:
    agency, applicant, booking, _ = await released(world)
    await world.jump(TAKE_BACK)
    assert (await agency.bookings.get(applicant, booking.id)).actions == ()
    with pytest.raises(BookingNotReleased):
        await agency.bookings.take_back(applicant, booking.id)
    assert (await agency.book(applicant, booking.slot_id)).status is BookingStatus.CONFIRMED


async def test_a_place_that_is_offered_or_held_is_not_taken_back_and_a_public_one_is(world: World) -> None:
    agency, applicant, booking, waiting = await released(world, rivals=1)
    assert (await agency.bookings.get(applicant, booking.id)).actions == ()
    with pytest.raises(SlotTaken):
        await agency.bookings.take_back(applicant, booking.id)
    await agency.waitlists.leave(waiting[0], (await agency.waitlists.join(waiting[0], booking.slot_id)).entry.id)
    assert (await agency.bookings.take_back(applicant, booking.id)).booking.status is BookingStatus.CONFIRMED


async def test_a_place_that_is_taken_is_not_taken_back_by_who_has_overdue_holds_elsewhere(world: World) -> None:
    agency, applicant, booking, _ = await released(world)
    elsewhere = await agency.slot(await agency.agent(), starts_in=9 * HOUR)
    await agency.holds.hold(applicant, elsewhere.id)
    await world.jump(HOUR / 10)
    await agency.book(await agency.applicant(), booking.slot_id)
    with pytest.raises(SlotTaken):
        await agency.bookings.take_back(applicant, booking.id)


async def test_who_is_elsewhere_by_then_or_here_anew_takes_nothing_back(world: World) -> None:
    agency, applicant, booking, _ = await released(world)
    elsewhere = await agency.slot(await agency.agent())
    other = await agency.book(applicant, elsewhere.id)
    assert (await agency.bookings.get(applicant, booking.id)).actions == ()
    with pytest.raises(ApplicantBusy):
        await agency.bookings.take_back(applicant, booking.id)
    await agency.bookings.cancel(applicant, other.id)
    held = await agency.holds.hold(applicant, booking.slot_id)
    assert (await agency.bookings.get(applicant, booking.id)).actions == ()
    with pytest.raises(AlreadyBooked):
        await agency.bookings.take_back(applicant, booking.id)
    await agency.holds.release(applicant, held.id)
    await agency.slots.cancel(await agency.admin(), booking.slot_id)
    assert (await agency.bookings.get(applicant, booking.id)).actions == ()
    with pytest.raises(SlotCancelled):
        await agency.bookings.take_back(applicant, booking.id)


async def test_a_visit_stays_where_it_changed_or_where_giving_it_on_helps_nobody(world: World) -> None:
    agency = organization(world.store)
    agent, applicant = await agency.agent(), await agency.applicant()
    slots = await agency.slots_of(agent, 5)
    confirmed, moved, for_somebody, roomy, begun = slots
    await agency.slots.resize(agent, roomy.id, 2)
    bookings = [
        await agency.book(applicant, confirmed.id),
        await agency.book(applicant, moved.id),
        await agency.book(agent, for_somebody.id, applicant_id=applicant.applicants[0].id),
        await agency.book(applicant, roomy.id),
        await agency.book(applicant, begun.id),
    ]
    await agency.bookings.confirm_attendance(applicant, bookings[0].id)
    await agency.bookings.reschedule(applicant, bookings[1].id, (await agency.slot(agent, starts_in=HOUR * 10)).id)
    before = await world.events()
    for booking in bookings[:4]:
        await release(world, booking)
    assert await world.events() == before
    await world.jump(begun.start_time - await world.store.now())
    await release(world, bookings[4])
    assert (await agency.bookings.get(applicant, bookings[4].id)).booking == bookings[4]


async def test_the_last_place_is_given_on_and_so_is_one_that_somebody_waits_for(world: World) -> None:
    agency = organization(world.store)
    agent, people = await agency.agent(), [await agency.applicant() for _ in range(3)]
    slot = await agency.slot(agent)
    await agency.slots.resize(agent, slot.id, 2)
    first, second = [await agency.book(one, slot.id) for one in people[:2]]
    await release(world, first)
    await release(world, second)  # by now there is a public place
    shown = [(await agency.bookings.get(agent, one.id)).booking.status for one in (first, second)]
    assert shown == [BookingStatus.CANCELLED_UNCONFIRMED, BookingStatus.CONFIRMED]


async def test_an_answer_that_comes_while_the_visit_is_released_wins(world: World) -> None:
    bookings, applicant, booking = await answered_late(world)
    assert (await bookings.confirm_attendance(applicant, booking.id)).booking.sequence == 1
    assert [kind for kind, _, _ in await world.events()][-2:] == ["booking.cancelled", "booking.confirmed"]


async def test_an_answer_that_comes_after_the_place_has_gone_on_is_refused(world: World) -> None:
    bookings, applicant, booking = await answered_late(world, rivals=1)
    with pytest.raises(BookingNotConfirmed):
        await bookings.confirm_attendance(applicant, booking.id)


async def answered_late(world: World, *, rivals: int = 0) -> tuple[BookingService, Caller, Booking]:
    """The visit is released between the look and the write of an answer."""
    agency = organization(world.store)
    applicant, waiting = await agency.applicant(), [await agency.applicant() for _ in range(rivals)]
    slot = await agency.slot(await agency.agent())
    booking = await agency.book(applicant, slot.id)
    for one in waiting:
        await agency.waitlists.join(one, slot.id)
    rosters = Overtaken(world.store.rosters, lambda: release(world, booking))
    return dataclasses.replace(agency.bookings, rosters=cast("Rosters", rosters)), applicant, booking


class Overtaken:
    """Rosters of which the first change is overtaken by another."""

    def __init__(self, rosters: Rosters, other: Callable[[], Awaitable[None]]) -> None:
        self._rosters, self._other = rosters, other

    def __getattr__(self, name: str) -> object:
        return getattr(self._rosters, name)

    async def change(self, slot: Key, change: Change, by: By) -> Roster:
        await self._other()
        return await self._rosters.change(slot, change, by)
