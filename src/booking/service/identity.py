"""Who a token makes of its bearer: decided anew on every request, since claims decide and rows only follow."""

from dataclasses import dataclass

from booking.domain.caller import Caller, Claims
from booking.domain.errors import NotRegistered
from booking.service.ports import Agents, Applicants


@dataclass(frozen=True, slots=True)
class IdentityService:
    agents: Agents
    applicants: Applicants

    async def identify(self, claims: Claims, request_id: str | None) -> Caller:
        """The caller, or NotRegistered. Only "not found" passes to the next step; a database error is told (T22)."""
        agent = await self.agents.from_claims(claims) or await self.agents.provisioned(claims.subject)
        applicants = await self.applicants.of(claims, request_id)
        if agent is None and not applicants:
            raise NotRegistered
        return Caller(
            subject=claims.subject, email=claims.email, agent=agent, applicants=applicants, request_id=request_id
        )
