"""Plan of a change of slots: each slot, claim and entry before and after, and the hash of them."""

import json
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from uuid import UUID

from booking.domain.planning.refusals import PlanStale
from booking.domain.values import Value
from booking.domain.visits.booking import Booking, BookingStatus
from booking.domain.visits.roster import Roster
from booking.domain.visits.slot import Slot
from booking.domain.visits.waitlist import EntryStatus


class SlotFate(StrEnum):
    STAYS = "stays"
    MOVED = "moved"
    CANCELLED = "cancelled"


class Hour(Value, kw_only=True):
    """Agent and time of a slot."""

    agent_id: UUID
    start_time: datetime
    end_time: datetime


class PlannedClaim(Value, kw_only=True):
    """Claim on a place: its state before and after, and its deadline then, if any."""

    booking_id: UUID
    applicant_id: UUID
    was: BookingStatus
    becomes: BookingStatus
    deadline: datetime | None


class PlannedEntry(Value, kw_only=True):
    """Entry in the waitlist: its state before and after."""

    entry_id: UUID
    applicant_id: UUID
    was: EntryStatus
    becomes: EntryStatus


class PlannedChange(Value, kw_only=True):
    """Slot before and after, with everything on it."""

    slot_id: UUID
    property_id: UUID
    fate: SlotFate
    was: Hour
    becomes: Hour
    claims: tuple[PlannedClaim, ...]
    waitlist: tuple[PlannedEntry, ...]


class ChangePlan(Value, kw_only=True):
    """Plan in the order of the slots' starts."""

    slots: tuple[PlannedChange, ...]

    @property
    def hash(self) -> str:
        """Hash of all that would happen; the present time is no part of it."""
        return hash_of(self.slots)

    def require(self, expected: str | None) -> None:
        """Raise PlanStale if another plan than this one was looked at; None: none was."""
        if expected not in (None, self.hash):
            raise PlanStale(self)


def plan_of(changes: Sequence[tuple[Roster, Roster]]) -> ChangePlan:
    """Return the plan of rosters, each as it is and as it would be."""
    ordered = sorted(changes, key=lambda change: (change[0].slot.start_time, change[0].slot.id))
    return ChangePlan(slots=tuple([planned_change(was, now) for was, now in ordered]))


def hash_of(told: object) -> str:
    """Return the SHA-256 of values as JSON."""
    return sha256(json.dumps(told, default=_told, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def planned_change(was: Roster, now: Roster) -> PlannedChange:
    claims = {claim.id: claim for claim in now.claims}
    entries = {entry.id: entry for entry in now.queue}
    before, after = _hour(was.slot), _hour(now.slot)
    fate = SlotFate.CANCELLED if now.slot.cancelled else SlotFate.STAYS if before == after else SlotFate.MOVED
    return PlannedChange(
        slot_id=was.slot.id,
        property_id=was.slot.property_id,
        fate=fate,
        was=before,
        becomes=after,
        claims=tuple([_claim(claim, claims[claim.id]) for claim in was.live]),
        waitlist=tuple(
            [
                PlannedEntry(
                    entry_id=entry.id,
                    applicant_id=entry.applicant_id,
                    was=entry.status,
                    becomes=entries[entry.id].status,
                )
                for entry in was.queue
            ]
        ),
    )


def _claim(was: Booking, now: Booking) -> PlannedClaim:
    return PlannedClaim(
        booking_id=was.id,
        applicant_id=was.applicant_id,
        was=was.status,
        becomes=now.status,
        deadline=now.deadline,
    )


def _hour(slot: Slot) -> Hour:
    return Hour(agent_id=slot.agent_id, start_time=slot.start_time, end_time=slot.end_time)


def _told(one: object) -> object:
    return {name: getattr(one, name) for name in one.__struct_fields__} if isinstance(one, Value) else str(one)
