"""Holds: a place kept for a while, and not a moment longer; the same in memory and in PostgreSQL."""

import asyncio
from collections import Counter
from datetime import timedelta
from uuid import uuid4

import pytest

from booking.domain.events import EventType
from booking.domain.paging import Paging
from booking.domain.people.applicant import RiskLevel
from booking.domain.people.refusals import WrongRole
from booking.domain.properties.policy import Settings
from booking.domain.values import replace
from booking.domain.visits.booking import Booking, BookingStatus
from booking.domain.visits.refusals import (
    ApplicantBusy,
    BookingLimit,
    HoldCooldown,
    HoldExpired,
    HoldLimit,
    HoldNotFound,
    SlotStarted,
    SlotTaken,
)
from booking.domain.visits.slot import SlotStatus
from tests.builders import HOUR, claims, organization, screening
from tests.support.worlds import World

MINUTE = timedelta(minutes=1)


async def test_a_held_place_is_bookable_by_nobody_else_and_always_by_its_holder(world: World) -> None:
    agency = organization(world.store)
    agent, holder, rival = await agency.agent(), await agency.applicant(), await agency.applicant()
    slot = await agency.slot(agent)
    at = await world.store.now()
    hold = await agency.holds.hold(holder, slot.id)
    assert hold.deadline is not None
    assert 5 * MINUTE <= hold.deadline - at < 5 * MINUTE + timedelta(seconds=5)
    for ask in (agency.book(rival, slot.id), agency.holds.hold(rival, slot.id)):
        with pytest.raises(SlotTaken):
            await ask
    view = await agency.slots.get(rival, slot.id)
    assert (view.slot.status, view.availability.places_left) == (SlotStatus.AVAILABLE, 0)
    booking = await agency.book(holder, slot.id, "two of us", hold_id=hold.id)
    assert (booking.id, booking.status, booking.notes, booking.deadline) == (
        hold.id,
        BookingStatus.CONFIRMED,
        "two of us",
        None,
    )
    assert (await world.events())[-2:] == [
        (EventType.HOLD_CREATED, None, "held"),
        (EventType.BOOKING_CONFIRMED, "held", "confirmed"),
    ]


async def test_a_lapsed_hold_neither_blocks_nor_shows_while_no_worker_runs(world: World) -> None:
    """By the clock alone; the place is then open to all, its last holder among them."""
    agency = organization(world.store)
    holder, rival = await agency.applicant(), await agency.applicant()
    slots = await agency.slots_of(await agency.agent(), 3)
    holds = [await agency.holds.hold(holder, slot.id) for slot in slots[1:]]
    await world.jump(6 * MINUTE)
    assert (await agency.slots.get(rival, slots[1].id)).availability.places_left == 1
    with pytest.raises(HoldExpired):
        await agency.book(holder, slots[1].id, hold_id=holds[0].id)
    with pytest.raises(HoldExpired):
        await agency.holds.release(holder, holds[0].id)
    await agency.book(rival, slots[1].id)
    await agency.book(holder, slots[2].id)
    assert set((await world.store.auditor.violations()).values()) == {0}


async def test_the_tidying_ends_no_hold_that_was_booked_or_is_not_over(world: World) -> None:
    """By state, and by deadline."""
    agency = organization(world.store)
    holder = await agency.applicant()
    slots = await agency.slots_of(await agency.agent(), 3)
    booked = await agency.holds.hold(holder, slots[0].id)
    await agency.book(holder, slots[0].id, hold_id=booked.id)
    await agency.holds.hold(holder, slots[1].id)
    assert await agency.tidying.step() == 0
    await world.jump(6 * MINUTE)
    await agency.holds.hold(await agency.applicant(), slots[2].id)
    assert [await agency.tidying.step(), await agency.tidying.step()] == [1, 0]
    lapsed = [event for event in await world.events() if event[0] == EventType.HOLD_LAPSED]
    assert lapsed == [(EventType.HOLD_LAPSED, "held", "lapsed")]
    assert (await agency.bookings.get(holder, booked.id)).booking.status is BookingStatus.CONFIRMED
    assert (await agency.slots.get(holder, slots[2].id)).availability.places_left == 0


async def test_holding_again_while_holding_is_the_same_hold_not_extended(world: World) -> None:
    agency = organization(world.store)
    holder = await agency.applicant()
    slot = await agency.slot(await agency.agent())
    hold = await agency.holds.hold(holder, slot.id)
    await world.jump(MINUTE)
    assert await agency.holds.hold(holder, slot.id) == hold


async def test_a_stale_hold_of_one_s_own_is_in_nobody_s_way(world: World) -> None:
    """Neither on its slot nor, by its time, on another."""
    agency = organization(world.store)
    holder = await agency.applicant()
    one, other = await agency.agent(), await agency.agent()
    slot, same_time = await agency.slot(one), await agency.slot(other)
    first = await agency.holds.hold(holder, slot.id)
    with pytest.raises(ApplicantBusy):
        await agency.book(holder, same_time.id)
    await world.jump(6 * MINUTE)
    second = await agency.holds.hold(holder, slot.id)
    assert second.id != first.id
    await world.jump(12 * MINUTE)
    assert (await agency.book(holder, same_time.id)).status is BookingStatus.CONFIRMED


async def test_whoever_comes_too_late_tidies_nothing_and_whoever_is_in_time_what_is_over_elsewhere(
    world: World,
) -> None:
    """Those who wait for a place are offered it when it is tidied, and an offer has an end."""
    agency = organization(world.store)
    agent, ana, ben = await agency.agent(), await agency.applicant(), await agency.applicant()
    taken, held, free = await agency.slots_of(agent, 3)
    await agency.book(ben, taken.id)
    await agency.holds.hold(ana, held.id)
    await agency.waitlists.join(ben, held.id)
    await world.jump(timedelta(minutes=16))
    before = await world.events()
    with pytest.raises(SlotTaken):
        await agency.book(ana, taken.id)
    assert await world.events() == before
    await agency.book(ana, free.id)
    assert sorted((event, to) for event, _, to in (await world.events())[len(before) :]) == [
        ("booking.confirmed", "confirmed"),
        ("hold.lapsed", "lapsed"),
        ("waitlist.offered", "offered"),
    ]


async def test_whoever_may_not_book_is_told_so_once_what_is_over_elsewhere_is_tidied(world: World) -> None:
    agency = organization(world.store)
    agent, ana = await agency.agent(), await agency.applicant()
    held, begun = await agency.slots_of(agent, 2)
    await agency.holds.hold(ana, held.id)
    await world.jump(timedelta(hours=2, minutes=1))
    with pytest.raises(SlotStarted):
        await agency.book(ana, begun.id)
    assert [to for _, _, to in await world.events()][-1] == "lapsed"


async def test_a_hold_given_back_frees_the_place_at_once(world: World) -> None:
    agency = organization(world.store)
    holder, rival = await agency.applicant(), await agency.applicant()
    slot = await agency.slot(await agency.agent())
    hold = await agency.holds.hold(holder, slot.id)
    with pytest.raises(HoldNotFound):
        await agency.holds.release(rival, hold.id)
    await agency.holds.release(holder, hold.id)
    with pytest.raises(HoldExpired):
        await agency.book(holder, slot.id, hold_id=hold.id)
    await agency.book(rival, slot.id)


async def test_a_hold_that_is_not_of_that_slot_or_not_one_s_own_is_not_found(world: World) -> None:
    agency = organization(world.store)
    holder, rival = await agency.applicant(), await agency.applicant()
    slot, other = await agency.slots_of(await agency.agent(), 2)
    hold = await agency.holds.hold(holder, slot.id)
    for caller, slot_id, hold_id in (
        (holder, other.id, hold.id),
        (rival, slot.id, hold.id),
        (holder, slot.id, uuid4()),
    ):
        with pytest.raises(HoldNotFound):
            await agency.book(caller, slot_id, hold_id=hold_id)
    await agency.book(holder, slot.id, hold_id=hold.id)
    with pytest.raises(HoldNotFound):
        await agency.holds.release(holder, hold.id)


async def test_nobody_holds_more_than_two_places_however_many_they_ask_for_at_once(world: World) -> None:
    """A cap for each person, over all slots."""
    agency = organization(world.store)
    for _ in range(4):
        holder = await agency.applicant()
        slots = await agency.slots_of(await agency.agent(), 5)
        outcomes = await asyncio.gather(*(agency.holds.hold(holder, slot.id) for slot in slots), return_exceptions=True)
        assert Counter(map(type, outcomes)) == {Booking: 2, HoldLimit: 3}


async def test_nobody_renews_a_hold_for_ever(world: World) -> None:
    """Three times within an hour, whether it lapsed or was given back; others may."""
    agency = organization(world.store)
    holder, other = await agency.applicant(), await agency.applicant()
    slot = await agency.slot(await agency.agent(), starts_in=5 * HOUR)
    for turn in range(3):
        hold = await agency.holds.hold(holder, slot.id)
        if turn:
            await agency.holds.release(holder, hold.id)
        else:
            await world.jump(6 * MINUTE)
    with pytest.raises(HoldCooldown):
        await agency.holds.hold(holder, slot.id)
    await agency.holds.release(other, (await agency.holds.hold(other, slot.id)).id)
    await world.jump(67 * MINUTE)
    await agency.holds.hold(holder, slot.id)


async def test_a_hold_counts_as_the_booking_that_it_may_become(world: World) -> None:
    """So that one within its time always can."""
    agency = organization(world.store)
    await agency.policies.put(await agency.admin(), Settings(max_live_bookings=1), expected=None)
    holder = await agency.applicant()
    slot, other = await agency.slots_of(await agency.agent(), 2)
    hold = await agency.holds.hold(holder, slot.id)
    for ask in (agency.book(holder, other.id), agency.holds.hold(holder, other.id)):
        with pytest.raises(BookingLimit):
            await ask
    await agency.book(holder, slot.id, hold_id=hold.id)


async def test_a_hold_never_outlasts_the_start(world: World) -> None:
    agency = organization(world.store)
    slot = await agency.slot(await agency.agent(), starts_in=2 * MINUTE)
    assert (await agency.holds.hold(await agency.applicant(), slot.id)).deadline == slot.start_time


async def test_a_hold_is_booked_though_another_of_its_holder_s_is_over_and_not_tidied_yet(world: World) -> None:
    agency = organization(world.store)
    holder = await agency.applicant()
    over, kept = await agency.slots_of(await agency.agent(), 2)
    await agency.holds.hold(holder, over.id)
    await world.jump(4 * MINUTE)
    hold = await agency.holds.hold(holder, kept.id)
    await world.jump(6 * MINUTE)
    booking = await agency.book(holder, kept.id)
    assert (booking.id, booking.status) == (hold.id, BookingStatus.CONFIRMED)
    assert (await world.events())[-2:] == [
        (EventType.HOLD_LAPSED, "held", "lapsed"),
        (EventType.BOOKING_CONFIRMED, "held", "confirmed"),
    ]


async def test_own_holds_and_offers_are_found_again_as_long_as_they_can_be_booked(world: World) -> None:
    agency = organization(world.store)
    agent, holder, rival = await agency.agent(), await agency.applicant(), await agency.applicant()
    slots = await agency.slots_of(agent, 4)
    held = [await agency.holds.hold(holder, slot.id) for slot in slots[:2]]
    await agency.holds.hold(rival, slots[3].id)
    whole = Paging(after=None, limit=10)
    found = await agency.holds.list(holder, whole)
    assert [(one.id, one.slot_id, one.deadline) for one in found.items] == [
        (one.id, one.slot_id, one.deadline) for one in held
    ]
    assert found.next is None
    first = await agency.holds.list(holder, Paging(after=None, limit=1))
    rest = await agency.holds.list(holder, Paging(after=first.next, limit=1))
    assert ([*first.items, *rest.items], rest.next) == (found.items, None)
    await agency.book(holder, slots[0].id, hold_id=held[0].id)
    assert [one.id for one in (await agency.holds.list(holder, whole)).items] == [held[1].id]
    await agency.holds.release(holder, held[1].id)
    last = await agency.holds.hold(holder, slots[2].id)
    assert [one.id for one in (await agency.holds.list(holder, whole)).items] == [last.id]
    await world.jump(6 * MINUTE)
    assert (await agency.holds.list(holder, whole)).items == []


async def test_an_offer_is_a_hold_of_its_own_and_nobody_elses(world: World) -> None:
    agency = organization(world.store)
    agent, first, waiter = await agency.agent(), await agency.applicant(), await agency.applicant()
    slot = await agency.slot(agent)
    booking = await agency.book(first, slot.id)
    await agency.waitlists.join(waiter, slot.id)
    whole = Paging(after=None, limit=10)
    assert (await agency.holds.list(waiter, whole)).items == []
    await agency.bookings.cancel(first, booking.id, None)
    ((offer,), others) = [(await agency.holds.list(who, whole)).items for who in (waiter, first)]
    assert (offer.slot_id, others) == (slot.id, [])
    assert (await agency.book(waiter, slot.id, hold_id=offer.id)).status is BookingStatus.CONFIRMED


async def test_each_principal_finds_own_holds_alone_in_every_organization(world: World) -> None:
    home, away, whole = organization(world.store), organization(world.store), Paging(after=None, limit=10)
    email = "ada@example.com"
    elsewhere, person = await away.applicant(email), claims(email=email)
    rival, agent, admin = await home.applicant(), await home.agent(), await home.admin()
    await home.screen(screening(home.organization_id, email=email))
    ada = await home.identity.identify(replace(person, subject=elsewhere.subject), None)
    held = [await one.holds.hold(ada, (await one.slot(await one.agent())).id) for one in (home, away)]
    found = (await home.holds.list(ada, whole)).items
    assert {one.id for one in found} == {one.id for one in held}
    assert [one.id for one in (await away.holds.list(elsewhere, whole)).items] == [held[1].id]
    assert (await home.holds.list(rival, whole)).items == []
    for nobody in (agent, admin):
        with pytest.raises(WrongRole):
            await home.holds.list(nobody, whole)
    ineligible = replace(ada, applicants=tuple(replace(one, risk_level=RiskLevel.HIGH) for one in ada.applicants))
    assert (await home.holds.list(ineligible, whole)).items == []
