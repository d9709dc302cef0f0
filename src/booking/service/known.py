"""Who somebody was found to be a moment ago. It says who asks, never what they may change: that the store decides."""

import time
from collections.abc import Callable
from typing import NamedTuple

from booking.domain.applicant import Applicant, folded
from booking.domain.caller import Claims, Who

LIFE = 4.0  # seconds; a removed agent and an undone link take effect everywhere within five
MOST = 10_000  # people, the oldest of whom make room


class _Found(NamedTuple):
    claims: Claims
    who: Who
    until: float


class Known:
    """Only people who were found: whoever was nobody may be somebody with their next request."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._found: dict[str, _Found] = {}
        self._by_email: dict[str, str] = {}

    def get(self, claims: Claims) -> Who | None:
        found = self._found.get(claims.subject)
        if found is None or (found.claims is not claims and found.claims != claims) or found.until <= self._monotonic():
            return None
        return found.who

    def keep(self, claims: Claims, who: Who) -> None:
        self._forget(claims.subject)
        if len(self._found) >= MOST:
            self._forget(next(iter(self._found)))
        self._found[claims.subject] = _Found(claims, who, self._monotonic() + LIFE)
        if claims.vouched_email:
            self._by_email[folded(claims.vouched_email)] = claims.subject

    def forget(self, applicant: Applicant) -> None:
        """Whoever this is, or could become: something about them has changed."""
        self._forget(applicant.user_id)
        self._forget(self._by_email.get(folded(applicant.email)))

    def _forget(self, subject: str | None) -> None:
        found = self._found.pop(subject, None) if subject else None
        if found is not None and found.claims.vouched_email:
            self._by_email.pop(folded(found.claims.vouched_email), None)
