"""What one process puts in order by itself, two can only by the database's locks."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from booking.adapters.postgres.engine.database import Database
from booking.domain.people.applicant import RiskLevel
from booking.domain.people.caller import Caller
from booking.domain.properties.policy import Settings
from booking.domain.visits.booking import BookingStatus
from booking.domain.visits.refusals import (
    AlreadyBooked,
    BookingLimit,
    BookingNotConfirmed,
    HoldLimit,
    SlotAvailable,
    SlotTaken,
)
from booking.domain.visits.slot import Slot
from tests.builders import HOUR, Organization, organization
from tests.support.stores import postgres_store

ROUNDS = 20
MOVES = 32
PEOPLE = 40

Claims = Callable[[Organization, Caller, Slot], Awaitable[object]]


@pytest.fixture
def processes(database: Database, elsewhere: Database) -> tuple[Organization, Organization]:
    """One organization, as each of two processes serves it."""
    here = organization(postgres_store(database))
    return here, Organization(postgres_store(elsewhere), here.organization_id)


async def booked(where: Organization, person: Caller, slot: Slot) -> object:
    return await where.book(person, slot.id)


async def held(where: Organization, person: Caller, slot: Slot) -> object:
    return await where.holds.hold(person, slot.id)


async def refusals(*claims: Awaitable[object]) -> list[type[BaseException]]:
    """What came, instead of a claim, of those that were made at once."""
    told = await asyncio.gather(*claims, return_exceptions=True)
    return [type(one) for one in told if isinstance(one, BaseException)]


@pytest.mark.parametrize(
    ("claim", "limit", "refusal"),
    [(booked, Settings(max_live_bookings=1), BookingLimit), (held, Settings(max_live_holds=1), HoldLimit)],
)
async def test_a_limit_holds_over_two_slots_that_one_person_claims_at_two_processes_at_once(
    processes: tuple[Organization, Organization], claim: Claims, limit: Settings, refusal: type[Exception]
) -> None:
    here, there = processes
    await here.policies.put(await here.admin(), limit, expected=None)
    agent = await here.agent()
    for number in range(ROUNDS):
        person = await here.applicant()
        slots = [await here.slot(agent, starts_in=HOUR * (3 * number + turn)) for turn in (1, 2)]
        assert await refusals(claim(here, person, slots[0]), claim(there, person, slots[1])) == [refusal]


async def test_of_two_who_want_one_place_at_two_processes_at_once_one_gets_it(
    processes: tuple[Organization, Organization],
) -> None:
    here, there = processes
    agent = await here.agent()
    for number in range(ROUNDS):
        one, other = await here.applicant(), await here.applicant()
        slot = await here.slot(agent, starts_in=HOUR * (2 * number + 1))
        assert await refusals(here.book(one, slot.id), there.book(other, slot.id)) == [SlotTaken]


@pytest.fixture
async def crowd(processes: tuple[Organization, Organization]) -> tuple[Organization, Organization, Caller, Caller]:
    here, there = processes
    return here, there, await here.admin(), await here.applicant()


async def test_moves_of_one_booking_at_two_processes_at_once_take_turns_and_all_succeed(
    crowd: tuple[Organization, Organization, Caller, Caller],
) -> None:
    """Each moves it away from where the others had seen it; and whoever cancels or approves meanwhile is answered."""
    here, there, admin, person = crowd
    await here.policies.put(admin, Settings(approval_levels=(RiskLevel.LOW,)), expected=None)
    slots = [await here.slot(admin, starts_in=HOUR * (3 + number)) for number in range(MOVES + 1)]
    booking = await here.book(person, slots[0].id)
    moves = [
        (here, there)[number % 2].bookings.reschedule(admin, booking.id, slot.id)
        for number, slot in enumerate(slots[1:])
    ]
    approval = there.bookings.approve(admin, booking.id)
    assert await refusals(*moves, approval) == []
    moved = (await here.bookings.get(person, booking.id)).booking
    assert (moved.sequence, moved.status) == (MOVES, BookingStatus.CONFIRMED)


async def test_of_many_who_change_one_slot_at_two_processes_at_once_nobody_is_told_to_come_back(
    crowd: tuple[Organization, Organization, Caller, Caller],
) -> None:
    here, there, admin, _ = crowd
    slot = await here.slot(admin, capacity=200, starts_in=5 * HOUR)
    people = [await here.applicant() for _ in range(PEOPLE)]
    bookings = [await here.book(person, slot.id) for person in people[::2]]
    deeds = [
        *(where.bookings.cancel(admin, booking.id) for where in (here, there) for booking in bookings),
        *(there.holds.hold(person, slot.id) for person in people[1::2]),
        *(here.slots.resize(admin, slot.id, 199 - number) for number in range(PEOPLE)),
        *(where.waitlists.join(person, slot.id) for where in (here, there) for person in people[1::2]),
    ]
    allowed = {BookingNotConfirmed, SlotAvailable, AlreadyBooked}
    assert set(await refusals(*deeds)) <= allowed
