"""Waitlists on the wire."""

from typing import Annotated
from uuid import UUID

from msgspec import Meta, field

from booking.domain.caller import Side
from booking.domain.waitlist import EntryStatus
from booking.entrypoints.http.api.bookings import BookingApplicant, Hold
from booking.entrypoints.http.api.wire import Instant, Output, RowsQuery


class WaitlistQuery(RowsQuery):
    slot_id: UUID | None = None
    status: EntryStatus | None = None
    side: Side | None = field(default=None, name="as")


class Entry(Output):
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


class EntryForAgent(Entry):
    applicant: BookingApplicant


EitherEntry = Annotated[
    Entry, Meta(extra_json_schema={"anyOf": [{"$ref": "#/$defs/Entry"}, {"$ref": "#/$defs/EntryForAgent"}]})
]


class EntryResponse(Output):
    entry: Entry


class EntryPage(Output):
    entries: list[EitherEntry]
    next_cursor: str | None
