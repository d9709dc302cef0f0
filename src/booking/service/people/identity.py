"""Identification of callers: claims of a token, and the roles that rows give their subject."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from booking.domain.people.applicant import Applicant, folded
from booking.domain.people.caller import Caller, Claims, Identity
from booking.domain.people.refusals import NotRegistered

LIFE = 4.0  # seconds; a removed agent and an undone link take effect everywhere within five
MOST = 10_000  # subjects, the oldest of which make room
UNKNOWN_FOR = 1.0  # seconds
OFTEN = 10  # refusals
WITHIN = 60.0  # seconds, so that the first requests after a registration are looked up


class Logins(Protocol):
    async def of(self, claims: Claims, request_id: str | None) -> Identity:
        """Return the roles of a subject, and link applicants of its email if the issuer vouches for it.

        Signed claims make an agent, inserted or refreshed just in time; without such claims, an operator's provisioning
        does.
        """


class _Cached(NamedTuple):
    claims: Claims
    identity: Identity
    until: float


class _Unknown(NamedTuple):
    claims: Claims
    until: float


class CallerCache:
    """Cache of identified callers, four seconds. Never used to authorize a change.

    Subjects that were refused often within a minute are cached as unknown, for a second.
    """

    def __init__(
        self, monotonic: Callable[[], float] = time.monotonic, looked: Callable[[bool], None] = lambda _: None
    ) -> None:
        """`looked` hears of each look whether the caller was there."""
        self._monotonic = monotonic
        self._looked = looked
        self._cached: dict[str, _Cached] = {}
        self._by_email: dict[str, str] = {}
        self._refusals: dict[str, deque[float]] = {}
        self._unknown: dict[str, _Unknown] = {}
        self.changes = 0

    def get(self, claims: Claims) -> Identity | None:
        """Return the cached identity of the subject, if it was found by equal claims."""
        cached = self._cached.get(claims.subject)
        alive = cached is not None and cached.until > self._monotonic()
        found = cached if alive and cached and (cached.claims is claims or cached.claims == claims) else None
        self._looked(found is not None)
        return found and found.identity

    def is_unknown(self, claims: Claims) -> bool:
        """Return whether equal claims were refused a moment ago."""
        if not self._unknown or (unknown := self._unknown.get(claims.subject)) is None:
            return False
        return unknown.claims == claims and self._monotonic() < unknown.until

    def refused(self, claims: Claims, changes: int) -> None:
        """Count a refusal; cache the subject as unknown if there were many, and no change since the look-up began."""
        now, subject = self._monotonic(), claims.subject
        refusals = self._refusals.pop(subject, None) or deque(maxlen=OFTEN)
        refusals.append(now)
        _make_room(self._refusals)
        self._refusals[subject] = refusals
        self._unknown.pop(subject, None)
        if len(refusals) == OFTEN and now - refusals[0] < WITHIN and changes == self.changes:
            _make_room(self._unknown)
            self._unknown[subject] = _Unknown(claims, now + UNKNOWN_FOR)

    def put(self, claims: Claims, identity: Identity) -> None:
        self._forget(claims.subject)
        if len(self._cached) >= MOST:
            self._forget(next(iter(self._cached)))
        self._cached[claims.subject] = _Cached(claims, identity, self._monotonic() + LIFE)
        if claims.vouched_email:
            self._by_email[folded(claims.vouched_email)] = claims.subject

    def forget(self, applicant: Applicant) -> None:
        """Forget the login of a changed applicant, logins with the same email, and all unknown subjects."""
        self.changes += 1
        self._unknown.clear()
        self._forget(applicant.user_id)
        self._forget(self._by_email.get(folded(applicant.email)))

    def forget_agent(self, agent_id: UUID) -> None:
        """Forget the login of an agent who was shut out, or let in again."""
        self.changes += 1
        self._unknown.clear()
        for subject, cached in list(self._cached.items()):
            if cached.identity.agent is not None and cached.identity.agent.id == agent_id:
                self._forget(subject)

    def _forget(self, subject: str | None) -> None:
        cached = self._cached.pop(subject, None) if subject else None
        if cached is not None and cached.claims.vouched_email:
            self._by_email.pop(folded(cached.claims.vouched_email), None)


@dataclass(frozen=True, slots=True)
class IdentityService:
    logins: Logins
    callers: CallerCache = field(default_factory=CallerCache)

    async def identify(self, claims: Claims, request_id: str | None) -> Caller:
        """Return the caller, or raise NotRegistered. A database error is raised as it is."""
        identity = self.callers.get(claims)
        if identity is None:
            if self.callers.is_unknown(claims):
                raise NotRegistered
            changes = self.callers.changes
            identity = await self.logins.of(claims, request_id)
            if identity.agent is None and not identity.applicants:
                self.callers.refused(claims, changes)
                raise NotRegistered
            self.callers.put(claims, identity)
        return Caller(
            subject=claims.subject,
            email=claims.email,
            agent=identity.agent,
            applicants=identity.applicants,
            request_id=request_id,
            claimed=claims.agency is not None,
            expires_at=claims.expires_at,
        )


def _make_room(remembered: dict[str, Any]) -> None:
    if len(remembered) >= MOST:
        del remembered[next(iter(remembered))]
