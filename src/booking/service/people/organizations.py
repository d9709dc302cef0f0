"""Organizations: their names, time zones and contacts, for agents and applicants."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from booking.domain.authority import AgentRight
from booking.domain.people.caller import Caller
from booking.domain.people.organization import Organization


class Organizations(Protocol):
    async def get(self, organization_id: UUID) -> Organization:
        """Return the organization; of version 0 if nothing was ever set."""

    async def put(self, organization: Organization, expected: int | None, by: AgentRight) -> Organization:
        """Replace all that is set; PreconditionFailed unless the version was `expected` (None: any)."""


@dataclass(frozen=True, slots=True)
class OrganizationService:
    organizations: Organizations

    async def get(self, caller: Caller, organization_id: UUID | None = None) -> Organization:
        """Return an organization in view: the one named, or else the only one, an agent's own."""
        return await self.organizations.get(caller.organization(organization_id))

    async def put(self, caller: Caller, organization: Organization, *, expected: int | None) -> Organization:
        """Replace all that is set, as an admin with the version `expected` in view (None: any)."""
        by = caller.keeping(caller.acting_as_admin(), lambda kept: kept)
        return await self.organizations.put(organization, expected, by)
