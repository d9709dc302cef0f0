"""Every refusal, by kind. The docstring is the title that people read, the class's name the stable `code`.

Refusal
├── Malformed           400  MalformedRequest · MalformedBody · InvalidRequest · InvalidCursor · InvalidHeader
├── Unauthenticated     401
├── Forbidden           403  NotRegistered · WrongRole · NotYourSlot
├── NotFound            404  SlotNotFound · BookingNotFound · HoldNotFound · WaitlistEntryNotFound
│                            AgentNotFound · ApplicantNotFound
├── MethodNotAllowed    405
├── Conflict            409
│   ├── of the slot          SlotTaken · SlotCancelled · SlotOverlap · SlotAvailable · CapacityTaken
│   ├── of the person        ApplicantIneligible · ApplicantBusy · AlreadyBooked · BookingLimit · HoldLimit
│   │                        HoldCooldown
│   ├── of the time          VisitStarted (`slot_started`) · NoticeTooShort · BeyondHorizon · CutoffPassed
│   │                        VisitNotStarted · HoldExpired · OutcomeFinal
│   ├── of the booking       BookingNotConfirmed · BookingNotPending · NotAttended · FeedbackGiven
│   └── of the request       IdempotencyInProgress
├── PreconditionFailed  412
├── RequestTimeout      408
├── BodyTooLarge        413
├── HeadersTooLarge     431
├── RateLimited         429
├── Impossible          422  SlotInPast · SlotEndsBeforeStart · SlotTooLong · SlotStarted · IdempotencyKeyReused
├── InternalError       500
└── Unavailable         503  OutcomeUnknown
"""

import re
from collections.abc import Sequence
from typing import Any, ClassVar

from booking.domain.budget import Allowance


class Refusal(Exception):
    """The request was refused."""

    code: ClassVar[str]
    title: ClassVar[str]

    def __init_subclass__(cls, code: str = "", **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)
        cls.code = code or re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()
        cls.title = (cls.__doc__ or "").strip().splitlines()[0]

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title


class Malformed(Refusal):
    """The request is malformed."""


class MalformedRequest(Malformed):
    """This is not a request that HTTP/1.1 allows."""


class MalformedBody(Malformed):
    """The body is not valid JSON."""


class InvalidRequest(Malformed):
    """Some fields are missing, unknown or ill-typed."""

    def __init__(self, faults: Sequence[tuple[str, str]]) -> None:
        """Takes every fault as (pointer, what is wrong), so that a client can mend all of them at once."""
        super().__init__()
        self.faults = tuple(faults)


class InvalidCursor(Malformed):
    """The cursor is not one that this service gave out."""


class InvalidHeader(Malformed):
    """A header is ill-formed."""


class Unauthenticated(Refusal):
    """A valid bearer token is needed."""

    def __init__(self, detail: str = "", *, token_given: bool = True) -> None:
        super().__init__(detail)
        self.token_given = token_given


class Forbidden(Refusal):
    """This is not yours to do."""


class NotRegistered(Forbidden):
    """The token is valid, but nobody is registered here by that name."""


class WrongRole(Forbidden):
    """Your role does not allow this."""


class NotYourSlot(Forbidden):
    """The slot belongs to a colleague."""


class NotFound(Refusal):
    """There is nothing by that name, or it is outside your view."""


class SlotNotFound(NotFound):
    """There is no such slot, or it is outside your view."""


class BookingNotFound(NotFound):
    """There is no such booking, or it is outside your view."""


class HoldNotFound(NotFound):
    """There is no such hold, or it is not yours."""


class WaitlistEntryNotFound(NotFound):
    """There is no such entry in a waitlist, or it is not yours."""


class AgentNotFound(NotFound):
    """Your organization has no such agent."""


class ApplicantNotFound(NotFound):
    """There is no such applicant."""


class MethodNotAllowed(Refusal):
    """The resource has no such method."""

    def __init__(self, allowed: Sequence[str]) -> None:
        super().__init__()
        self.allowed = tuple(allowed)


class Conflict(Refusal):
    """The current state does not allow this."""


class SlotTaken(Conflict):
    """The slot is no longer available."""

    alternatives: Sequence[Any] | None = None
    """The nearest openings of the same property, where somebody looked for them."""

    def __init__(self, slot: Any = None) -> None:
        super().__init__()
        self.slot = slot


class SlotCancelled(Conflict):
    """The slot was cancelled."""


class SlotOverlap(Conflict):
    """The agent or the property has another slot at that time."""


class SlotAvailable(Conflict):
    """The slot has places left: book one instead of waiting."""


class CapacityTaken(Conflict):
    """More places than that are taken."""


class ApplicantBusy(Conflict):
    """The applicant has another visit at that time."""


class AlreadyBooked(Conflict):
    """The applicant already has a place in this slot."""


class BookingLimit(Conflict):
    """The applicant has as many live bookings as the agency allows."""


class HoldLimit(Conflict):
    """The applicant has as many live holds as the agency allows."""


class HoldCooldown(Conflict):
    """The applicant has held this slot too often of late."""


class NoticeTooShort(Conflict):
    """The agency asks for more notice than that."""


class BeyondHorizon(Conflict):
    """The agency does not take bookings that far ahead yet."""


class CutoffPassed(Conflict):
    """It is too late to cancel or to move the visit."""


class VisitNotStarted(Conflict):
    """The visit has not started yet."""


class HoldExpired(Conflict):
    """The hold is over."""


class OutcomeFinal(Conflict):
    """The outcome was recorded more than seven days ago, and stays."""


class BookingNotPending(Conflict):
    """The booking is not waiting for approval."""


class NotAttended(Conflict):
    """Nobody has recorded that the applicant attended the visit."""


class FeedbackGiven(Conflict):
    """Feedback was given before, and stays."""


class VisitStarted(Conflict, code="slot_started"):
    """The visit has already started."""


class IdempotencyInProgress(Conflict):
    """The first request with this key is still being answered: ask again in a moment."""


class ApplicantIneligible(Conflict):
    """The applicant's screening does not allow bookings."""


class BookingNotConfirmed(Conflict):
    """The booking is not live, so there is nothing to cancel or to move."""


class PreconditionFailed(Refusal):
    """Somebody changed it meanwhile: look again before you overwrite it."""


class RequestTimeout(Refusal):
    """The request took too long to arrive."""


class HeadersTooLarge(Refusal):
    """The headers are larger than 16 KiB."""


class RateLimited(Refusal):
    """Too many requests: wait as long as Retry-After says."""

    def __init__(self, allowance: Allowance) -> None:
        """Takes what is used up, and when it begins anew."""
        super().__init__()
        self.allowance = allowance


class BodyTooLarge(Refusal):
    """The body is too large."""


class Impossible(Refusal):
    """The request is well-formed, but what it asks for cannot be."""


class IdempotencyKeyReused(Impossible):
    """This key came with another request before: a new request needs a new key."""


class SlotInPast(Impossible):
    """A slot must start in the future."""


class SlotEndsBeforeStart(Impossible):
    """A slot must end after its start."""


class SlotTooLong(Impossible):
    """A slot lasts at most eight hours."""


class SlotStarted(Impossible):
    """The slot has already started."""


class InternalError(Refusal):
    """Something went wrong on our side."""


class Unavailable(Refusal):
    """The service cannot answer right now; try again shortly."""


class OutcomeUnknown(Unavailable):
    """The connection to the database was lost during the commit: look before you repeat the request."""
