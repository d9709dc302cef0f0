"""A slot: a time at which an agent shows a property.

available -> booked -> available (released); available | booked -> cancelled (by its agent or an admin).
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from booking.domain.agent import Agent
from booking.domain.errors import (
    NotYourSlot,
    SlotCancelled,
    SlotEndsBeforeStart,
    SlotInPast,
    SlotStarted,
    SlotTaken,
    SlotTooLong,
    VisitStarted,
)

LONGEST = timedelta(hours=8)  # a working day; longer is a slip of the keyboard


class SlotStatus(StrEnum):
    AVAILABLE = "available"
    BOOKED = "booked"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    id: UUID
    organization_id: UUID
    property_id: UUID
    agent_id: UUID
    start_time: datetime
    end_time: datetime
    status: SlotStatus
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
        at: datetime,
    ) -> "Slot":
        """A new slot, open to be booked; SlotInPast, SlotEndsBeforeStart or SlotTooLong if it cannot be."""
        if end_time <= start_time:
            raise SlotEndsBeforeStart
        if end_time - start_time > LONGEST:
            raise SlotTooLong
        if start_time <= at:
            raise SlotInPast
        return cls(
            id=id,
            organization_id=organization_id,
            property_id=property_id,
            agent_id=agent_id,
            start_time=start_time,
            end_time=end_time,
            status=SlotStatus.AVAILABLE,
            created_at=at,
            updated_at=at,
        )

    def book(self, *, at: datetime) -> "Slot":
        if self.start_time <= at:
            raise SlotStarted
        if self.status is SlotStatus.CANCELLED:
            raise SlotCancelled
        if self.status is not SlotStatus.AVAILABLE:
            raise SlotTaken
        return replace(self, status=SlotStatus.BOOKED, updated_at=at)

    def cancel(self, *, by: Agent, at: datetime) -> "Slot":
        """Cancelled by its agent or an admin of its organization, before it starts; its booking goes with it."""
        if by.organization_id != self.organization_id or not (by.is_admin or by.id == self.agent_id):
            raise NotYourSlot
        if self.start_time <= at:
            raise VisitStarted
        if self.status is SlotStatus.CANCELLED:
            raise SlotCancelled
        return replace(self, status=SlotStatus.CANCELLED, updated_at=at)
