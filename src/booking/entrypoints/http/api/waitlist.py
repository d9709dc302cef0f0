"""Waitlists on the wire."""

from uuid import UUID

from msgspec import UNSET, UnsetType, field

from booking.domain.caller import Side
from booking.domain.waitlist import EntryStatus
from booking.entrypoints.http.api.bookings import BookingApplicant, Hold
from booking.entrypoints.http.api.wire import Instant, Output, RowsQuery


class WaitlistQuery(RowsQuery):
    slot_id: UUID | None = None
    status: EntryStatus | None = None
    side: Side | None = field(default=None, name="as")


class Entry(Output):
    """`applicant` for agents only."""

    id: UUID
    organization_id: UUID
    slot_id: UUID
    property_id: UUID
    applicant_id: UUID
    status: EntryStatus
    position: int | None
    offer: Hold | None
    reason: str | None
    created_at: Instant
    updated_at: Instant
    start_time: Instant
    end_time: Instant
    applicant: BookingApplicant | UnsetType = UNSET


class EntryResponse(Output):
    entry: Entry


class EntryPage(Output):
    entries: list[Entry]
    next_cursor: str | None
