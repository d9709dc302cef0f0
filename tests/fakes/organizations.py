"""Organizations in memory."""

from dataclasses import dataclass
from uuid import UUID

from booking.domain.authority import AgentRight
from booking.domain.people import events
from booking.domain.people.organization import Organization
from booking.domain.refusals import PreconditionFailed
from booking.domain.values import replace
from tests.fakes.state import State


@dataclass(frozen=True, slots=True)
class MemoryOrganizations:
    state: State

    async def get(self, organization_id: UUID) -> Organization:
        return self.state.organizations.get(organization_id, Organization(id=organization_id))

    async def put(self, organization: Organization, expected: int | None, by: AgentRight) -> Organization:
        actor = self.state.actor(by)
        version = (await self.get(organization.id)).version
        if expected not in (None, version):
            raise PreconditionFailed
        kept = replace(organization, version=version + 1, updated_at=self.state.clock())
        self.state.organizations[organization.id] = kept
        self.state.record(events.organization_changed(kept, actor))
        return kept
