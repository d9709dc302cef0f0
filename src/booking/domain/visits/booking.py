"""Bookings: an applicant's place in a slot, from a hold or an offer to the outcome of the visit.

A hold or an offer is a booking in an early state. Why: it becomes the visit without giving the place away in between.
docs/states.md shows every state, and the actions in it.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from booking.domain.keys import Key
from booking.domain.properties.policy import Policy
from booking.domain.values import Value, replace
from booking.domain.visits.refusals import (
    BookingNotConfirmed,
    BookingNotPending,
    BookingNotReleased,
    CutoffPassed,
    FeedbackGiven,
    NotAttended,
    OutcomeFinal,
    VisitNotStarted,
    VisitStarted,
)
from booking.domain.visits.slot import Slot, Span

LONGEST_NOTES = 2_000  # characters
LONGEST_REASON = 500  # characters
LARGEST_PARTY = 50  # people
OUTCOME_CHANGEABLE = timedelta(days=7)

TAKE_BACK = timedelta(minutes=30)
"""Time for which a released visit can be taken back, if nobody has its place."""

SCREENING_CHANGED = "screening_changed"
"""Reason of a cancellation by a newer screening."""


class BookingStatus(StrEnum):
    HELD = "held"
    OFFERED = "offered"
    PENDING_APPROVAL = "pending_approval"
    CONFIRMED = "confirmed"
    RELEASED = "released"
    LAPSED = "lapsed"
    DECLINED = "declined"
    EXPIRED = "expired"
    CANCELLED_BY_APPLICANT = "cancelled_by_applicant"
    CANCELLED_BY_AGENT = "cancelled_by_agent"
    CANCELLED_BY_SCREENING = "cancelled_by_screening"
    CANCELLED_UNCONFIRMED = "cancelled_unconfirmed"


RESERVED = frozenset({BookingStatus.HELD, BookingStatus.OFFERED})
"""States of a reserved place, not booked yet."""

VISITS = frozenset({BookingStatus.PENDING_APPROVAL, BookingStatus.CONFIRMED})
"""States of a live booking, as people know it."""

LIVE = RESERVED | VISITS
"""States of a claim on a place."""

UNMADE = RESERVED | {BookingStatus.RELEASED, BookingStatus.LAPSED}
"""States never shown as a booking."""

OVER = {
    BookingStatus.HELD: BookingStatus.LAPSED,
    BookingStatus.OFFERED: BookingStatus.LAPSED,
    BookingStatus.PENDING_APPROVAL: BookingStatus.EXPIRED,
}
"""State after the deadline."""


class Outcome(StrEnum):
    ATTENDED = "attended"
    NO_SHOW = "no_show"


class Feedback(Value, kw_only=True):
    """`rating` from 1 to 5."""

    rating: int
    comment: str
    created_at: datetime


class Booking(Value, kw_only=True):
    """Place of an applicant in a slot. `property_id`, `start_time` and `end_time` are the slot's own.

    `place` is one of the slot's, counted from 1, while the booking is live. `party_size`: people who come, never
    counted as places. `deadline` ends a hold, an offer, or the wait for an approval. `sequence` counts the moves, as
    RFC 5545's SEQUENCE does. `attendance_confirmed_at`: when it was said, since the last move, that the applicant is
    coming. `may_release`: whether the place may be given on if that is not said.
    """

    id: UUID
    organization_id: UUID
    slot_id: UUID
    property_id: UUID
    applicant_id: UUID
    place: int | None
    status: BookingStatus
    deadline: datetime | None
    sequence: int
    notes: str
    reason: str | None
    outcome: Outcome | None
    outcome_at: datetime | None
    feedback: Feedback | None
    attendance_confirmed_at: datetime | None = None
    may_release: bool = True
    party_size: int = 1
    created_at: datetime
    updated_at: datetime
    start_time: datetime
    end_time: datetime

    @classmethod
    def of(
        cls,
        slot: Slot,
        applicant_id: UUID,
        *,
        id: UUID,
        place: int,
        status: BookingStatus,
        deadline: datetime | None,
        notes: str,
        may_release: bool = True,
        party_size: int = 1,
        at: datetime,
    ) -> "Booking":
        """Make a claim on a place of a slot."""
        return cls(
            id=id,
            organization_id=slot.organization_id,
            slot_id=slot.id,
            property_id=slot.property_id,
            applicant_id=applicant_id,
            place=place,
            status=status,
            deadline=deadline,
            sequence=0,
            notes=notes,
            reason=None,
            outcome=None,
            outcome_at=None,
            feedback=None,
            may_release=may_release,
            party_size=party_size,
            created_at=at,
            updated_at=at,
            start_time=slot.start_time,
            end_time=slot.end_time,
        )

    @property
    def slot_key(self) -> Key:
        return self.organization_id, self.slot_id

    @property
    def live(self) -> bool:
        return self.status in LIVE

    @property
    def visit(self) -> bool:
        return self.status in VISITS

    @property
    def reserved(self) -> bool:
        return self.status in RESERVED

    @property
    def binding(self) -> bool:
        """Whether its person has to be there, or may have to. An offer does not bind."""
        return self.live and self.status is not BookingStatus.OFFERED

    @property
    def over_at(self) -> datetime:
        """Instant at which the booking ends by itself: its deadline, or the end of the visit."""
        return self.deadline or self.end_time

    def overdue(self, at: datetime) -> bool:
        return self.live and self.deadline is not None and self.deadline <= at

    def as_of(self, at: datetime) -> "Booking":
        """Return the booking by the clock: ended at its deadline, whether or not a worker has settled it."""
        if self.deadline is None or not self.overdue(at):
            return self
        return self.ended(OVER[self.status], at=self.deadline)

    def meets(self, other: Span) -> bool:
        """Return whether the two overlap in time."""
        return self.start_time < other.end_time and other.start_time < self.end_time

    def booked(
        self,
        status: BookingStatus,
        *,
        deadline: datetime | None,
        notes: str,
        may_release: bool,
        party_size: int,
        at: datetime,
    ) -> "Booking":
        return replace(
            self,
            status=status,
            deadline=deadline,
            notes=notes,
            may_release=may_release,
            party_size=party_size,
            created_at=at,
            updated_at=at,
        )

    def ended(self, status: BookingStatus, *, at: datetime, reason: str | None = None) -> "Booking":
        return replace(self, status=status, place=None, deadline=None, reason=reason, updated_at=at)

    def cancel_by_applicant(self, policy: Policy, *, reason: str | None, at: datetime) -> "Booking":
        self.changeable_by_applicant(policy, at=at)
        return self.ended(BookingStatus.CANCELLED_BY_APPLICANT, at=at, reason=reason)

    def cancel_by_agent(self, *, reason: str | None, at: datetime) -> "Booking":
        self.still_ahead(at=at)
        return self.ended(BookingStatus.CANCELLED_BY_AGENT, at=at, reason=reason)

    def approve(self, *, at: datetime) -> "Booking":
        self._pending(at)
        return replace(self, status=BookingStatus.CONFIRMED, deadline=None, updated_at=at)

    def decline(self, *, reason: str | None, at: datetime) -> "Booking":
        self._pending(at)
        return self.ended(BookingStatus.DECLINED, at=at, reason=reason)

    def confirm_attendance(self, *, at: datetime) -> "Booking":
        """Confirm, before the start, that the applicant is coming. Said again, it is no change."""
        if self.start_time <= at:
            raise VisitStarted
        if self.as_of(at).status is not BookingStatus.CONFIRMED:
            raise BookingNotConfirmed("only of a confirmed booking can it be said that somebody is coming")
        return self if self.attendance_confirmed_at else replace(self, attendance_confirmed_at=at, updated_at=at)

    def moved_with(self, slot: Slot, policy: Policy, *, at: datetime) -> "Booking":
        """Return the claim after its slot moved. Its deadline comes no later: not past the start, nor, of a hold or an
        offer, past the notice limit.
        """
        latest = policy.bookable_until(slot.start_time) if self.reserved else slot.start_time
        return replace(
            self,
            deadline=self.deadline and max(min(self.deadline, latest), at),
            sequence=self.sequence + 1,
            attendance_confirmed_at=self.attendance_confirmed_at if slot.start_time == self.start_time else None,
            updated_at=at,
            start_time=slot.start_time,
            end_time=slot.end_time,
        )

    @property
    def unconfirmed(self) -> bool:
        """Whether the visit may be released: without a word so far that the applicant is coming."""
        return self.status is BookingStatus.CONFIRMED and self.may_release and self.attendance_confirmed_at is None

    def returnable(self, *, at: datetime) -> None:
        """Raise VisitStarted or BookingNotReleased unless it was released a while ago, and lies ahead."""
        if self.start_time <= at:
            raise VisitStarted
        if self.returnable_until is None or self.returnable_until <= at:
            raise BookingNotReleased

    @property
    def returnable_until(self) -> datetime | None:
        """End of the time in which a released visit can be taken back."""
        if self.status is not BookingStatus.CANCELLED_UNCONFIRMED:
            return None
        return min(self.updated_at + TAKE_BACK, self.start_time)

    def taken_back(self, place: int, *, at: datetime) -> "Booking":
        """Return the visit as it was before its release. Whoever takes it back says that they are coming."""
        return replace(
            self,
            status=BookingStatus.CONFIRMED,
            place=place,
            sequence=self.sequence + 1,
            attendance_confirmed_at=at,
            updated_at=at,
        )

    def changeable_by_applicant(self, policy: Policy, *, at: datetime) -> None:
        """Raise CutoffPassed, or the refusal of `still_ahead`, if an applicant can neither cancel nor move it."""
        self.still_ahead(at=at)
        if policy.cancellable_until(self.start_time) < at:
            raise CutoffPassed

    def still_ahead(self, *, at: datetime) -> None:
        """Raise VisitStarted or BookingNotConfirmed unless it is a live booking before its start."""
        if self.start_time <= at:
            raise VisitStarted
        if not self.as_of(at).visit:
            raise BookingNotConfirmed

    def record(self, outcome: Outcome, *, at: datetime) -> "Booking":
        """Record the outcome, after the start. It can be changed for seven days after it was first recorded."""
        if self.as_of(at).status is not BookingStatus.CONFIRMED:
            raise BookingNotConfirmed("only of a confirmed booking can anything have come")
        if at < self.start_time:
            raise VisitNotStarted
        if self.outcome_at is not None and self.outcome_at + OUTCOME_CHANGEABLE < at:
            raise OutcomeFinal
        return replace(self, outcome=outcome, outcome_at=self.outcome_at or at, updated_at=at)

    def change_notes(self, notes: str, *, at: datetime) -> "Booking":
        """Change the notes, until the start. The cut-off does not hold: an agent loses no visit by it."""
        self.still_ahead(at=at)
        return self if notes == self.notes else replace(self, notes=notes, updated_at=at)

    def change_may_release(self, may_release: bool, *, at: datetime) -> "Booking":
        """Allow a release, or forbid it, until the start."""
        self.still_ahead(at=at)
        return self if may_release is self.may_release else replace(self, may_release=may_release, updated_at=at)

    def give_feedback(self, *, rating: int, comment: str, at: datetime) -> "Booking":
        if self.outcome is not Outcome.ATTENDED:
            raise NotAttended
        if self.feedback is not None:
            raise FeedbackGiven
        return replace(self, feedback=Feedback(rating=rating, comment=comment, created_at=at), updated_at=at)

    def _pending(self, at: datetime) -> None:
        if self.as_of(at).status is not BookingStatus.PENDING_APPROVAL:
            raise BookingNotPending
