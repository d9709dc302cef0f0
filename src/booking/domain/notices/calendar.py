"""Calendar entries: a visit as a person's calendar knows it, from an invitation or in a feed."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from booking.domain.notices.notice import NoticeKind
from booking.domain.values import Value
from booking.domain.visits.booking import VISITS, BookingStatus

PHASES = 3
"""Changes that a visit can come to in one place: asked for, confirmed, ended."""

INVITATIONS = frozenset(
    {
        NoticeKind.REQUESTED,
        NoticeKind.CONFIRMED,
        NoticeKind.MOVED,
        NoticeKind.DECLINED,
        NoticeKind.EXPIRED,
        NoticeKind.CANCELLED,
        NoticeKind.RELEASED,
    }
)
"""Notices that change a person's calendar: an invitation goes with them."""


class CalendarMethod(StrEnum):
    REQUEST = "REQUEST"
    CANCEL = "CANCEL"


class CalendarStatus(StrEnum):
    TENTATIVE = "TENTATIVE"
    CONFIRMED = "CONFIRMED"
    CANCELLED = "CANCELLED"


class CalendarEntry(Value, kw_only=True):
    """Visit in one person's calendar. `at`: when it came to be so; `left`: it is another agent's by now.

    `booking_sequence`: the booking's own, which rises when it is moved or taken back.
    """

    booking_id: UUID
    booking_sequence: int
    booking_status: BookingStatus
    at: datetime
    left: bool = False

    @property
    def sequence(self) -> int:
        """Sequence of the entry. It rises with every change, confirming and ending included."""
        if self.booking_status is BookingStatus.PENDING_APPROVAL:
            phase = 0
        else:
            phase = 1 if self.booking_status in VISITS else 2
        return PHASES * self.booking_sequence + phase

    @property
    def status(self) -> CalendarStatus:
        if self.left or self.booking_status not in VISITS:
            return CalendarStatus.CANCELLED
        pending = self.booking_status is BookingStatus.PENDING_APPROVAL
        return CalendarStatus.TENTATIVE if pending else CalendarStatus.CONFIRMED

    @property
    def method(self) -> CalendarMethod:
        ended = self.status is CalendarStatus.CANCELLED
        return CalendarMethod.CANCEL if ended else CalendarMethod.REQUEST
