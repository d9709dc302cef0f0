"""What operators do beside the service; and tokens and screenings, for development."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from uuid import UUID, uuid4, uuid5

from booking.adapters.postgres.agents import PostgresAgents
from booking.adapters.postgres.applicants import PostgresApplicants
from booking.adapters.postgres.engine.causes import Target
from booking.adapters.postgres.engine.database import Database
from booking.adapters.postgres.engine.sessions import AUTO
from booking.adapters.postgres.invariants import PostgresAuditor
from booking.adapters.postgres.migrations import migrate, require_current_schema, retire, status
from booking.adapters.postgres.rosters import PostgresRosters
from booking.adapters.tokens.minting import mint
from booking.cli.queue import queue, tell_queue
from booking.config import auth_settings, database_urls
from booking.domain.agent import AgentRole
from booking.domain.applicant import RiskLevel
from booking.domain.caller import Agency
from booking.entrypoints.consumer import send_screening
from booking.entrypoints.dead_letters import DeadLetters
from booking.explained import Explained
from booking.service.applicants import ApplicantService

AT_LEISURE = 3600.0  # seconds for what goes through all rows, while an operator looks on


@asynccontextmanager
async def database(*, changing: bool = False) -> AsyncIterator[Database]:
    """Open the database; say beforehand which one is to be changed."""
    serving, _ = database_urls()
    if changing:
        tell_database(serving)
    opened = Database(serving, pool_size=1, answer=AT_LEISURE, logs=False, plans=AUTO)
    try:
        await require_current_schema(opened)
        yield opened
    finally:
        await opened.close()


def tell_database(url: str) -> None:
    """Say on which database something is about to be changed, before it is."""
    target = Target.of(url)
    print(f"on database {target.database} at {target.place}", flush=True)


async def migrate_database() -> None:
    serving, owner = database_urls()
    tell_database(owner)
    applied = await migrate(owner, serving)
    for name in applied:
        print(f"applied {name}")
    if not applied:
        print("nothing to apply: the database is up to date")


async def migration_status() -> int:
    """1 if a migration of this release or a step of one is missing, or is not the one that was applied."""
    _, owner = database_urls()
    told = await status(owner)
    for one in told:
        print(f"{one.name}  {one.says}")
    return 0 if all(one.fine for one in told) else 1


async def retire_events() -> None:
    _, owner = database_urls()
    tell_database(owner)
    for name in (retired := await retire(owner)):
        print(f"dropped {name}")
    if not retired:
        print("nothing to drop: no year's events are all older than seven years")


async def add_agent(subject: str, organization_id: UUID, role: AgentRole) -> None:
    async with database(changing=True) as opened:
        agent = await PostgresAgents(opened).provision(subject, organization_id, role)
    print(f"agent {agent.id} is {agent.role} of organization {agent.organization_id}")


async def remove_agent(subject: str) -> int:
    async with database(changing=True) as opened:
        removed = await PostgresAgents(opened).remove(subject)
    print("removed" if removed else "nobody was provisioned for that subject")
    return 0 if removed else 1


async def list_agents(organization_id: UUID | None) -> None:
    async with database() as opened:
        found = await PostgresAgents(opened).entries(organization_id)
    for entry in found:
        source = "an operator" if entry.claimed_role is None else "claims"
        where = "" if organization_id else f"organization {entry.organization_id}  "
        print(f"agent {entry.id}  {where}{entry.role:<6}  by {source:<11}  subject {entry.subject!a}")
    print(f"{len(found)} agent{'' if len(found) == 1 else 's'}")


async def find_applicants(email: str, organization_id: UUID | None) -> int:
    """1 if nobody has this email."""
    async with database() as opened:
        found = await PostgresApplicants(opened).by_email(email, organization_id)
    for one in found:
        login = "no login" if one.user_id is None else f"login {one.user_id!a}"
        print(f"applicant {one.id}  organization {one.organization_id}  {one.eligibility:<10}  {login}")
    if not found:
        print("nobody has this email")
    return 0 if found else 1


def _applicants(opened: Database) -> ApplicantService:
    return ApplicantService(PostgresApplicants(opened), PostgresRosters(opened))


async def unlink_applicant(organization_id: UUID, applicant_id: UUID) -> None:
    async with database(changing=True) as opened:
        applicant = await _applicants(opened).unlink(organization_id, applicant_id)
    print(f"applicant {applicant.id} has no login any more")


async def erase_applicant(organization_id: UUID, applicant_id: UUID, queue_url: str | None) -> None:
    """Everywhere; what the queue still has of them cannot bring them back."""
    async with database(changing=True) as opened:
        erased = await _applicants(opened).erase(organization_id, applicant_id)
    print(f"applicant {applicant_id} is erased; their visits are kept, without a name")
    if queue_url is None:
        print("BOOKING_SQS_QUEUE_URL is not set, so its dead letters were not searched")
        return
    tell_queue(queue_url)
    async with queue(queue_url) as client:
        count = await DeadLetters(client, queue_url).erase(erased)
    print(f"{count} dead letter{'' if count == 1 else 's'} of theirs deleted")


async def check() -> int:
    """1 if any row breaks an invariant."""
    async with database() as opened:
        auditor = PostgresAuditor(opened)
        violations, unknown = await auditor.violations(), await auditor.unknown_events()
    for invariant, count in violations.items():
        print(f"{count:>8}  {invariant}")
    for kind, count in unknown.items():
        print(f"{count:>8}  event of a type that a newer release knows: {kind!a}")
    broken = sum(violations.values())
    print(f"{broken} violation{'' if broken == 1 else 's'}" if broken else "every invariant holds")
    return 1 if broken else 0


def token(
    *,
    subject: str | None,
    email: str | None,
    agency: Agency | None,
    email_verified: bool,
    lifetime: timedelta,
) -> None:
    """Print a development token; ConfigurationError where tokens are an issuer's to give, or would be nobody's."""
    if email is None and subject is None and agency is None:
        raise Explained("--email, --subject or --role is required: the token would be nobody's")
    auth = auth_settings()
    if auth.issuer is not None or auth.hs256_secret is None:
        raise Explained("an issuer is configured, so tokens are its to give: ask it for one")
    named = subject or str(uuid5(UUID(int=0), email) if email else uuid4())
    print(
        mint(
            auth.hs256_secret,
            subject=named,
            email=email,
            lifetime=lifetime,
            agency=agency,
            email_verified=email_verified,
            audience=auth.audience,
        )
    )


async def screen(
    queue_url: str,
    *,
    applicant_id: UUID,
    organization_id: UUID,
    name: str,
    email: str,
    risk_level: RiskLevel,
    screened_at: datetime | None,
) -> None:
    tell_queue(queue_url)
    async with queue(queue_url) as client:
        message_id = await send_screening(
            client,
            queue_url,
            applicant_id=applicant_id,
            organization_id=organization_id,
            name=name,
            email=email,
            risk_level=risk_level,
            screened_at=screened_at,
        )
    print(f"sent message {message_id}: applicant {applicant_id} of organization {organization_id} is {risk_level}")
