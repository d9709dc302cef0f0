"""Events of slots, bookings and waitlists."""

from collections.abc import Sequence
from uuid import UUID

from booking.domain.events import Actor, Appointment, Event, EventType
from booking.domain.values import replace
from booking.domain.visits.booking import Booking, BookingStatus, Outcome
from booking.domain.visits.slot import Slot, SlotStatus
from booking.domain.visits.waitlist import Entry, EntryStatus

BECAME = {
    BookingStatus.HELD: EventType.HOLD_CREATED,
    BookingStatus.OFFERED: EventType.WAITLIST_OFFERED,
    BookingStatus.RELEASED: EventType.HOLD_RELEASED,
    BookingStatus.LAPSED: EventType.HOLD_LAPSED,
    BookingStatus.PENDING_APPROVAL: EventType.BOOKING_REQUESTED,
    BookingStatus.CONFIRMED: EventType.BOOKING_CONFIRMED,
    BookingStatus.DECLINED: EventType.BOOKING_DECLINED,
    BookingStatus.EXPIRED: EventType.BOOKING_EXPIRED,
    BookingStatus.CANCELLED_BY_APPLICANT: EventType.BOOKING_CANCELLED,
    BookingStatus.CANCELLED_BY_AGENT: EventType.BOOKING_CANCELLED,
    BookingStatus.CANCELLED_BY_SCREENING: EventType.BOOKING_CANCELLED,
    BookingStatus.CANCELLED_UNCONFIRMED: EventType.BOOKING_CANCELLED,
}
"""Event type of a booking that enters a state."""

STOPPED_WAITING = {
    EntryStatus.LEFT: EventType.WAITLIST_LEFT,
    EntryStatus.DECLINED: EventType.WAITLIST_LEFT,
    EntryStatus.SKIPPED: EventType.WAITLIST_SKIPPED,
}
"""Event type of an ended entry; other ends are events of the offer."""


def slot_created(slot: Slot, by: Actor) -> Event:
    return _slot_event(EventType.SLOT_CREATED, slot, None, by)


def slot_cancelled(slot: Slot, was: SlotStatus, by: Actor) -> Event:
    return _slot_event(EventType.SLOT_CANCELLED, slot, was, by)


def slot_capacity_changed(slot: Slot, was: int, by: Actor) -> Event:
    return _slot_event(EventType.SLOT_CAPACITY_CHANGED, slot, str(was), by, now=str(slot.capacity))


def slot_moved(left: Slot, slot: Slot, by: Actor) -> Event:
    return replace(_slot_event(EventType.SLOT_MOVED, slot, left.status, by), moved_from=_appointment(left))


def moved_with_slot(claim: Booking, left: Slot, slot: Slot, by: Actor) -> Sequence[Event]:
    """Return the events of a claim on a slot that moved: an offer is made anew, and a hold is short."""
    if claim.visit:
        return [booking_rescheduled(claim, claim.status, left, slot, by)]
    return (
        [booking_became(claim, slot, claim.status, by.by_the_clock())] if claim.status is BookingStatus.OFFERED else []
    )


def booking_became(booking: Booking, slot: Slot, was: BookingStatus | None, by: Actor) -> Event:
    return _booking_event(BECAME[booking.status], booking, slot, was, booking.status, by)


def booking_rescheduled(booking: Booking, was: BookingStatus, left: Slot, slot: Slot, by: Actor) -> Event:
    """Return the event of a move; it names both agents, because the former one loses a visit."""
    event = _booking_event(EventType.BOOKING_RESCHEDULED, booking, slot, was, booking.status, by)
    return replace(event, moved_from=_appointment(left))


def outcome_recorded(booking: Booking, slot: Slot, was: Outcome | None, now: Outcome, by: Actor) -> Event:
    return _booking_event(EventType.BOOKING_OUTCOME_RECORDED, booking, slot, was, now, by)


def feedback_given(booking: Booking, slot: Slot, by: Actor) -> Event:
    return _booking_event(EventType.BOOKING_FEEDBACK_GIVEN, booking, slot, None, "given", by)


def notes_changed(booking: Booking, slot: Slot, by: Actor) -> Event:
    return _booking_event(EventType.BOOKING_NOTES_CHANGED, booking, slot, None, "changed", by)


def attendance_confirmed(booking: Booking, slot: Slot, by: Actor) -> Event:
    return _booking_event(EventType.BOOKING_ATTENDANCE_CONFIRMED, booking, slot, None, "confirmed", by)


def may_release_changed(booking: Booking, slot: Slot, by: Actor) -> Event:
    was, now = ("forbidden", "allowed") if booking.may_release else ("allowed", "forbidden")
    return _booking_event(EventType.BOOKING_MAY_RELEASE_CHANGED, booking, slot, was, now, by)


def access_note_shown(booking: Booking, agent_id: UUID, by: Actor) -> Event:
    """Return the event of a showing of the access note to the applicant."""
    return Event(
        type=EventType.BOOKING_ACCESS_NOTE_SHOWN,
        organization_id=booking.organization_id,
        actor=by,
        from_state=None,
        to_state="shown",
        slot_id=booking.slot_id,
        booking_id=booking.id,
        applicant_id=booking.applicant_id,
        agent_id=agent_id,
        property_id=booking.property_id,
        start_time=booking.start_time,
        end_time=booking.end_time,
    )


def waitlist_joined(entry: Entry, slot: Slot, by: Actor) -> Event:
    return _entry_event(EventType.WAITLIST_JOINED, entry, slot, None, by)


def stopped_waiting(entry: Entry, slot: Slot, was: EntryStatus, by: Actor) -> Event:
    return _entry_event(STOPPED_WAITING[entry.status], entry, slot, was, by)


def _appointment(slot: Slot) -> Appointment:
    return Appointment(
        slot_id=slot.id,
        property_id=slot.property_id,
        agent_id=slot.agent_id,
        start_time=slot.start_time,
        end_time=slot.end_time,
    )


def _slot_event(
    kind: EventType,
    slot: Slot,
    was: str | None,
    by: Actor,
    *,
    now: str | None = None,
    booking_id: UUID | None = None,
    applicant_id: UUID | None = None,
) -> Event:
    return Event(
        type=kind,
        organization_id=slot.organization_id,
        actor=by,
        from_state=was,
        to_state=now or slot.status,
        slot_id=slot.id,
        booking_id=booking_id,
        applicant_id=applicant_id,
        agent_id=slot.agent_id,
        property_id=slot.property_id,
        start_time=slot.start_time,
        end_time=slot.end_time,
    )


def _booking_event(kind: EventType, booking: Booking, slot: Slot, was: str | None, now: str, by: Actor) -> Event:
    return _slot_event(kind, slot, was, by, now=now, booking_id=booking.id, applicant_id=booking.applicant_id)


def _entry_event(kind: EventType, entry: Entry, slot: Slot, was: EntryStatus | None, by: Actor) -> Event:
    return _slot_event(kind, slot, was, by, now=entry.status, applicant_id=entry.applicant_id)
