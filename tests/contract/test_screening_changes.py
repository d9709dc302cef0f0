"""Screenings that change: who is kept out at once, and what becomes of what they had; the same in both stores."""

import asyncio

import pytest

from booking.domain.events import Actor, EventType
from booking.domain.people.applicant import RiskLevel, Screening
from booking.domain.people.caller import Caller
from booking.domain.people.refusals import ApplicantIneligible
from booking.domain.properties.policy import Settings
from booking.domain.values import replace
from booking.domain.visits.allowed_actions import SlotAction
from booking.domain.visits.booking import BookingStatus
from booking.domain.visits.refusals import HoldExpired
from tests.builders import HOUR, Organization, organization, screening
from tests.support.worlds import World


async def screened(world: World, agency: Organization, caller: Caller, risk_level: RiskLevel) -> Screening:
    person, now = caller.applicants[0], await world.store.now()
    found = screening(
        agency.organization_id,
        external_id=person.external_id,
        email=person.email,
        risk_level=risk_level,
        screened_at=now,
        sent_at=now,
    )
    await agency.screen(found)
    return found


async def test_a_high_screening_ends_holds_offers_and_waiting_at_once_and_flags_bookings(world: World) -> None:
    agency = organization(world.store)
    agent, person, other = await agency.agent(), await agency.applicant(), await agency.applicant()
    booked, held, offered, awaited = await agency.slots_of(agent, 4)
    booking = await agency.book(person, booked.id)
    hold = await agency.holds.hold(person, held.id)
    theirs = [await agency.book(other, slot.id) for slot in (offered, awaited)]
    await agency.waitlists.join(person, offered.id)
    await agency.waitlists.join(person, awaited.id)
    await agency.bookings.cancel(other, theirs[0].id)
    assert (await agency.bookings.get(agent, booking.id)).context.needs_review is False
    await screened(world, agency, person, RiskLevel.HIGH)
    view = await agency.bookings.get(agent, booking.id)
    assert (view.booking.status, view.context.needs_review) == (BookingStatus.CONFIRMED, True)
    for slot in (held, offered):
        assert (await agency.slots.get(other, slot.id)).availability.places_left == 1
    with pytest.raises((ApplicantIneligible, HoldExpired)):
        await agency.book(person, held.id, hold_id=hold.id)
    for ask in (agency.book(person, offered.id), agency.holds.hold(person, held.id)):
        with pytest.raises(ApplicantIneligible):
            await ask
    told = await world.events()
    assert told.count((EventType.WAITLIST_SKIPPED, "waiting", "skipped")) == 1
    assert told.count((EventType.WAITLIST_SKIPPED, "offered", "skipped")) == 1
    await screened(world, agency, person, RiskLevel.MEDIUM)
    assert (await agency.bookings.get(agent, booking.id)).context.needs_review is False
    await agency.book(person, held.id)
    assert set((await world.store.auditor.violations()).values()) == {0}


async def test_what_ties_people_to_slots_is_found_for_many_at_once_and_nothing_that_is_over(world: World) -> None:
    agency = organization(world.store)
    agent, person, other, nobody = await agency.agent(), *[await agency.applicant() for _ in range(3)]
    booked, held, awaited, over = await agency.slots_of(agent, 4)
    await agency.book(person, booked.id)
    await agency.holds.hold(person, held.id)
    await agency.book(other, awaited.id)
    await agency.waitlists.join(person, awaited.id)
    for one in (person, other):
        await agency.bookings.cancel(one, (await agency.book(one, over.id)).id)
    people = [one.applicants[0] for one in (person, other, nobody)]
    ties = await asyncio.gather(*map(world.store.rosters.of_applicant, people))
    assert [{slot_id for _, slot_id in keys} for keys in ties] == [
        {booked.id, held.id, awaited.id},
        {awaited.id},
        set(),
    ]
    assert {organization_id for keys in ties for organization_id, _ in keys} == {agency.organization_id}
    elsewhere = replace(people[0], organization_id=organization(world.store).organization_id)
    assert list(await world.store.rosters.of_applicant(elsewhere)) == []


async def test_who_is_skipped_sees_why_and_the_place_goes_to_the_next(world: World) -> None:
    agency = organization(world.store)
    first, second, winner = [await agency.applicant() for _ in range(3)]
    slot = await agency.slot(await agency.agent())
    booking = await agency.book(winner, slot.id)
    entries = [await agency.waitlists.join(person, slot.id) for person in (first, second)]
    await agency.bookings.cancel(winner, booking.id)
    await screened(world, agency, first, RiskLevel.HIGH)
    assert (await agency.holds.hold(second, slot.id)).status is BookingStatus.OFFERED
    entry = (await world.store.waitlists.get(entries[0].entry.id, first.applicants)).entry
    assert (entry.status.value, entry.reason) == ("skipped", "applicant_ineligible")


async def test_by_policy_a_high_screening_cancels_bookings_and_their_places_go_on(world: World) -> None:
    agency = organization(world.store)
    agent, person, waiter = await agency.agent(), await agency.applicant(), await agency.applicant()
    await agency.policies.put(await agency.admin(), Settings(cancel_when_ineligible=True), expected=None)
    first, second = await agency.slots_of(agent, 2)
    visited = await agency.book(person, first.id)
    booking = await agency.book(person, second.id)
    await agency.waitlists.join(waiter, second.id)
    await world.jump(1.5 * HOUR)
    found = await screened(world, agency, person, RiskLevel.HIGH)
    ended = (await agency.bookings.get(agent, booking.id)).booking
    assert (ended.status, ended.reason) == (BookingStatus.CANCELLED_BY_SCREENING, "screening_changed")
    assert (await agency.bookings.get(agent, visited.id)).booking.status is BookingStatus.CONFIRMED
    assert (await agency.holds.hold(waiter, second.id)).status is BookingStatus.OFFERED
    before = await world.events()
    await agency.screen(found)  # delivered once more
    assert await world.events() == before


async def test_a_policy_that_comes_after_the_screening_cancels_nothing(world: World) -> None:
    """A policy holds for what is decided from then on; and what is shown as taken is taken."""
    agency = organization(world.store)
    agent, person, other = await agency.agent(), await agency.applicant(), await agency.applicant()
    slot = await agency.slot(agent)
    booking = await agency.book(person, slot.id)
    await screened(world, agency, person, RiskLevel.HIGH)
    await agency.policies.put(await agency.admin(), Settings(cancel_when_ineligible=True), expected=None)
    assert (await agency.slots.get(other, slot.id)).actions == (SlotAction.JOIN_WAITLIST,)
    await agency.waitlists.join(other, slot.id)
    assert await agency.tidying.step() == 0
    assert (await agency.bookings.get(agent, booking.id)).booking.status is BookingStatus.CONFIRMED


async def test_a_crash_after_the_screening_is_made_good_when_the_message_comes_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    agency = organization(world.store)
    person = await agency.applicant()
    slot = await agency.slot(await agency.agent())
    await agency.holds.hold(person, slot.id)
    found = replace(screening(agency.organization_id), external_id=person.applicants[0].external_id)
    worse = replace(found, email=person.applicants[0].email, risk_level=RiskLevel.HIGH)
    await world.store.applicants.register(worse, Actor(subject=None, role="screening", request_id=None))
    view = await agency.slots.get(await agency.applicant(), slot.id)
    assert view.availability.places_left == 1
    await agency.screen(worse)
    assert (EventType.HOLD_RELEASED, "held", "released") in await world.events()


async def test_a_high_screening_takes_nothing_from_anybody_else_in_an_open_house(world: World) -> None:
    agency = organization(world.store)
    agent, person, other = await agency.agent(), await agency.applicant(), await agency.applicant()
    await agency.policies.put(await agency.admin(), Settings(cancel_when_ineligible=True), expected=None)
    slot = await agency.slot(agent, capacity=2)
    bookings = [await agency.book(each, slot.id) for each in (other, person)]
    await screened(world, agency, person, RiskLevel.HIGH)
    told = [(await agency.bookings.get(agent, booking.id)).booking.status for booking in bookings]
    assert told == [BookingStatus.CONFIRMED, BookingStatus.CANCELLED_BY_SCREENING]
    assert (await agency.slots.get(other, slot.id)).availability.places_left == 1
    assert (await world.events())[-2:] == [
        (EventType.APPLICANT_INELIGIBLE, "eligible", "ineligible"),
        (EventType.BOOKING_CANCELLED, "confirmed", "cancelled_by_screening"),
    ]
