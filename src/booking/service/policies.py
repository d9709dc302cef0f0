"""Policies: settings of an agency and its properties, and the rules that hold by them."""

from dataclasses import dataclass
from uuid import UUID

from booking.domain.caller import Caller
from booking.domain.policy import Policy, Settings
from booking.service.ports import Policies


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyView:
    """Settings, and the rules that hold by them."""

    settings: Settings
    effective: Policy


@dataclass(frozen=True, slots=True)
class PolicyService:
    policies: Policies

    async def get(self, caller: Caller, property_id: UUID | None = None) -> PolicyView:
        """Return the settings of the organization, or the overrides of a property; for agents."""
        organization_id = caller.as_agent().organization_id
        settings = await self.policies.settings(organization_id, property_id)
        return await self._view(organization_id, property_id, settings or Settings())

    async def put(
        self, caller: Caller, settings: Settings, *, expected: int | None, property_id: UUID | None = None
    ) -> PolicyView:
        """Replace all settings, as an admin with the version `expected` in view (None: any)."""
        organization_id = caller.as_admin().organization_id
        kept = await self.policies.put(organization_id, property_id, settings, expected, caller.acting_as_admin())
        return await self._view(organization_id, property_id, kept)

    async def _view(self, organization_id: UUID, property_id: UUID | None, settings: Settings) -> PolicyView:
        if property_id is None:
            return PolicyView(settings=settings, effective=Policy().overridden_by(settings))
        organizations = await self.policies.settings(organization_id, None)
        return PolicyView(settings=settings, effective=Policy().overridden_by(organizations).overridden_by(settings))
