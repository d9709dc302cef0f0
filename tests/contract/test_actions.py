"""What is listed as available succeeds, and what is not is refused: by the clock as well, while nothing is tidied.

In memory each action is tried on a copy of the situation; PostgreSQL has to list the same.
"""

from collections.abc import Awaitable, Callable
from copy import deepcopy
from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from booking.domain.paging import Paging, Window
from booking.domain.people.caller import Caller, Side
from booking.domain.planning.slot_moves import Destination
from booking.domain.refusals import Refusal
from booking.domain.visits.allowed_actions import BookingAction, SlotAction, SlotView, on_booking
from booking.domain.visits.availability import IN_A_ROW
from booking.domain.visits.booking import Outcome
from booking.domain.visits.slot import LARGEST
from booking.domain.visits.slot_page import BookableView, SlotPage
from booking.domain.visits.waitlist import EntryStatus
from tests.builders import HOUR, organization
from tests.contract.situations import SITUATIONS, Scene, scene
from tests.fakes import State, memory_store
from tests.support.worlds import MemoryWorld, World

ALL = Paging(after=None, limit=100)

Try = Callable[[Scene, Caller, UUID], Awaitable[object]]


async def own_entry(s: Scene, by: Caller) -> UUID:
    page = await s.world.store.waitlists.of_applicants(
        by.applicants, slot_id=s.slot.id, statuses=list(EntryStatus), paging=ALL
    )
    return page.items[-1].entry.id if page.items else uuid4()


def own_claim(s: Scene, by: Caller) -> UUID:
    assert isinstance(s.world, MemoryWorld)
    own = {applicant.id for applicant in by.applicants}
    found = [one for one in s.world.state.bookings.values() if one.slot_id == s.slot.id and one.applicant_id in own]
    return found[-1].id if found else uuid4()


def for_somebody(who: str) -> Try:
    return lambda s, by, _: s.agency.book(by, s.slot.id, applicant_id=s.callers[who].applicants[0].id)


async def _release(s: Scene, by: Caller, _: UUID) -> None:
    await s.agency.holds.release(by, own_claim(s, by))


async def _leave(s: Scene, by: Caller, _: UUID) -> None:
    await s.agency.waitlists.leave(by, await own_entry(s, by))


async def _move(s: Scene, by: Caller, booking: UUID) -> None:
    """To the spare slot, or else to a new one: whatever the policy asks for, there is one by which it can be kept."""
    try:
        await s.agency.bookings.reschedule(by, booking, s.spare.id)
    except Refusal:
        start = await s.world.store.now() + 15 * HOUR
        new = await s.agency.slots.offer(s.callers["agent"], uuid4(), start, start + HOUR / 4)
        await s.agency.bookings.reschedule(by, booking, new.slot.id)


async def _move_slot(s: Scene, by: Caller, _: UUID) -> None:
    there = Destination(start_time=s.slot.start_time + HOUR / 60)
    await s.agency.slot_moves.move(by, s.slot.id, there)


ON_SLOT: dict[SlotAction, list[Try]] = {
    SlotAction.BOOK: [lambda s, by, _: s.agency.book(by, s.slot.id)],
    SlotAction.BOOK_FOR: [*map(for_somebody, ("ana", "ben", "cleo", "both"))],
    SlotAction.HOLD: [lambda s, by, _: s.agency.holds.hold(by, s.slot.id)],
    SlotAction.RELEASE_HOLD: [_release],
    SlotAction.JOIN_WAITLIST: [lambda s, by, _: s.agency.waitlists.join(by, s.slot.id)],
    SlotAction.LEAVE_WAITLIST: [_leave],
    SlotAction.SET_CAPACITY: [lambda s, by, _: s.agency.slots.resize(by, s.slot.id, LARGEST)],
    SlotAction.MOVE: [_move_slot],
    SlotAction.CANCEL: [lambda s, by, _: s.agency.slots.cancel(by, s.slot.id)],
}
ON_BOOKING: dict[BookingAction, Try] = {
    BookingAction.CANCEL: lambda s, by, booking: s.agency.bookings.cancel(by, booking),
    BookingAction.RESCHEDULE: _move,
    BookingAction.CONFIRM_ATTENDANCE: lambda s, by, booking: s.agency.bookings.confirm_attendance(by, booking),
    BookingAction.TAKE_BACK: lambda s, by, booking: s.agency.bookings.take_back(by, booking),
    BookingAction.APPROVE: lambda s, by, booking: s.agency.bookings.approve(by, booking),
    BookingAction.DECLINE: lambda s, by, booking: s.agency.bookings.decline(by, booking),
    BookingAction.RECORD_OUTCOME: lambda s, by, booking: s.agency.bookings.record(by, booking, Outcome.NO_SHOW),
    BookingAction.GIVE_FEEDBACK: lambda s, by, booking: s.agency.bookings.give_feedback(
        by, booking, rating=5, comment=""
    ),
}


async def bookings_in_view(s: Scene, by: Caller) -> list[UUID]:
    """Of the slot, in the order in which they were made, from either side."""
    found: dict[UUID, None] = {}
    for side in (Side.AGENT, Side.APPLICANT):
        if by.agent if side is Side.AGENT else by.applicants:
            page = await s.agency.bookings.list(by, side=side, window=Window(), paging=ALL)
            found |= dict.fromkeys(sorted(view.booking.id for view in page.items if view.booking.slot_id == s.slot.id))
    return list(found)


async def listed(s: Scene) -> dict[tuple[str, int | None], set[str]]:
    """By who looks, and at which booking; without one, at the slot."""
    told: dict[tuple[str, int | None], set[str]] = {}
    for who, caller in s.callers.items():
        told[who, None] = set((await s.agency.slots.get(caller, s.slot.id)).actions)
        for number, booking in enumerate(await bookings_in_view(s, caller)):
            told[who, number] = set((await s.agency.bookings.get(caller, booking)).actions)
    return told


def copied(s: Scene) -> Scene:
    assert isinstance(s.world, MemoryWorld)
    state = deepcopy(s.world.state)
    world = MemoryWorld(memory_store(state), state)
    return replace(s, world=world, agency=replace(s.agency, store=world.store))


async def succeeds(s: Scene, attempts: list[Try], by: Caller, booking: UUID) -> bool:
    for attempt in attempts:
        try:
            await attempt(copied(s), by, booking)
        except Refusal:
            continue
        return True
    return False


async def tried(s: Scene) -> dict[tuple[str, int | None], set[str]]:
    """What does succeed, on copies of the situation."""
    done: dict[tuple[str, int | None], set[str]] = {}
    for who, caller in s.callers.items():
        done[who, None] = {name for name, ways in ON_SLOT.items() if await succeeds(s, ways, caller, uuid4())}
        for number, booking in enumerate(await bookings_in_view(s, caller)):
            done[who, number] = {name for name, way in ON_BOOKING.items() if await succeeds(s, [way], caller, booking)}
    return done


UNTOLD: dict[str, dict[str, set[str]]] = {
    # An agent is told that the place is kept for somebody, not that this one has no time.
    "offered while she is elsewhere": {"agent": {"book_for"}, "both": {"book_for"}},
}
"""Where the two differ, by situation and who looks."""


@pytest.mark.parametrize("name", SITUATIONS)
async def test_what_is_listed_succeeds_and_what_is_not_is_refused(name: str) -> None:
    """Before anything that is over is tidied, too."""
    state = State()
    s = await scene(MemoryWorld(memory_store(state), state))
    await SITUATIONS[name](s)
    told, done = await listed(s), await tried(s)
    assert told.keys() == done.keys()
    differ = {who: told[who] ^ done[who] for who in told if told[who] != done[who]}
    assert differ == {(who, None): actions for who, actions in UNTOLD.get(name, {}).items()}


@pytest.mark.parametrize("name", SITUATIONS)
async def test_both_stores_list_the_same(world: World, name: str) -> None:
    state = State()
    told = []
    for each in (world, MemoryWorld(memory_store(state), state)):
        s = await scene(each)
        await SITUATIONS[name](s)
        told.append(await listed(s))
    assert told[0] == told[1]


async def test_whoever_has_nothing_to_do_with_a_booking_may_do_nothing_with_it(world: World) -> None:
    s = await scene(world)
    context = await world.store.bookings.get(await s.book("ana"), s.callers["ana"])
    assert on_booking(context, own=False, manages=False) == ()


async def test_a_page_lists_of_each_slot_what_it_lists_alone(world: World) -> None:
    """Of slots that are alike the rules are asked once; none of these is like the one before it in all that matters."""
    agency = organization(world.store)
    agent, colleague, viewer, rival = (
        await agency.agent(),
        await agency.agent(),
        await agency.applicant(),
        await agency.applicant(),
    )
    property_id = uuid4()
    slots = list(await agency.slots_of(agent, 9, property_id))
    elsewhere = await agency.slots_of(colleague, 9)
    await agency.book(viewer, elsewhere[1].id)  # at the time of the second
    await agency.holds.hold(viewer, slots[3].id)
    for _ in range(IN_A_ROW):
        released = await agency.holds.hold(viewer, slots[5].id)
        await agency.holds.release(viewer, released.id)
    await agency.book(rival, slots[6].id)
    await agency.waitlists.join(viewer, slots[6].id)
    await agency.slots.resize(agent, slots[6].id, 3)
    for caller in (viewer, rival, agent, colleague, await agency.admin()):
        page = await agency.slots.bookable(caller, property_id, window=Window(), paging=ALL)
        assert page.items == [_as_bookable(await agency.slots.get(caller, view.slot.id)) for view in page.items]
        assert len({view.actions for view in page.items}) == {viewer: 4, rival: 2}.get(caller, 1)


def _as_bookable(view: SlotView) -> BookableView:
    page = SlotPage.of([view.availability])
    (slot,) = page.slots
    return BookableView(view.slot.organization_id, page.policy, page.names, slot, view.actions)
