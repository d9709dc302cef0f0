"""What happened: the one append-only record that is outbox, audit and change feed at once.

Events carry ids and states, never names, emails or notes. They are written in the transaction that causes them;
the store adds an id and the time.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from booking.domain.applicant import Applicant, Eligibility
from booking.domain.booking import Booking, BookingStatus
from booking.domain.slot import Slot, SlotStatus


class EventType(StrEnum):
    SLOT_CREATED = "slot.created"
    SLOT_CANCELLED = "slot.cancelled"
    BOOKING_CONFIRMED = "booking.confirmed"
    BOOKING_CANCELLED = "booking.cancelled"
    APPLICANT_REGISTERED = "applicant.registered"
    APPLICANT_INELIGIBLE = "applicant.ineligible"
    APPLICANT_LINKED = "applicant.linked"
    APPLICANT_UNLINKED = "applicant.unlinked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """By whom, and in which request. `role`: applicant, member, admin, screening or operator."""

    subject: str | None
    role: str
    request_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    type: EventType
    organization_id: UUID
    actor: Actor
    from_state: str | None
    to_state: str
    slot_id: UUID | None = None
    booking_id: UUID | None = None
    applicant_id: UUID | None = None
    agent_id: UUID | None = None
    property_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """An event as the store keeps it; `id` is what receivers tell repetitions by."""

    id: UUID
    occurred_at: datetime
    event: Event


def slot_created(slot: Slot, by: Actor) -> Event:
    return _slot_event(EventType.SLOT_CREATED, slot, None, by)


def slot_cancelled(slot: Slot, was: SlotStatus, by: Actor) -> Event:
    return _slot_event(EventType.SLOT_CANCELLED, slot, was, by)


def booking_confirmed(booking: Booking, by: Actor) -> Event:
    return _booking_event(EventType.BOOKING_CONFIRMED, booking, None, by)


def booking_cancelled(booking: Booking, by: Actor) -> Event:
    return _booking_event(EventType.BOOKING_CANCELLED, booking, BookingStatus.CONFIRMED, by)


def applicant_screened(before: Applicant | None, after: Applicant, by: Actor) -> Event | None:
    """Let in, or kept out; None where the screening changed neither."""
    was = before.eligibility if before else None
    if was is after.eligibility:
        return None
    kind = EventType.APPLICANT_REGISTERED if after.eligible else EventType.APPLICANT_INELIGIBLE
    return _applicant_event(kind, after, was, after.eligibility, by)


def applicant_linked(applicant: Applicant, by: Actor) -> Event:
    return _applicant_event(EventType.APPLICANT_LINKED, applicant, "unlinked", "linked", by)


def applicant_unlinked(applicant: Applicant, by: Actor) -> Event:
    return _applicant_event(EventType.APPLICANT_UNLINKED, applicant, "linked", "unlinked", by)


def _slot_event(kind: EventType, slot: Slot, was: SlotStatus | None, by: Actor) -> Event:
    return Event(
        type=kind,
        organization_id=slot.organization_id,
        actor=by,
        from_state=was,
        to_state=slot.status,
        slot_id=slot.id,
        agent_id=slot.agent_id,
        property_id=slot.property_id,
    )


def _booking_event(kind: EventType, booking: Booking, was: BookingStatus | None, by: Actor) -> Event:
    return Event(
        type=kind,
        organization_id=booking.organization_id,
        actor=by,
        from_state=was,
        to_state=booking.status,
        slot_id=booking.slot_id,
        booking_id=booking.id,
        applicant_id=booking.applicant_id,
        property_id=booking.property_id,
    )


def _applicant_event(
    kind: EventType, applicant: Applicant, was: Eligibility | str | None, now: Eligibility | str, by: Actor
) -> Event:
    return Event(
        type=kind,
        organization_id=applicant.organization_id,
        actor=by,
        from_state=was,
        to_state=now,
        applicant_id=applicant.id,
    )
