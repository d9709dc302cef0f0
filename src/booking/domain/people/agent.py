"""Agents of estate agencies, their roles, and the rights that come with them."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from booking.domain.people.applicant import usable_email
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
    name: str | None = None

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


class Profile(Value, kw_only=True):
    """Name and contact of an agent. The email is the token's, the rest the agent's own word."""

    name: str | None = None
    email: str | None = None
    phone: str | None = None
    locale: str | None = None
    photo_url: str | None = None


def followed(profile: Profile, *, name: str | None, email: str | None) -> Mapping[str, str]:
    """Return the changes of a profile by a token: a first name, and every email that its issuer vouches for."""
    usable = usable_email(email) if email else None
    return ({"name": name} if name and not profile.name else {}) | (
        {"email": usable} if usable and usable != profile.email else {}
    )


class Colleague(Value, kw_only=True):
    """Agent as colleagues see them. `role` is None where they have none any more."""

    id: UUID
    organization_id: UUID
    role: AgentRole | None
    shut_out: bool
    created_at: datetime
    profile: Profile

    @property
    def granted_role(self) -> AgentRole | None:
        return None if self.shut_out else self.role

    @property
    def active(self) -> bool:
        return self.granted_role is not None
