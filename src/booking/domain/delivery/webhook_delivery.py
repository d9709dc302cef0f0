"""Deliveries to webhook endpoints: attempts as they are shown, and events that are sent again."""

from datetime import datetime
from uuid import UUID

from booking.domain.delivery.refusals import ReplayTooLarge
from booking.domain.fault import Fault, FaultCode
from booking.domain.refusals import InvalidRequest, PositionRetired
from booking.domain.values import Value

TEST = "webhook.test"
"""Type of the event that an admin has sent to see it arrive. It is in no record of changes."""

MOST_REPLAYED = 100_000
"""Events that are sent again at once."""


class WebhookAttempt(Value, kw_only=True):
    """An attempt to deliver an event, the `attempt`th one. `failure` is a word for the reason, None if it was heard.

    `position` is the event's among its organization's, None for a test; `status` and `answer` are the receiver's.
    """

    id: UUID
    event_id: UUID
    type: str
    position: int | None
    attempt: int
    attempted_at: datetime
    ms: int
    status: int | None
    failure: str | None
    answer: str | None


class AttemptFilter(Value, kw_only=True):
    """Criteria for attempts; None matches all."""

    event_id: UUID | None = None
    failed: bool | None = None


class Positions(Value, kw_only=True):
    """Positions of an organization, both ends included."""

    first: int
    last: int


def require_positions(asked: Positions, oldest: int | None, head: int) -> None:
    """Raise unless these positions can be replayed: InvalidRequest, PositionRetired, ReplayTooLarge."""
    if asked.last > head:
        raise InvalidRequest([_out_of_range("to_position", "is beyond the newest event of the organization")])
    if asked.last < asked.first:
        raise InvalidRequest([_out_of_range("to_position", "is before from_position")])
    if asked.last - asked.first >= MOST_REPLAYED:
        raise ReplayTooLarge
    if oldest is None or asked.first < oldest:
        raise PositionRetired("events of these positions are not kept any more")


def _out_of_range(name: str, detail: str) -> Fault:
    return Fault(pointer=f"#/{name}", code=FaultCode.OUT_OF_RANGE, detail=detail)
