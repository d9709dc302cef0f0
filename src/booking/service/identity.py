"""Who a token makes of its bearer: claims decide, and rows only follow."""

from dataclasses import dataclass, field

from booking.domain.caller import Caller, Claims
from booking.domain.refusals import NotRegistered
from booking.service.known import CallerCache
from booking.service.ports import Logins


@dataclass(frozen=True, slots=True)
class IdentityService:
    logins: Logins
    known: CallerCache = field(default_factory=CallerCache)

    async def identify(self, claims: Claims, request_id: str | None) -> Caller:
        """The caller, or NotRegistered. A database error is told, and makes nobody of anybody (T22)."""
        who = self.known.get(claims)
        if who is None:
            if self.known.is_nobody(claims):
                raise NotRegistered
            changes = self.known.changes
            who = await self.logins.of(claims, request_id)
            if who.agent is None and not who.applicants:
                self.known.refused(claims, changes)
                raise NotRegistered
            self.known.keep(claims, who)
        return Caller(
            subject=claims.subject,
            email=claims.email,
            agent=who.agent,
            applicants=who.applicants,
            request_id=request_id,
            claimed=claims.agency is not None,
        )
