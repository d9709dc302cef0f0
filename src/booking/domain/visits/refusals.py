"""Refusals that are of slots, holds, bookings and waitlists."""

from collections.abc import Sequence
from typing import Any

from booking.domain.refusals import Conflict, Impossible, NotFound


class BookingNotFound(NotFound):
    title = "There is no such booking, or it is outside your view."


class HoldNotFound(NotFound):
    title = "There is no such hold, or it is not yours."


class WaitlistEntryNotFound(NotFound):
    title = "There is no such entry in a waitlist, or it is not yours."


class WatchNotFound(NotFound):
    title = "You do not watch this property."


class SlotTaken(Conflict):
    title = "The slot is no longer available."

    alternatives: Sequence[Any] | None = None
    """Nearest availabilities of the same property, if they were looked for."""

    def __init__(self, slot: Any = None) -> None:
        super().__init__()
        self.slot = slot


class SlotCancelled(Conflict):
    title = "The slot was cancelled."


class SlotOverlap(Conflict):
    title = "The agent or the property has another slot at that time."


class TooManyWatches(Conflict):
    title = "You watch as many properties as you may: end one of these watches first."


class AgentBlocked(Conflict):
    title = "The agent has blocked that time."


class SlotAvailable(Conflict):
    title = "The slot has places left: book one instead of waiting."


class CapacityTaken(Conflict):
    title = "More places than that are taken."


class ApplicantBusy(Conflict):
    title = "The applicant has another visit at that time."


class AlreadyBooked(Conflict):
    title = "The applicant already has a place in this slot."


class BookingLimit(Conflict):
    title = "The applicant has as many live bookings as the agency allows."


class PartyTooLarge(Conflict):
    title = "The party is larger than the agency allows."


class HoldLimit(Conflict):
    title = "The applicant has as many live holds as the agency allows."


class HoldCooldown(Conflict):
    title = "The applicant has held this slot too often of late."


class BookingCooldown(Conflict):
    title = "The applicant has cancelled visits in this slot too often of late."


class WaitlistCooldown(Conflict):
    title = "The applicant has left this slot's waitlist too often of late."


class NoticeTooShort(Conflict):
    title = "The agency asks for more notice than that."


class BeyondHorizon(Conflict):
    title = "The agency does not take bookings that far ahead yet."


class CutoffPassed(Conflict):
    title = "It is too late to cancel or to move the visit."


class VisitNotStarted(Conflict):
    title = "The visit has not started yet."


class HoldExpired(Conflict):
    title = "The hold is over."


class OutcomeFinal(Conflict):
    title = "The outcome was recorded more than seven days ago, and stays."


class BookingNotPending(Conflict):
    title = "The booking is not waiting for approval."


class BookingNotReleased(Conflict):
    title = "The booking was not released within the last 30 minutes, so there is nothing to take back."


class NotAttended(Conflict):
    title = "Nobody has recorded that the applicant attended the visit."


class FeedbackGiven(Conflict):
    title = "Feedback was given before, and stays."


class VisitStarted(Conflict, code="slot_started"):
    title = "The visit has already started."


class BookingNotConfirmed(Conflict):
    title = "The booking is not live, so there is nothing to cancel or to move."


class SlotInPast(Impossible):
    title = "A slot must start in the future."


class SlotEndsBeforeStart(Impossible):
    title = "A slot must end after its start."


class SlotTooLong(Impossible):
    title = "A slot lasts at most eight hours."


class SlotStarted(Impossible):
    title = "The slot has already started."
