"""Notice plans: settings of an agency and its properties, and the plans that hold by them."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from booking.domain.authority import AgentRight
from booking.domain.notices.plan import DEFAULT_PLAN, NoticePlan, PlanSettings
from booking.domain.people.caller import Caller
from booking.domain.people.contact import Channel


class NoticePlans(Protocol):
    async def settings(self, organization_id: UUID, property_id: UUID | None) -> PlanSettings:
        """Return the settings of an organization, or the overrides of a property; of version 0 if nothing was set."""

    async def put(
        self,
        organization_id: UUID,
        property_id: UUID | None,
        settings: PlanSettings,
        expected: int | None,
        by: AgentRight,
    ) -> PlanSettings:
        """Replace all settings, and have the notices of coming visits planned by them.

        PreconditionFailed unless the version was `expected` (None: any).
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanView:
    """Settings, and the plan that holds by them. `above`: version of the settings that they override; 0 for none."""

    settings: PlanSettings
    above: int
    effective: NoticePlan
    configured: Collection[Channel]

    @property
    def beside(self) -> int:
        """Return a number for all that is shown with the settings, and not set with them."""
        channels = sum(1 << place for place, channel in enumerate(Channel) if channel in self.configured)
        return self.above << len(Channel) | channels


@dataclass(frozen=True, slots=True)
class NoticePlanService:
    """`configured`: the channels that the operator has configured. Others can be planned, and tell nobody."""

    plans: NoticePlans
    configured: Collection[Channel]

    async def get(self, caller: Caller, property_id: UUID | None = None) -> PlanView:
        """Return the settings of the organization, or the overrides of a property; for agents."""
        organization_id = caller.as_agent().organization_id
        settings = await self.plans.settings(organization_id, property_id)
        return self._view(settings, await self._above(organization_id, property_id))

    async def put(
        self, caller: Caller, settings: PlanSettings, *, expected: int | None, property_id: UUID | None = None
    ) -> PlanView:
        """Replace all settings, as an admin with the version `expected` in view (None: any)."""
        organization_id = caller.as_admin().organization_id
        above = await self._above(organization_id, property_id)

        def seen(kept: PlanSettings) -> PlanView:
            return self._view(kept, above)

        by = caller.keeping(caller.acting_as_admin(), seen)
        return seen(await self.plans.put(organization_id, property_id, settings, expected, by))

    def _view(self, settings: PlanSettings, above: PlanSettings) -> PlanView:
        effective = DEFAULT_PLAN.overridden_by(above).overridden_by(settings)
        return PlanView(settings=settings, above=above.version, effective=effective, configured=self.configured)

    async def _above(self, organization_id: UUID, property_id: UUID | None) -> PlanSettings:
        """Return what the settings override: for a property those of its organization."""
        return PlanSettings() if property_id is None else await self.plans.settings(organization_id, None)
