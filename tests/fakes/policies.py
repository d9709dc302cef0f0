"""Policies in memory."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from booking.domain.authority import AgentRight
from booking.domain.properties import events
from booking.domain.properties.policy import Policy, Settings
from booking.domain.refusals import PreconditionFailed
from booking.domain.values import replace
from tests.fakes.state import State


@dataclass(frozen=True, slots=True)
class MemoryPolicies:
    state: State

    async def settings(self, organization_id: UUID, property_id: UUID | None) -> Settings | None:
        return self.state.policies.get((organization_id, property_id))

    async def effective(self, organization_id: UUID, property_id: UUID) -> Policy:
        return self.state.policy(organization_id, property_id)

    async def all_effective(self, organization_id: UUID, property_ids: Collection[UUID]) -> Mapping[UUID, Policy]:
        return {property_id: self.state.policy(organization_id, property_id) for property_id in property_ids}

    async def put(
        self,
        organization_id: UUID,
        property_id: UUID | None,
        settings: Settings,
        expected: int | None,
        by: AgentRight,
        *,
        unnamed: Collection[str] = (),
    ) -> Settings:
        actor = self.state.actor(by)
        was = self.state.policies.get((organization_id, property_id), Settings())
        if expected not in (None, was.version):
            raise PreconditionFailed
        left = {name: getattr(was, name) for name in (*unnamed, "withdrawn_from")}
        kept = replace(settings, version=was.version + 1, **left)
        self.state.policies[organization_id, property_id] = kept
        self.state.record(events.policy_changed(organization_id, property_id, kept, actor))
        return kept
