"""Slots: times at which an agent shows a property to one applicant, or to as many as the slot has places.

available <-> booked, as its last place is taken and freed; available | booked -> cancelled (by its agent or an admin).
"""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from booking.domain.fault import Fault, FaultCode
from booking.domain.keys import Key
from booking.domain.refusals import InvalidRequest
from booking.domain.values import Value, replace
from booking.domain.visits.refusals import SlotCancelled, SlotEndsBeforeStart, SlotInPast, SlotTooLong, VisitStarted

LONGEST = timedelta(hours=8)  # a working day; longer is a slip of the keyboard
LARGEST = 200  # places
END_OF_TIME = datetime(9999, 12, 1, tzinfo=UTC)
"""End of slots' starts. Why: ends, buffers and what people are told are reckoned from them, within the calendar."""


class Span(Protocol):
    """Time span: of a slot, in any form, or of a booking."""

    @property
    def start_time(self) -> datetime: ...
    @property
    def end_time(self) -> datetime: ...


class AnySlot(Span, Protocol):
    """Slot in any form."""

    @property
    def id(self) -> UUID: ...


class SlotStatus(StrEnum):
    AVAILABLE = "available"
    BOOKED = "booked"
    CANCELLED = "cancelled"


class Slot(Value, kw_only=True):
    """Time at which an agent shows a property. `busy_until`: end of the buffer after the visit."""

    id: UUID
    organization_id: UUID
    property_id: UUID
    agent_id: UUID
    start_time: datetime
    end_time: datetime
    busy_until: datetime
    capacity: int
    status: SlotStatus
    reason: str | None
    created_at: datetime
    updated_at: datetime

    @classmethod
    def offer(
        cls,
        *,
        id: UUID,
        organization_id: UUID,
        property_id: UUID,
        agent_id: UUID,
        start_time: datetime,
        end_time: datetime,
        capacity: int,
        buffer: timedelta,
        at: datetime,
    ) -> "Slot":
        """Make a slot, open to be booked; SlotEndsBeforeStart, SlotTooLong, or as `_require_start` if it cannot be."""
        if end_time <= start_time:
            raise SlotEndsBeforeStart
        if end_time - start_time > LONGEST:
            raise SlotTooLong
        _require_start(start_time, at=at)
        return cls(
            id=id,
            organization_id=organization_id,
            property_id=property_id,
            agent_id=agent_id,
            start_time=start_time,
            end_time=end_time,
            busy_until=end_time + buffer,
            capacity=capacity,
            status=SlotStatus.AVAILABLE,
            reason=None,
            created_at=at,
            updated_at=at,
        )

    @property
    def key(self) -> Key:
        return self.organization_id, self.id

    @property
    def cancelled(self) -> bool:
        return self.status is SlotStatus.CANCELLED

    def as_of(self, *, booked: int, freed_at: datetime | None) -> "Slot":
        """Return the slot by the clock, with so many places booked. `freed_at`: end of its first overdue booking."""
        if self.status is not SlotStatus.BOOKED or booked >= self.capacity:
            return self
        return replace(self, status=SlotStatus.AVAILABLE, updated_at=freed_at or self.updated_at)

    def cancel(self, *, reason: str | None, at: datetime) -> "Slot":
        self.still_ahead(at=at)
        return replace(self, status=SlotStatus.CANCELLED, reason=reason, updated_at=at)

    def moved(self, *, start_time: datetime, agent_id: UUID, at: datetime) -> "Slot":
        """Return the slot at another time, or of another agent: as long as it was, with its own buffer."""
        self.still_ahead(at=at)
        _require_start(start_time, at=at)
        by = start_time - self.start_time
        return replace(
            self,
            agent_id=agent_id,
            start_time=start_time,
            end_time=self.end_time + by,
            busy_until=self.busy_until + by,
            updated_at=at,
        )

    def meets(self, other: Span) -> bool:
        """Return whether the two overlap in time."""
        return self._meets(other, timedelta())

    def clashes(self, other: "Slot") -> bool:
        """Return whether both cannot be: one property's overlap, or one agent's with the larger buffer between them."""
        if self.property_id == other.property_id and self.meets(other):
            return True
        buffer = max(self.busy_until - self.end_time, other.busy_until - other.end_time)
        return self.agent_id == other.agent_id and self._meets(other, buffer)

    def _meets(self, other: Span, buffer: timedelta) -> bool:
        return self.start_time < other.end_time + buffer and other.start_time < self.end_time + buffer

    def still_ahead(self, *, at: datetime) -> None:
        if self.start_time <= at:
            raise VisitStarted
        if self.cancelled:
            raise SlotCancelled


def _require_start(start_time: datetime, *, at: datetime) -> None:
    """Raise SlotInPast or InvalidRequest for a start that no slot can have."""
    if start_time <= at:
        raise SlotInPast
    if start_time >= END_OF_TIME:
        detail = "must be before the last month of the year 9999"
        raise InvalidRequest([Fault(pointer="#/start_time", code=FaultCode.OUT_OF_RANGE, detail=detail)])
