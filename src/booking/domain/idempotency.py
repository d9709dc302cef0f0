"""Idempotency: a request with an Idempotency-Key, and its answer, which is given once.

The rules are those of draft-ietf-httpapi-idempotency-key-header.
"""

import math
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from booking.domain.rate_limit import Allowance
from booking.domain.refusals import IdempotencyLimit
from booking.domain.values import Value, field, replace

KEPT = timedelta(hours=24)
"""Time for which a repeated request gets the first answer."""

MOST_KEPT = 10_000
"""Answers of one applicant; of an agent as many times more as may be written (`limits.AGENTS`)."""


class Answer(Value, kw_only=True):
    """The answer to a request; `replayed` if it was given before, and has to be told with the names of now."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    kept_body: bytes | None = None
    """The body to be kept, where it differs: without names."""
    replayed: bool = False

    @property
    def final(self) -> bool:
        """Whether the same request would get the same answer again: successes, and refusals of the business.

        What is malformed, unauthenticated, too large or too much was never undertaken; a 5xx may be over by then.
        """
        return self.status < 500 and self.status not in {400, 401, 413, 428, 429}

    @property
    def to_keep(self) -> bytes:
        return self.body if self.kept_body is None else self.kept_body

    def again(self) -> "Answer":
        return replace(self, body=self.to_keep, replayed=True)


class Outcome:
    """Outcome of a key while its request is answered: the answer that was `kept`, or that the key was `used` before."""

    def __init__(self) -> None:
        self.kept: Answer | None = None
        self.used = False


class Asked(Value, kw_only=True, eq=False):
    """A request, and the key under which its answer is kept: a person's own, for one route.

    It goes with the caller, and with the right, to the write, which keeps the answer in its own transaction: `answer`
    makes it of what the write comes to.

    `organizations` are those in the person's view, of which the first keeps the answer. Two fingerprints tell what else
    was asked under the same key: of the bytes, which is all that the release before knows, and of the JSON value.
    `most`: so many answers of theirs are kept.
    """

    organizations: Sequence[UUID]
    subject: str
    route: str
    key: str
    fingerprint: bytes
    value_fingerprint: bytes
    most: int = MOST_KEPT
    answer: Callable[..., Any] | None = None
    outcome: Outcome = field(default_factory=Outcome)

    @property
    def name(self) -> tuple[UUID, str, str, str]:
        """The key of its row."""
        return self.organizations[0], self.subject, self.route, self.key

    @property
    def fingerprints(self) -> tuple[bytes, bytes]:
        return self.fingerprint, self.value_fingerprint

    def fits(self, fingerprint: bytes, value_fingerprint: bytes | None) -> bool:
        """Whether the same was asked before; without a fingerprint of the value by the release before."""
        return self.fingerprint == fingerprint or self.value_fingerprint == value_fingerprint

    def part(self, number: int) -> "Asked":
        """Return a part of the request, as a request by itself: its answer is kept beside the others'."""
        return replace(self, route=f"{self.route} {number}", outcome=Outcome())

    def after(self, show: Callable[..., object]) -> "Asked":
        """Return the same request with an answer made of the result as `show` makes it."""
        answer = self.answer
        return self if answer is None else replace(self, answer=lambda *done: answer(show(*done)))


def no_room(most: int, oldest: datetime, now: datetime) -> IdempotencyLimit:
    """Until the oldest of their answers need not be kept any more."""
    seconds = math.ceil((oldest + KEPT - now).total_seconds())
    return IdempotencyLimit(Allowance("answers", most, 0, max(1, seconds), int(KEPT.total_seconds())))
