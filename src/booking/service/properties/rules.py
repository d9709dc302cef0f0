"""Rules of a property, as far as they concern an applicant."""

from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from booking.domain.people.caller import Caller, organization_required
from booking.domain.properties.policy import Policy
from booking.domain.properties.refusals import PropertyNotFound
from booking.service.ports import Policies
from booking.service.properties.properties import Properties


class Rules(NamedTuple):
    """Policy that holds at a property. `approval_required`: of the viewer's bookings; None of no applicant there."""

    organization_id: UUID
    property_id: UUID
    policy: Policy
    approval_required: bool | None


@dataclass(frozen=True, slots=True)
class RuleService:
    properties: Properties
    policies: Policies

    async def get(self, caller: Caller, property_id: UUID, organization_id: UUID | None = None) -> Rules:
        """Return the rules of a property in view.

        Where several organizations of an applicant have one of that id, InvalidRequest asks for the organization.
        """
        organizations = caller.organizations if organization_id is None else (caller.organization(organization_id),)
        found = [one for one in organizations if await self.properties.known((one, property_id))]
        if not found:
            raise PropertyNotFound
        home, *others = found
        if others and not caller.is_agent_of(home):
            raise organization_required()
        policy = await self.policies.effective(home, property_id)
        own = [one.risk_level for one in caller.applicants if one.organization_id == home]
        required = own[0] in policy.approval_levels if own else None
        return Rules(home, property_id, policy, required)
