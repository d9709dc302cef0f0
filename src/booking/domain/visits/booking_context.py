"""Booking with its context at one instant, and the rules of changes that need it."""

from datetime import datetime
from uuid import UUID

from booking.domain.people.applicant import Applicant
from booking.domain.people.names import NAMELESS, Names
from booking.domain.people.refusals import ApplicantIneligible
from booking.domain.properties.policy import Policy
from booking.domain.properties.property import address_shown
from booking.domain.values import Value
from booking.domain.visits.booking import Booking, BookingStatus
from booking.domain.visits.refusals import BookingNotReleased


class BookingContext(Value, kw_only=True):
    """Booking with its applicant, the slot's agent, the policy and the names, as of one instant.

    `place_free`: whether the applicant can have the place of a released visit again.
    """

    booking: Booking
    applicant: Applicant
    agent_id: UUID
    policy: Policy
    names: Names = NAMELESS
    place_free: bool = False
    at: datetime

    @property
    def needs_review(self) -> bool:
        """Whether a newer screening bars the applicant of a live booking; a later screening may lift that."""
        return self.booking.visit and self.booking.start_time > self.at and not self.applicant.eligible

    @property
    def cancel_until(self) -> datetime | None:
        """Last instant at which the applicant can cancel or move it, by the policy; None unless it is live."""
        return self.policy.cancellable_until(self.booking.start_time) if self.booking.visit else None

    @property
    def details_shown(self) -> bool:
        """Whether the details of the visit are shown: once it is confirmed, until a day after its end."""
        return self._confirmed and address_shown(self.booking.end_time, self.at)

    @property
    def note_shown(self) -> bool:
        """Whether the access note is shown: from a time before the start until the end, never to a barred applicant."""
        begins = self.policy.access_note_from(self.booking.start_time)
        return self._confirmed and self.applicant.eligible and begins <= self.at < self.booking.end_time

    @property
    def _confirmed(self) -> bool:
        return self.booking.as_of(self.at).status is BookingStatus.CONFIRMED

    def movable(self, *, by_agent: bool) -> None:
        """Raise the refusal if the booking cannot be moved to any slot."""
        if not self.applicant.eligible:
            raise ApplicantIneligible
        if by_agent:
            self.booking.still_ahead(at=self.at)
        else:
            self.booking.changeable_by_applicant(self.policy, at=self.at)

    def returnable(self) -> None:
        """Raise the refusal if a released visit cannot be taken back."""
        self.booking.returnable(at=self.at)
        if not (self.applicant.eligible and self.place_free):
            raise BookingNotReleased
