"""Waitlists: people waiting for a place in a full slot, served in order of arrival.

waiting -> offered -> taken | declined | lapsed; waiting -> left | lapsed (at the start); either -> skipped.
"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from booking.domain.people.applicant import Applicant
from booking.domain.people.names import NAMELESS, Names
from booking.domain.values import Value, replace


class EntryStatus(StrEnum):
    WAITING = "waiting"
    OFFERED = "offered"
    TAKEN = "taken"
    DECLINED = "declined"
    LAPSED = "lapsed"
    LEFT = "left"
    SKIPPED = "skipped"


QUEUED = frozenset({EntryStatus.WAITING, EntryStatus.OFFERED})

INELIGIBLE = "applicant_ineligible"
"""Reason of a skipped entry."""

SLOT_CANCELLED = "slot_cancelled"
"""Reason of a skipped entry."""


class Entry(Value, kw_only=True):
    """Entry of a person in a waitlist; `offer_id` is the hold that offers a place."""

    id: UUID
    organization_id: UUID
    slot_id: UUID
    applicant_id: UUID
    status: EntryStatus
    offer_id: UUID | None
    reason: str | None
    created_at: datetime
    updated_at: datetime

    @property
    def queued(self) -> bool:
        return self.status in QUEUED

    def ended(self, status: EntryStatus, *, at: datetime, reason: str | None = None) -> "Entry":
        return replace(self, status=status, reason=reason, updated_at=at)


class EntryView(Value, kw_only=True):
    """Entry as its viewer may see it. `position` counts from 1 among the waiting; None for others."""

    entry: Entry
    position: int | None
    property_id: UUID
    agent_id: UUID
    names: Names = NAMELESS
    start_time: datetime
    end_time: datetime
    offer_ends: datetime | None
    applicant: Applicant | None
