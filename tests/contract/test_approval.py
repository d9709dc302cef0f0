"""Approval: bookings that wait for an agent's word; the same in memory and in PostgreSQL."""

import asyncio
from collections import Counter
from collections.abc import Awaitable
from datetime import timedelta

import pytest

from booking.domain.choices import BookingChoice
from booking.domain.events import EventType
from booking.domain.paging import Paging, Window
from booking.domain.people.applicant import RiskLevel
from booking.domain.people.caller import Caller
from booking.domain.people.refusals import WrongRole
from booking.domain.properties.policy import Settings
from booking.domain.visits.allowed_actions import BookingView
from booking.domain.visits.booking import BookingStatus
from booking.domain.visits.refusals import BookingNotConfirmed, BookingNotFound, BookingNotPending, SlotTaken
from booking.domain.visits.slot import SlotStatus
from tests.builders import HOUR, Organization, organization
from tests.support.worlds import World

PENDING, CONFIRMED = BookingStatus.PENDING_APPROVAL, BookingStatus.CONFIRMED


async def careful(world: World, **more: int) -> Organization:
    """An organization whose agents approve MEDIUM bookings."""
    agency = organization(world.store)
    settings = Settings(approval_levels=(RiskLevel.MEDIUM,), **more)  # type: ignore[arg-type]
    await agency.policies.put(await agency.admin(), settings, expected=0)
    return agency


async def test_only_the_levels_that_the_policy_names_wait_for_approval(world: World) -> None:
    agency = await careful(world)
    slot = await agency.slot(await agency.agent(), capacity=2, starts_in=48 * HOUR)
    low = await agency.book(await agency.applicant(), slot.id)
    at = await world.store.now()
    medium = await agency.book(await agency.applicant(risk_level=RiskLevel.MEDIUM), slot.id)
    assert (low.status, low.deadline, medium.status) == (CONFIRMED, None, PENDING)
    assert medium.deadline is not None
    assert timedelta(hours=24) <= medium.deadline - at < timedelta(hours=24, seconds=5)
    assert (await agency.see(await agency.admin(), slot.id)).status is SlotStatus.BOOKED
    assert (await world.events())[-1] == (EventType.BOOKING_REQUESTED, None, "pending_approval")


@pytest.mark.parametrize(("starts_in", "due_before_start"), [(20 * HOUR, 2 * HOUR), (HOUR, timedelta())])
async def test_an_approval_is_due_two_hours_before_the_start_or_at_the_start_if_booked_later(
    world: World, starts_in: timedelta, due_before_start: timedelta
) -> None:
    agency = await careful(world)
    slot = await agency.slot(await agency.agent(), starts_in=starts_in)
    booking = await agency.book(await agency.applicant(risk_level=RiskLevel.MEDIUM), slot.id)
    assert booking.deadline == slot.start_time - due_before_start


async def test_an_agent_approves_and_declines_and_a_declined_place_goes_on(world: World) -> None:
    agency = await careful(world)
    agent, waiter = await agency.agent(), await agency.applicant()
    slot = await agency.slot(agent, capacity=2)
    one, other = [await agency.book(await agency.applicant(risk_level=RiskLevel.MEDIUM), slot.id) for _ in range(2)]
    await agency.waitlists.join(waiter, slot.id)
    approved = await agency.bookings.approve(agent, one.id)
    declined = await agency.bookings.decline(await agency.admin(), other.id, "no papers")
    assert (approved.booking.status, approved.booking.deadline) == (CONFIRMED, None)
    assert (declined.booking.status, declined.booking.reason) == (BookingStatus.DECLINED, "no papers")
    assert (await agency.holds.hold(waiter, slot.id)).status is BookingStatus.OFFERED
    for decide in (agency.bookings.approve, agency.bookings.decline):
        for booking in (one, other):
            with pytest.raises(BookingNotPending):
                await decide(agent, booking.id)


async def test_undecided_by_its_deadline_it_has_expired_whether_or_not_a_worker_ran(world: World) -> None:
    agency = await careful(world, approval_seconds=600)
    agent, applicant = await agency.agent(), await agency.applicant(risk_level=RiskLevel.MEDIUM)
    slot = await agency.slot(agent, starts_in=9 * HOUR)
    booking = await agency.book(applicant, slot.id)
    await world.jump(timedelta(minutes=11))
    assert (await agency.bookings.get(applicant, booking.id)).booking.status is BookingStatus.EXPIRED

    async def listed(status: BookingStatus) -> list[BookingView]:
        page = await agency.bookings.list(
            agent, BookingChoice(statuses=(status,)), side=None, window=Window(), paging=Paging(after=None, limit=9)
        )
        return list(page.items)

    assert (await listed(PENDING), len(await listed(BookingStatus.EXPIRED))) == ([], 1)
    for decide in (agency.bookings.approve, agency.bookings.decline):
        with pytest.raises(BookingNotPending):
            await decide(agent, booking.id)
    with pytest.raises(BookingNotConfirmed):
        await agency.bookings.cancel(applicant, booking.id)
    await agency.book(await agency.applicant(), slot.id)
    assert (EventType.BOOKING_EXPIRED, "pending_approval", "expired") in await world.events()
    assert set((await world.store.auditor.violations()).values()) == {0}


@pytest.mark.parametrize("against", ["approve", "decline", "cancel"])
async def test_of_two_decisions_at_once_one_wins_and_the_other_is_told(world: World, against: str) -> None:
    agency = await careful(world)
    agent, admin = await agency.agent(), await agency.admin()
    applicant = await agency.applicant(risk_level=RiskLevel.MEDIUM)
    for slot in await agency.slots_of(agent, 8):
        booking = await agency.book(applicant, slot.id)
        rival: Awaitable[object]
        if against == "cancel":
            rival = agency.bookings.cancel(applicant, booking.id)
        elif against == "decline":
            rival = agency.bookings.decline(admin, booking.id)
        else:
            rival = agency.bookings.approve(admin, booking.id)
        outcomes = await asyncio.gather(agency.bookings.approve(agent, booking.id), rival, return_exceptions=True)
        status = (await agency.bookings.get(agent, booking.id)).booking.status
        lost = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
        if against == "cancel" and not lost:  # approved first, and then cancelled
            assert status is BookingStatus.CANCELLED_BY_APPLICANT
        else:
            assert Counter(map(type, lost)) == {BookingNotPending: 1}
            assert status in (CONFIRMED, BookingStatus.DECLINED, BookingStatus.CANCELLED_BY_APPLICANT)


async def test_who_may_not_decide_is_told_so_or_sees_nothing(world: World) -> None:
    agency = await careful(world)
    applicant = await agency.applicant(risk_level=RiskLevel.MEDIUM)
    booking = await agency.book(applicant, (await agency.slot(await agency.agent())).id)
    with pytest.raises(WrongRole):
        await agency.bookings.approve(applicant, booking.id)
    with pytest.raises(BookingNotFound):
        await agency.bookings.approve(await agency.agent(), booking.id)


async def test_an_agent_who_books_for_somebody_approves_by_that(world: World) -> None:
    agency = await careful(world)
    agent = await agency.agent()
    person = (await agency.applicant(risk_level=RiskLevel.MEDIUM)).applicants[0]
    slot = await agency.slot(agent)
    assert (await agency.book(agent, slot.id, applicant_id=person.id)).status is CONFIRMED


async def test_a_held_place_waits_for_approval_as_any_other(world: World) -> None:
    agency = await careful(world)
    applicant: Caller = await agency.applicant(risk_level=RiskLevel.MEDIUM)
    slot = await agency.slot(await agency.agent())
    hold = await agency.holds.hold(applicant, slot.id)
    assert (await agency.book(applicant, slot.id, hold_id=hold.id)).status is PENDING
    with pytest.raises(SlotTaken):
        await agency.book(await agency.applicant(), slot.id)
