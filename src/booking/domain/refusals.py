"""Every refusal, by kind. Each says its `title`, which people read; the class's name is the stable `code`.

Refusal
├── Malformed           400  MalformedRequest · MalformedBody · InvalidRequest · InvalidCursor · InvalidHeader
│                            ListTooBroad
├── Unauthenticated     401
├── SignatureInvalid    401
├── Forbidden           403  NotRegistered · WrongRole · NotYourSlot · OriginNotAllowed · WrongOrganization
├── NotFound            404  SlotNotFound · BookingNotFound · HoldNotFound · WaitlistEntryNotFound
│                            AgentNotFound · ApplicantNotFound · OrganizationNotFound · PropertyNotFound
│                            InboundNotConfigured · WebhookEndpointNotFound · LinkNotFound (`not_found`)
│                            CalendarFeedNotFound
├── MethodNotAllowed    405
├── Conflict            409
│   ├── of the slot          SlotTaken · SlotCancelled · SlotOverlap · SlotAvailable · CapacityTaken · PropertyArchived
│   │                        SecretsNotConfigured
│   ├── of the person        ApplicantIneligible · ApplicantBusy · AlreadyBooked · BookingLimit · HoldLimit
│   │                        HoldCooldown · BookingCooldown · WaitlistCooldown · PhoneMissing
│   │                        PhoneCodeInvalid · PhoneRefused · PhoneStopped · PhoneChannelNotConfigured
│   │                        TooManyCalendarFeeds
│   ├── of the time          VisitStarted (`slot_started`) · NoticeTooShort · BeyondHorizon · CutoffPassed
│   │                        VisitNotStarted · HoldExpired · OutcomeFinal
│   ├── of the booking       BookingNotConfirmed · BookingNotPending · BookingNotReleased · NotAttended
│   │                        FeedbackGiven
│   ├── of the agency        CannotRemoveOneself · TooManyWebhookEndpoints · LinksNotConfigured
│   │                        NoChannelConfigured
│   └── of the request       IdempotencyInProgress · BatchRefused
├── PositionRetired     410
├── PreconditionFailed  412
├── PreconditionRequired 428
├── RequestTimeout      408
├── BodyTooLarge        413
├── HeadersTooLarge     431
├── RateLimited         429  IdempotencyLimit · TooManyStreams · TooManyPhoneCodes · TooManyPaidMessages
├── Impossible          422  SlotInPast · SlotEndsBeforeStart · SlotTooLong · SlotStarted · IdempotencyKeyReused
│                            BatchTooLarge · ReplayTooLarge
├── InternalError       500
└── Unavailable         503  OutcomeUnknown
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from booking.domain.fault import Fault
from booking.domain.rate_limit import Allowance


class Refusal(Exception):
    title: ClassVar[str] = "The request was refused."
    code: ClassVar[str]

    def __init_subclass__(cls, code: str = "", **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)
        cls.code = code or re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()
        if "title" not in cls.__dict__:  # no docstring: PYTHONOPTIMIZE=2 takes those away
            raise TypeError(f"{cls.__name__} has no title of its own")

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title


class Malformed(Refusal):
    title = "The request is malformed."


class MalformedRequest(Malformed):
    title = "This is not a request that HTTP/1.1 allows."


class MalformedBody(Malformed):
    title = "The body is not valid JSON."


class InvalidRequest(Malformed):
    title = "Some fields are missing, unknown or ill-typed."

    def __init__(self, faults: Sequence[Fault]) -> None:
        """Take every fault, so that a client can mend all of them at once."""
        super().__init__()
        self.faults = tuple(faults)


class InvalidCursor(Malformed):
    title = "The cursor is not one that this service gave out."


class ListTooBroad(Malformed):
    title = "Too many entries would have to be read for this list: choose a shorter time by `from` and `to`."


class InvalidHeader(Malformed):
    title = "A header is ill-formed."


class Unauthenticated(Refusal):
    title = "A valid bearer token is needed."

    def __init__(self, detail: str = "", *, token_given: bool = True) -> None:
        super().__init__(detail)
        self.token_given = token_given


class SignatureInvalid(Refusal):
    title = "The message is not signed by a sender that is known here, or not within five minutes of now."


class Forbidden(Refusal):
    title = "This is not yours to do."


class NotRegistered(Forbidden):
    title = "The token is valid, but nobody is registered here by that name."


class WrongRole(Forbidden):
    title = "Your role does not allow this."


class NotYourSlot(Forbidden):
    title = "The slot belongs to a colleague."


class OriginNotAllowed(Forbidden):
    title = "Pages of this origin may not call this service from a browser."


class WrongOrganization(Forbidden):
    title = "This sender speaks for another organization."


class NotFound(Refusal):
    title = "There is nothing by that name, or it is outside your view."


class SlotNotFound(NotFound):
    title = "There is no such slot, or it is outside your view."


class BookingNotFound(NotFound):
    title = "There is no such booking, or it is outside your view."


class HoldNotFound(NotFound):
    title = "There is no such hold, or it is not yours."


class WaitlistEntryNotFound(NotFound):
    title = "There is no such entry in a waitlist, or it is not yours."


class AgentNotFound(NotFound):
    title = "Your organization has no such agent."


class ApplicantNotFound(NotFound):
    title = "There is no such applicant."


class OrganizationNotFound(NotFound):
    title = "There is no such organization, or it is outside your view."


class PropertyNotFound(NotFound):
    title = "There is no such property, or it is outside your view."


class CalendarFeedNotFound(NotFound):
    title = "There is no such calendar feed, or it is not valid any more."


class WebhookEndpointNotFound(NotFound):
    title = "Your organization has no such webhook endpoint."


class InboundNotConfigured(NotFound):
    title = "This service does not take in these messages by HTTP."


class LinkNotFound(NotFound, code="not_found"):
    title = "The link is none of this service, or not any more: it has expired, or the visit has changed."


class MethodNotAllowed(Refusal):
    title = "The resource has no such method."

    def __init__(self, allowed: Sequence[str]) -> None:
        super().__init__()
        self.allowed = tuple(allowed)


class Conflict(Refusal):
    title = "The current state does not allow this."


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


class PropertyArchived(Conflict):
    title = "The property is archived: no slots are offered there any more."


class SecretsNotConfigured(Conflict):
    title = "This service has no key to keep secrets by: ask its operator for BOOKING_SECRETS_KEY."


class LinksNotConfigured(Conflict):
    title = "This service has no address for links: ask its operator for BOOKING_PUBLIC_URL."


class NoChannelConfigured(Conflict):
    title = "This service sends no messages: ask its operator for a channel, such as BOOKING_SMTP_URL."


class CannotRemoveOneself(Conflict):
    title = "Nobody removes themselves: another admin has to."


class PhoneMissing(Conflict):
    title = "You have said no phone: set one by `PATCH /me/contact` first."


class PhoneCodeInvalid(Conflict):
    title = "This code proves nothing: it is wrong, too old, tried too often, or was sent to another phone."


class PhoneRefused(Conflict):
    title = "No message reaches this phone by that channel."


class PhoneStopped(Conflict):
    title = "This phone wants no more messages by that channel: it has answered STOP."


class PhoneChannelNotConfigured(Conflict):
    title = "This service sends nothing by that channel: ask its operator."


class TooManyWebhookEndpoints(Conflict):
    title = "The organization has as many webhook endpoints as it may have: delete one first."


class TooManyCalendarFeeds(Conflict):
    title = "You have as many calendar feeds as you may have: delete one first."


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


class BatchRefused(Conflict):
    title = "Some items cannot be done, so none was."

    def __init__(self, items: Mapping[int, Any]) -> None:
        """Take every item that cannot be, by its index, with what refused it."""
        super().__init__()
        self.items = items


class IdempotencyInProgress(Conflict):
    title = "The first request with this key is still being answered: ask again in a moment."


class ApplicantIneligible(Conflict):
    title = "The applicant's screening does not allow bookings."


class BookingNotConfirmed(Conflict):
    title = "The booking is not live, so there is nothing to cancel or to move."


class PositionRetired(Refusal):
    title = "The feed does not go on from this position: read anew, and then from the end."


class PreconditionFailed(Refusal):
    title = "Somebody changed it meanwhile: look again before you overwrite it."


class PreconditionRequired(Refusal):
    title = "Name the version that you have seen, by If-Match."


class RequestTimeout(Refusal):
    title = "The request took too long to arrive."


class HeadersTooLarge(Refusal):
    title = "The headers are larger than 16 KiB."


class RateLimited(Refusal):
    title = "Too many requests: wait as long as Retry-After says."

    def __init__(self, allowance: Allowance) -> None:
        """Takes what is used up, and when it begins anew."""
        super().__init__()
        self.allowance = allowance


class IdempotencyLimit(RateLimited):
    title = "As many answers are kept for you as may be: nothing was done; wait, or write without a key."


class TooManyStreams(RateLimited):
    title = "You have as many streams open as one person may: close one of them."


class TooManyPhoneCodes(RateLimited):
    title = "As many codes as may be were sent to you, or to this phone, within a day."


class TooManyPaidMessages(RateLimited):
    title = "The organization has sent as many paid messages today as it may."


class BodyTooLarge(Refusal):
    title = "The body is too large."


class Impossible(Refusal):
    title = "The request is well-formed, but what it asks for cannot be."


class IdempotencyKeyReused(Impossible):
    title = "This key came with another request before: a new request needs a new key."


class BatchTooLarge(Impossible):
    title = "The batch is too large."


class ReplayTooLarge(Impossible):
    title = "These are more events than one replay may have: replay them in parts."


class SlotInPast(Impossible):
    title = "A slot must start in the future."


class SlotEndsBeforeStart(Impossible):
    title = "A slot must end after its start."


class SlotTooLong(Impossible):
    title = "A slot lasts at most eight hours."


class SlotStarted(Impossible):
    title = "The slot has already started."


class InternalError(Refusal):
    title = "Something went wrong on our side."


class Unavailable(Refusal):
    title = "The service cannot answer right now; try again shortly."

    def __init__(self, detail: str = "", *, cause: object = None) -> None:
        """`cause` is for the log and the command line, and goes to no caller."""
        super().__init__(detail)
        self.cause = cause

    def __str__(self) -> str:
        return str(self.cause or self.detail)


class OutcomeUnknown(Unavailable):
    title = "The connection to the database was lost during the commit: look before you repeat the request."
