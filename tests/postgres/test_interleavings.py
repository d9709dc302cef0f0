"""Interleavings: every pair of deeds on one slot, started together behind a barrier, on connections of their own.

Afterwards never a live claim on a cancelled slot, never more live claims than places, never one offer to two people,
never a waiter lost: the auditor counts each. And whoever lost was told why in words of the domain.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from itertools import combinations_with_replacement
from uuid import UUID

import pytest

from booking.adapters.postgres.database import Database
from booking.adapters.postgres.store import postgres_store
from booking.domain.applicant import RiskLevel
from booking.domain.caller import Caller
from booking.domain.errors import Conflict, NotFound, Refusal
from booking.domain.policy import Settings
from booking.domain.slot import Slot
from tests.builders import Organization, organization
from tests.support.worlds import as_owner

ROUNDS = 2


@dataclass
class Stage:
    """A slot of four places: a visit confirmed, one undecided, a hold that is over, an offer; and somebody waits."""

    agency: Organization
    agent: Caller
    slot: Slot
    elsewhere: Slot
    visitor: Caller
    visit: UUID
    undecided: Caller
    pending: UUID
    invited: Caller
    waiter: Caller
    entry: UUID
    mover: Caller
    moving: UUID
    passers_by: list[Caller]


async def prepare(agency: Organization, agent: Caller, people: list[Caller], hour: int, owner_url: str) -> Stage:
    visitor, undecided, invited, waiter, mover, holder, *passers_by = people
    slot = await agency.slot(agent, capacity=4, starts_in=timedelta(hours=hour))
    elsewhere = await agency.slot(agent, capacity=9, starts_in=timedelta(hours=hour + 2))
    visit = await agency.book(visitor, slot.id)
    pending = await agency.book(undecided, slot.id)
    leaver = await agency.book(passers_by[0], slot.id)
    hold = await agency.holds.hold(holder, slot.id)
    await agency.waitlists.join(invited, slot.id)
    entry = (await agency.waitlists.join(waiter, slot.id)).entry.id
    await agency.bookings.cancel(passers_by[0], leaver.id)
    moving = await agency.book(mover, elsewhere.id)
    await as_owner(owner_url, "UPDATE bookings SET deadline = now() WHERE id = $1", hold.id)
    return Stage(
        agency=agency,
        agent=agent,
        slot=slot,
        elsewhere=elsewhere,
        visitor=visitor,
        visit=visit.id,
        undecided=undecided,
        pending=pending.id,
        invited=invited,
        waiter=waiter,
        entry=entry,
        mover=mover,
        moving=moving.id,
        passers_by=passers_by,
    )


Deed = Callable[[Stage, int], Awaitable[object]]
"""Done by the first or by the second of a pair."""

DEEDS: dict[str, Deed] = {
    "book": lambda s, who: s.agency.book(s.passers_by[who], s.slot.id),
    "take the offer": lambda s, _: s.agency.book(s.invited, s.slot.id),
    "hold": lambda s, who: s.agency.holds.hold(s.passers_by[who], s.slot.id),
    "lapse": lambda s, _: s.agency.tidying.step(),
    "cancel by applicant": lambda s, _: s.agency.bookings.cancel(s.visitor, s.visit),
    "cancel by agent": lambda s, _: s.agency.bookings.cancel(s.agent, s.visit),
    "cancel slot": lambda s, _: s.agency.slots.cancel(s.agent, s.slot.id),
    "approve": lambda s, _: s.agency.bookings.approve(s.agent, s.pending),
    "decline": lambda s, _: s.agency.bookings.decline(s.agent, s.pending),
    "reschedule away": lambda s, _: s.agency.bookings.reschedule(s.visitor, s.visit, s.elsewhere.id),
    "reschedule here": lambda s, _: s.agency.bookings.reschedule(s.mover, s.moving, s.slot.id),
    "wait": lambda s, who: s.agency.waitlists.join(s.passers_by[who], s.slot.id),
    "leave": lambda s, _: s.agency.waitlists.leave(s.waiter, s.entry),
    "raise capacity": lambda s, _: s.agency.slots.resize(s.agent, s.slot.id, 6),
    "lower capacity": lambda s, _: s.agency.slots.resize(s.agent, s.slot.id, 3),
}


@pytest.mark.parametrize("first", DEEDS)
async def test_two_deeds_at_once_leave_every_invariant_whole(database: Database, owner_url: str, first: str) -> None:
    """T3, T82, T83: with each of those from itself on."""
    agency = organization(postgres_store(database))
    agent, admin = await agency.agent(), await agency.admin()
    await agency.policies.put(admin, Settings(approval_levels=(RiskLevel.MEDIUM,), max_live_holds=100), expected=None)
    people = [
        await agency.applicant(risk_level=RiskLevel.MEDIUM if number == 1 else RiskLevel.LOW) for number in range(8)
    ]
    seconds = [second for one, second in combinations_with_replacement(DEEDS, 2) if one == first]
    for turn, second in enumerate(seconds * ROUNDS):
        stage = await prepare(agency, agent, people, 3 + 4 * turn, owner_url)
        barrier = asyncio.Barrier(2)

        async def behind(barrier: asyncio.Barrier, deed: str, stage: Stage, who: int) -> object:
            await barrier.wait()
            return await DEEDS[deed](stage, who)

        outcomes = await asyncio.gather(
            behind(barrier, first, stage, 0), behind(barrier, second, stage, 1), return_exceptions=True
        )
        refusals = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
        assert all(isinstance(one, Refusal) and isinstance(one, Conflict | NotFound) for one in refusals), refusals
        broken = {name: count for name, count in (await agency.store.auditor.violations()).items() if count}
        assert (first, second, broken) == (first, second, {})
    await database.close()
    (row,) = await as_owner(owner_url, "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
    assert row["deadlocks"] == 0
