"""A place that the clock or a policy has freed: a look settles the queue as a write does, so that both say the same."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import cycle
from uuid import UUID, uuid4

import pytest

from booking.domain.paging import Paging, Window
from booking.domain.people.applicant import RiskLevel
from booking.domain.people.caller import Caller
from booking.domain.properties.policy import Settings
from booking.domain.refusals import Unavailable
from booking.domain.visits.allowed_actions import SlotAction
from booking.domain.visits.booking import BookingStatus
from booking.domain.visits.refusals import SlotTaken
from booking.domain.visits.slot import Slot
from booking.domain.visits.waitlist import EntryStatus
from tests.builders import HOUR, Organization, organization
from tests.fakes import State, memory_store
from tests.fakes.rosters import MemoryRosters
from tests.support.worlds import MemoryWorld, World

MINUTE = timedelta(minutes=1)
ALL = Paging(after=None, limit=100)


@dataclass
class Queue:
    """A full slot, and two who wait for it; then its place is free, and nobody has said so yet."""

    world: World
    agency: Organization
    admin: Caller
    rival: Caller
    first: Caller
    second: Caller
    property_id: UUID = field(default_factory=uuid4)

    async def slot(self, starts_in: timedelta, policy: Settings | None = None) -> Slot:
        if policy is not None:
            await self.policy(policy)
        return await self.agency.slot(self.admin, property_id=self.property_id, starts_in=starts_in)

    async def policy(self, policy: Settings) -> None:
        await self.agency.policies.put(self.admin, policy, expected=None)

    async def joined(self, slot: Slot, *before: Caller) -> None:
        for person in (*before, self.first, self.second):
            await self.agency.waitlists.join(person, slot.id)


async def a_hold_lapses(q: Queue) -> Slot:
    slot = await q.slot(5 * HOUR)
    await q.agency.holds.hold(q.rival, slot.id)
    await q.joined(slot)
    await q.world.jump(6 * MINUTE)
    return slot


async def an_approval_expires(q: Queue) -> Slot:
    slot = await q.slot(5 * HOUR, Settings(approval_levels=(RiskLevel.MEDIUM,), approval_seconds=60))
    await q.agency.book(await q.agency.applicant(risk_level=RiskLevel.MEDIUM), slot.id)
    await q.joined(slot)
    await q.world.jump(2 * MINUTE)
    return slot


async def an_offer_lapses(q: Queue) -> Slot:
    slot = await q.slot(5 * HOUR)
    booking = await q.agency.book(q.rival, slot.id)
    await q.joined(slot, await q.agency.applicant())
    await q.agency.bookings.cancel(q.rival, booking.id)
    await q.world.jump(31 * MINUTE)
    return slot


async def the_notice_is_shortened(q: Queue) -> Slot:
    slot = await q.slot(1.25 * HOUR, Settings(notice_seconds=3600))
    booking = await q.agency.book(q.rival, slot.id)
    await q.joined(slot)
    await q.world.jump(0.5 * HOUR)
    await q.agency.bookings.cancel(q.rival, booking.id)
    await q.policy(Settings())
    return slot


async def the_horizon_comes(q: Queue) -> Slot:
    slot = await q.slot(50 * HOUR)
    booking = await q.agency.book(q.rival, slot.id)
    await q.joined(slot)
    await q.policy(Settings(horizon_days=2))
    await q.agency.bookings.cancel(q.rival, booking.id)
    await q.world.jump(3 * HOUR)
    return slot


FREED = {
    build.__name__.replace("_", " "): build
    for build in (a_hold_lapses, an_approval_expires, an_offer_lapses, the_notice_is_shortened, the_horizon_comes)
}


async def _may_book(q: Queue, slot: Slot) -> object:
    return all(verdict.satisfied for verdict in await q.agency.slots.eligibility(q.first, slot.id))


async def _may_not(q: Queue, slot: Slot) -> object:
    told = await q.agency.slots.eligibility(q.second, slot.id)
    return [verdict.refusal.code for verdict in told if verdict.refusal] == ["slot_taken"]


async def _listed_actions(q: Queue, slot: Slot) -> object:
    actions = [set((await q.agency.slots.get(who, slot.id)).actions) for who in (q.first, q.second, q.rival)]
    wait = {SlotAction.JOIN_WAITLIST}
    return actions == [
        set(SlotAction) - {SlotAction.BOOK_FOR, SlotAction.SET_CAPACITY, SlotAction.MOVE, SlotAction.CANCEL},
        wait | {SlotAction.LEAVE_WAITLIST},
        wait,
    ]


async def _own_entry(q: Queue, slot: Slot) -> object:
    page = await q.agency.waitlists.list(q.first, side=None, slot_id=None, status=EntryStatus.OFFERED, paging=ALL)
    return [(view.entry.slot_id, view.offer_ends is not None) for view in page.items] == [(slot.id, True)]


async def _entries_of_the_agency(q: Queue, slot: Slot) -> object:
    page = await q.agency.waitlists.list(q.admin, side=None, slot_id=slot.id, status=None, paging=ALL)
    return [(view.entry.status, view.position) for view in page.items] == [
        (EntryStatus.OFFERED, None),
        (EntryStatus.WAITING, 1),
    ]


async def _slots_of_the_agency(q: Queue, slot: Slot) -> object:
    page = await q.agency.slots.list(q.admin, window=Window(), paging=ALL)
    return [(view.availability.places_left, view.availability.places.reserved) for view in page.items] == [(0, 1)]


LOOKS: dict[str, Callable[[Queue, Slot], Awaitable[object]]] = {
    "eligibility": _may_book,
    "eligibility of the second": _may_not,
    "slot": _listed_actions,
    "own entries": _own_entry,
    "entries of the agency": _entries_of_the_agency,
    "slots of the agency": _slots_of_the_agency,
}


async def queue(world: World) -> Queue:
    agency = organization(world.store)
    rival, first, second = [await agency.applicant() for _ in range(3)]
    return Queue(world, agency, await agency.admin(), rival, first, second)


@pytest.mark.parametrize(("freed", "look"), list(zip(cycle(FREED), LOOKS)))
async def test_whichever_look_comes_first_finds_the_place_offered_to_the_first_who_waits(
    world: World, freed: str, look: str
) -> None:
    """And nobody else's, in every look, and when it is booked."""
    q = await queue(world)
    slot = await FREED[freed](q)
    for name in (look, *LOOKS):
        assert (name, await LOOKS[name](q, slot)) == (name, True)
    for person in (q.second, q.rival):
        with pytest.raises(SlotTaken):
            await q.agency.book(person, slot.id)
    assert await q.agency.tidying.step() == 0
    assert (await q.agency.book(q.first, slot.id)).status is BookingStatus.CONFIRMED


@pytest.mark.parametrize("freed", FREED)
async def test_the_first_who_waits_books_though_rivals_have_found_the_slot_taken(world: World, freed: str) -> None:
    """Whoever wants a slot that is known as taken looks first; that look is not told to the one whose turn it is."""
    q = await queue(world)
    slot = await FREED[freed](q)
    with pytest.raises(SlotTaken):
        await q.agency.book(await q.agency.applicant(), slot.id)
    assert (await q.agency.book(q.first, slot.id)).status is BookingStatus.CONFIRMED


async def test_a_list_of_what_can_be_booked_settles_what_is_listed(world: World) -> None:
    """Of several places one is the waiting person's, with the offer that they may give back."""
    q = await queue(world)
    slot = await q.agency.slot(q.admin, property_id=q.property_id, starts_in=5 * HOUR, capacity=2)
    for _ in range(2):
        await q.agency.holds.hold(await q.agency.applicant(), slot.id)
    await q.agency.waitlists.join(q.first, slot.id)
    await q.world.jump(6 * MINUTE)
    (found,) = (await q.agency.slots.bookable(q.first, q.property_id, window=Window(), paging=ALL)).items
    assert (found.slot.places_left, SlotAction.RELEASE_HOLD in found.actions) == (1, True)
    assert await q.agency.tidying.step() == 0


async def test_a_look_that_cannot_settle_shows_the_slot_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    state = State()
    q = await queue(MemoryWorld(memory_store(state), state))
    slot = await a_hold_lapses(q)

    async def change(*_: object) -> None:
        raise Unavailable

    monkeypatch.setattr(MemoryRosters, "change", change)
    view = await q.agency.slots.get(q.rival, slot.id)
    assert (view.availability.places_left, view.actions) == (0, (SlotAction.JOIN_WAITLIST,))
