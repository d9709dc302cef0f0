"""Many slots in one request: each by itself, or none without the others."""

import asyncio
import dataclasses
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID, uuid4

import pytest

from booking.domain.keys import Key
from booking.domain.paging import Paging
from booking.domain.people.caller import Caller
from booking.domain.people.refusals import WrongRole
from booking.domain.properties.policy import Settings
from booking.domain.properties.property import PropertyFilter, PropertyStatus
from booking.domain.refusals import BatchRefused, BatchTooLarge
from booking.domain.values import replace
from booking.domain.visits import slot_batch
from booking.domain.visits.allowed_actions import SlotView
from booking.domain.visits.availability import Availability
from booking.domain.visits.booking import BookingStatus
from booking.domain.visits.slot import SlotStatus
from booking.domain.visits.slot_batch import BatchMode, Offer, Refused
from booking.domain.visits.waitlist import EntryStatus
from booking.service.ports import Slots
from booking.service.visits.slot_batches import Cancelled
from tests.builders import HOUR, Organization, organization
from tests.support.worlds import World


def offers(
    start: datetime,
    *hours: float,
    property_id: UUID | None = None,
    lasts: timedelta = HOUR,
    agent: Caller | None = None,
) -> list[Offer]:
    return [
        Offer(
            property_id=property_id or uuid4(),
            start_time=start + hour * HOUR,
            end_time=start + hour * HOUR + lasts,
            agent_id=agent.as_agent().id if agent else None,
            capacity=1,
        )
        for hour in hours
    ]


def told(results: "list[SlotView | Refused]") -> list[object]:
    return [
        (one.refusal.code, list(one.slot_ids), list(one.items)) if isinstance(one, Refused) else "created"
        for one in results
    ]


async def offered(agency: Organization, by: Caller, wanted: list[Offer], mode: BatchMode) -> list[object]:
    try:
        found = await agency.slot_batches.offer(by, dict(enumerate(wanted)), mode)
        return told([found[index] for index in range(len(wanted))])
    except BatchRefused as refusal:
        return [(index, *told([one])) for index, one in refusal.items.items()]


async def test_each_that_can_be_is_offered_and_each_other_says_what_it_overlaps(world: World) -> None:
    agency = organization(world.store)
    agent = await agency.agent()
    there = await agency.slot(agent, starts_in=2 * HOUR)
    start = there.start_time
    wanted = [*offers(start, 0.5, 1, 1.5, 3, -9), *offers(start, 5, lasts=9 * HOUR), *offers(start, 7, lasts=-HOUR)]
    assert await offered(agency, agent, wanted, BatchMode.EACH) == [
        ("slot_overlap", [there.id], []),
        "created",
        ("slot_overlap", [], [1]),
        "created",
        ("slot_in_past", [], []),
        ("slot_too_long", [], []),
        ("slot_ends_before_start", [], []),
    ]
    assert len(await world.events()) == 3


@pytest.mark.parametrize("mode", BatchMode)
async def test_a_dry_run_has_the_same_outcome_and_offers_nothing(world: World, mode: BatchMode) -> None:
    agency = organization(world.store)
    agent = await agency.agent()
    start = await world.store.now() + HOUR
    fit = dict(enumerate(offers(start, 0, 1)))
    dry = await agency.slot_batches.offer(agent, fit, mode, dry=True)
    assert (told(list(dry.values())), await world.events()) == (["created", "created"], [])
    clash = dict(enumerate(offers(start, 0, 0.5)))
    if mode is BatchMode.ALL:
        with pytest.raises(BatchRefused):
            await agency.slot_batches.offer(agent, clash, mode, dry=True)
    else:
        found = await agency.slot_batches.offer(agent, clash, mode, dry=True)
        assert told(list(found.values())) == ["created", ("slot_overlap", [], [0])]
    assert await world.events() == []


async def test_all_or_none_with_every_fault(world: World) -> None:
    agency = organization(world.store)
    agent = await agency.agent()
    there = await agency.slot(agent, starts_in=2 * HOUR)
    wanted = offers(there.start_time, 0.5, 1, -9, 4)
    assert await offered(agency, agent, wanted, BatchMode.ALL) == [
        (0, ("slot_overlap", [there.id], [])),
        (1, ("slot_overlap", [], [0])),
        (2, ("slot_in_past", [], [])),
    ]
    assert len(await world.events()) == 1
    assert await offered(agency, agent, offers(there.start_time, 1, 2, 3), BatchMode.ALL) == ["created"] * 3
    assert len(await world.events()) == 4


async def test_items_clash_by_their_property_and_by_the_buffer_of_their_agent(world: World) -> None:
    agency = organization(world.store)
    admin, colleague = await agency.admin(), await agency.agent()
    await agency.policies.put(admin, Settings(buffer_seconds=1800), expected=None)
    start, home = await world.store.now() + HOUR, uuid4()
    wanted = [
        *offers(start, 0, property_id=home),
        *offers(start, 0.5, property_id=home, agent=colleague),
        *offers(start, 1.25, 1.5),
    ]
    overlap: object = ("slot_overlap", [], [0])
    assert await offered(agency, admin, wanted, BatchMode.EACH) == ["created", overlap, overlap, "created"]


async def test_a_member_offers_none_for_a_colleague_and_an_admin_none_for_a_stranger(world: World) -> None:
    agency = organization(world.store)
    member, admin = await agency.agent(), await agency.admin()
    start = await world.store.now() + HOUR
    with pytest.raises(WrongRole):
        await offered(agency, member, [*offers(start, 0), *offers(start, 0, agent=admin)], BatchMode.EACH)
    assert await world.events() == []
    stranger = await organization(world.store).agent()
    wanted = [*offers(start, 0, agent=stranger), *offers(start, 0)]
    assert await offered(agency, admin, wanted, BatchMode.EACH) == [("agent_not_found", [], []), "created"]


async def test_at_an_archived_property_none_is_offered_and_a_refused_one_makes_no_property(world: World) -> None:
    agency = organization(world.store)
    admin = await agency.admin()
    archived, unknown, new = uuid4(), uuid4(), uuid4()
    await agency.properties.put(admin, agency.property(archived, status=PropertyStatus.ARCHIVED), expected=None)
    start = await world.store.now() + HOUR
    wanted = [
        *offers(start, 0, property_id=archived),
        *offers(start, 1, property_id=new),
        *offers(start, 1, property_id=unknown),
    ]
    overlap: object = ("slot_overlap", [], [1])
    assert await offered(agency, admin, wanted, BatchMode.EACH) == [("property_archived", [], []), "created", overlap]
    page = await agency.properties.list(admin, PropertyFilter(), paging=Paging(after=None, limit=9))
    assert {one.property.id for one in page.items} == {archived, new}


@pytest.mark.parametrize("mode", BatchMode)
async def test_of_nothing_that_can_be_offered_each_says_why_not(world: World, mode: BatchMode) -> None:
    agency = organization(world.store)
    agent = await agency.agent()
    answered = await offered(agency, agent, offers(await world.store.now(), -5, -3), mode)
    past: object = ("slot_in_past", [], [])
    assert answered == ([past, past] if mode is BatchMode.EACH else [(0, past), (1, past)])
    assert await world.events() == []


async def test_a_slot_whose_start_passes_while_its_lock_is_waited_for_is_in_the_past(world: World) -> None:
    agency = organization(world.store)
    agent, now = await agency.agent(), await world.store.now()

    async def before() -> datetime:
        return now - 2 * HOUR

    late = dataclasses.replace(agency.slot_batches, now=before)
    found = await late.offer(agent, dict(enumerate(offers(now, -1, 1))), BatchMode.EACH)
    assert told([found[0], found[1]]) == [("slot_in_past", [], []), "created"]


async def test_offered_together_a_slot_is_as_if_it_had_been_offered_alone(world: World) -> None:
    agency = organization(world.store)
    agent = await agency.agent()
    await agency.properties.put(agent, agency.property(home := uuid4(), label="Loft"), expected=None)
    (one,) = offers(await world.store.now() + HOUR, 0, property_id=home)
    (view,) = (await agency.slot_batches.offer(agent, {7: one}, BatchMode.ALL)).values()
    assert isinstance(view, SlotView)
    assert view == replace(await agency.slots.get(agent, view.slot.id), availability=view.availability)
    seen = (await agency.slots.get(agent, view.slot.id)).availability
    assert (view.slot, view.availability.names, view.availability.policy) == (seen.slot, seen.names, seen.policy)


async def test_each_that_can_be_is_cancelled_with_everything_on_it_and_each_other_says_why_not(world: World) -> None:
    agency = organization(world.store)
    agent, colleague, person, other = [await make() for make in (agency.agent,) * 2 + (agency.applicant,) * 2]
    late = await agency.slot(agent, starts_in=HOUR)
    await world.jump(2 * HOUR)
    full, held, gone = [await agency.slot(agent, starts_in=hour * HOUR) for hour in (4, 6, 8)]
    foreign, not_mine = await agency.slot(colleague, starts_in=4 * HOUR), await organization(world.store).agent()
    elsewhere = await organization(world.store).slot(not_mine, starts_in=5 * HOUR)
    booking = await agency.book(person, full.id)
    await agency.waitlists.join(other, full.id)
    await agency.holds.hold(person, held.id)
    await agency.slots.cancel(agent, gone.id)
    ids = [full.id, foreign.id, held.id, gone.id, elsewhere.id, uuid4(), late.id]
    found = await agency.slot_batches.cancel(agent, dict(enumerate(ids)), BatchMode.EACH, "I am ill.")
    assert [one.refusal.code if isinstance(one, Refused) else one for one in found.values()] == [
        Cancelled(full.id, 1),
        "not_your_slot",
        Cancelled(held.id, 0),
        "slot_cancelled",
        "slot_not_found",
        "slot_not_found",
        "slot_started",
    ]
    assert (await agency.bookings.get(person, booking.id)).booking.status is BookingStatus.CANCELLED_BY_AGENT
    assert (await agency.bookings.get(person, booking.id)).booking.reason == "I am ill."
    assert (await agency.see(agent, held.id)).reason == "I am ill."
    assert (await agency.see(colleague, foreign.id)).status is SlotStatus.AVAILABLE
    every = Paging(after=None, limit=9)
    skipped = await agency.waitlists.list(other, side=None, slot_id=full.id, status=EntryStatus.SKIPPED, paging=every)
    assert [one.entry.applicant_id for one in skipped.items] == [other.applicants[0].id]


async def test_all_are_cancelled_or_none_with_every_fault(world: World) -> None:
    agency = organization(world.store)
    agent, colleague = await agency.agent(), await agency.agent()
    mine, more = [await agency.slot(agent, starts_in=hour * HOUR) for hour in (2, 4)]
    foreign = await agency.slot(colleague, starts_in=2 * HOUR)
    happened = await world.events()
    with pytest.raises(BatchRefused) as refusal:
        await agency.slot_batches.cancel(agent, {0: mine.id, 1: foreign.id, 2: uuid4()}, BatchMode.ALL, None)
    assert {index: one.refusal.code for index, one in refusal.value.items.items()} == {
        1: "not_your_slot",
        2: "slot_not_found",
    }
    assert await world.events() == happened
    found = await agency.slot_batches.cancel(agent, {0: mine.id, 1: more.id}, BatchMode.ALL, None)
    assert list(found.values()) == [Cancelled(mine.id, 0), Cancelled(more.id, 0)]


async def test_of_nothing_that_can_be_cancelled_each_says_why_not(world: World) -> None:
    agency = organization(world.store)
    found = await agency.slot_batches.cancel(await agency.agent(), {3: uuid4()}, BatchMode.EACH, None)
    assert {index: one.refusal.code for index, one in found.items() if isinstance(one, Refused)} == {
        3: "slot_not_found"
    }


async def test_more_claims_than_may_end_in_one_go_end_one_by_one(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slot_batch, "MOST_CLAIMS", 1)
    agency = organization(world.store)
    agent = await agency.agent()
    slots = [await agency.slot(agent, starts_in=hour * HOUR) for hour in (2, 4)]
    for slot in slots:
        await agency.book(await agency.applicant(), slot.id)
    ids = {index: slot.id for index, slot in enumerate(slots)}
    with pytest.raises(BatchTooLarge):
        await agency.slot_batches.cancel(agent, ids, BatchMode.ALL, None)
    assert [(await agency.see(agent, one)).status for one in ids.values()] == [SlotStatus.BOOKED] * 2
    found = await agency.slot_batches.cancel(agent, ids, BatchMode.EACH, None)
    assert list(found.values()) == [Cancelled(one, 1) for one in ids.values()]


@pytest.mark.parametrize("mode", BatchMode)
async def test_a_slot_that_somebody_else_cancels_between_look_and_lock_is_told_of(
    world: World, mode: BatchMode
) -> None:
    agency = organization(world.store)
    agent, admin = await agency.agent(), await agency.admin()
    slots = [await agency.slot(agent, starts_in=hour * HOUR) for hour in (2, 4)]

    class Meanwhile:
        """A look, after which somebody else is quicker, once."""

        def __init__(self, slots: Slots) -> None:
            self.slots = slots
            self.first = True

        async def by_keys(self, keys: Collection[Key]) -> Mapping[Key, Availability]:
            found = await self.slots.by_keys(keys)
            if self.first:
                await agency.slots.cancel(admin, slots[0].id)
            self.first = False
            return found

    batches = dataclasses.replace(agency.slot_batches, slots=cast("Slots", Meanwhile(agency.store.slots)))
    try:
        found = await batches.cancel(agent, {0: slots[0].id, 1: slots[1].id}, mode, None)
    except BatchRefused as refusal:
        found = refusal.items
    first = found[0]
    assert isinstance(first, Refused)
    assert first.refusal.code == "slot_cancelled"
    assert found.get(1) == (None if mode is BatchMode.ALL else Cancelled(slots[1].id, 0))
    still = SlotStatus.AVAILABLE if mode is BatchMode.ALL else SlotStatus.CANCELLED
    assert (await agency.see(agent, slots[1].id)).status is still


@pytest.mark.parametrize("mode", BatchMode)
async def test_opposite_batches_and_single_offers_race_without_a_deadlock(world: World, mode: BatchMode) -> None:
    agency = organization(world.store)
    admins, agents = [await agency.admin() for _ in range(4)], [await agency.agent() for _ in range(4)]
    homes, start = [uuid4() for _ in range(4)], await world.store.now() + HOUR
    wanted = [
        one
        for hour, (agent, home) in enumerate(zip(agents * 5, [*homes[1:], homes[0]] * 5, strict=True))
        for one in offers(start, hour, property_id=home, agent=agent)
    ]
    batches = [
        agency.slot_batches.offer(admin, dict(enumerate(wanted[:: 1 if number % 2 else -1])), mode)
        for number, admin in enumerate(admins)
    ]
    singles = [
        agency.slots.offer(agents[number % 4], homes[number % 4], one.start_time, one.end_time)
        for number, one in enumerate(wanted)
    ]
    done = await asyncio.gather(*batches, *singles, return_exceptions=True)
    assert {type(one).__name__ for one in done} <= {"dict", "BatchRefused", "SlotView", "SlotOverlap"}
