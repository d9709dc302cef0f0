"""Writes of changed rosters: many decisions in few statements, rare changes in statements of their own.

Each write names the state that it was decided from, and the constraints hold if the domain is wrong. Either way Lost,
and nothing was written.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from booking.adapters.postgres import sql
from booking.adapters.postgres.engine.database import Transaction
from booking.adapters.postgres.engine.statements import Prepared, asked
from booking.adapters.postgres.events import RECORDED, event_row, keep_traces_of, recording
from booking.adapters.postgres.tables.base import Instant, booking_now
from booking.adapters.postgres.tables.delivery import events
from booking.adapters.postgres.tables.visits import bookings, slots, waitlist
from booking.adapters.postgres.visits.agent_times import end_times, move_times
from booking.domain.visits.booking import Booking
from booking.domain.visits.roster import Roster
from booking.domain.visits.slot import Slot
from booking.domain.visits.waitlist import Entry
from booking.service.ports import Lost

_CLAIM = (
    "organization_id",
    "id",
    "applicant_id",
    "slot_id",
    "place",
    "capacity",
    "start_time",
    "end_time",
    "status",
    "deadline",
    "sequence",
    "notes",
    "reason",
    "outcome",
    "outcome_at",
    "rating",
    "comment",
    "feedback_at",
    "attendance_confirmed_at",
    "may_release",
    "party_size",
    "created_at",
    "updated_at",
)
_LATER = {
    "sequence",
    "outcome",
    "outcome_at",
    "rating",
    "comment",
    "feedback_at",
    "attendance_confirmed_at",
}  # what no new claim has
_NEW = tuple(name for name in _CLAIM if name not in _LATER)
_STATE = ("organization_id", "id", "was", "status", "updated_at")
_claims = asked("claim_", **{name: bookings.c[name].type for name in _NEW})
_states = asked("slot_", organization_id=sa.Uuid(), id=sa.Uuid(), was=sa.Text(), status=sa.Text(), updated_at=Instant)
_add_claims = (
    sa.insert(bookings)
    .from_select(_NEW, sa.select(*(_claims.c[name] for name in _NEW)))
    .returning(bookings.c.id)
    .cte("added")
)
_record = recording("event_").returning(events.c.id).cte("recorded")
_set_states = (
    sa.update(slots)
    .where(
        slots.c.organization_id == _states.c.organization_id,
        slots.c.id == _states.c.id,
        slots.c.status == _states.c.was,
        slots.c.status.in_(("available", "booked")),
    )
    .values(status=_states.c.status, updated_at=_states.c.updated_at)
    .returning(_states.c.number)
    .cte("states")
)
WRITE = Prepared(
    sa.select(sa.func.count()).select_from(_set_states).add_cte(_add_claims, _record),
    (
        *("slot_" + name for name in _STATE),
        *("claim_" + name for name in _NEW),
        *("event_" + name for name in RECORDED),
    ),
)
"""What nearly all decisions come to: slots that are booked now or free again, new claims, and what happened. Gives the
number of slots that were as they were decided from."""

_KEPT = tuple(name for name in _CLAIM[3:] if name != "capacity")
_changed = asked(
    organization_id=sa.Uuid(),
    id=sa.Uuid(),
    was_slot_id=sa.Uuid(),
    was_status=sa.Text(),
    stays=sa.Boolean(),
    **{name: bookings.c[name].type for name in _CLAIM[3:]},
)
SET_CLAIMS = Prepared(
    sa.update(bookings)
    .where(
        bookings.c.organization_id == _changed.c.organization_id,
        bookings.c.id == _changed.c.id,
        bookings.c.slot_id == _changed.c.was_slot_id,
        bookings.c.status == _changed.c.was_status,
    )
    .values(
        capacity=sa.case((_changed.c.stays, bookings.c.capacity), else_=_changed.c.capacity),  # it follows the slot's
        **{name: _changed.c[name] for name in _KEPT},
    )
    .returning(_changed.c.number),
    ("organization_id", "id", "was_slot_id", "was_status", "stays", *_CLAIM[3:]),
)


ADD_ENTRY = sql.query(
    "waitlists", "add", ("organization_id", "id", "slot_id", "applicant_id", "status", "created_at", "updated_at")
)


async def save(transaction: Transaction, before: Sequence[Roster], after: Sequence[Roster]) -> None:
    """Write the changes of rosters: claims that free a place, slots that move, and claims that take a place.

    Each change of a slot's claims or queue writes the slot's row anew, so that no cached page outlives it
    (`page_cache.py`).
    """
    slot_of = {roster.slot.id: roster.slot for roster in after}
    were = {claim.id: claim for roster in before for claim in roster.claims}
    were |= {claim.id: claim for roster in after for claim in roster.former}
    claims = [claim for roster in after for claim in roster.claims if claim != were.get(claim.id)]
    changed = [(were[claim.id], claim) for claim in claims if claim.id in were]
    await _save_claims(transaction, [(was, now) for was, now in changed if not now.live], slot_of)
    await end_times(transaction, "slot", [roster.slot for roster in after if roster.slot.cancelled])
    for then, roster in zip(before, after, strict=True):
        if _hour(then.slot) != _hour(roster.slot):
            await _move_slot(transaction, then.slot, roster.slot)
    await _save_claims(transaction, [(was, now) for was, now in changed if now.live], slot_of)
    states = []
    for then, roster in zip(before, after, strict=True):
        was, now = then.slot, roster.slot
        if now != was and (now.cancelled or now.capacity != was.capacity):
            await _update_slot(transaction, was, now)
        elif now != was or (not now.cancelled and (roster.claims, roster.queue) != (then.claims, then.queue)):
            states.append((was.organization_id, was.id, was.status.value, now.status.value, now.updated_at))
    added = [_new_row(claim, slot_of[claim.slot_id]) for claim in claims if claim.id not in were]
    happened = [event_row(event) for roster in reversed(after) for event in roster.happened]
    if states or added or happened:
        inputs = (*_columns(states, _STATE), *_columns(added, _NEW), *_columns(happened, RECORDED))
        if await transaction.value(WRITE, *inputs) != len(states):
            raise Lost
        await keep_traces_of(transaction, (event for roster in after for event in roster.happened))
    waited = {entry.id: entry for roster in before for entry in roster.queue}
    for entry in (entry for roster in after for entry in roster.queue):
        if entry.id not in waited:
            await _insert_entry(transaction, entry)
        elif entry != waited[entry.id]:
            await _update_entry(transaction, waited[entry.id], entry)


def _columns(rows: Sequence[tuple[object, ...]], names: Sequence[str]) -> Sequence[Sequence[object]]:
    return list(zip(*rows, strict=True)) if rows else [()] * len(names)


def _new_row(claim: Booking, slot: Slot) -> tuple[object, ...]:
    return (
        claim.organization_id,
        claim.id,
        claim.applicant_id,
        claim.slot_id,
        claim.place,
        slot.capacity if claim.live else None,
        claim.start_time,
        claim.end_time,
        claim.status.value,
        claim.deadline,
        claim.notes,
        claim.reason,
        claim.may_release,
        claim.party_size,
        claim.created_at,
        claim.updated_at,
    )


async def _save_claims(
    transaction: Transaction, changed: Sequence[tuple[Booking, Booking]], slot_of: Mapping[UUID, Slot]
) -> None:
    rows = []
    for was, now in changed:
        values = _values_of(now, slot_of[now.slot_id])
        stays = was.live and now.live and now.slot_id == was.slot_id
        guard = (was.organization_id, was.id, was.slot_id, was.status.value, stays)
        rows.append((*guard, *(values[name] for name in _CLAIM[3:])))
    if rows and len(await transaction.fetch(SET_CLAIMS, *zip(*rows, strict=True))) != len(rows):
        raise Lost


async def _update_slot(transaction: Transaction, was: Slot, now: Slot) -> None:
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


def _hour(slot: Slot) -> tuple[object, ...]:
    return slot.agent_id, slot.start_time


async def _move_slot(transaction: Transaction, was: Slot, slot: Slot) -> None:
    """Write the slot's time and agent. The times of its claims follow (ON UPDATE CASCADE)."""
    await move_times(transaction, was, slot)
    values = {name: getattr(slot, name) for name in ("agent_id", "start_time", "end_time", "busy_until")}
    await _guarded(
        transaction,
        sa.update(slots)
        .where(slots.c.organization_id == slot.organization_id, slots.c.id == slot.id, slots.c.cancelled_at.is_(None))
        .values(**values),
    )


async def _insert_entry(transaction: Transaction, entry: Entry) -> None:
    values = {**{name: getattr(entry, name) for name in ADD_ENTRY.inputs}, "status": entry.status.value}
    await transaction.execute(ADD_ENTRY, *values.values())


async def _update_entry(transaction: Transaction, was: Entry, now: Entry) -> None:
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


async def _guarded(transaction: Transaction, statement: sa.Update) -> None:
    if await transaction.execute(statement) != 1:
        raise Lost


def _values_of(claim: Booking, slot: Slot) -> dict[str, Any]:
    """Its row: while it is live, bound to its slot's times and capacity."""
    feedback = claim.feedback
    return {
        "slot_id": claim.slot_id,
        "place": claim.place,
        "capacity": slot.capacity if claim.live else None,
        "start_time": claim.start_time,
        "end_time": claim.end_time,
        "status": claim.status.value,
        "deadline": claim.deadline,
        "sequence": claim.sequence,
        "notes": claim.notes,
        "reason": claim.reason,
        "outcome": claim.outcome.value if claim.outcome else None,
        "outcome_at": claim.outcome_at,
        "rating": feedback.rating if feedback else None,
        "comment": feedback.comment if feedback else None,
        "feedback_at": feedback.created_at if feedback else None,
        "attendance_confirmed_at": claim.attendance_confirmed_at,
        "may_release": claim.may_release,
        "party_size": claim.party_size,
        "created_at": claim.created_at,
        "updated_at": claim.updated_at,
    }
