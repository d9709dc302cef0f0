"""Agents of estate agencies: who offers slots, and who may act on them."""

from enum import StrEnum
from uuid import UUID

from booking.domain.values import Value


class AgentRole(StrEnum):
    """A closed list: whoever has any other role, or none, is nobody here (T24)."""

    MEMBER = "member"
    ADMIN = "admin"


def role_of(claimed: str | None, provisioned: str | None) -> str | None:
    """Return the role that counts: a claimed one comes before an operator's."""
    return claimed or provisioned


class AgentEntry(Value, kw_only=True):
    """An agent as operators look them up: with the login, and where the role comes from."""

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
