"""Offering, listing and cancelling slots: the same in memory and in PostgreSQL."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from booking.domain.choices import SlotChoice
from booking.domain.events import EventType
from booking.domain.paging import Paging, Window
from booking.domain.people.agent import AgentRole
from booking.domain.people.caller import Caller
from booking.domain.people.refusals import AgentNotFound, WrongRole
from booking.domain.planning.slot_moves import Destination
from booking.domain.properties.policy import Settings
from booking.domain.refusals import InvalidRequest, NotYourSlot, Refusal, SlotNotFound
from booking.domain.visits.allowed_actions import SlotView
from booking.domain.visits.booking import BookingStatus
from booking.domain.visits.refusals import (
    SlotCancelled,
    SlotEndsBeforeStart,
    SlotInPast,
    SlotOverlap,
    SlotTooLong,
    VisitStarted,
)
from booking.domain.visits.slot import Slot, SlotStatus
from tests.builders import HOUR, Organization, claims, organization, screening
from tests.support.worlds import World

ALL = Paging(after=None, limit=100)


async def test_an_offered_slot_reads_as_it_was_offered_and_is_told_of(world: World) -> None:
    agency = organization(world.store)
    agent = await agency.agent()
    slot = await agency.slot(agent)
    assert await agency.see(agent, slot.id) == slot
    assert slot.status is SlotStatus.AVAILABLE
    assert await world.events() == [(EventType.SLOT_CREATED, None, "available")]


@pytest.mark.parametrize("same", ["agent", "property"])
async def test_slots_of_one_agent_or_one_property_do_not_overlap(world: World, same: str) -> None:
    agency = organization(world.store)
    one, other = await agency.agent(), await agency.agent()
    first = await agency.slot(one, starts_in=2 * HOUR)
    second = (one, uuid4()) if same == "agent" else (other, first.property_id)
    with pytest.raises(SlotOverlap):
        await agency.slot(second[0], property_id=second[1], starts_in=1.5 * HOUR)
    assert len(await world.events()) == 1


async def test_slots_that_only_touch_do_not_overlap(world: World) -> None:
    agency = organization(world.store)
    agent = await agency.agent()
    first = await agency.slot(agent, starts_in=2 * HOUR)
    second = (await agency.slots.offer(agent, first.property_id, first.end_time, first.end_time + HOUR)).slot
    third = (await agency.slots.offer(agent, first.property_id, first.start_time - HOUR, first.start_time)).slot
    assert {second.status, third.status} == {SlotStatus.AVAILABLE}


async def test_another_organization_may_show_the_same_property_at_the_same_time(world: World) -> None:
    """Nobody can block or probe another's property."""
    one, other = organization(world.store), organization(world.store)
    first = await one.slot(await one.agent())
    second = await other.slot(await other.agent(), property_id=first.property_id)
    assert second.status is SlotStatus.AVAILABLE


async def test_a_cancelled_slot_makes_room(world: World) -> None:
    agency = organization(world.store)
    agent = await agency.agent()
    slot = await agency.slot(agent)
    await agency.slots.cancel(agent, slot.id)
    again = (await agency.slots.offer(agent, slot.property_id, slot.start_time, slot.end_time)).slot
    assert again.status is SlotStatus.AVAILABLE


async def test_of_many_overlapping_offers_at_once_exactly_one_is_taken(world: World) -> None:
    """No deadlock among them, either."""
    agency = organization(world.store)
    agents = [await agency.agent() for _ in range(8)]
    property_id = uuid4()
    start = await world.store.now() + HOUR
    outcomes = await asyncio.gather(
        *(agency.slots.offer(agent, property_id, start, start + HOUR) for agent in agents), return_exceptions=True
    )
    assert Counter(map(type, outcomes)) == {SlotView: 1, SlotOverlap: 7}


async def test_a_slot_that_starts_in_the_past_by_the_store_s_clock_is_refused(world: World) -> None:
    """The store's clock decides, on the write as well."""
    agency = organization(world.store)
    agent = await agency.agent()
    await world.jump(2 * HOUR)
    with pytest.raises(SlotInPast):
        await agency.slot(agent, starts_in=HOUR)
    assert await world.events() == []


@pytest.mark.parametrize(
    ("lasts", "refusal"),
    [(timedelta(), SlotEndsBeforeStart), (-HOUR, SlotEndsBeforeStart), (8.1 * HOUR, SlotTooLong)],
)
async def test_a_slot_ends_after_its_start_and_within_eight_hours(
    world: World, lasts: timedelta, refusal: type[Refusal]
) -> None:
    agency = organization(world.store)
    with pytest.raises(refusal):
        await agency.slot(await agency.agent(), lasts=lasts)
    assert await world.events() == []


async def test_a_slot_starts_before_the_end_of_the_calendar(world: World) -> None:
    """Why: ends, buffers and what people are told are reckoned from its start."""
    agency = organization(world.store)
    await agency.policies.put(await agency.admin(), Settings(buffer_seconds=3600), expected=None)
    agent, start = await agency.agent(), datetime(9999, 12, 31, 23, tzinfo=UTC)
    with pytest.raises(InvalidRequest):
        await agency.slots.offer(agent, uuid4(), start, start + HOUR / 2)
    slot = await agency.slot(agent)
    with pytest.raises(InvalidRequest):
        await agency.slot_moves.move(agent, slot.id, Destination(start_time=start))


async def test_an_admin_offers_for_a_colleague_and_a_member_does_not(world: World) -> None:
    agency = organization(world.store)
    admin, member = await agency.admin(), await agency.agent()
    start = await world.store.now() + HOUR
    colleague = member.as_agent().id
    slot = (await agency.slots.offer(admin, uuid4(), start, start + HOUR, agent_id=colleague)).slot
    assert slot.agent_id == colleague
    with pytest.raises(WrongRole):
        await agency.slots.offer(member, uuid4(), start + HOUR, start + 2 * HOUR, agent_id=admin.as_agent().id)
    own = (await agency.slots.offer(member, uuid4(), start + HOUR, start + 2 * HOUR, agent_id=colleague)).slot
    assert own.agent_id == colleague


async def test_an_admin_offers_for_nobody_of_another_organization(world: World) -> None:
    agency, other = organization(world.store), organization(world.store)
    admin, stranger = await agency.admin(), await other.agent()
    start = await world.store.now() + HOUR
    with pytest.raises(AgentNotFound):
        await agency.slots.offer(admin, uuid4(), start, start + HOUR, agent_id=stranger.as_agent().id)


async def test_an_admin_offers_for_no_colleague_who_is_an_agent_no_more(world: World) -> None:
    """Their row stays, for the slots that they had."""
    agency = organization(world.store)
    admin, start = await agency.admin(), await world.store.now() + HOUR
    colleague = await world.store.agents.provision("colleague", agency.organization_id, AgentRole.MEMBER)
    await agency.slots.offer(admin, uuid4(), start, start + HOUR, agent_id=colleague.id)
    await world.store.agents.remove("colleague")
    with pytest.raises(AgentNotFound):
        await agency.slots.offer(admin, uuid4(), start + HOUR, start + 2 * HOUR, agent_id=colleague.id)


async def test_a_slot_is_in_view_of_its_organization_and_its_applicants_only(world: World) -> None:
    agency, other = organization(world.store), organization(world.store)
    slot = await agency.slot(await agency.agent())
    for insider in (await agency.agent(), await agency.admin(), await agency.applicant()):
        assert await agency.see(insider, slot.id) == slot
    for outsider in (await other.agent(), await other.admin(), await other.applicant()):
        with pytest.raises(SlotNotFound):
            await other.see(outsider, slot.id)


async def test_a_slot_of_another_organization_can_be_neither_changed_nor_moved_to(world: World) -> None:
    """It does not exist for them, whatever their role."""
    agency, other = organization(world.store), organization(world.store)
    slot = await agency.slot(await agency.agent())
    own = await other.slot(await other.agent(), starts_in=5 * HOUR)
    visitor = await other.applicant()
    booking = await other.book(visitor, own.id)
    for outsider in (await other.agent(), await other.admin()):
        with pytest.raises(SlotNotFound):
            await other.slots.cancel(outsider, slot.id)
        with pytest.raises(SlotNotFound):
            await other.slots.resize(outsider, slot.id, 2)
    with pytest.raises(SlotNotFound):
        await other.bookings.reschedule(visitor, booking.id, slot.id)
    assert await agency.see(await agency.admin(), slot.id) == slot


async def test_cancelling_a_slot_cancels_its_booking(world: World) -> None:
    agency = organization(world.store)
    agent, applicant = await agency.agent(), await agency.applicant()
    slot = await agency.slot(agent)
    booking = await agency.book(applicant, slot.id, "")
    await agency.slots.cancel(agent, slot.id)
    assert (await agency.see(agent, slot.id)).status is SlotStatus.CANCELLED
    view = await agency.bookings.get(applicant, booking.id)
    assert view.booking.status is BookingStatus.CANCELLED_BY_AGENT
    assert (await world.events())[-2:] == [
        (EventType.SLOT_CANCELLED, "booked", "cancelled"),
        (EventType.BOOKING_CANCELLED, "confirmed", "cancelled_by_agent"),
    ]


async def test_cancelling_a_slot_is_for_its_agent_or_an_admin_once_and_before_it_starts(world: World) -> None:
    agency = organization(world.store)
    agent, colleague, admin = await agency.agent(), await agency.agent(), await agency.admin()
    applicant = await agency.applicant()
    slot = await agency.slot(agent)
    late = await agency.slot(agent, starts_in=3 * HOUR)
    with pytest.raises(NotYourSlot):
        await agency.slots.cancel(colleague, slot.id)
    with pytest.raises(WrongRole):
        await agency.slots.cancel(applicant, slot.id)
    await agency.slots.cancel(admin, slot.id)
    with pytest.raises(SlotCancelled):
        await agency.slots.cancel(agent, slot.id)
    await world.jump(4 * HOUR)
    with pytest.raises(VisitStarted):
        await agency.slots.cancel(agent, late.id)


async def test_lists_show_an_agent_own_slots_and_an_admin_all(world: World) -> None:
    agency = organization(world.store)
    one, other, admin = await agency.agent(), await agency.agent(), await agency.admin()
    mine = await agency.slots_of(one, 3)
    theirs = await agency.slots_of(other, 2)

    async def listed(caller: object, **criteria: object) -> list[Slot]:
        how = {name: criteria.pop(name) for name in ("window", "paging") if name in criteria}
        given = {"window": Window(), "paging": ALL} | how
        page = await agency.slots.list(caller, SlotChoice(**criteria), **given)  # type: ignore[arg-type]
        return [view.slot for view in page.items]

    assert await listed(one) == mine
    assert sorted(slot.id for slot in await listed(admin)) == sorted(slot.id for slot in [*mine, *theirs])
    assert await listed(admin, property_id=theirs[0].property_id) == theirs
    assert await listed(one, window=Window(since=mine[1].start_time, until=mine[2].start_time)) == [mine[1]]
    await agency.slots.cancel(one, mine[0].id)
    assert [slot.id for slot in await listed(one, statuses=(SlotStatus.CANCELLED,))] == [mine[0].id]


async def test_pages_give_every_slot_once_while_others_come_and_go(world: World) -> None:
    agency = organization(world.store)
    agent, applicant = await agency.agent(), await agency.applicant()
    slots = await agency.slots_of(agent, 7)
    seen: list[UUID] = []
    position = None
    while True:
        page = await agency.slots.bookable(
            applicant, slots[0].property_id, window=Window(), paging=Paging(after=position, limit=2)
        )
        seen += [view.slot.id for view in page.items]
        if page.next is None:
            break
        position = page.next
        if len(seen) == 2:
            await agency.slots.cancel(agent, slots[0].id)  # gone behind us
            await agency.book(applicant, slots[4].id, "")  # gone ahead of us
    assert seen == [slots[n].id for n in (0, 1, 2, 3, 5, 6)]


async def test_a_full_last_page_says_that_it_is_the_last(world: World) -> None:
    agency = organization(world.store)
    agent = await agency.agent()
    slots = await agency.slots_of(agent, 4)
    paging = Paging(after=None, limit=4)
    page = await agency.slots.bookable(agent, slots[0].property_id, window=Window(), paging=paging)
    assert ([view.slot.id for view in page.items], page.next) == ([slot.id for slot in slots], None)


async def test_what_is_listed_as_bookable_is_booked_and_what_is_not_is_refused(world: World) -> None:
    """Available, and in the future by the store's clock."""
    agency = organization(world.store)
    agent, applicant = await agency.agent(), await agency.applicant()
    slots = await agency.slots_of(agent, 4)
    await agency.book(applicant, slots[1].id, "")
    await agency.slots.cancel(agent, slots[2].id)
    await world.jump(timedelta(hours=1, minutes=1))
    page = await agency.slots.bookable(applicant, slots[0].property_id, window=Window(), paging=ALL)
    assert [view.slot.id for view in page.items] == [slots[3].id]
    outcomes = [await _booked(agency, applicant, slot) for slot in slots]
    assert outcomes == [False, False, False, True]


async def test_who_is_in_view_of_two_organizations_is_shown_the_slots_of_both_in_one_order(world: World) -> None:
    agencies = [organization(world.store), organization(world.store)]
    email, property_id = f"{uuid4()}@example.com", uuid4()
    slots = []
    for hours in range(1, 5):
        agency = agencies[hours % 2]
        slots.append(await agency.slot(await agency.agent(), property_id=property_id, starts_in=HOUR * hours))
    for agency in agencies:
        await agency.screen(screening(agency.organization_id, email=email))
    viewer = await agencies[0].identity.identify(claims(email=email), None)
    seen, after = [], None
    for _ in range(2):
        page = await agencies[0].slots.bookable(
            viewer, property_id, window=Window(), paging=Paging(after=after, limit=3)
        )
        seen.append([(view.organization_id, view.slot.id) for view in page.items])
        after = page.next
    whose = [(slot.organization_id, slot.id) for slot in slots]
    assert (seen, after) == ([whose[:3], whose[3:]], None)


async def test_an_unknown_property_is_an_empty_list(world: World) -> None:
    agency = organization(world.store)
    page = await agency.slots.bookable(await agency.agent(AgentRole.ADMIN), uuid4(), window=Window(), paging=ALL)
    assert (list(page.items), page.next) == ([], None)


async def _booked(agency: Organization, applicant: Caller, slot: Slot) -> bool:
    try:
        await agency.book(applicant, slot.id, "")
    except Refusal:
        return False
    return True


async def test_another_organization_finds_no_slot_in_any_way_of_looking(world: World) -> None:
    agency, other = organization(world.store), organization(world.store)
    slot, stranger = await agency.slot(await agency.agent()), await other.agent()
    for look in (
        world.store.slots.availability(slot.id, stranger),
        world.store.slots.seen(slot.id, stranger),
        world.store.slots.with_nearest(slot.id, stranger, 3),
    ):
        with pytest.raises(SlotNotFound):
            await look
