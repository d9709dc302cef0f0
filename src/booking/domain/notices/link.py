"""Links: one act on one booking each, for a person who has not signed in."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from booking.domain.values import Value
from booking.domain.visits.booking import VISITS, Booking, BookingStatus


class LinkPurpose(StrEnum):
    CONFIRM = "confirm"
    CANCEL = "cancel"
    MOVE = "move"
    ACCEPT_OFFER = "accept_offer"
    DECLINE_OFFER = "decline_offer"
    CALENDAR = "calendar"


PURPOSES: Mapping[BookingStatus, Sequence[LinkPurpose]] = {
    BookingStatus.OFFERED: (LinkPurpose.ACCEPT_OFFER, LinkPurpose.DECLINE_OFFER),
    BookingStatus.PENDING_APPROVAL: (LinkPurpose.CANCEL, LinkPurpose.MOVE, LinkPurpose.CALENDAR),
    BookingStatus.CONFIRMED: (LinkPurpose.CONFIRM, LinkPurpose.CANCEL, LinkPurpose.MOVE, LinkPurpose.CALENDAR),
    BookingStatus.CANCELLED_UNCONFIRMED: (LinkPurpose.CONFIRM,),
}
"""Acts that a booking's state allows. Policies may still refuse them.

To say "I am coming" takes a released visit back.
"""


ENDING = (BookingStatus.OFFERED, BookingStatus.CANCELLED_UNCONFIRMED)
"""States with a deadline that ends links."""

ENDS = (LinkPurpose.CANCEL, LinkPurpose.DECLINE_OFFER)


class LinkTarget(Value, kw_only=True):
    """Booking that links are made for, as it stands.

    `deadline`: of a request, of an offer, or of taking a released visit back; `coming`: the applicant has said so.
    """

    organization_id: UUID
    booking_id: UUID
    applicant_id: UUID
    sequence: int
    status: BookingStatus
    deadline: datetime | None
    start_time: datetime
    end_time: datetime
    coming: bool = False

    @classmethod
    def of(cls, booking: Booking) -> "LinkTarget":
        return cls(
            organization_id=booking.organization_id,
            booking_id=booking.id,
            applicant_id=booking.applicant_id,
            sequence=booking.sequence,
            status=booking.status,
            deadline=booking.deadline or booking.returnable_until,
            start_time=booking.start_time,
            end_time=booking.end_time,
            coming=booking.attendance_confirmed_at is not None,
        )

    def purposes(self, at: datetime) -> Sequence[LinkPurpose]:
        """Return the acts that are possible at an instant."""
        possible = [one for one in PURPOSES.get(self.status, ()) if at < self.until(one)]
        return [one for one in possible if not (one is LinkPurpose.CONFIRM and self.coming)]

    def until(self, purpose: LinkPurpose) -> datetime:
        """Return the instant at which a link expires: the end of an offer or of taking back, or the start of the visit;
        a calendar's: its end.
        """
        if purpose is LinkPurpose.CALENDAR:
            return self.end_time
        ends = self.deadline if self.status in ENDING else None
        return self.start_time if ends is None else min(ends, self.start_time)


class Link(Value, kw_only=True):
    """Link, known by the hash of its token. It holds for the booking as it was: not once that was moved."""

    organization_id: UUID
    hash: bytes
    purpose: LinkPurpose
    booking_id: UUID
    sequence: int
    applicant_id: UUID
    expires_at: datetime

    def left(self, target: LinkTarget) -> bool:
        """Return whether the visit is as the act of the link leaves it. What is cancelled or declined stays so."""
        if self.purpose in ENDS:
            return True
        moves = self.purpose is LinkPurpose.MOVE
        return target.status in VISITS and target.sequence == self.sequence + moves


class MadeLink(Value, kw_only=True):
    """Link as it is given out, once."""

    purpose: LinkPurpose
    url: str
    expires_at: datetime
