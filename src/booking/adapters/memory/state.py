"""What the memory store remembers, and its clock."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar
from uuid import UUID

from booking.adapters.ids import new_id
from booking.domain.agent import AgentRole
from booking.domain.applicant import Applicant
from booking.domain.booking import Booking, BookingStatus
from booking.domain.events import Event, Recorded
from booking.domain.paging import Page, Paging, Position, Window
from booking.domain.slot import Slot, SlotStatus

T = TypeVar("T")
Key = tuple[UUID, UUID]
"""(organization, id), as every primary key."""


def real_time() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True, kw_only=True)
class AgentRow:
    id: UUID
    organization_id: UUID
    subject: str
    claimed_role: AgentRole | None = None
    provisioned_role: AgentRole | None = None


@dataclass(slots=True)
class State:
    clock: Callable[[], datetime] = real_time
    slots: dict[Key, Slot] = field(default_factory=dict)
    bookings: dict[Key, Booking] = field(default_factory=dict)
    agents: dict[tuple[UUID, str], AgentRow] = field(default_factory=dict)
    applicants: dict[Key, Applicant] = field(default_factory=dict)
    unlinked_from: dict[Key, str] = field(default_factory=dict)
    events: list[Recorded] = field(default_factory=list)
    relayed: set[UUID] = field(default_factory=set)

    async def now(self) -> datetime:
        return self.clock()

    def record(self, *happened: Event) -> None:
        self.events.extend(Recorded(id=new_id(), occurred_at=self.clock(), event=event) for event in happened)

    def bookable(self, slot: Slot) -> bool:
        """What is listed as bookable and what the booking's guard accepts: one predicate for both (T12)."""
        return slot.status is SlotStatus.AVAILABLE and slot.start_time > self.clock()

    async def violations(self) -> Mapping[str, int]:
        live = {
            (booking.organization_id, booking.slot_id)
            for booking in self.bookings.values()
            if booking.status is BookingStatus.CONFIRMED
        }
        booked = {key for key, slot in self.slots.items() if slot.status is SlotStatus.BOOKED}
        return {"slot and live booking disagree": len(live ^ booked)}


def page_of(
    items: Iterable[T], start_and_id: Callable[[T], tuple[datetime, UUID]], window: Window, paging: Paging
) -> Page[T]:
    def position(item: T) -> Position:
        return Position(*start_and_id(item))

    ordered = sorted((item for item in items if position(item).start_time in window), key=position)
    rest = [item for item in ordered if paging.after is None or position(item) > paging.after]
    shown = rest[: paging.limit]
    return Page(items=shown, next=position(shown[-1]) if len(rest) > paging.limit else None)
