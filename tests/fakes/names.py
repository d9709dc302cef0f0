"""Names in memory."""

from dataclasses import dataclass
from uuid import UUID

from booking.domain.people.applicant import Applicant
from booking.domain.people.names import Names
from tests.fakes.state import State


@dataclass(frozen=True, slots=True)
class MemoryDirectory:
    state: State

    async def names(self, organization_id: UUID, property_id: UUID, agent_id: UUID | None = None) -> Names:
        return self.state.names(organization_id, property_id, agent_id)

    async def applicant(self, organization_id: UUID, applicant_id: UUID) -> Applicant | None:
        return self.state.applicants.get((organization_id, applicant_id))
