"""Agents of an organization: their list, their profiles, and shutting one out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from booking.domain.agent import Colleague, Profile
from booking.domain.authority import AgentRight
from booking.domain.caller import Caller
from booking.domain.paging import Page, Paging
from booking.domain.refusals import AgentNotFound
from booking.domain.slot import Key


class Colleagues(Protocol):
    async def of_organization(
        self, organization_id: UUID, *, q: str | None, inactive: bool, paging: Paging
    ) -> Page[Colleague]:
        """Return a page in the order in which they came; `q` is found anywhere in a name or an email, ASCII case
        ignored. Without `inactive` only those who are active.
        """

    async def get(self, key: Key) -> Colleague | None: ...

    async def change_profile(self, said: Mapping[str, str | None], by: AgentRight) -> Profile:
        """Change these fields in the profile of the right's agent, and leave the others."""

    async def set_shut_out(self, key: Key, by: AgentRight, *, shut_out: bool) -> Colleague:
        """Shut an agent out, or let them in again; AgentNotFound."""


@dataclass(frozen=True, slots=True)
class AgentService:
    colleagues: Colleagues

    async def list(self, caller: Caller, *, q: str | None, paging: Paging) -> Page[Colleague]:
        """List the agents of the caller's organization; for an admin, the inactive ones, too."""
        agent = caller.as_agent()
        return await self.colleagues.of_organization(agent.organization_id, q=q, inactive=agent.is_admin, paging=paging)

    async def get(self, caller: Caller, agent_id: UUID) -> Colleague:
        """Return an agent of the list, or raise AgentNotFound."""
        agent = caller.as_agent()
        found = await self.colleagues.get((agent.organization_id, agent_id))
        if found is None or not (found.active or agent.is_admin):
            raise AgentNotFound
        return found

    async def profile(self, caller: Caller) -> Profile | None:
        """Return the caller's own profile; None if they are no agent."""
        agent = caller.agent
        found = await self.colleagues.get((agent.organization_id, agent.id)) if agent else None
        return found.profile if found else None

    async def change_profile(self, caller: Caller, said: Mapping[str, str | None]) -> Profile:
        """Change these fields in the caller's own profile; None resets one."""

        def seen(profile: Profile) -> Profile:
            return profile

        return await self.colleagues.change_profile(said, caller.keeping(caller.acting_as_agent(), seen))
