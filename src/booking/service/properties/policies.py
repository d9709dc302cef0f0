"""Policies: settings of an agency and its properties, and the rules that hold by them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from booking.domain.people.caller import Caller
from booking.domain.properties.policy import Policy, Settings
from booking.domain.refusals import PreconditionFailed
from booking.domain.values import replace
from booking.service.ports import Policies


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyView:
    """Settings, and the rules that hold by them. `above`: version of the settings that they override; 0 for none."""

    settings: Settings
    above: int
    effective: Policy

    @classmethod
    def of(cls, settings: Settings, above: Settings) -> "PolicyView":
        effective = Policy().overridden_by(above).overridden_by(settings)
        return cls(settings=settings, above=above.version, effective=effective)


@dataclass(frozen=True, slots=True)
class PolicyService:
    policies: Policies

    async def get(self, caller: Caller, property_id: UUID | None = None) -> PolicyView:
        """Return the settings of the organization, or the overrides of a property; for agents."""
        organization_id = caller.as_agent().organization_id
        settings = await self.policies.settings(organization_id, property_id)
        above = await self._above(organization_id, property_id)
        return PolicyView.of(settings or Settings(), above)

    async def put(
        self,
        caller: Caller,
        settings: Settings,
        *,
        expected: int | None,
        property_id: UUID | None = None,
        unnamed: Collection[str] = (),
    ) -> PolicyView:
        """Replace all settings but the `unnamed`, as an admin with the version `expected` in view (None: any)."""
        organization_id = caller.as_admin().organization_id
        above = await self._above(organization_id, property_id)

        def seen(kept: Settings) -> PolicyView:
            return PolicyView.of(kept, above)

        by = caller.keeping(caller.acting_as_admin(), seen)
        return seen(await self.policies.put(organization_id, property_id, settings, expected, by, unnamed=unnamed))

    async def change(
        self, caller: Caller, changes: Mapping[str, Any], *, expected: int, property_id: UUID | None = None
    ) -> PolicyView:
        """Change some settings, as an admin with the version `expected` in view; None resets one."""
        caller.as_admin()
        before = (await self.get(caller, property_id)).settings
        if before.version != expected:
            raise PreconditionFailed
        return await self.put(caller, replace(before, **changes), expected=expected, property_id=property_id)

    async def _above(self, organization_id: UUID, property_id: UUID | None) -> Settings:
        """Return what the settings override: for a property those of its organization."""
        if property_id is None:
            return Settings()
        return await self.policies.settings(organization_id, None) or Settings()
