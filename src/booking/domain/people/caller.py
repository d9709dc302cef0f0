"""Caller of a request: verified claims, and the roles found for them."""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from booking.domain.authority import AgentRight, ApplicantRight
from booking.domain.events import Via
from booking.domain.fault import Fault, FaultCode
from booking.domain.idempotency import Asked
from booking.domain.people.agent import Agent, AgentRole
from booking.domain.people.applicant import RESERVED, Applicant, folded
from booking.domain.people.refusals import NotRegistered, OrganizationNotFound, WrongRole
from booking.domain.refusals import InvalidRequest, NotYourSlot, Refusal, SlotNotFound
from booking.domain.values import Value, derived, replace

R = TypeVar("R", bound=AgentRight | ApplicantRight)


class Scope(NamedTuple):
    """Rights of a caller to read. Queries for reading only take it first, and go by nothing else."""

    organization_id: UUID | None
    """Of the agency whose agent they are."""
    agent_id: UUID | None
    admin: bool
    applicants: tuple[tuple[UUID, UUID], ...]
    """The organizations in which they are applicants, and who they are there."""

    @property
    def administered(self) -> UUID | None:
        """The organization of which everything is theirs to read."""
        return self.organization_id if self.admin else None


class Side(StrEnum):
    """Role in which a caller with both roles looks."""

    AGENT = "agent"
    APPLICANT = "applicant"


class Agency(Value, kw_only=True):
    """Organization and role from a signed claim."""

    organization_id: UUID
    role: AgentRole


class Claims(Value, kw_only=True):
    """Content of a verified token. Only signed, server-side claims count: never headers, never `user_metadata`.

    `name` alone is its owner's word: a first name for their profile, and no more. Equal whenever they were issued and
    expire, and by whatever name.
    """

    subject: str
    email: str | None
    email_vouched: bool
    agency: Agency | None
    issued_at: datetime | None = None
    name: str | None = None
    expires_at: datetime | None = None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Claims) and self._said == other._said

    def __hash__(self) -> int:
        return hash(self._said)

    @property
    def _said(self) -> tuple[object, ...]:
        return self.subject, self.email, self.email_vouched, self.agency

    @property
    def vouched_email(self) -> str | None:
        """Email of the bearer, if the issuer (or the operator for it) vouches for it; never a reserved one."""
        if not self.email_vouched or self.email is None or folded(self.email).endswith(RESERVED):
            return None
        return self.email


class Identity(NamedTuple):
    """Roles of a subject: an agent, applicants, or neither."""

    agent: Agent | None
    applicants: tuple[Applicant, ...]


class Caller(Value, kw_only=True, dict=True):
    """Subject with at most one agency role, and at most one applicant in each organization."""

    subject: str
    email: str | None
    agent: Agent | None
    applicants: tuple[Applicant, ...]
    request_id: str | None = None
    claimed: bool = False
    """Whether signed claims make the agent, and not an operator's word."""
    expires_at: datetime | None = None
    """Time from which the token is refused."""
    asked: Asked | None = None
    """The request, where it has an Idempotency-Key."""
    link: bytes | None = None
    """Hash of the link by which an applicant acts without signing in."""
    via: Via | None = None
    """Way in which an applicant acts without signing in."""

    @derived
    def organizations(self) -> tuple[UUID, ...]:
        """Organizations in view, in a fixed order: the agency's first."""
        theirs = [applicant.organization_id for applicant in self.applicants]
        if len(theirs) > 1:
            theirs.sort()
        if self.agent is None:
            return tuple(theirs)
        home = self.agent.organization_id
        return (home, *(other for other in theirs if other != home))

    @property
    def scope(self) -> Scope:
        agent = self.agent
        return Scope(
            organization_id=agent.organization_id if agent else None,
            agent_id=agent.id if agent else None,
            admin=agent is not None and agent.is_admin,
            applicants=tuple((one.organization_id, one.id) for one in self.applicants),
        )

    @property
    def home(self) -> UUID:
        """First organization in view."""
        return self.organizations[0]

    def organization(self, named: UUID | None) -> UUID:
        """Return the organization of that id, or without one the agency, or the only one that there is.

        OrganizationNotFound if it is out of view; InvalidRequest for an applicant of several that names none.
        """
        if named is not None and named not in self.organizations:
            raise OrganizationNotFound
        if named is None and self.agent is None and len(self.organizations) > 1:
            raise organization_required()
        return named or self.home

    def is_applicant(self, applicant: Applicant) -> bool:
        return any(one.id == applicant.id for one in self.applicants)

    def is_agent_of(self, organization_id: UUID) -> bool:
        return self.agent is not None and self.agent.organization_id == organization_id

    def as_agent(self) -> Agent:
        if self.agent is None:
            raise WrongRole("only an agent may do this")
        return self.agent

    def as_admin(self) -> Agent:
        agent = self.as_agent()
        if not agent.is_admin:
            raise WrongRole("only an admin may do this")
        return agent

    def as_applicants(self) -> tuple[Applicant, ...]:
        if not self.applicants:
            raise WrongRole("only an applicant may do this")
        return self.applicants

    def applicant_in(self, organization_id: UUID) -> Applicant:
        """Return the caller's applicant of an organization, or raise SlotNotFound: its slots are not for them."""
        for applicant in self.applicants:
            if applicant.organization_id == organization_id:
                return applicant
        raise SlotNotFound

    def require_login_of(self, applicant: Applicant) -> None:
        """Raise SlotNotFound if the applicant has another login by now."""
        if applicant.user_id != self.subject:
            raise SlotNotFound

    def looks_as_applicant(self, side: Side | None) -> bool:
        """Return whether the caller looks as an applicant; with both roles, only if they ask for that side."""
        return side is Side.APPLICANT or (side is None and self.agent is None)

    def manages(self, organization_id: UUID, agent_id: UUID) -> bool:
        """Return whether slots of that agent, and their bookings, are the caller's to manage: own ones, or all of an
        admin's.
        """
        agent = self.agent
        return (
            agent is not None and agent.organization_id == organization_id and (agent.is_admin or agent.id == agent_id)
        )

    def whose(self, agent_id: UUID | None) -> UUID | None:
        """Return the agent whose slots are listed; None for all of an admin's organization.

        A member lists own slots only: WrongRole for a colleague's.
        """
        agent = self.as_agent()
        if agent.is_admin:
            return agent_id
        if agent_id not in (None, agent.id):
            raise WrongRole("only an admin may list what is a colleague's")
        return agent.id

    def require_manages(self, organization_id: UUID, agent_id: UUID) -> None:
        """Raise NotYourSlot for a colleague without the admin role, SlotNotFound for an agent of another agency.

        Why SlotNotFound: that agent may see the slot as an applicant only.
        """
        if self.as_agent().organization_id != organization_id:
            raise SlotNotFound
        if not self.manages(organization_id, agent_id):
            raise NotYourSlot

    def showing(self, show: Callable[[Any], object]) -> "Caller":
        """Return the caller with a key that keeps a use case's result as `show` makes it."""
        return self if self.asked is None else replace(self, asked=self.asked.after(show))

    def keeping(self, by: R, seen: Callable[..., object]) -> R:
        """Return the right to a change that uses up the caller's link, and keeps the answer to a request with a key.

        `seen` makes the use case's result of what the change comes to. A change in any other right keeps nothing."""
        if isinstance(by, ApplicantRight) and self.link is not None:
            by = replace(by, link=self.link)
        return by if self.asked is None else replace(by, asked=self.asked.after(seen))

    def acting_as_agent(
        self, *agent_ids: UUID, demoted: type[Refusal] = WrongRole, gone: type[Refusal] = WrongRole
    ) -> AgentRight:
        """Return the right to change slots of these agents; an admin's, if one of them is a colleague.

        `demoted` is raised for a member where an admin is needed, `gone` for an applicant who is no agent any more.
        """
        agent = self.as_agent()
        return AgentRight(
            subject=self.subject,
            request_id=self.request_id,
            key=(agent.organization_id, agent.id),
            claimed=self.claimed,
            admin=any(agent_id != agent.id for agent_id in agent_ids),
            gone=gone if self.applicants else NotRegistered,
            demoted=demoted,
        )

    def acting_as_admin(self) -> AgentRight:
        """Return the right to change settings of the whole organization."""
        self.as_admin()
        return replace(self.acting_as_agent(), admin=True)

    def acting_as_applicant(
        self, organization_id: UUID, missing: type[Refusal] = SlotNotFound, gone: type[Refusal] = WrongRole
    ) -> ApplicantRight:
        """Return the right of the caller's applicant in an organization.

        `missing` is raised if the login is linked in another organization only, `gone` if it is an agent's only.
        """
        if len(self.applicants) == 1:
            missing = NotRegistered if self.agent is None else gone
        key = organization_id, self.applicant_in(organization_id).id
        return ApplicantRight(subject=self.subject, request_id=self.request_id, key=key, gone=missing, via=self.via)


def organization_required() -> InvalidRequest:
    """Return the refusal of a request that does not say which of several organizations it is about."""
    name, detail = "organization_id", "is required: there are several organizations that it may be"
    return InvalidRequest([Fault(pointer=f"#/{name}", code=FaultCode.REQUIRED, detail=detail, parameter=name)])
