"""Who somebody was found to be a moment ago. It says who asks, never what they may change: that the store decides."""

import time
from collections import deque
from collections.abc import Callable
from typing import Any, NamedTuple

from booking.domain.applicant import Applicant, folded
from booking.domain.caller import Claims, Who

LIFE = 4.0  # seconds; a removed agent and an undone link take effect everywhere within five
MOST = 10_000  # people, the oldest of whom make room
NOBODY_FOR = 1.0  # seconds; and only a subject that was refused
OFTEN = 10  # times
WITHIN = 60.0  # seconds, so that a person's first requests after they were let in are looked at


class _Found(NamedTuple):
    claims: Claims
    who: Who
    until: float


class _Nobody(NamedTuple):
    claims: Claims
    until: float


class CallerCache:
    """People who were found; and for a moment subjects that were nobody again and again."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._found: dict[str, _Found] = {}
        self._by_email: dict[str, str] = {}
        self._refusals: dict[str, deque[float]] = {}
        self._nobodies: dict[str, _Nobody] = {}
        self.changes = 0

    def get(self, claims: Claims) -> Who | None:
        found = self._found.get(claims.subject)
        if found is None or (found.claims is not claims and found.claims != claims) or found.until <= self._monotonic():
            return None
        return found.who

    def is_nobody(self, claims: Claims) -> bool:
        """Whether they were a moment ago, with the same claims."""
        if not self._nobodies or (nobody := self._nobodies.get(claims.subject)) is None:
            return False
        return nobody.claims == claims and self._monotonic() < nobody.until

    def refused(self, claims: Claims, changes: int) -> None:
        """They were looked for after so many `changes`, and are nobody: unless something has changed since."""
        now, subject = self._monotonic(), claims.subject
        refusals = self._refusals.pop(subject, None) or deque(maxlen=OFTEN)
        refusals.append(now)
        _make_room(self._refusals)
        self._refusals[subject] = refusals
        self._nobodies.pop(subject, None)
        if len(refusals) == OFTEN and now - refusals[0] < WITHIN and changes == self.changes:
            _make_room(self._nobodies)
            self._nobodies[subject] = _Nobody(claims, now + NOBODY_FOR)

    def keep(self, claims: Claims, who: Who) -> None:
        self._forget(claims.subject)
        if len(self._found) >= MOST:
            self._forget(next(iter(self._found)))
        self._found[claims.subject] = _Found(claims, who, self._monotonic() + LIFE)
        if claims.vouched_email:
            self._by_email[folded(claims.vouched_email)] = claims.subject

    def forget(self, applicant: Applicant) -> None:
        """Whoever this is, or could become: something about them has changed. Any nobody may be somebody by that."""
        self.changes += 1
        self._nobodies.clear()
        self._forget(applicant.user_id)
        self._forget(self._by_email.get(folded(applicant.email)))

    def _forget(self, subject: str | None) -> None:
        found = self._found.pop(subject, None) if subject else None
        if found is not None and found.claims.vouched_email:
            self._by_email.pop(folded(found.claims.vouched_email), None)


def _make_room(remembered: dict[str, Any]) -> None:
    if len(remembered) >= MOST:
        del remembered[next(iter(remembered))]
