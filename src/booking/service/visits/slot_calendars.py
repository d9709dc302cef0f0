"""Calendars of slots: files of iCalendar that agents take along, and bring back."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol, runtime_checkable

from booking.domain.visits.allowed_actions import SlotView


class CalendarEvent(NamedTuple):
    """Event of a calendar: fields of a slot as text, and faults by field."""

    fields: dict[str, str]
    faults: dict[str, str]


@runtime_checkable  # which handlers need of what they ask for
class SlotCalendars(Protocol):
    async def write(self, slots: Sequence[SlotView]) -> bytes: ...

    async def read(self, content: bytes) -> Sequence[CalendarEvent]:
        """Return the events, in their order; InvalidRequest if it is no calendar, BatchTooLarge of too many."""
