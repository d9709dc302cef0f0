"""Agents in PostgreSQL: rows that follow signed claims, or an operator's word."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from booking.adapters.ids import new_id
from booking.adapters.postgres.engine.database import Database, Transaction
from booking.adapters.postgres.engine.pool import Row
from booking.adapters.postgres.events import record
from booking.adapters.postgres.tables import agents, booking_now
from booking.domain.agent import Agent, AgentEntry, AgentRole, role_of
from booking.domain.caller import Agency
from booking.domain.events import OPERATOR, Actor, agent_became

Source = Literal["claimed_role", "provisioned_role"]
"""The column of a role: what a token claims, or what an operator says."""


ENTRY = ("id", "organization_id", "subject", "claimed_role", "provisioned_role")


class PostgresAgents:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def provision(self, subject: str, organization_id: UUID, role: AgentRole) -> Agent:
        agency = Agency(organization_id=organization_id, role=role)

        async def work(transaction: Transaction) -> Agent:
            now = await set_role(transaction, "provisioned_role", subject, agency, lambda _: OPERATOR)
            return Agent(id=now[organization_id], organization_id=organization_id, role=role)

        return await self._database.unit(work)

    async def remove(self, subject: str) -> bool:
        async def work(transaction: Transaction) -> bool:
            return bool(await set_role(transaction, "provisioned_role", subject, None, lambda _: OPERATOR))

        return await self._database.unit(work)

    async def entries(self, organization_id: UUID | None) -> Sequence[AgentEntry]:
        found = sa.select(*(agents.c[name] for name in ENTRY))
        found = found.where(sa.or_(agents.c.claimed_role.is_not(None), agents.c.provisioned_role.is_not(None)))
        if organization_id is not None:
            found = found.where(agents.c.organization_id == organization_id)
        rows = await self._database.fetch(found.order_by(agents.c.id))
        return [AgentEntry(**row) for row in rows]


async def set_role(
    transaction: Transaction,
    source: Source,
    subject: str,
    agency: Agency | None,
    by: Callable[[str], Actor],
    issued_at: datetime | None = None,
) -> Mapping[UUID, UUID]:
    """Give the subject this role in this agency and in no other, and record what that changes.

    Returns the ids of the agents written, by organization: none where a later token has said what holds already.
    `by` makes the actor of the role that somebody has, or had.
    """
    one_at_a_time = sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(f"subject:{subject}", 0))
    await transaction.execute(sa.select(one_at_a_time))  # of two first calls at once, both find the one row (T23)
    before = await transaction.fetch(sa.select(agents).where(agents.c.subject == subject))
    if issued_at is not None and any(row.claimed_at and row.claimed_at > issued_at for row in before):
        return {}
    kept = agency and agency.organization_id
    roles: dict[UUID, str | None] = {
        row.organization_id: None for row in before if row[source] and row.organization_id != kept
    }
    if agency is not None:
        roles[agency.organization_id] = agency.role.value
    written = {}
    for organization_id, role in roles.items():
        was = next((row for row in before if row.organization_id == organization_id), None)
        agent_id = await _write(transaction, subject, organization_id, source, role, issued_at)
        written[organization_id] = agent_id
        had, has = _role_of(was), _role_of(was, **{source: role})
        if event := agent_became(organization_id, agent_id, had, has, by(has or had or "")):
            await record(transaction, event)
    return written


def _role_of(row: Row | None, **now: str | None) -> str | None:
    roles: dict[str, str | None] = {name: row[name] if row else None for name in ("claimed_role", "provisioned_role")}
    roles |= now
    return role_of(roles["claimed_role"], roles["provisioned_role"])


async def _write(
    transaction: Transaction,
    subject: str,
    organization_id: UUID,
    source: Source,
    role: str | None,
    issued_at: datetime | None,
) -> UUID:
    values = {source: role} | ({"claimed_at": issued_at} if issued_at else {})
    added = insert(agents).values(organization_id=organization_id, id=new_id(), subject=subject, **values)
    upsert = added.on_conflict_do_update(
        index_elements=[agents.c.organization_id, agents.c.subject],
        set_={**{name: added.excluded[name] for name in values}, "updated_at": booking_now()},
    )
    agent_id: UUID = await transaction.value(upsert.returning(agents.c.id))
    return agent_id
