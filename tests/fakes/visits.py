"""Details of visits in memory."""

from dataclasses import dataclass
from uuid import UUID

from booking.domain.authority import ApplicantRight
from booking.domain.properties.visit_details import VisitDetails
from booking.domain.visits import events
from booking.domain.visits.booking_context import BookingContext
from booking.service.properties.visit_details import StoredDetails
from tests.fakes.state import State


@dataclass(frozen=True, slots=True)
class MemoryVisits:
    state: State

    async def details(self, organization_id: UUID, property_id: UUID, agent_id: UUID) -> StoredDetails:
        home = self.state.properties.get((organization_id, property_id))
        host = self.state.agent((organization_id, agent_id))
        details = VisitDetails(
            address=home.address if home else None,
            directions=home.directions if home else None,
            meeting_point=home.meeting_point if home else None,
            phone=host.profile.phone if host else None,
        )
        return StoredDetails(details, home.access_note if home else None)

    async def note_shown(self, context: BookingContext, by: ApplicantRight) -> None:
        actor = self.state.actor(by)
        self.state.record(events.access_note_shown(context.booking, context.agent_id, actor))
