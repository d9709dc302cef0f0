"""Refusals, by kind. Each says its `title`, which people read; the class's name is the stable `code`.

Here are the kinds, each with its status, and what any room may refuse; the rooms have their own in their `refusals`.

Refusal
├── Malformed            400  MalformedRequest · MalformedBody · InvalidRequest · InvalidCursor · InvalidHeader
│                             ListTooBroad
├── Unauthenticated      401
├── SignatureInvalid     401
├── Forbidden            403  NotYourSlot · OriginNotAllowed
├── NotFound             404  SlotNotFound · InboundNotConfigured
├── MethodNotAllowed     405
├── RequestTimeout       408
├── Conflict             409  SecretsNotConfigured · IdempotencyInProgress · BatchRefused
├── PositionRetired      410
├── PreconditionFailed   412
├── BodyTooLarge         413
├── Impossible           422  IdempotencyKeyReused · BatchTooLarge
├── PreconditionRequired 428
├── RateLimited          429  IdempotencyLimit
├── HeadersTooLarge      431
├── InternalError        500
└── Unavailable          503  OutcomeUnknown
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


class NotYourSlot(Forbidden):
    title = "The slot belongs to a colleague."


class OriginNotAllowed(Forbidden):
    title = "Pages of this origin may not call this service from a browser."


class NotFound(Refusal):
    title = "There is nothing by that name, or it is outside your view."


class SlotNotFound(NotFound):
    title = "There is no such slot, or it is outside your view."


class InboundNotConfigured(NotFound):
    title = "This service does not take in these messages by HTTP."


class MethodNotAllowed(Refusal):
    title = "The resource has no such method."

    def __init__(self, allowed: Sequence[str]) -> None:
        super().__init__()
        self.allowed = tuple(allowed)


class Conflict(Refusal):
    title = "The current state does not allow this."


class SecretsNotConfigured(Conflict):
    title = "This service has no key to keep secrets by: ask its operator for BOOKING_SECRETS_KEY."


class BatchRefused(Conflict):
    title = "Some items cannot be done, so none was."

    def __init__(self, items: Mapping[int, Any]) -> None:
        """Take every item that cannot be, by its index, with what refused it."""
        super().__init__()
        self.items = items


class IdempotencyInProgress(Conflict):
    title = "The first request with this key is still being answered: ask again in a moment."


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


class BodyTooLarge(Refusal):
    title = "The body is too large."


class Impossible(Refusal):
    title = "The request is well-formed, but what it asks for cannot be."


class IdempotencyKeyReused(Impossible):
    title = "This key came with another request before: a new request needs a new key."


class BatchTooLarge(Impossible):
    title = "The batch is too large."


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
