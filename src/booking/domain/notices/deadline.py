"""Deadlines of answers to the question whether an applicant is coming."""

from datetime import timedelta
from uuid import UUID

from booking.domain.keys import Key
from booking.domain.values import Value

READ = timedelta(hours=2)
"""Time before the deadline at which a question has arrived at the latest: else the visit is not released."""


class AnswerDeadline(Value, kw_only=True):
    """Deadline that passed for a visit, by its `sequence`. `asked`: in time, by a plan that releases, and by a channel
    and to an address that may still be used. Only then the visit can be released.
    """

    slot: Key
    booking_id: UUID
    sequence: int
    asked: bool
