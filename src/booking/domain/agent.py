"""Agents of estate agencies, their roles, and the rights that come with them."""

from enum import StrEnum
from uuid import UUID

from booking.domain.values import Value


class AgentRole(StrEnum):
    """Closed list of roles. A subject with any other role, or none, is no agent."""

    MEMBER = "member"
    ADMIN = "admin"


def role_of(claimed: str | None, provisioned: str | None) -> str | None:
    """Return the role that counts: a claimed one comes before an operator's."""
    return claimed or provisioned


class AgentEntry(Value, kw_only=True):
    """Agent for operators, with login and the origin of the role."""

    id: UUID
    organization_id: UUID
    subject: str
    claimed_role: str | None
    provisioned_role: str | None

    @property
    def role(self) -> str | None:
        return role_of(self.claimed_role, self.provisioned_role)


class Agent(Value, kw_only=True):
    id: UUID
    organization_id: UUID
    role: AgentRole

    @property
    def is_admin(self) -> bool:
        return self.role is AgentRole.ADMIN
