"""Rows of slots, claims and entries."""

from operator import itemgetter
from uuid import UUID

from booking.adapters.postgres.engine.pool import Row
from booking.adapters.postgres.people.rows import names_of
from booking.adapters.postgres.properties.rows import policy_of
from booking.adapters.postgres.rows import Words
from booking.domain.visits.availability import Availability, Places
from booking.domain.visits.booking import Booking, BookingStatus, Feedback, Outcome
from booking.domain.visits.slot import Slot, SlotStatus
from booking.domain.visits.waitlist import Entry, EntryStatus

_SLOT, _BOOKING, _OUTCOME, _ENTRY = Words(SlotStatus), Words(BookingStatus), Words(Outcome), Words(EntryStatus)

NOBODY: frozenset[UUID] = frozenset()
EMPTY = Places()
SLOT, AVAILABILITY = 13, 26  # columns


def slot_from(row: Row, first: int = 0) -> Slot:
    """Read {slot}, which begins at the place `first`. By places: a page has hundreds of values."""
    (
        organization_id,
        id,  # noqa: A001 - the slot's own
        property_id,
        agent_id,
        start_time,
        end_time,
        status,
        _,
        capacity,
        busy_until,
        reason,
        created_at,
        updated_at,
    ) = row[first : first + SLOT]
    return Slot(
        id=id,
        organization_id=organization_id,
        property_id=property_id,
        agent_id=agent_id,
        start_time=start_time,
        end_time=end_time,
        busy_until=busy_until or end_time,
        capacity=capacity,
        status=_SLOT[status],
        reason=reason,
        created_at=created_at,
        updated_at=updated_at,
    )


def availability_from(row: Row, first: int = 0) -> Availability:
    """Read {availability}, which begins at the place `first`."""
    booked, reserved, overdue, claimants, frees_at, freed_at, waiting, at, rules, *names = row[
        first + SLOT : first + AVAILABILITY
    ]
    return Availability(
        slot=slot_from(row, first).as_of(booked=booked, freed_at=freed_at),
        places=Places(booked=booked, reserved=reserved, waiting=waiting) if booked or reserved or waiting else EMPTY,
        policy=policy_of(rules),
        names=names_of(*names),
        at=at,
        overdue=overdue > 0,
        claimants=frozenset(claimants) if claimants else NOBODY,
        frees_at=frees_at,
    )


BESIDE = "beside_"
"""Before the names of a claim's columns where it comes beside something else."""

_CLAIM = (
    "organization_id",
    "id",
    "slot_id",
    "applicant_id",
    "status",
    "place",
    "deadline",
    "sequence",
    "notes",
    "reason",
    "outcome",
    "outcome_at",
    "rating",
    "comment",
    "feedback_at",
    "attendance_confirmed_at",
    "may_release",
    "party_size",
    "created_at",
    "updated_at",
    "property_id",
    "start_time",
    "end_time",
)
_claim = {prefix: itemgetter(*(prefix + name for name in _CLAIM)) for prefix in ("", BESIDE)}


def booking_from(row: Row, prefix: str = "") -> Booking:
    """Read {claim}; its column names may have a prefix."""
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
        attendance_confirmed_at,
        may_release,
        party_size,
        created_at,
        updated_at,
        property_id,
        start_time,
        end_time,
    ) = _claim[prefix](row)
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
        status=_BOOKING[status],
        deadline=deadline,
        sequence=sequence,
        notes=notes,
        reason=reason,
        outcome=_OUTCOME[outcome] if outcome else None,
        outcome_at=outcome_at,
        feedback=feedback,
        attendance_confirmed_at=attendance_confirmed_at,
        may_release=may_release,
        party_size=party_size,
        created_at=created_at,
        updated_at=updated_at,
        start_time=start_time,
        end_time=end_time,
    )


def entry_from(row: Row) -> Entry:
    """Read {entry}."""
    return Entry(
        id=row.id,
        organization_id=row.organization_id,
        slot_id=row.slot_id,
        applicant_id=row.applicant_id,
        status=_ENTRY[row.status],
        offer_id=row.offer_id,
        reason=row.reason,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
