"""A booking: an applicant's visit in a slot. confirmed -> cancelled_by_applicant | cancelled_by_agent."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from booking.domain.applicant import Applicant
from booking.domain.errors import ApplicantIneligible, BookingNotConfirmed, VisitStarted
from booking.domain.slot import Slot

LONGEST_NOTES = 2_000  # characters


class BookingStatus(StrEnum):
    CONFIRMED = "confirmed"
    CANCELLED_BY_APPLICANT = "cancelled_by_applicant"
    CANCELLED_BY_AGENT = "cancelled_by_agent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """`property_id`, `start_time` and `end_time` are the slot's own, shown here because everyone asks for them."""

    id: UUID
    organization_id: UUID
    slot_id: UUID
    property_id: UUID
    applicant_id: UUID
    status: BookingStatus
    notes: str
    created_at: datetime
    updated_at: datetime
    start_time: datetime
    end_time: datetime

    @classmethod
    def confirm(cls, slot: Slot, applicant: Applicant, *, id: UUID, notes: str, at: datetime) -> "Booking":
        """The applicant's booking of the slot; ApplicantIneligible, or what Slot.book refuses with."""
        if not applicant.eligible:
            raise ApplicantIneligible
        slot.book(at=at)
        return cls(
            id=id,
            organization_id=slot.organization_id,
            slot_id=slot.id,
            property_id=slot.property_id,
            applicant_id=applicant.id,
            status=BookingStatus.CONFIRMED,
            notes=notes,
            created_at=at,
            updated_at=at,
            start_time=slot.start_time,
            end_time=slot.end_time,
        )

    def cancel_by_applicant(self, *, at: datetime) -> "Booking":
        return self._cancel(BookingStatus.CANCELLED_BY_APPLICANT, at)

    def cancel_by_agent(self, *, at: datetime) -> "Booking":
        return self._cancel(BookingStatus.CANCELLED_BY_AGENT, at)

    def _cancel(self, status: BookingStatus, at: datetime) -> "Booking":
        if self.start_time <= at:
            raise VisitStarted
        if self.status is not BookingStatus.CONFIRMED:
            raise BookingNotConfirmed
        return replace(self, status=status, updated_at=at)


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingView:
    """A booking as its viewer may see it: agents see who comes, applicants are not told about themselves."""

    booking: Booking
    applicant: Applicant | None
