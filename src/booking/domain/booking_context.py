"""A sight: a booking as somebody who may change it finds it at one instant, and the rules by which it can be."""

from datetime import datetime
from uuid import UUID

from booking.domain.applicant import Applicant
from booking.domain.booking import Booking
from booking.domain.policy import Policy
from booking.domain.refusals import ApplicantIneligible
from booking.domain.values import Value


class BookingContext(Value, kw_only=True):
    """A booking with all that deciding on it takes, as it is at one instant: who comes, whose slot, by which rules."""

    booking: Booking
    applicant: Applicant
    agent_id: UUID
    policy: Policy
    at: datetime

    @property
    def needs_review(self) -> bool:
        """A live booking whose applicant a newer screening keeps out; another one lifts it."""
        return self.booking.visit and self.booking.start_time > self.at and not self.applicant.eligible

    def movable(self, *, by_agent: bool) -> None:
        """Refuses unless the booking can be moved, to whichever slot has a place."""
        if not self.applicant.eligible:
            raise ApplicantIneligible
        if by_agent:
            self.booking.still_ahead(at=self.at)
        else:
            self.booking.changeable_by_applicant(self.policy, at=self.at)
