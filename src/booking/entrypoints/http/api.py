"""What goes over the wire, as openapi3.yaml defines it; `make check` compares the two.

Requests refuse unknown fields. Responses are made from domain values by `msgspec.convert(..., from_attributes=True)`,
so they carry what is named here and nothing else.
"""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct, field

from booking.domain.actions import BookingAction, SlotAction
from booking.domain.agent import AgentRole
from booking.domain.applicant import RiskLevel
from booking.domain.booking import LONGEST_NOTES, LONGEST_REASON, Outcome
from booking.domain.caller import Side
from booking.domain.slot import LARGEST, SlotStatus
from booking.domain.waitlist import EntryStatus

Instant = Annotated[datetime, Meta(tz=True)]
"""RFC 3339 with an offset."""

Text = Annotated[str, Meta(pattern="^[^\\u0000]*$")]
"""Any characters but NUL, which PostgreSQL cannot keep."""

LARGEST_PAGE = 100
USUAL_PAGE = 50

Limit = Annotated[int, Meta(ge=1, le=LARGEST_PAGE)]
Capacity = Annotated[int, Meta(ge=1, le=LARGEST)]
Notes = Annotated[Text, Meta(max_length=LONGEST_NOTES)]
Rating = Annotated[int, Meta(ge=1, le=5)]
Year = Annotated[int, Meta(ge=0, le=31_536_000)]
"""Seconds, at most a year of them."""

Reason = Annotated[Text, Meta(max_length=LONGEST_REASON)]

MadeStatus = Literal[
    "pending_approval",
    "confirmed",
    "declined",
    "expired",
    "cancelled_by_applicant",
    "cancelled_by_agent",
    "cancelled_by_screening",
]
"""Of what has become a booking; holds and offers are none yet."""


class Input(Struct, kw_only=True, forbid_unknown_fields=True):
    """What callers send."""


class CreateSlot(Input):
    property_id: UUID
    start_time: Instant
    end_time: Instant
    agent_id: UUID | None = None
    capacity: Capacity = 1


class SetCapacity(Input):
    capacity: Capacity


class CreateBooking(Input):
    slot_id: UUID
    notes: Notes = ""
    hold_id: UUID | None = None
    applicant_id: UUID | None = None


class DeclineBooking(Input):
    reason: Reason | None = None


class RescheduleBooking(Input):
    slot_id: UUID


class RecordOutcome(Input):
    outcome: Outcome


class GiveFeedback(Input):
    rating: Rating
    comment: Notes = ""


class PutPolicy(Input):
    """What is left out, or null, is as it is by default: for a property, as the organization has it."""

    notice_seconds: Year | None = None
    cancellation_cutoff_seconds: Year | None = None
    horizon_days: Annotated[int, Meta(ge=1, le=3_650)] | None = None
    max_live_bookings: Annotated[int, Meta(ge=1, le=1_000)] | None = None
    max_live_bookings_per_property: Annotated[int, Meta(ge=1, le=1_000)] | None = None
    buffer_seconds: Annotated[int, Meta(ge=0, le=86_400)] | None = None
    hold_seconds: Annotated[int, Meta(ge=1, le=86_400)] | None = None
    max_live_holds: Annotated[int, Meta(ge=0, le=100)] | None = None
    offer_seconds: Annotated[int, Meta(ge=1, le=2_592_000)] | None = None
    approval_levels: tuple[RiskLevel, ...] | None = None
    approval_seconds: Annotated[int, Meta(ge=1, le=2_592_000)] | None = None
    approval_before_start_seconds: Annotated[int, Meta(ge=0, le=2_592_000)] | None = None
    cancel_when_ineligible: bool | None = None


class CancelQuery(Input):
    reason: Reason | None = None


class RowsQuery(Input):
    cursor: str | None = None
    limit: Limit = USUAL_PAGE


class ApplicantQuery(RowsQuery):
    q: Annotated[Text, Meta(min_length=1, max_length=200)] | None = None
    eligible: bool | None = None


class WaitlistQuery(RowsQuery):
    slot_id: UUID | None = None
    status: EntryStatus | None = None
    side: Side | None = field(default=None, name="as")


class PageQuery(RowsQuery):
    since: Instant | None = field(default=None, name="from")
    until: Instant | None = field(default=None, name="to")


class SlotQuery(PageQuery):
    status: SlotStatus | None = None
    property_id: UUID | None = None


class BookingQuery(PageQuery):
    status: MadeStatus | None = None
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
    capacity: Capacity
    places_left: Annotated[int, Meta(ge=0, le=LARGEST)]
    status: SlotStatus
    reason: str | None
    created_at: Instant
    updated_at: Instant
    available_actions: list[SlotAction]


class SlotResponse(Output):
    slot: Slot


class SlotPage(Output):
    slots: list[Slot]
    next_cursor: str | None


class Rule(Output):
    rule: str
    satisfied: bool
    code: str | None
    detail: str | None
    until: Instant | None


class Eligibility(Output):
    slot_id: UUID
    eligible: bool
    rules: list[Rule]


class EligibilityResponse(Output):
    eligibility: Eligibility


class Hold(Output):
    id: UUID
    slot_id: UUID
    expires_at: Instant


class HoldResponse(Output):
    hold: Hold


class Feedback(Output):
    rating: Rating
    comment: str
    created_at: Instant


class Booking(Output):
    id: UUID
    organization_id: UUID
    slot_id: UUID
    property_id: UUID
    applicant_id: UUID
    status: MadeStatus
    sequence: int
    notes: Annotated[str, Meta(max_length=LONGEST_NOTES)]
    reason: str | None
    approval_deadline: Instant | None
    needs_review: bool
    outcome: Outcome | None
    feedback: Feedback | None
    created_at: Instant
    updated_at: Instant
    start_time: Instant
    end_time: Instant
    available_actions: list[BookingAction]


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


class Policy(Output):
    notice_seconds: int
    cancellation_cutoff_seconds: int
    horizon_days: int | None
    max_live_bookings: int | None
    max_live_bookings_per_property: int | None
    buffer_seconds: int
    hold_seconds: int
    max_live_holds: int
    offer_seconds: int
    approval_levels: list[RiskLevel]
    approval_seconds: int
    approval_before_start_seconds: int
    cancel_when_ineligible: bool


class Overrides(Output):
    notice_seconds: int | None
    cancellation_cutoff_seconds: int | None
    horizon_days: int | None
    max_live_bookings: int | None
    max_live_bookings_per_property: int | None
    buffer_seconds: int | None
    hold_seconds: int | None
    max_live_holds: int | None
    offer_seconds: int | None
    approval_levels: list[RiskLevel] | None
    approval_seconds: int | None
    approval_before_start_seconds: int | None
    cancel_when_ineligible: bool | None


class PolicyResponse(Output):
    policy: Policy


class PropertyPolicyResponse(Output):
    policy: Policy
    overrides: Overrides


class Applicant(Output):
    id: UUID
    external_id: UUID
    name: str
    email: str
    risk_level: RiskLevel
    eligible: bool
    screened_at: Instant
    linked: bool


class ApplicantPage(Output):
    applicants: list[Applicant]
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


class Alternative(Output):
    id: UUID
    property_id: UUID
    start_time: Instant
    end_time: Instant
    places_left: int


class Problem(Output, omit_defaults=True):
    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    errors: list[FieldFault] | None = None
    alternatives: list[Alternative] | None = None
