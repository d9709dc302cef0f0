"""Claims on places as rows: bookings, and the holds and offers that become them."""

from collections.abc import Sequence
from operator import itemgetter
from typing import Any

import sqlalchemy as sa

from booking.adapters.postgres.engine.pool import Row
from booking.adapters.postgres.engine.statements import constants
from booking.adapters.postgres.members import Members
from booking.adapters.postgres.tables import Columned, bookings, keyed, slots
from booking.domain.booking import Booking, BookingStatus, Feedback, Outcome
from booking.domain.slot import Slot

LIVE = bookings.c.status.in_(constants("held", "offered", "pending_approval", "confirmed"))
"""In the words of the partial indexes."""

CLAIM = (
    *(
        column
        for column in bookings.c
        if not column.computed and column.name not in {"capacity", "start_time", "end_time"}
    ),
    slots.c.agent_id,
    slots.c.property_id,
    slots.c.start_time,
    slots.c.end_time,
)
"""A claim's columns beside `with_slot`; read them with `booking_from`."""

with_slot = bookings.join(slots, keyed(slots, bookings, "slot_id"))


def claim_of(claims: Columned, slot: sa.FromClause) -> Sequence[sa.ColumnElement[Any]]:
    """The same, of claims and their slots as they are called elsewhere."""
    return [(slot if column.table is slots else claims).c[column.name] for column in CLAIM]


BESIDE = "beside_"
"""Before the names of a claim's columns where it comes beside something else."""

_NAMES = [column.name for column in CLAIM if column.name != "agent_id"]
_reads = {prefix: itemgetter(*(prefix + name for name in _NAMES)) for prefix in ("", BESIDE)}
_STATUS = Members(BookingStatus)
_OUTCOME = Members(Outcome)


def booking_from(row: Row, prefix: str = "") -> Booking:
    (
        organization_id,
        id,  # noqa: A001 - the booking's own
        slot_id,
        applicant_id,
        status,
        place,
        deadline,
        sequence,
        notes,
        reason,
        outcome,
        outcome_at,
        rating,
        comment,
        feedback_at,
        created_at,
        updated_at,
        property_id,
        start_time,
        end_time,
    ) = _reads[prefix](row)
    feedback = None
    if feedback_at is not None:
        feedback = Feedback(rating=rating, comment=comment, created_at=feedback_at)
    return Booking(
        id=id,
        organization_id=organization_id,
        slot_id=slot_id,
        property_id=property_id,
        applicant_id=applicant_id,
        place=place,
        status=_STATUS[status],
        deadline=deadline,
        sequence=sequence,
        notes=notes,
        reason=reason,
        outcome=_OUTCOME[outcome] if outcome else None,
        outcome_at=outcome_at,
        feedback=feedback,
        created_at=created_at,
        updated_at=updated_at,
        start_time=start_time,
        end_time=end_time,
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
