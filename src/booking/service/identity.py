"""Who a token makes of its bearer: claims decide, and rows only follow."""

from dataclasses import dataclass, field

from booking.domain.caller import Caller, Claims
from booking.domain.errors import NotRegistered
from booking.service.known import Known, Who
from booking.service.ports import Agents, Applicants


@dataclass(frozen=True, slots=True)
class IdentityService:
    agents: Agents
    applicants: Applicants
    known: Known = field(default_factory=Known)

    async def identify(self, claims: Claims, request_id: str | None) -> Caller:
        """The caller, or NotRegistered. Only "not found" passes to the next step; a database error is told (T22)."""
        who = self.known.get(claims)
        if who is None:
            who = await self._find(claims, request_id)
            self.known.keep(claims, who)
        return Caller(
            subject=claims.subject,
            email=claims.email,
            agent=who.agent,
            applicants=who.applicants,
            request_id=request_id,
        )

    async def _find(self, claims: Claims, request_id: str | None) -> Who:
        agent = await self.agents.from_claims(claims) or await self.agents.provisioned(claims.subject)
        applicants = await self.applicants.of(claims, request_id)
        if agent is None and not applicants:
            raise NotRegistered
        return Who(agent, applicants)
