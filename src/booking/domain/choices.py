"""Choices of lists: filters, orders and totals of bookings and slots."""

from enum import StrEnum
from uuid import UUID

from booking.domain.values import Value
from booking.domain.visits.booking import BookingStatus, Outcome
from booking.domain.visits.slot import SlotStatus

MOST_FILTERED = 5_000
"""Rows that a list may read for one page, chosen by one property, slot, person or agent, or else by the time alone."""

MOST_COUNTED = 10_000
"""Rows up to which a total is exact."""


class BookingOrder(StrEnum):
    """Order of bookings: by start, either way, or the newest first."""

    START = "start"
    LATEST = "-start"
    NEWEST = "-created"


class SlotOrder(StrEnum):
    """Order of slots: by start, either way."""

    START = "start"
    LATEST = "-start"


class BookingChoice(Value, kw_only=True):
    """Bookings to list, and how; None leaves a filter out, and no status means any."""

    slot_id: UUID | None = None
    property_id: UUID | None = None
    applicant_id: UUID | None = None
    agent_id: UUID | None = None
    statuses: tuple[BookingStatus, ...] = ()
    needs_review: bool | None = None
    outcome: Outcome | None = None
    order: BookingOrder = BookingOrder.START
    with_total: bool = False


class SlotChoice(Value, kw_only=True):
    """Slots to list, and how; None leaves a filter out, and no status means any."""

    property_id: UUID | None = None
    agent_id: UUID | None = None
    statuses: tuple[SlotStatus, ...] = ()
    order: SlotOrder = SlotOrder.START


EVERY_BOOKING = BookingChoice()
EVERY_SLOT = SlotChoice()
