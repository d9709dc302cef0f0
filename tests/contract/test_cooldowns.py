"""Cool-downs: of one slot nobody books and cancels, or waits and leaves, for ever; the same in both stores."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from booking.domain.people.caller import Caller
from booking.domain.properties.policy import Settings
from booking.domain.visits.allowed_actions import SlotAction
from booking.domain.visits.commitments import COOL_DOWN
from booking.domain.visits.refusals import BookingCooldown, SlotTaken, WaitlistCooldown
from tests.builders import HOUR, Organization, organization
from tests.support.worlds import World

MINUTE = timedelta(minutes=1)


async def booked_and_cancelled(agency: Organization, who: Caller, slot_id: UUID, times: int = 3) -> None:
    for _ in range(times):
        booking = await agency.book(who, slot_id)
        await agency.bookings.cancel(who, booking.id)


async def joined_and_left(agency: Organization, who: Caller, slot_id: UUID, times: int = 3) -> None:
    for _ in range(times):
        entry = (await agency.waitlists.join(who, slot_id)).entry
        await agency.waitlists.leave(who, entry.id)


@pytest.mark.parametrize("settings", [None, Settings(max_live_bookings=5)])
async def test_a_slot_is_booked_and_cancelled_three_times_an_hour_and_no_more(
    world: World, settings: Settings | None
) -> None:
    agency = organization(world.store)
    agent, ana, ben = await agency.agent(), await agency.applicant(), await agency.applicant()
    if settings:
        await agency.policies.put(await agency.admin(), settings, expected=None)
    slot, other = [await agency.slot(agent, starts_in=hours * HOUR) for hours in (30, 34)]
    await booked_and_cancelled(agency, ana, slot.id)
    before = await world.events()
    for ask in (agency.book(ana, slot.id), agency.holds.hold(ana, slot.id)):
        with pytest.raises(BookingCooldown):
            await ask
    assert await world.events() == before
    moved = await agency.book(ana, other.id)
    with pytest.raises(BookingCooldown):
        await agency.bookings.reschedule(ana, moved.id, slot.id)
    assert SlotAction.BOOK not in (await agency.slots.get(ana, slot.id)).actions
    (rule,) = [one for one in await agency.slots.eligibility(ana, slot.id) if one.rule == "booking_cooldown"]
    assert (rule.satisfied, rule.refusal and rule.refusal.code) == (False, "booking_cooldown")
    at = await world.store.now()
    assert rule.until is not None
    assert at < rule.until <= at + COOL_DOWN
    await agency.bookings.cancel(ben, (await agency.book(ben, slot.id)).id)
    await world.jump(COOL_DOWN + MINUTE)
    assert SlotAction.BOOK in (await agency.slots.get(ana, slot.id)).actions
    await agency.book(ana, slot.id)


async def test_an_agent_books_all_the_same_and_what_an_agent_cancels_does_not_count(world: World) -> None:
    agency = organization(world.store)
    agent, ana = await agency.agent(), await agency.applicant()
    slot = await agency.slot(agent, starts_in=30 * HOUR)
    person = ana.applicants[0].id
    await booked_and_cancelled(agency, ana, slot.id, times=2)
    await agency.bookings.cancel(agent, (await agency.book(ana, slot.id)).id)
    await booked_and_cancelled(agency, ana, slot.id, times=1)
    with pytest.raises(BookingCooldown):
        await agency.book(ana, slot.id)
    await agency.book(agent, slot.id, applicant_id=person)


async def test_a_place_that_is_held_or_offered_already_is_theirs(world: World) -> None:
    agency = organization(world.store)
    agent, ana, ben = await agency.agent(), await agency.applicant(), await agency.applicant()
    slot = await agency.slot(agent, starts_in=30 * HOUR)
    await booked_and_cancelled(agency, ana, slot.id)
    taken = await agency.book(ben, slot.id)
    await agency.waitlists.join(ana, slot.id)
    await agency.bookings.cancel(ben, taken.id)
    await agency.book(ana, slot.id)


async def test_of_many_at_once_no_more_than_three_are_booked_and_cancelled(world: World) -> None:
    agency = organization(world.store)
    ana = await agency.applicant()
    slot = await agency.slot(await agency.agent(), starts_in=30 * HOUR)
    done = 0

    async def again() -> None:
        nonlocal done
        for _ in range(4):
            try:
                booking = await agency.book(ana, slot.id)
            except Exception:  # who has it, cancels it
                await asyncio.sleep(0)
                continue
            await agency.bookings.cancel(ana, booking.id)
            done += 1

    await asyncio.gather(*(again() for _ in range(6)))
    assert done <= 3
    await booked_and_cancelled(agency, ana, slot.id, times=3 - done)
    with pytest.raises(BookingCooldown):
        await agency.book(ana, slot.id)


async def test_a_waitlist_is_joined_and_left_three_times_an_hour_and_no_more(world: World) -> None:
    agency = organization(world.store)
    agent, ana, ben = await agency.agent(), await agency.applicant(), await agency.applicant()
    slot = await agency.slot(agent, starts_in=30 * HOUR)
    await agency.book(ben, slot.id)
    await joined_and_left(agency, ana, slot.id)
    before = await world.events()
    with pytest.raises(WaitlistCooldown):
        await agency.waitlists.join(ana, slot.id)
    assert await world.events() == before
    assert SlotAction.JOIN_WAITLIST not in (await agency.slots.get(ana, slot.id)).actions
    cleo = await agency.applicant()
    entry = (await agency.waitlists.join(cleo, slot.id)).entry
    assert SlotAction.JOIN_WAITLIST not in (await agency.slots.get(ana, slot.id)).actions
    await agency.waitlists.leave(cleo, entry.id)
    await world.jump(COOL_DOWN + MINUTE)
    assert SlotAction.JOIN_WAITLIST in (await agency.slots.get(ana, slot.id)).actions
    await agency.waitlists.join(ana, slot.id)


async def test_declining_an_offer_is_leaving(world: World) -> None:
    agency = organization(world.store)
    agent, ana, ben = await agency.agent(), await agency.applicant(), await agency.applicant()
    slot = await agency.slot(agent, starts_in=30 * HOUR)
    booking = await agency.book(ben, slot.id)
    await joined_and_left(agency, ana, slot.id, times=2)
    entry = (await agency.waitlists.join(ana, slot.id)).entry
    await agency.bookings.cancel(ben, booking.id)
    await agency.waitlists.leave(ana, entry.id)
    await agency.book(ben, slot.id)
    with pytest.raises(WaitlistCooldown):
        await agency.waitlists.join(ana, slot.id)
    with pytest.raises(SlotTaken):
        await agency.book(ana, slot.id)
