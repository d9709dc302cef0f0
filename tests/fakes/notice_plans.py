"""Notice plans in memory."""

from dataclasses import dataclass
from uuid import UUID

from booking.domain.authority import AgentRight
from booking.domain.notices import events
from booking.domain.notices.plan import PlanSettings
from booking.domain.refusals import PreconditionFailed
from booking.domain.values import replace
from tests.fakes.state import State


@dataclass(frozen=True, slots=True)
class MemoryNoticePlans:
    state: State

    async def settings(self, organization_id: UUID, property_id: UUID | None) -> PlanSettings:
        return self.state.notice_plans.get((organization_id, property_id), PlanSettings())

    async def put(
        self,
        organization_id: UUID,
        property_id: UUID | None,
        settings: PlanSettings,
        expected: int | None,
        by: AgentRight,
    ) -> PlanSettings:
        actor = self.state.actor(by)
        was = await self.settings(organization_id, property_id)
        if expected not in (None, was.version):
            raise PreconditionFailed
        kept = replace(settings, version=was.version + 1)
        self.state.notice_plans[organization_id, property_id] = kept
        self.state.notice_sweeps[organization_id] = self.state.clock(), UUID(int=0)
        self.state.record(events.notice_plan_changed(organization_id, property_id, kept.version, actor))
        return kept
