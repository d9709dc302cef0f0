"""Interleavings: every pair of deeds on one slot, started together behind a barrier, on connections of their own.

Afterwards never a live claim on a cancelled slot, never more live claims than places, never one offer to two people,
never a waiter lost: the auditor counts each. And whoever lost was told why, by a code that this pair allows.
"""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import combinations_with_replacement, count
from uuid import UUID

import asyncpg
import pytest

from booking.adapters.postgres.engine.database import Database
from booking.domain.people.applicant import RiskLevel
from booking.domain.people.caller import Caller
from booking.domain.planning.slot_moves import Destination
from booking.domain.properties.policy import Settings
from booking.domain.refusals import Refusal
from booking.domain.visits.slot import Slot
from tests.builders import HOUR, Organization, organization
from tests.support.stores import postgres_store

ROUNDS = 1  # of each pair, on a slot of either kind
OVER = "UPDATE bookings SET deadline = booking_now() WHERE id = $1"


@dataclass(frozen=True)
class Cast:
    """Who takes part, and an owner's connection to make holds old with."""

    agency: Organization
    owner: "asyncpg.Connection[asyncpg.Record]"
    agent: Caller
    visitor: Caller
    undecided: Caller
    invited: Caller
    waiter: Caller
    mover: Caller
    holder: Caller
    passers_by: tuple[Caller, Caller]

    @classmethod
    async def meet(cls, agency: Organization, owner: "asyncpg.Connection[asyncpg.Record]") -> "Cast":
        rules = Settings(approval_levels=(RiskLevel.MEDIUM,), max_live_holds=100)
        await agency.policies.put(await agency.admin(), rules, expected=None)
        return cls(
            agency=agency,
            owner=owner,
            agent=await agency.agent(),
            visitor=await agency.applicant(),
            undecided=await agency.applicant(risk_level=RiskLevel.MEDIUM),
            invited=await agency.applicant(),
            waiter=await agency.applicant(),
            mover=await agency.applicant(),
            holder=await agency.applicant(),
            passers_by=(await agency.applicant(), await agency.applicant()),
        )


@dataclass(frozen=True)
class Stage:
    """A slot with a visit confirmed, one undecided, and a hold that is over, which nobody has tidied."""

    cast: Cast
    slot: Slot
    visit: UUID
    pending: UUID
    entry: UUID | None = None
    elsewhere: Slot | None = None
    moving: UUID | None = None

    @property
    def agency(self) -> Organization:
        return self.cast.agency

    @classmethod
    async def begin(cls, cast: Cast, hour: int, *, awaited: bool, moves: bool) -> "Stage":
        """Open: the place of the hold, the only one that is free, is everybody's. Awaited: two wait, the first of them
        has an offer, and the place of the hold will be the second one's. Where somebody moves, there is another slot.
        """
        agency = cast.agency
        slot = await agency.slot(cast.agent, capacity=4 if awaited else 3, starts_in=timedelta(hours=hour))
        visit = await agency.book(cast.visitor, slot.id)
        pending = await agency.book(cast.undecided, slot.id)
        hold = await agency.holds.hold(cast.holder, slot.id)
        entry = await cls._wait(cast, slot) if awaited else None
        await cast.owner.execute(OVER, hold.id)
        stage = cls(cast, slot, visit.id, pending.id, entry)
        if not moves:
            return stage
        elsewhere = await agency.slot(cast.agent, capacity=9, starts_in=timedelta(hours=hour + 2))
        moving = await agency.book(cast.mover, elsewhere.id)
        return replace(stage, elsewhere=elsewhere, moving=moving.id)

    @staticmethod
    async def _wait(cast: Cast, slot: Slot) -> UUID:
        leaver = cast.passers_by[0]
        last = await cast.agency.book(leaver, slot.id)
        await cast.agency.waitlists.join(cast.invited, slot.id)
        entry = (await cast.agency.waitlists.join(cast.waiter, slot.id)).entry
        await cast.agency.bookings.cancel(leaver, last.id)
        return entry.id

    def done(self, deed: str, who: int) -> Awaitable[object]:
        """By the first or by the second of a pair."""
        agency, cast, slot = self.agency, self.cast, self.slot
        match deed:
            case "book":
                return agency.book(cast.passers_by[who], slot.id)
            case "take the offer":
                return agency.book(cast.invited, slot.id)
            case "hold":
                return agency.holds.hold(cast.passers_by[who], slot.id)
            case "lapse":
                return agency.tidying.step()
            case "cancel by applicant":
                return agency.bookings.cancel(cast.visitor, self.visit)
            case "cancel by agent":
                return agency.bookings.cancel(cast.agent, self.visit)
            case "cancel slot":
                return agency.slots.cancel(cast.agent, slot.id)
            case "move slot":
                there = Destination(start_time=slot.start_time + HOUR)
                return agency.slot_moves.move(cast.agent, slot.id, there)
            case "approve":
                return agency.bookings.approve(cast.agent, self.pending)
            case "decline":
                return agency.bookings.decline(cast.agent, self.pending)
            case "reschedule away":
                assert self.elsewhere is not None
                return agency.bookings.reschedule(cast.visitor, self.visit, self.elsewhere.id)
            case "reschedule here":
                assert self.moving is not None
                return agency.bookings.reschedule(cast.mover, self.moving, slot.id)
            case "wait":
                return agency.waitlists.join(cast.passers_by[who], slot.id)
            case "leave":
                assert self.entry is not None
                return agency.waitlists.leave(cast.waiter, self.entry)
            case "raise capacity":
                return agency.slots.resize(cast.agent, slot.id, slot.capacity + 2)
            case "lower capacity":
                return agency.slots.resize(cast.agent, slot.id, slot.capacity - 1)
        raise AssertionError(deed)


CLAIMS = ("book", "hold", "reschedule here")
OF_THE_VISIT = ("cancel by applicant", "cancel by agent", "reschedule away")
MOVES = ("reschedule away", "reschedule here")
DECISIONS = ("approve", "decline")
CAPACITIES = ("raise capacity", "lower capacity")
OF_THE_WAITLIST = ("take the offer", "leave")  # possible only where somebody waits
DEEDS = (*CLAIMS, *OF_THE_VISIT, *DECISIONS, *CAPACITIES, *OF_THE_WAITLIST, "lapse", "wait", "move slot", "cancel slot")


def allowed(deed: str, other: str, *, awaited: bool) -> set[str]:
    """The codes with which `deed` may be refused beside the other."""
    codes: set[tuple[bool, str]] = {
        (deed in CLAIMS and (awaited or other in (*CLAIMS, "lower capacity")), "slot_taken"),
        (deed == "take the offer" == other, "slot_taken"),
        (deed == "wait" and (not awaited or other in FREEING), "slot_available"),
        (deed == "lower capacity" and (awaited or other in CLAIMS), "capacity_taken"),
        (deed in OF_THE_VISIT and other in (*OF_THE_VISIT, "cancel slot"), "booking_not_confirmed"),
        (deed in ("reschedule away", "reschedule here") and deed == other, "already_booked"),
        (deed in DECISIONS and other in (*DECISIONS, "cancel slot"), "booking_not_pending"),
        (deed == "leave" and other in ("leave", "cancel slot"), "waitlist_entry_not_found"),
        (
            other == "cancel slot" and deed in (*CLAIMS, *CAPACITIES, *OF_THE_WAITLIST, "wait", "move slot", other),
            "slot_cancelled",
        ),
    }
    return {code for may, code in codes if may}


FREEING = (*OF_THE_VISIT, "decline", "leave", "raise capacity")


@pytest.mark.parametrize("first", DEEDS)
async def test_two_deeds_at_once_leave_every_invariant_whole(database: Database, owner_url: str, first: str) -> None:
    """With each of those from itself on."""
    owner = await asyncpg.connect(owner_url)
    cast = await Cast.meet(organization(postgres_store(database)), owner)
    pairs = [second for one, second in combinations_with_replacement(DEEDS, 2) if one == first]
    hours = count(3, 4)
    for second in pairs:
        moves = not {first, second}.isdisjoint(MOVES)
        for awaited in (True, False) if {first, second}.isdisjoint(OF_THE_WAITLIST) else (True,):
            for _ in range(ROUNDS):
                stage = await Stage.begin(cast, next(hours), awaited=awaited, moves=moves)
                refused = await together(stage, first, second)
                for deed, other, code in zip((first, second), (second, first), refused, strict=True):
                    assert code is None or code in allowed(deed, other, awaited=awaited), (deed, other, awaited, code)
                assert awaited or "wait" in (first, second) or None in refused, (first, second, refused)
        broken = {name: rows for name, rows in (await cast.agency.store.auditor.violations()).items() if rows}
        assert (first, second, broken) == (first, second, {})
    assert await owner.fetchval("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()") == 0
    await owner.close()


async def together(stage: Stage, *deeds: str) -> list[str | None]:
    """The codes with which they were refused; whatever else went wrong is raised."""
    barrier = asyncio.Barrier(len(deeds))

    async def behind(deed: str, who: int) -> str | None:
        await barrier.wait()
        try:
            await stage.done(deed, who)
        except Refusal as refusal:
            return refusal.code
        return None

    return await asyncio.gather(*(behind(deed, who) for who, deed in enumerate(deeds)))
