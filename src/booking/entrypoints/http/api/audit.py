"""The audit on the wire."""

from typing import Annotated
from uuid import UUID

from msgspec import Meta

from booking.domain.events import EventType
from booking.entrypoints.http.api.wire import Instant, Output, PageQuery, Text


class AuditQuery(PageQuery):
    type: EventType | None = None
    subject: Annotated[Text, Meta(min_length=1, max_length=255)] | None = None
    slot_id: UUID | None = None
    booking_id: UUID | None = None
    applicant_id: UUID | None = None


ActorRole = Annotated[
    str,
    Meta(extra_json_schema={"enum": ["applicant", "member", "admin", "screening", "operator", "system"]}),
]
"""Not held when written: an event of a newer release may name another one, and is shown as it is."""


class AuditActor(Output):
    subject: str | None
    role: ActorRole


class Appointment(Output):
    slot_id: UUID
    property_id: UUID
    agent_id: UUID
    start_time: Instant
    end_time: Instant


class AuditedEvent(Output):
    position: int
    id: UUID
    type: str
    occurred_at: Instant
    actor: AuditActor
    request_id: str | None
    from_state: str | None
    to_state: str
    slot_id: UUID | None
    booking_id: UUID | None
    applicant_id: UUID | None
    agent_id: UUID | None
    property_id: UUID | None
    start_time: Instant | None
    end_time: Instant | None
    moved_from: Appointment | None


class AuditPage(Output):
    events: list[AuditedEvent]
    next_cursor: str | None
