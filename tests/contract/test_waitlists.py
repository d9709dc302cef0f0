"""Waitlists: first come, first served, one offer at a time; the same in memory and in PostgreSQL."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from uuid import uuid4

import pytest

from booking.domain.events import EventType
from booking.domain.paging import Paging, Window
from booking.domain.people.agent import AgentRole
from booking.domain.people.caller import Caller, Side
from booking.domain.people.refusals import WrongRole
from booking.domain.properties.policy import Settings
from booking.domain.visits.allowed_actions import SlotAction
from booking.domain.visits.booking import Booking, BookingStatus
from booking.domain.visits.refusals import (
    AlreadyBooked,
    BeyondHorizon,
    NoticeTooShort,
    SlotAvailable,
    SlotTaken,
    WaitlistEntryNotFound,
)
from booking.domain.visits.slot import Slot, SlotStatus
from booking.domain.visits.waitlist import EntryStatus, EntryView
from tests.builders import HOUR, Organization, claims, organization, screening
from tests.support.worlds import World

ALL = Paging(after=None, limit=100)


async def full_slot(
    agency: Organization, waiting: int, starts_in: timedelta = HOUR
) -> tuple[Slot, Caller, Booking, list[Caller]]:
    """With who has it, their booking, and so many people who wait for it."""
    winner = await agency.applicant()
    slot = await agency.slot(await agency.agent(), starts_in=starts_in)
    booking = await agency.book(winner, slot.id)
    people = [await agency.applicant() for _ in range(waiting)]
    for person in people:
        await agency.waitlists.join(person, slot.id)
    return slot, winner, booking, people


async def entries(agency: Organization, caller: Caller, status: EntryStatus | None = None) -> Sequence[EntryView]:
    return (await agency.waitlists.list(caller, side=None, slot_id=None, status=status, paging=ALL)).items


async def states(agency: Organization, people: Sequence[Caller]) -> list[tuple[str, int | None] | None]:
    """Of each one's newest entry that is still shown."""
    found = [await entries(agency, person) for person in people]
    return [(one[-1].entry.status.value, one[-1].position) if one else None for one in found]


async def test_a_freed_place_is_offered_to_the_first_who_came_and_is_never_public(world: World) -> None:
    """In the transaction that frees it; the promotion books nothing without asking."""
    agency = organization(world.store)
    slot, winner, booking, people = await full_slot(agency, 3)
    assert await states(agency, people) == [("waiting", 1), ("waiting", 2), ("waiting", 3)]
    await agency.bookings.cancel(winner, booking.id)
    assert await states(agency, people) == [("offered", None), ("waiting", 1), ("waiting", 2)]
    assert (await world.events())[-2:] == [
        (EventType.BOOKING_CANCELLED, "confirmed", "cancelled_by_applicant"),
        (EventType.WAITLIST_OFFERED, None, "offered"),
    ]
    for passer_by in (winner, people[1], await agency.applicant()):
        with pytest.raises(SlotTaken):
            await agency.book(passer_by, slot.id)
    (view,) = await entries(agency, people[0])
    _, all_commitments = await world.store.slots.seen(slot.id, people[0])
    assert [commitments.offered for commitments in all_commitments.values()] == [True]
    booked = await agency.book(people[0], slot.id, hold_id=view.entry.offer_id)
    assert (booked.id, booked.status) == (view.entry.offer_id, BookingStatus.CONFIRMED)
    assert await states(agency, people) == [None, ("waiting", 1), ("waiting", 2)]
    (taken,) = await entries(agency, people[0], EntryStatus.TAKEN)
    assert taken.entry.id == view.entry.id
    assert set((await world.store.auditor.violations()).values()) == {0}


async def test_a_declined_offer_passes_to_the_next_and_in_the_end_to_the_public(world: World) -> None:
    agency = organization(world.store)
    slot, winner, booking, (first, second) = await full_slot(agency, 2)
    await agency.bookings.cancel(winner, booking.id)
    (view,) = await entries(agency, first)
    await agency.waitlists.leave(first, view.entry.id)
    assert await states(agency, [first, second]) == [None, ("offered", None)]
    offer = await agency.holds.hold(second, slot.id)
    await agency.holds.release(second, offer.id)
    assert [one.entry.status for one in await entries(agency, second, EntryStatus.DECLINED)] == [EntryStatus.DECLINED]
    assert (await agency.slots.get(winner, slot.id)).availability.places_left == 1
    with pytest.raises(WaitlistEntryNotFound):
        await agency.waitlists.leave(first, view.entry.id)


async def test_an_offer_that_lapses_passes_on_with_the_next_who_touches_the_slot(world: World) -> None:
    """No worker runs; a passer-by who is refused has passed the offer on."""
    agency = organization(world.store)
    slot, winner, booking, (first, second) = await full_slot(agency, 2, starts_in=5 * HOUR)
    await agency.bookings.cancel(winner, booking.id)
    await world.jump(timedelta(minutes=31))
    with pytest.raises(SlotTaken):
        await agency.book(await agency.applicant(), slot.id)
    assert [one.entry.status for one in await entries(agency, first, EntryStatus.LAPSED)] == [EntryStatus.LAPSED]
    assert await states(agency, [first, second]) == [None, ("offered", None)]
    await world.jump(timedelta(minutes=62))
    await agency.book(await agency.applicant(), slot.id)
    assert set((await world.store.auditor.violations()).values()) == {0}


async def test_the_tidying_passes_on_what_has_lapsed(world: World) -> None:
    agency = organization(world.store)
    _, winner, booking, (first, second) = await full_slot(agency, 2, starts_in=5 * HOUR)
    await agency.bookings.cancel(winner, booking.id)
    await world.jump(timedelta(minutes=31))
    assert [await agency.tidying.step(), await agency.tidying.step()] == [1, 0]
    assert await states(agency, [first, second]) == [None, ("offered", None)]


async def test_what_a_hold_leaves_behind_goes_to_who_waits(world: World) -> None:
    agency = organization(world.store)
    holder, waiter = await agency.applicant(), await agency.applicant()
    slot = await agency.slot(await agency.agent())
    hold = await agency.holds.hold(holder, slot.id)
    await agency.waitlists.join(waiter, slot.id)
    await agency.holds.release(holder, hold.id)
    assert await states(agency, [waiter]) == [("offered", None)]


async def test_new_places_are_offered_before_they_are_public(world: World) -> None:
    agency = organization(world.store)
    slot, _, _, people = await full_slot(agency, 2)
    (admin,) = [await agency.admin()]
    view = await agency.slots.resize(admin, slot.id, 5)
    assert await states(agency, people) == [("offered", None), ("offered", None)]
    assert view.availability.places_left == 2


async def test_who_leaves_may_join_again_at_the_end_and_who_waits_stays_where_they_are(world: World) -> None:
    agency = organization(world.store)
    slot, _, _, people = await full_slot(agency, 3)
    again = await agency.waitlists.join(people[0], slot.id)
    assert again.position == 1
    await agency.waitlists.leave(people[0], again.entry.id)
    rejoined = await agency.waitlists.join(people[0], slot.id)
    assert (rejoined.position, rejoined.entry.id == again.entry.id) == (3, False)
    assert await states(agency, people) == [("waiting", 3), ("waiting", 1), ("waiting", 2)]


async def test_many_who_join_at_once_have_places_of_their_own_in_the_queue(world: World) -> None:
    """No two positions are the same."""
    agency = organization(world.store)
    slot, *_ = await full_slot(agency, 0)
    people = [await agency.applicant() for _ in range(20)]
    await asyncio.gather(*(agency.waitlists.join(person, slot.id) for person in people))
    assert sorted(position or 0 for _, position in filter(None, await states(agency, people))) == list(range(1, 21))


async def test_two_places_freed_at_once_are_offered_to_two_people(world: World) -> None:
    """Never one place to two, never two to one."""
    agency = organization(world.store)
    agent = await agency.agent()
    slot = await agency.slot(agent, capacity=2)
    winners = [await agency.applicant() for _ in range(2)]
    bookings = [await agency.book(winner, slot.id) for winner in winners]
    people = [await agency.applicant() for _ in range(3)]
    for person in people:
        await agency.waitlists.join(person, slot.id)
    await asyncio.gather(
        *(agency.bookings.cancel(winner, booking.id) for winner, booking in zip(winners, bookings, strict=True))
    )
    assert await states(agency, people) == [("offered", None), ("offered", None), ("waiting", 1)]


async def test_nobody_waits_for_a_slot_with_places_or_with_a_place_of_theirs(world: World) -> None:
    agency = organization(world.store)
    slot, winner, *_ = await full_slot(agency, 0)
    open_slot = await agency.slot(await agency.agent())
    with pytest.raises(SlotAvailable):
        await agency.waitlists.join(winner, open_slot.id)
    with pytest.raises(AlreadyBooked):
        await agency.waitlists.join(winner, slot.id)


async def test_an_offer_never_lasts_past_the_notice_limit_and_none_is_made_after_it(world: World) -> None:
    agency = organization(world.store)
    admin = await agency.admin()
    await agency.policies.put(admin, Settings(notice_seconds=3600), expected=None)
    slot, winner, booking, (waiter, other) = await full_slot(agency, 2, starts_in=1.25 * HOUR)
    await agency.slots.resize(admin, slot.id, 2)
    (view,) = await entries(agency, waiter)
    assert view.offer_ends == slot.start_time - HOUR
    await world.jump(0.5 * HOUR)
    await agency.bookings.cancel(winner, booking.id)
    assert (await states(agency, [waiter, other]))[1] == ("waiting", 1)
    with pytest.raises(NoticeTooShort):
        await agency.waitlists.join(await agency.applicant(), slot.id)
    await agency.policies.put(admin, Settings(notice_seconds=0), expected=None)
    assert await agency.tidying.step() == 1
    assert (await states(agency, [other])) == [("offered", None)]


async def test_whoever_waits_for_a_place_that_an_agent_books_for_them_too_late_for_an_offer_waits_no_more(
    world: World,
) -> None:
    agency = organization(world.store)
    admin = await agency.admin()
    await agency.policies.put(admin, Settings(notice_seconds=3600), expected=None)
    slot, winner, booking, (waiter,) = await full_slot(agency, 1, starts_in=1.25 * HOUR)
    await world.jump(0.5 * HOUR)
    await agency.bookings.cancel(winner, booking.id)
    await agency.book(admin, slot.id, applicant_id=waiter.applicants[0].id)
    assert [one.entry.status for one in await entries(agency, waiter, EntryStatus.TAKEN)] == [EntryStatus.TAKEN]


async def test_nobody_waits_beyond_the_start(world: World) -> None:
    agency = organization(world.store)
    _, _, _, people = await full_slot(agency, 2)
    await world.jump(1.5 * HOUR)
    assert await states(agency, people) == [None, None]
    assert [await agency.tidying.step(), await agency.tidying.step()] == [1, 0]
    assert [one.entry.status for one in await entries(agency, people[0], EntryStatus.LAPSED)] == [EntryStatus.LAPSED]


async def test_cancelling_the_slot_ends_the_waiting_with_the_reason(world: World) -> None:
    agency = organization(world.store)
    slot, _, _, people = await full_slot(agency, 2)
    admin = await agency.admin()
    await agency.slots.resize(admin, slot.id, 2)
    await agency.slots.cancel(admin, slot.id)
    shown = [(await entries(agency, person))[0].entry for person in people]
    assert [(entry.status, entry.reason) for entry in shown] == [(EntryStatus.SKIPPED, "slot_cancelled")] * 2


async def test_lists_show_each_side_its_own(world: World) -> None:
    """Who waits is for agents; another's entry does not exist."""
    agency = organization(world.store)
    slot, _, _, (first, second) = await full_slot(agency, 2)
    other_slot, *_ = await full_slot(agency, 1)
    admin, stranger = await agency.admin(), await agency.agent()
    (own,) = await entries(agency, first)
    assert own.applicant is None
    listed = await agency.waitlists.list(admin, side=None, slot_id=slot.id, status=None, paging=ALL)
    assert [one.applicant.id for one in listed.items if one.applicant] == [
        caller.applicants[0].id for caller in (first, second)
    ]
    assert {one.entry.slot_id for one in await entries(agency, admin)} == {slot.id, other_slot.id}
    assert await entries(agency, stranger) == []
    for caller, entry_id in ((second, own.entry.id), (first, uuid4())):
        with pytest.raises(WaitlistEntryNotFound):
            await agency.waitlists.leave(caller, entry_id)
    with pytest.raises(WrongRole):
        await agency.waitlists.list(first, side=Side.AGENT, slot_id=None, status=None, paging=ALL)


async def test_whoever_is_both_lists_as_an_agent_unless_they_say_otherwise(world: World) -> None:
    agency = organization(world.store)
    email = f"{uuid4()}@example.com"
    await agency.screen(screening(agency.organization_id, email=email))
    both = await agency.identity.identify(
        claims(email=email, organization_id=agency.organization_id, role=AgentRole.ADMIN), None
    )
    slot, _, _, (other,) = await full_slot(agency, 1)
    await agency.waitlists.join(both, slot.id)
    as_applicant = await agency.waitlists.list(both, side=Side.APPLICANT, slot_id=None, status=None, paging=ALL)
    assert (len(await entries(agency, both)), len(as_applicant.items)) == (2, 1)
    assert as_applicant.items[0].entry.applicant_id != other.applicants[0].id


async def test_whoever_has_an_offer_and_joins_again_keeps_it_though_other_places_are_free(world: World) -> None:
    agency = organization(world.store)
    agent, taker, waiter = await agency.agent(), await agency.applicant(), await agency.applicant()
    slot = await agency.slot(agent)
    booking = await agency.book(taker, slot.id)
    entry = (await agency.waitlists.join(waiter, slot.id)).entry
    await agency.bookings.cancel(taker, booking.id)
    await agency.slots.resize(agent, slot.id, 2)
    again = (await agency.waitlists.join(waiter, slot.id)).entry
    assert (again.id, again.status) == (entry.id, EntryStatus.OFFERED)
    assert (await agency.slots.get(taker, slot.id)).availability.places_left == 1


async def test_a_place_that_lapsed_is_not_public_while_somebody_waits_tidied_or_not(world: World) -> None:
    agency = organization(world.store)
    holder, waiter, passer_by = [await agency.applicant() for _ in range(3)]
    slot = await agency.slot(await agency.agent(), starts_in=5 * HOUR)
    await agency.holds.hold(holder, slot.id)
    await agency.waitlists.join(waiter, slot.id)
    await world.jump(timedelta(minutes=6))
    for _ in range(2):
        assert (await agency.slots.get(passer_by, slot.id)).availability.places_left == 0
        found = await agency.slots.bookable(passer_by, slot.property_id, window=Window(), paging=ALL)
        assert found.items == []
        with pytest.raises(SlotTaken):
            await agency.book(passer_by, slot.id)
        await agency.tidying.step()


DAY = 24 * HOUR


@pytest.mark.parametrize("capacity", [1, 2])
async def test_beyond_the_horizon_nobody_waits_whether_places_are_free_or_not(world: World, capacity: int) -> None:
    """Waiting would be a way around the horizon, by its offer; and "book one instead" would be refused."""
    agency = organization(world.store)
    agent, taker, person = await agency.admin(), await agency.applicant(), await agency.applicant()
    slot = await agency.slot(agent, starts_in=3 * DAY, capacity=capacity)
    await agency.book(taker, slot.id)
    await agency.policies.put(agent, Settings(horizon_days=1), expected=None)
    with pytest.raises(BeyondHorizon):
        await agency.waitlists.join(person, slot.id)
    with pytest.raises(BeyondHorizon):
        await agency.book(person, slot.id)
    told = {verdict.rule: verdict.satisfied for verdict in await agency.slots.eligibility(person, slot.id)}
    assert (told["horizon"], (await agency.slots.get(person, slot.id)).actions) == (False, ())
    assert await entries(agency, person) == []


async def test_who_waited_before_the_horizon_was_set_is_offered_the_place_once_it_comes(world: World) -> None:
    """Not before, by no way: neither by the place that is freed, nor by joining again; and then before anybody else."""
    agency = organization(world.store)
    slot, winner, booking, (waiter, second) = await full_slot(agency, 2, starts_in=3 * DAY)
    admin, passer_by = await agency.admin(), await agency.applicant()
    await agency.policies.put(admin, Settings(horizon_days=1), expected=None)
    await agency.bookings.cancel(winner, booking.id)
    assert await states(agency, [waiter, second]) == [("waiting", 1), ("waiting", 2)]
    for attempt in (agency.book, agency.waitlists.join, agency.holds.hold):
        with pytest.raises(BeyondHorizon):
            await attempt(waiter, slot.id)
    assert (await agency.slots.get(waiter, slot.id)).actions == (SlotAction.LEAVE_WAITLIST,)
    assert await agency.tidying.step() == 0
    await world.jump(2 * DAY + HOUR)
    assert (await agency.slots.get(passer_by, slot.id)).availability.places_left == 0
    with pytest.raises(SlotTaken):
        await agency.book(passer_by, slot.id)
    assert await states(agency, [waiter, second]) == [("offered", None), ("waiting", 1)]
    assert await agency.tidying.step() == 0
    assert (await agency.book(waiter, slot.id)).status is BookingStatus.CONFIRMED


async def test_whoever_has_an_offer_keeps_it_and_may_join_again_beyond_a_horizon_that_was_set_later(
    world: World,
) -> None:
    agency = organization(world.store)
    slot, winner, booking, (waiter,) = await full_slot(agency, 1, starts_in=3 * DAY)
    await agency.bookings.cancel(winner, booking.id)
    await agency.policies.put(await agency.admin(), Settings(horizon_days=1), expected=None)
    assert (await agency.waitlists.join(waiter, slot.id)).entry.status is EntryStatus.OFFERED
    assert SlotAction.JOIN_WAITLIST in (await agency.slots.get(waiter, slot.id)).actions
    assert (await agency.book(waiter, slot.id)).status is BookingStatus.CONFIRMED


async def test_a_slot_whose_last_place_is_held_is_available_with_no_places_left(world: World) -> None:
    """As the contract says aloud: the state is about what is booked."""
    agency = organization(world.store)
    holder, passer_by = await agency.applicant(), await agency.applicant()
    slot = await agency.slot(await agency.agent())
    await agency.holds.hold(holder, slot.id)
    view = await agency.slots.get(passer_by, slot.id)
    assert (view.slot.status, view.availability.places_left) == (SlotStatus.AVAILABLE, 0)
    assert view.actions == (SlotAction.JOIN_WAITLIST,)


async def test_a_place_that_the_clock_freed_is_not_public_before_it_was_offered_to_who_waits(world: World) -> None:
    """Nobody has looked or tidied since."""
    agency = organization(world.store)
    slot = await agency.slot(await agency.agent(), starts_in=2 * HOUR)
    await agency.holds.hold(await agency.applicant(), slot.id)
    await agency.waitlists.join(await agency.applicant(), slot.id)
    await world.jump(timedelta(minutes=6))
    availability = await world.store.slots.availability(slot.id, await agency.applicant())
    assert (availability.places.reserved, availability.places.waiting, availability.places_left) == (0, 1, 0)
