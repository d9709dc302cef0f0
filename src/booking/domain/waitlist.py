"""A waitlist: who waits for a place in a full slot. First come, first served, by arrival.

waiting -> offered -> taken | declined | lapsed;   waiting -> left | lapsed (at the start);   either -> skipped.
"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from booking.domain.applicant import Applicant
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
"""Why somebody was skipped."""

SLOT_CANCELLED = "slot_cancelled"
"""Why somebody waits no more."""


class Entry(Value, kw_only=True):
    """One person's place in the queue; `offer_id` is the hold by which a place was offered."""

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
    """An entry as its viewer may see it. `position` counts from 1 among those who wait; None for whoever does not."""

    entry: Entry
    position: int | None
    property_id: UUID
    start_time: datetime
    end_time: datetime
    offer_ends: datetime | None
    applicant: Applicant | None
