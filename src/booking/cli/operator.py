"""Agents and applicants, by an operator's hand; tokens and screenings, for development."""

import os
from datetime import datetime, timedelta
from uuid import UUID, uuid4, uuid5

from booking.adapters.postgres.engine.database import Database
from booking.adapters.postgres.people.agents import PostgresAgents
from booking.adapters.postgres.people.applicants import PostgresApplicants
from booking.adapters.postgres.visits.rosters.rosters import PostgresRosters
from booking.adapters.tokens.minting import mint
from booking.cli.targets import database, queue, tell_queue
from booking.config import auth_settings
from booking.config import queue_url as configured_queue_url
from booking.config.variables import ConfigurationError
from booking.domain.people.agent import AgentRole
from booking.domain.people.applicant import RiskLevel
from booking.domain.people.caller import Agency
from booking.entrypoints.consumer import send_screening
from booking.entrypoints.dead_letters import DeadLetters
from booking.faults import Explained
from booking.service.people.applicants import ApplicantService


async def add_agent(subject: str, organization: UUID, role: AgentRole) -> None:
    async with database(changing=True) as opened:
        agent = await PostgresAgents(opened).provision(subject, organization, role)
    print(f"agent {agent.id} is {agent.role} of organization {agent.organization_id}")


async def remove_agent(subject: str) -> int:
    async with database(changing=True) as opened:
        removed = await PostgresAgents(opened).remove(subject)
    print("removed" if removed else "nobody was provisioned for that subject")
    return 0 if removed else 1


async def erase_agent(organization: UUID, agent: UUID) -> None:
    async with database(changing=True) as opened:
        await PostgresAgents(opened).erase(organization, agent)
    print(f"agent {agent} is erased and shut out; their slots are kept, without a name")


async def list_agents(organization: UUID | None) -> None:
    async with database() as opened:
        found = await PostgresAgents(opened).entries(organization)
    for entry in found:
        source = "an operator" if entry.claimed_role is None else "claims"
        named = f"  name {entry.name!a}" if entry.name else ""
        where = "" if organization else f"organization {entry.organization_id}  "
        print(f"agent {entry.id}  {where}{entry.role:<6}  by {source:<11}  subject {entry.subject!a}{named}")
    print(f"{len(found)} agent{'' if len(found) == 1 else 's'}")


async def find_applicants(email: str, organization: UUID | None) -> int:
    """Print all applicants with this email; return 1 if there is none."""
    async with database() as opened:
        found = await PostgresApplicants(opened).by_email(email, organization)
    for one in found:
        login = "no login" if one.user_id is None else f"login {one.user_id!a}"
        print(f"applicant {one.id}  organization {one.organization_id}  {one.eligibility:<10}  {login}")
    if not found:
        print("nobody has this email")
    return 0 if found else 1


def _applicants(opened: Database) -> ApplicantService:
    return ApplicantService(PostgresApplicants(opened), PostgresRosters(opened))


async def unlink_applicant(organization: UUID, applicant: UUID) -> None:
    async with database(changing=True) as opened:
        unlinked = await _applicants(opened).unlink(organization, applicant)
    print(f"applicant {unlinked.id} has no login any more")


async def erase_applicant(organization: UUID, applicant: UUID) -> None:
    """Erase a person everywhere. Their messages in the queue cannot bring them back."""
    url = configured_queue_url()
    async with database(changing=True) as opened:
        erased = await _applicants(opened).erase(organization, applicant)
    print(f"applicant {applicant} is erased; their visits are kept, without a name")
    if url is None:
        print("BOOKING_SQS_QUEUE_URL is not set, so its dead letters were not searched")
        return
    tell_queue(url)
    async with queue(url) as client:
        count = await DeadLetters(client, url).erase(erased)
    print(f"{count} dead letter{'' if count == 1 else 's'} of theirs deleted")


def token(
    *,
    subject: str | None,
    email: str | None,
    name: str | None,
    unverified: bool,
    role: AgentRole | None,
    organization: UUID | None,
    hours: timedelta,
) -> None:
    """Print a development token; Explained if tokens are an issuer's to give, or if no role would fit."""
    agency = None if role is None else Agency(organization_id=_chosen(organization), role=role)
    if email is None and subject is None and agency is None:
        raise Explained("--email, --subject or --role is required: the token would be nobody's")
    auth = auth_settings()
    if auth.issuer is not None or auth.hs256_secret is None:
        raise Explained("an issuer is configured, so tokens are its to give: ask it for one")
    minted = mint(
        auth.hs256_secret,
        subject=subject or str(uuid5(UUID(int=0), email) if email else uuid4()),
        email=email,
        lifetime=hours,
        agency=agency,
        email_verified=not unverified,
        audience=auth.audience,
        name=name,
    )
    print(minted)


async def screen(
    *,
    name: str,
    email: str,
    phone: str | None,
    locale: str | None,
    risk: RiskLevel,
    applicant: UUID | None,
    organization: UUID | None,
    screened_at: datetime | None,
    queue_url: str | None,
) -> None:
    """Send a screening to the queue that is named here, or in the environment."""
    if queue_url is not None:
        os.environ["BOOKING_SQS_QUEUE_URL"] = queue_url
    url = configured_queue_url()
    if url is None:
        raise Explained("BOOKING_SQS_QUEUE_URL is required, or --queue-url")
    organization_id = _chosen(organization)
    applicant_id = applicant or uuid5(organization_id, email)
    tell_queue(url)
    async with queue(url) as client:
        message_id = await send_screening(
            client,
            url,
            applicant_id=applicant_id,
            organization_id=organization_id,
            name=name,
            email=email,
            phone=phone,
            locale=locale,
            risk_level=risk,
            screened_at=screened_at,
        )
    print(f"sent message {message_id}: applicant {applicant_id} of organization {organization_id} is {risk}")


def _chosen(organization: UUID | None) -> UUID:
    """Return the organization that is given, or else the demo's."""
    if organization is not None:
        return organization
    demo = os.environ.get("ORGANIZATION_ID")
    if not demo:
        raise Explained("--organization is required")
    try:
        return UUID(demo)
    except ValueError:
        raise ConfigurationError(["ORGANIZATION_ID must be a UUID"]) from None
