"""What goes over the wire, as openapi3.yaml defines it; `make check` compares the two.

Requests refuse unknown fields. Responses are made from domain values by `msgspec.convert(..., from_attributes=True)`,
so they carry what is named here and nothing else.
"""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct, field

from booking.domain.agent import AgentRole
from booking.domain.applicant import RiskLevel
from booking.domain.booking import LONGEST_NOTES, BookingStatus
from booking.domain.caller import Side
from booking.domain.slot import SlotStatus

Instant = Annotated[datetime, Meta(tz=True)]
"""RFC 3339 with an offset."""

Text = Annotated[str, Meta(pattern="^[^\\u0000]*$")]
"""Any characters but NUL, which PostgreSQL cannot keep."""

LARGEST_PAGE = 100
USUAL_PAGE = 50

Limit = Annotated[int, Meta(ge=1, le=LARGEST_PAGE)]


class Input(Struct, kw_only=True, forbid_unknown_fields=True):
    """What callers send."""


class CreateSlot(Input):
    property_id: UUID
    start_time: Instant
    end_time: Instant
    agent_id: UUID | None = None


class CreateBooking(Input):
    slot_id: UUID
    notes: Annotated[Text, Meta(max_length=LONGEST_NOTES)] = ""


class PageQuery(Input):
    since: Instant | None = field(default=None, name="from")
    until: Instant | None = field(default=None, name="to")
    cursor: str | None = None
    limit: Limit = USUAL_PAGE


class SlotQuery(PageQuery):
    status: SlotStatus | None = None
    property_id: UUID | None = None


class BookingQuery(PageQuery):
    status: BookingStatus | None = None
    side: Side | None = field(default=None, name="as")


class Output(Struct, kw_only=True):
    """What callers get: every field always, null where empty."""


class Slot(Output):
    id: UUID
    organization_id: UUID
    property_id: UUID
    agent_id: UUID
    start_time: Instant
    end_time: Instant
    status: SlotStatus
    created_at: Instant
    updated_at: Instant


class SlotResponse(Output):
    slot: Slot


class SlotPage(Output):
    slots: list[Slot]
    next_cursor: str | None


class Booking(Output):
    id: UUID
    organization_id: UUID
    slot_id: UUID
    property_id: UUID
    applicant_id: UUID
    status: BookingStatus
    notes: Annotated[str, Meta(max_length=LONGEST_NOTES)]
    created_at: Instant
    updated_at: Instant
    start_time: Instant
    end_time: Instant


class BookingApplicant(Output):
    id: UUID
    name: str
    email: str
    risk_level: RiskLevel


class BookingForAgent(Booking):
    applicant: BookingApplicant


EitherBooking = Annotated[
    Booking,
    Meta(extra_json_schema={"anyOf": [{"$ref": "#/$defs/Booking"}, {"$ref": "#/$defs/BookingForAgent"}]}),
]
"""For agents the wider one. msgspec encodes what a value is, but cannot write such a union down."""


class BookingResponse(Output):
    booking: EitherBooking


class BookingPage(Output):
    bookings: list[EitherBooking]
    next_cursor: str | None


class MeAgent(Output):
    id: UUID
    organization_id: UUID
    role: AgentRole


class MeApplicant(Output):
    id: UUID
    organization_id: UUID
    eligible: bool


class Me(Output):
    subject: str
    email: str | None
    agent: MeAgent | None
    applicants: list[MeApplicant]


class MeResponse(Output):
    me: Me


class Health(Output):
    status: Literal["ok"]


class FieldFault(Output):
    pointer: str
    detail: str


class Problem(Output, omit_defaults=True):
    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    errors: list[FieldFault] | None = None
