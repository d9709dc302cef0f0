"""Booking as it is answered, and as a row of a table."""

from typing import Annotated, Literal
from uuid import UUID

from msgspec import UNSET, Meta, UnsetType, convert

from booking.domain.visits.allowed_actions import BookingAction, BookingView
from booking.domain.visits.booking import LONGEST_NOTES, UNMADE, BookingStatus, Outcome
from booking.entrypoints.http.csv_tables import AT_PROPERTY, OF_APPLICANT, Table
from booking.entrypoints.http.names import BookingApplicant, SlotAgent, SlotProperty
from booking.entrypoints.http.wire import Instant, Output, PartySize

MadeStatus = Literal[
    "pending_approval",
    "confirmed",
    "declined",
    "expired",
    "cancelled_by_applicant",
    "cancelled_by_agent",
    "cancelled_by_screening",
    "cancelled_unconfirmed",
]
"""Of what has become a booking; holds and offers are none yet."""


Rating = Annotated[int, Meta(ge=1, le=5)]


class Feedback(Output):
    rating: Rating
    comment: str
    created_at: Instant


class BookingProperty(SlotProperty):
    """Property of a visit; where to come is shown with one confirmed booking at a time."""

    address: str | UnsetType | None = UNSET
    directions: str | UnsetType | None = UNSET
    meeting_point: str | UnsetType | None = UNSET


class BookingAgent(SlotAgent):
    """Agent of a visit; the phone is shown where the address is."""

    phone: str | UnsetType | None = UNSET


class Booking(Output):
    """`applicant` for agents only; `access_note` with one confirmed booking, while its time has come."""

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
    attendance_confirmed_at: Instant | None
    may_release: bool
    party_size: PartySize
    created_at: Instant
    updated_at: Instant
    start_time: Instant
    end_time: Instant
    bookable_from: Instant | None
    bookable_until: Instant
    cancel_until: Instant | None
    available_actions: tuple[BookingAction, ...]
    property: BookingProperty
    agent: BookingAgent
    access_note: str | UnsetType = UNSET
    applicant: BookingApplicant | UnsetType = UNSET


class BookingResponse(Output):
    booking: Booking


_MADE = {status: convert(status.value, MadeStatus) for status in BookingStatus if status not in UNMADE}


def answer(view: BookingView) -> BookingResponse:
    return BookingResponse(booking=shown(view))


def shown(view: BookingView) -> Booking:
    """Convert to the wire. `applicant` is there for agents only, details only where one booking is looked at."""
    booking, names, details = view.booking, view.context.names, view.details
    result = Booking(
        id=booking.id,
        organization_id=booking.organization_id,
        slot_id=booking.slot_id,
        property_id=booking.property_id,
        applicant_id=booking.applicant_id,
        status=_MADE[booking.status],
        sequence=booking.sequence,
        notes=booking.notes,
        reason=booking.reason,
        approval_deadline=booking.deadline,
        needs_review=view.context.needs_review,
        outcome=booking.outcome,
        feedback=convert(booking.feedback, Feedback, from_attributes=True) if booking.feedback else None,
        attendance_confirmed_at=booking.attendance_confirmed_at,
        may_release=booking.may_release,
        party_size=booking.party_size,
        created_at=booking.created_at,
        updated_at=booking.updated_at,
        start_time=booking.start_time,
        end_time=booking.end_time,
        bookable_from=view.context.policy.bookable_from(booking.start_time),
        bookable_until=view.context.policy.bookable_until(booking.start_time),
        cancel_until=view.context.cancel_until,
        available_actions=view.actions,
        property=BookingProperty(id=booking.property_id, label=names.label, area=names.area, time_zone=names.time_zone),
        agent=BookingAgent(id=view.context.agent_id, name=names.agent),
        applicant=convert(view.applicant, BookingApplicant, from_attributes=True) if view.applicant else UNSET,
    )
    if details is not None:
        result.property.address, result.property.directions = details.address, details.directions
        result.property.meeting_point, result.agent.phone = details.meeting_point, details.phone
        if details.access_note is not None:
            result.access_note = details.access_note
    return result


TABLE = Table(
    "bookings",
    shown,
    "id",
    "status",
    *AT_PROPERTY,
    "agent.id",
    "agent.name",
    *OF_APPLICANT,
    "party_size",
    "notes",
    "reason",
    "needs_review",
    "attendance_confirmed_at",
    "may_release",
    "outcome",
    "feedback.rating",
    "feedback.comment",
    "feedback.created_at",
    "approval_deadline",
    "bookable_from",
    "bookable_until",
    "cancel_until",
    "sequence",
    "slot_id",
    "organization_id",
    "created_at",
    "updated_at",
)
