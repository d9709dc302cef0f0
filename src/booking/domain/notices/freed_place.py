"""Freed place: a public place in a slot, told to watchers of the property."""

from datetime import datetime
from uuid import UUID

from booking.domain.events import Event, EventType
from booking.domain.values import Value

_LEAVES = frozenset(
    {
        EventType.SLOT_CREATED,
        EventType.SLOT_MOVED,
        EventType.HOLD_RELEASED,
        EventType.HOLD_LAPSED,
        EventType.BOOKING_DECLINED,
        EventType.BOOKING_EXPIRED,
        EventType.BOOKING_CANCELLED,
    }
)
FREES = _LEAVES | {EventType.SLOT_CAPACITY_CHANGED, EventType.BOOKING_RESCHEDULED}
"""Events that may free a place. Whether one is free is seen when watchers are told."""


class FreedPlace(Value, kw_only=True):
    """Slot that has a free place since an event. `given_up_by`: the applicant who left it, and knows."""

    organization_id: UUID
    event_id: UUID
    slot_id: UUID
    property_id: UUID
    agent_id: UUID
    start_time: datetime
    end_time: datetime
    given_up_by: UUID | None
    happened_at: datetime


def freed_slot(event: Event) -> UUID | None:
    """Return the slot that may have a free place by an event."""
    if event.type in _LEAVES:
        return event.slot_id
    if event.type == EventType.BOOKING_RESCHEDULED and event.moved_from is not None:
        return event.moved_from.slot_id
    if event.type == EventType.SLOT_CAPACITY_CHANGED and int(event.to_state) > int(event.from_state or 0):
        return event.slot_id
    return None
