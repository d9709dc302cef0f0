"""Answers that are given once: what a request with an Idempotency-Key is known by, and what it was told.

The rules are those of draft-ietf-httpapi-idempotency-key-header.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from booking.domain.rate_limit import Allowance
from booking.domain.refusals import IdempotencyLimit

KEPT = timedelta(hours=24)
"""So long the same request is told the same."""

MOST_KEPT = 10_000
"""Answers of one applicant; of an agent as many times more as may be written (`limits.AGENTS`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request, and the key under which its answer is kept: a person's own, for one route (T87).

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

    @property
    def fingerprints(self) -> tuple[bytes, bytes]:
        return self.fingerprint, self.value_fingerprint

    def fits(self, fingerprint: bytes, value_fingerprint: bytes | None) -> bool:
        """Whether the same was asked before; without a fingerprint of the value by the release before."""
        return self.fingerprint == fingerprint or self.value_fingerprint == value_fingerprint


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a request was told; `replayed` if that was before."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    replayed: bool = False

    @property
    def final(self) -> bool:
        """Whether the same request would be told the same again: successes, and refusals of the business.

        What is malformed, unauthenticated, too large or too much was never undertaken; a 5xx may be over by then.
        """
        return self.status < 500 and self.status not in {400, 401, 413, 429}

    def again(self) -> "Answer":
        return replace(self, replayed=True)


def no_room(most: int, oldest: datetime, now: datetime) -> IdempotencyLimit:
    """Until the oldest of their answers need not be kept any more."""
    seconds = math.ceil((oldest + KEPT - now).total_seconds())
    return IdempotencyLimit(Allowance("answers", most, 0, max(1, seconds), int(KEPT.total_seconds())))
