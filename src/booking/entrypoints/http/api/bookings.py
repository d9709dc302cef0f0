"""Holds and bookings on the wire."""

from typing import Annotated, Literal
from uuid import UUID

from msgspec import UNSET, Meta, UnsetType, field

from booking.domain.allowed_actions import BookingAction
from booking.domain.applicant import RiskLevel
from booking.domain.booking import LONGEST_NOTES, Outcome
from booking.domain.caller import Side
from booking.entrypoints.http.api.wire import Input, Instant, Notes, Output, PageQuery, Rating, Reason

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


class BookingQuery(PageQuery):
    status: MadeStatus | None = None
    side: Side | None = field(default=None, name="as")


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


class BookingApplicant(Output):
    id: UUID
    name: str
    email: str
    risk_level: RiskLevel


class Booking(Output):
    """`applicant` for agents only."""

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
    available_actions: tuple[BookingAction, ...]
    applicant: BookingApplicant | UnsetType = UNSET


class BookingResponse(Output):
    booking: Booking


class BookingPage(Output):
    bookings: list[Booking]
    next_cursor: str | None
