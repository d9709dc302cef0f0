"""Claims on places as rows: bookings, and the holds and offers that become them."""

from typing import Any

import sqlalchemy as sa

from booking.adapters.postgres.lines import AnyRow
from booking.adapters.postgres.tables import bookings, slots
from booking.domain.booking import Booking, BookingStatus, Feedback, Outcome
from booking.domain.slot import Slot

LIVE = bookings.c.status.in_(("held", "offered", "pending_approval", "confirmed"))
"""In the words of the partial indexes."""

CLAIM = (
    *(column for column in bookings.c if column.name not in {"capacity", "start_time", "end_time"}),
    slots.c.agent_id,
    slots.c.property_id,
    slots.c.start_time,
    slots.c.end_time,
)
"""A claim's columns beside `with_slot`; read them with `booking_from`."""

with_slot = bookings.join(
    slots, sa.and_(slots.c.organization_id == bookings.c.organization_id, slots.c.id == bookings.c.slot_id)
)


def booking_from(row: AnyRow) -> Booking:
    feedback = None
    if row.feedback_at is not None:
        feedback = Feedback(rating=row.rating, comment=row.comment, created_at=row.feedback_at)
    return Booking(
        id=row.id,
        organization_id=row.organization_id,
        slot_id=row.slot_id,
        property_id=row.property_id,
        applicant_id=row.applicant_id,
        place=row.place,
        status=BookingStatus(row.status),
        deadline=row.deadline,
        sequence=row.sequence,
        notes=row.notes,
        reason=row.reason,
        outcome=Outcome(row.outcome) if row.outcome else None,
        outcome_at=row.outcome_at,
        feedback=feedback,
        created_at=row.created_at,
        updated_at=row.updated_at,
        start_time=row.start_time,
        end_time=row.end_time,
    )


def values_of(claim: Booking, slot: Slot) -> dict[str, Any]:
    """Its row: while it is live, bound to its slot's times and capacity."""
    feedback = claim.feedback
    return {
        "slot_id": claim.slot_id,
        "place": claim.place,
        "capacity": slot.capacity if claim.live else None,
        "start_time": claim.start_time,
        "end_time": claim.end_time,
        "status": claim.status.value,
        "deadline": claim.deadline,
        "sequence": claim.sequence,
        "notes": claim.notes,
        "reason": claim.reason,
        "outcome": claim.outcome.value if claim.outcome else None,
        "outcome_at": claim.outcome_at,
        "rating": feedback.rating if feedback else None,
        "comment": feedback.comment if feedback else None,
        "feedback_at": feedback.created_at if feedback else None,
        "created_at": claim.created_at,
        "updated_at": claim.updated_at,
    }
