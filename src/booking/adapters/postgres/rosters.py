"""Rosters in PostgreSQL: read under the slot's lock, changed by the domain, written in the same transaction.

The lock order is slot (ids ascending), then applicant. What is written names the state that it was decided from, and
the constraints hold whatever the domain may get wrong; either way Lost, and nothing was written.
"""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from booking.adapters.ids import new_id
from booking.adapters.postgres.claims import CLAIM, LIVE, booking_from, values_of, with_slot
from booking.adapters.postgres.database import Database
from booking.adapters.postgres.events import record
from booking.adapters.postgres.openings import FORGOTTEN, slot_from
from booking.adapters.postgres.policies import RULES, policy_from, ruled
from booking.adapters.postgres.standings import Standings, beside, standing_now
from booking.adapters.postgres.tables import applicants, booking_now, bookings, slots, waitlist
from booking.adapters.postgres.waitlists import entry_from
from booking.domain.applicant import Applicant
from booking.domain.booking import Booking
from booking.domain.errors import ApplicantNotFound
from booking.domain.events import Actor
from booking.domain.opening import Opening, Standing
from booking.domain.roster import Roster
from booking.domain.slot import Key, Slot
from booking.domain.waitlist import Entry
from booking.service.ports import Change, Claim, Lost, Move

ELIGIBLE = (applicants.c.risk_level != "HIGH").label("eligible")

Decide = Callable[[Sequence[Roster], Standing | None], Sequence[Roster]]


class PostgresRosters:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._standings = Standings(database)

    async def standing(self, opening: Opening, applicant_id: UUID) -> Standing:
        key = (opening.slot.organization_id, applicant_id)
        standing = await self._standings.of(beside(key, [(opening.slot, opening.policy)]))
        if standing is None:
            raise ApplicantNotFound
        return standing

    async def standings(self, applicants: Sequence[Applicant], openings: Sequence[Opening]) -> Sequence[Standing]:
        seen = [(opening.slot, opening.policy) for opening in openings]
        keys = [(person.organization_id, person.id) for person in applicants]
        found = [await self._standings.with_entries(beside(key, seen)) for key in keys]
        return [standing for standing in found if standing is not None]

    async def change(self, slot: Key, change: Change, by: Actor) -> Roster:
        (changed,) = await self._decided([slot], lambda rosters, _: [change(rosters[0])], by)
        return changed

    async def claim(self, slot: Key, applicant: Applicant, claim: Claim, by: Actor) -> Roster:
        def decide(rosters: Sequence[Roster], standing: Standing | None) -> Sequence[Roster]:
            return [claim(rosters[0], _somebody(standing))]

        (changed,) = await self._decided([slot], decide, by, applicant)
        return changed

    async def move(self, old: Key, new: Key, applicant: Applicant, move: Move, by: Actor) -> Roster:
        def decide(rosters: Sequence[Roster], standing: Standing | None) -> Sequence[Roster]:
            left, entered = rosters
            left, entered = move(left, entered, _somebody(standing))
            return [left, entered]

        _, entered = await self._decided([old, new], decide, by, applicant)
        return entered

    async def overdue(self, limit: int) -> Sequence[Key]:
        """By deadline alone, or because somebody waits: of the few statements that go over all organizations."""
        over = sa.select(bookings.c.organization_id, bookings.c.slot_id).where(bookings.c.deadline <= booking_now())
        rows = await self._database.fetch(over.union(FORGOTTEN).limit(limit))
        return [(row.organization_id, row.slot_id) for row in rows]

    async def of_applicant(self, applicant: Applicant) -> Sequence[Key]:
        claimed = sa.select(bookings.c.slot_id).where(
            bookings.c.organization_id == applicant.organization_id, bookings.c.applicant_id == applicant.id, LIVE
        )
        awaited = sa.select(waitlist.c.slot_id).where(
            waitlist.c.organization_id == applicant.organization_id,
            waitlist.c.applicant_id == applicant.id,
            waitlist.c.status.in_(("waiting", "offered")),
        )
        rows = await self._database.fetch(claimed.union(awaited))
        return [(applicant.organization_id, row.slot_id) for row in rows]

    async def _decided(
        self, keys: Sequence[Key], decide: Decide, by: Actor, applicant: Applicant | None = None
    ) -> Sequence[Roster]:
        async def work(transaction: AsyncConnection) -> Sequence[Roster]:
            before = await _locked(transaction, keys, by)
            standing = await _locked_standing(transaction, applicant, before, by) if applicant else None
            after = decide(before, standing)
            await _save(transaction, before, after)
            return after

        return await self._database.unit(work)


def _somebody(standing: Standing | None) -> Standing:
    assert standing is not None
    return standing


async def _locked(transaction: AsyncConnection, keys: Sequence[Key], by: Actor) -> list[Roster]:
    """In the order asked for; locked in the order of their ids, so that two who swap slots do not wait in a circle."""
    organization_id = keys[0][0]
    ids = [slot_id for _, slot_id in keys]
    locking: sa.Select[Any] = (
        sa.select(*slots.c, *RULES, booking_now().label("at"))
        .select_from(ruled(slots))
        .where(slots.c.organization_id == organization_id, slots.c.id.in_(ids))
        .order_by(slots.c.id)
        .with_for_update(key_share=True, of=slots)
    )
    claiming: sa.Select[Any] = (
        sa.select(*CLAIM, ELIGIBLE)
        .select_from(with_slot.join(applicants, _same_person(bookings)))
        .where(bookings.c.organization_id == organization_id, bookings.c.slot_id.in_(ids), LIVE)
        .order_by(bookings.c.place)
    )
    waiting: sa.Select[Any] = (
        sa.select(*waitlist.c, ELIGIBLE)
        .select_from(waitlist.join(applicants, _same_person(waitlist)))
        .where(
            waitlist.c.organization_id == organization_id,
            waitlist.c.slot_id.in_(ids),
            waitlist.c.status.in_(("waiting", "offered")),
        )
        .order_by(waitlist.c.seq)
    )
    found = {row.id: row for row in await transaction.execute(locking)}
    claimed = (await transaction.execute(claiming)).all()
    queued = (await transaction.execute(waiting)).all()
    return [
        Roster(
            slot=slot_from(found[slot_id]),
            policy=policy_from(found[slot_id]),
            claims=tuple(booking_from(row) for row in claimed if row.slot_id == slot_id),
            queue=tuple(entry_from(row) for row in queued if row.slot_id == slot_id),
            barred=frozenset(row.applicant_id for row in (*claimed, *queued) if not row.eligible),
            at=found[slot_id].at,
            by=by,
            new_id=new_id,
        )
        for slot_id in ids
    ]


async def _locked_standing(
    transaction: AsyncConnection, applicant: Applicant, rosters: Sequence[Roster], by: Actor
) -> Standing:
    """One claim of a person at a time, so that their limits hold over slots too (T84); Lost where the login is gone."""
    mine = sa.and_(applicants.c.organization_id == applicant.organization_id, applicants.c.id == applicant.id)
    await transaction.execute(sa.select(applicants.c.id).where(mine).with_for_update(key_share=True))
    seen = [(roster.slot, roster.policy) for roster in rosters]
    standing = await standing_now(transaction, beside((applicant.organization_id, applicant.id), seen))
    if by.role == "applicant" and standing.applicant.user_id != by.subject:
        raise Lost
    return standing


async def _save(transaction: AsyncConnection, before: Sequence[Roster], after: Sequence[Roster]) -> None:
    """What frees a place before what takes it, and a slot's capacity between the two."""
    slot_of = {roster.slot.id: roster.slot for roster in after}
    were = {claim.id: claim for roster in before for claim in roster.claims}
    claims = [claim for roster in after for claim in roster.claims if claim != were.get(claim.id)]
    for claim in sorted((claim for claim in claims if claim.id in were), key=lambda claim: claim.live):
        await _update_claim(transaction, were[claim.id], claim, slot_of[claim.slot_id])
    for was, now in zip(before, after, strict=True):
        if now.slot != was.slot:
            await _update_slot(transaction, was.slot, now.slot)
    added = [claim for claim in claims if claim.id not in were]
    if added:
        await transaction.execute(
            sa.insert(bookings),
            [
                {"organization_id": claim.organization_id, "id": claim.id, "applicant_id": claim.applicant_id}
                | values_of(claim, slot_of[claim.slot_id])
                for claim in added
            ],
        )
    waited = {entry.id: entry for roster in before for entry in roster.queue}
    for entry in (entry for roster in after for entry in roster.queue):
        if entry.id not in waited:
            await _insert_entry(transaction, entry)
        elif entry != waited[entry.id]:
            await _update_entry(transaction, waited[entry.id], entry)
    happened = [event for roster in reversed(after) for event in roster.happened]
    if happened:
        await record(transaction, *happened)


async def _update_claim(transaction: AsyncConnection, was: Booking, now: Booking, slot: Slot) -> None:
    values = values_of(now, slot)
    if now.live and now.slot_id == was.slot_id:
        del values["capacity"]  # it follows the slot's
    await _guarded(
        transaction,
        sa.update(bookings)
        .where(
            bookings.c.organization_id == was.organization_id,
            bookings.c.id == was.id,
            bookings.c.slot_id == was.slot_id,
            bookings.c.status == was.status.value,
        )
        .values(**values),
    )


async def _update_slot(transaction: AsyncConnection, was: Slot, now: Slot) -> None:
    values: dict[str, Any] = {"status": now.status.value, "updated_at": now.updated_at}
    if now.capacity != was.capacity:
        values["capacity"] = now.capacity
    if now.cancelled:
        values |= {"cancelled_at": booking_now(), "reason": now.reason}
    await _guarded(
        transaction,
        sa.update(slots)
        .where(
            slots.c.organization_id == was.organization_id,
            slots.c.id == was.id,
            slots.c.status == was.status.value,
            slots.c.status.in_(("available", "booked")),
        )
        .values(**values),
    )


async def _insert_entry(transaction: AsyncConnection, entry: Entry) -> None:
    await transaction.execute(
        sa.insert(waitlist).values(
            organization_id=entry.organization_id,
            id=entry.id,
            slot_id=entry.slot_id,
            applicant_id=entry.applicant_id,
            status=entry.status.value,
            created_at=entry.created_at,
            updated_at=entry.updated_at,
        )
    )


async def _update_entry(transaction: AsyncConnection, was: Entry, now: Entry) -> None:
    await _guarded(
        transaction,
        sa.update(waitlist)
        .where(
            waitlist.c.organization_id == was.organization_id,
            waitlist.c.id == was.id,
            waitlist.c.status == was.status.value,
        )
        .values(status=now.status.value, offer_id=now.offer_id, reason=now.reason, updated_at=now.updated_at),
    )


async def _guarded(transaction: AsyncConnection, update: sa.Update) -> None:
    if (await transaction.execute(update)).rowcount != 1:
        raise Lost


def _same_person(table: sa.Table) -> sa.ColumnElement[bool]:
    return sa.and_(applicants.c.organization_id == table.c.organization_id, applicants.c.id == table.c.applicant_id)
