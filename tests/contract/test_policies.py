"""Policies: what an agency sets, and what holds by it; the same in memory and in PostgreSQL."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from booking.domain.events import EventType
from booking.domain.paging import Paging, Window
from booking.domain.people.refusals import WrongRole
from booking.domain.properties.policy import Policy, Settings
from booking.domain.refusals import PreconditionFailed
from booking.domain.values import replace
from booking.domain.visits.refusals import BeyondHorizon, BookingLimit, NoticeTooShort, PartyTooLarge, SlotOverlap
from booking.service.properties.policies import PolicyView
from tests.builders import HOUR, organization
from tests.support.worlds import World

ALL = Paging(after=None, limit=100)
ROUNDS = 4  # of a race: in the first one the connections open, one after another


async def test_without_any_policy_nothing_stands_in_the_way(world: World) -> None:
    agency = organization(world.store)
    view = await agency.policies.get(await agency.agent())
    assert (view.settings, view.effective) == (Settings(), Policy())


async def test_a_property_overrides_what_the_organization_has_set(world: World) -> None:
    agency = organization(world.store)
    admin, property_id = await agency.admin(), uuid4()
    await agency.policies.put(admin, Settings(notice_seconds=60, hold_seconds=10), expected=0)
    view = await agency.policies.put(admin, Settings(notice_seconds=0), expected=0, property_id=property_id)
    assert (view.settings, view.effective) == (Settings(notice_seconds=0, version=1), Policy(hold_seconds=10))
    assert (await agency.policies.get(admin)).effective == Policy(notice_seconds=60, hold_seconds=10)
    assert await agency.store.policies.effective(agency.organization_id, property_id) == Policy(hold_seconds=10)
    assert await world.events() == [(EventType.POLICY_CHANGED, None, "1")] * 2


async def test_of_two_admins_who_saw_the_same_version_one_is_told(world: World) -> None:
    agency = organization(world.store)
    admins = [await agency.admin() for _ in range(4)]
    for version in (0, 1):
        outcomes = await asyncio.gather(
            *(
                agency.policies.put(admin, Settings(hold_seconds=60 + turn), expected=version)
                for turn, admin in enumerate(admins)
            ),
            return_exceptions=True,
        )
        assert sorted(type(outcome).__name__ for outcome in outcomes) == ["PolicyView"] + ["PreconditionFailed"] * 3
    assert (await agency.policies.put(admins[0], Settings(), expected=None)).settings.version == 3
    for stale in (0, 2, 7):
        with pytest.raises(PreconditionFailed):
            await agency.policies.put(admins[0], Settings(), expected=stale)
    with pytest.raises(PreconditionFailed):
        await agency.policies.put(admins[0], Settings(), expected=5, property_id=uuid4())


async def test_a_change_leaves_what_it_does_not_name_and_is_made_to_what_was_seen(world: World) -> None:
    agency = organization(world.store)
    admin, property_id = await agency.admin(), uuid4()
    await agency.policies.put(admin, Settings(notice_seconds=60, hold_seconds=10), expected=None)
    changed = await agency.policies.change(admin, {"hold_seconds": 20, "horizon_days": 9}, expected=1)
    assert changed.settings == Settings(notice_seconds=60, hold_seconds=20, horizon_days=9, version=2)
    reset = await agency.policies.change(admin, {"notice_seconds": None}, expected=2)
    assert reset.settings == Settings(hold_seconds=20, horizon_days=9, version=3)
    assert reset.effective == Policy(hold_seconds=20, horizon_days=9)
    of_property = await agency.policies.change(admin, {"hold_seconds": 5}, expected=0, property_id=property_id)
    assert (of_property.settings, of_property.effective) == (
        Settings(hold_seconds=5, version=1),
        Policy(hold_seconds=5, horizon_days=9),
    )
    for stale in (0, 2, 4):
        with pytest.raises(PreconditionFailed):
            await agency.policies.change(admin, {"hold_seconds": 1}, expected=stale)
    with pytest.raises(WrongRole):
        await agency.policies.change(await agency.agent(), {}, expected=3)
    assert (await agency.policies.get(admin)).settings == reset.settings


async def test_of_admins_who_change_different_rules_at_once_one_is_told_and_nothing_is_lost(world: World) -> None:
    agency = organization(world.store)
    admins = [await agency.admin() for _ in range(4)]
    names = ("notice_seconds", "hold_seconds", "offer_seconds", "horizon_days")
    for version in range(ROUNDS):
        before = (await agency.policies.get(admins[0])).settings
        outcomes = await asyncio.gather(
            *(
                agency.policies.change(admin, {name: 100 + version}, expected=version)
                for admin, name in zip(admins, names, strict=True)
            ),
            return_exceptions=True,
        )
        assert sorted(type(outcome).__name__ for outcome in outcomes) == ["PolicyView"] + ["PreconditionFailed"] * 3
        after = (await agency.policies.get(admins[0])).settings
        (name,) = (name for name, outcome in zip(names, outcomes, strict=True) if isinstance(outcome, PolicyView))
        expected: dict[str, Any] = {name: 100 + version, "version": version + 1}
        assert after == replace(before, **expected)


async def test_a_policy_is_an_admin_s_to_set_and_an_agent_s_to_see(world: World) -> None:
    agency = organization(world.store)
    with pytest.raises(WrongRole):
        await agency.policies.put(await agency.agent(), Settings(), expected=None)
    with pytest.raises(WrongRole):
        await agency.policies.get(await agency.applicant())


async def test_notice_and_horizon_bound_what_is_listed_and_what_is_booked_alike(world: World) -> None:
    agency = organization(world.store)
    agent, admin, applicant = await agency.agent(), await agency.admin(), await agency.applicant()
    property_id = uuid4()
    soon, fine, far = [
        await agency.slot(agent, property_id=property_id, starts_in=timedelta(hours=hours)) for hours in (1, 10, 60)
    ]
    await agency.policies.put(admin, Settings(notice_seconds=7200, horizon_days=2), expected=None)
    page = await agency.slots.bookable(applicant, property_id, window=Window(), paging=ALL)
    assert [view.slot.id for view in page.items] == [fine.id]
    for slot, refusal in ((soon, NoticeTooShort), (far, BeyondHorizon)):
        with pytest.raises(refusal):
            await agency.book(applicant, slot.id)
    person = applicant.applicants[0].id
    for slot in (soon, far, fine):
        await agency.book(agent, slot.id, applicant_id=person)


async def test_an_applicant_has_no_more_live_bookings_than_the_policy_allows(world: World) -> None:
    agency = organization(world.store)
    agent, applicant = await agency.agent(), await agency.applicant()
    await agency.policies.put(
        await agency.admin(), Settings(max_live_bookings=2, max_live_bookings_per_property=1), expected=None
    )
    here = await agency.slots_of(agent, 2)
    there = [await agency.slot(agent, starts_in=timedelta(hours=hours)) for hours in (5, 7)]
    first = await agency.book(applicant, here[0].id)
    with pytest.raises(BookingLimit):
        await agency.book(applicant, here[1].id)
    await agency.book(applicant, there[0].id)
    with pytest.raises(BookingLimit):
        await agency.book(applicant, there[1].id)
    await agency.bookings.cancel(applicant, first.id)
    await agency.book(applicant, there[1].id)


async def test_a_party_has_one_place_and_is_as_large_as_the_policy_allows(world: World) -> None:
    agency = organization(world.store)
    agent, admin, applicant = await agency.agent(), await agency.admin(), await agency.applicant()
    slot = await agency.slot(agent, capacity=2)
    booking = await agency.book(applicant, slot.id, party_size=5)
    assert booking.party_size == 5
    for caller in (applicant, agent):
        assert (await agency.bookings.get(caller, booking.id)).booking == booking
    assert (await agency.slots.get(agent, slot.id)).availability.places_left == 1
    bounded = Settings(max_party_size=3)
    held, home = [await agency.slot(agent, starts_in=timedelta(hours=hours)) for hours in (3, 5)]
    await agency.policies.put(admin, bounded, expected=None, property_id=home.property_id)
    with pytest.raises(PartyTooLarge):
        await agency.bookings.reschedule(applicant, booking.id, home.id)
    with pytest.raises(PartyTooLarge):
        await agency.book(await agency.applicant(), home.id, party_size=4)
    await agency.policies.put(admin, bounded, expected=None)
    other = await agency.applicant()
    hold = await agency.holds.hold(other, held.id)
    with pytest.raises(PartyTooLarge):
        await agency.book(other, held.id, hold_id=hold.id, party_size=4)
    assert (await agency.book(other, held.id, hold_id=hold.id, party_size=3)).party_size == 3
    with pytest.raises(PartyTooLarge):
        await agency.book(agent, home.id, applicant_id=other.applicants[0].id, party_size=4)
    assert (await agency.book(agent, home.id, applicant_id=other.applicants[0].id, party_size=2)).party_size == 2


async def test_a_limit_holds_for_bookings_made_at_once(world: World) -> None:
    agency = organization(world.store)
    await agency.policies.put(await agency.admin(), Settings(max_live_bookings=2), expected=None)
    for _ in range(ROUNDS):
        applicant = await agency.applicant()
        slots = await agency.slots_of(await agency.agent(), 6)
        outcomes = await asyncio.gather(
            *(agency.bookings.book(applicant, slot.id) for slot in slots), return_exceptions=True
        )
        assert sorted(type(outcome).__name__ for outcome in outcomes) == ["BookingLimit"] * 4 + ["BookingView"] * 2


async def test_a_visit_that_is_over_counts_no_more(world: World) -> None:
    agency = organization(world.store)
    await agency.policies.put(await agency.admin(), Settings(max_live_bookings=1), expected=None)
    applicant = await agency.applicant()
    first, second = await agency.slots_of(await agency.agent(), 2)
    await agency.book(applicant, first.id)
    await world.jump(timedelta(hours=2, minutes=1))
    later = await agency.slot(await agency.agent(), starts_in=5 * HOUR)
    await agency.book(applicant, later.id)
    assert second.id != later.id


@pytest.mark.parametrize("policy_of", ["first", "second", "both"])
async def test_between_two_visits_of_an_agent_lies_the_larger_of_their_buffers(world: World, policy_of: str) -> None:
    agency = organization(world.store)
    agent, admin = await agency.agent(), await agency.admin()
    properties = {"first": uuid4(), "second": uuid4()}
    buffered = properties.values() if policy_of == "both" else [properties[policy_of]]
    for property_id in buffered:
        await agency.policies.put(admin, Settings(buffer_seconds=900), expected=None, property_id=property_id)
    start = await world.store.now() + HOUR
    await agency.slots.offer(agent, properties["first"], start, start + HOUR)
    for minutes in (0, 14):
        close = start + HOUR + timedelta(minutes=minutes)
        with pytest.raises(SlotOverlap):
            await agency.slots.offer(agent, properties["second"], close, close + HOUR)
        before = start - HOUR - timedelta(minutes=minutes)
        if before > await world.store.now():
            with pytest.raises(SlotOverlap):
                await agency.slots.offer(agent, properties["second"], before, before + HOUR)
    free = start + HOUR + timedelta(minutes=15)
    await agency.slots.offer(agent, properties["second"], free, free + HOUR)
    await agency.slots.offer(await agency.agent(), properties["second"], free + HOUR, free + 2 * HOUR)


async def test_of_two_offers_at_once_the_larger_buffer_is_kept(world: World) -> None:
    """The constraint knows the earlier one's buffer alone; the lock of the agent makes up for it."""
    agency = organization(world.store)
    agent, admin = await agency.agent(), await agency.admin()
    wide, narrow = uuid4(), uuid4()
    await agency.policies.put(admin, Settings(buffer_seconds=3600), expected=None, property_id=wide)
    start = await world.store.now() + HOUR
    for turn in range(2 * ROUNDS):
        at = start + 6 * turn * HOUR
        offers = ((narrow, at), (wide, at + 1.5 * HOUR))
        outcomes = await asyncio.gather(
            *(agency.slots.offer(agent, property_id, begins, begins + HOUR) for property_id, begins in offers),
            return_exceptions=True,
        )
        assert sorted(type(outcome).__name__ for outcome in outcomes) == ["SlotOverlap", "SlotView"]
    assert set((await world.store.auditor.violations()).values()) == {0}


async def test_buffered_offers_at_once_leave_one(world: World) -> None:
    agency = organization(world.store)
    agent = await agency.agent()
    await agency.policies.put(await agency.admin(), Settings(buffer_seconds=3600), expected=None)
    start = await world.store.now() + HOUR
    starts = [start + turn * timedelta(minutes=90) for turn in range(3)]
    outcomes = await asyncio.gather(
        *(agency.slots.offer(agent, uuid4(), at, at + HOUR) for at in starts[:2]), return_exceptions=True
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["SlotOverlap", "SlotView"]
    assert set((await world.store.auditor.violations()).values()) == {0}
