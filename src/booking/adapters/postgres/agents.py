"""Agents in PostgreSQL: rows that follow signed claims, or an operator's word."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from booking.adapters.ids import new_id
from booking.adapters.postgres.database import Database
from booking.adapters.postgres.tables import agents, booking_now
from booking.domain.agent import Agent, AgentRole


class PostgresAgents:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def provision(self, subject: str, organization_id: UUID, role: AgentRole) -> Agent:
        async def work(transaction: AsyncConnection) -> Agent:
            one_at_a_time = sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(f"subject:{subject}", 0))
            await transaction.execute(sa.select(one_at_a_time))
            await transaction.execute(_unprovision(subject))
            agent_id = await upsert(transaction, subject, organization_id, "provisioned_role", role)
            return Agent(id=agent_id, organization_id=organization_id, role=role)

        return await self._database.unit(work)

    async def remove(self, subject: str) -> bool:
        async def work(transaction: AsyncConnection) -> bool:
            return (await transaction.execute(_unprovision(subject))).rowcount > 0

        return await self._database.unit(work)


async def upsert(
    transaction: AsyncConnection, subject: str, organization_id: UUID, column: str, role: AgentRole
) -> UUID:
    """Of two first calls at once, both find the one row (T23)."""
    added = insert(agents).values(organization_id=organization_id, id=new_id(), subject=subject, **{column: role.value})
    upsert = added.on_conflict_do_update(
        index_elements=[agents.c.organization_id, agents.c.subject],
        set_={column: added.excluded[column], "updated_at": booking_now()},
    )
    agent_id: UUID = (await transaction.execute(upsert.returning(agents.c.id))).scalar_one()
    return agent_id


def _unprovision(subject: str) -> sa.Update:
    return (
        sa.update(agents)
        .where(agents.c.subject == subject, agents.c.provisioned_role.is_not(None))
        .values(provisioned_role=None, updated_at=booking_now())
    )
