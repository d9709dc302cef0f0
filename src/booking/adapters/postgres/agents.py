"""Agents in PostgreSQL: rows that follow signed claims, or an operator's word."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from booking.adapters.ids import new_id
from booking.adapters.postgres.batches import Batches
from booking.adapters.postgres.database import Database
from booking.adapters.postgres.prepared import Prepared, asked
from booking.adapters.postgres.tables import agents, booking_now
from booking.domain.agent import Agent, AgentRole
from booking.domain.caller import Claims

_logins = asked(organization_id=sa.Uuid(), subject=sa.Text(), role=sa.Text())
_subjects = asked(subject=sa.Text())

CLAIMED = Prepared(
    sa.select(_logins.c.number, agents.c.id).where(
        agents.c.organization_id == _logins.c.organization_id,
        agents.c.subject == _logins.c.subject,
        agents.c.claimed_role == _logins.c.role,
    ),
    ("organization_id", "subject", "role"),
)
PROVISIONED = Prepared(
    sa.select(_subjects.c.number, agents).where(
        agents.c.subject == _subjects.c.subject, agents.c.provisioned_role.is_not(None)
    ),
    ("subject",),
)
"""By subject alone: one of the few statements that go over all organizations."""


class PostgresAgents:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._claimed = Batches(self._with_claimed_role)
        self._provisioned = Batches(self._with_provisioned_role)

    async def from_claims(self, claims: Claims) -> Agent | None:
        """Read first, since the row says the same as the claims on all calls but the first."""
        agency = claims.agency
        if agency is None:
            return None
        agent_id = await self._claimed.ask((agency.organization_id, claims.subject, agency.role.value))
        if agent_id is None:
            agent_id = await self._database.unit(
                lambda transaction: _upsert(
                    transaction, claims.subject, agency.organization_id, "claimed_role", agency.role
                )
            )
        return Agent(id=agent_id, organization_id=agency.organization_id, role=agency.role)

    async def provisioned(self, subject: str) -> Agent | None:
        return await self._provisioned.ask((subject,))

    async def _with_claimed_role(self, asked: Sequence[tuple[UUID, str, str]]) -> Mapping[tuple[UUID, str, str], UUID]:
        rows = await self._database.rows(CLAIMED, *zip(*asked, strict=True))
        return {asked[row.number - 1]: row.id for row in rows}

    async def _with_provisioned_role(self, asked: Sequence[tuple[str]]) -> Mapping[tuple[str], Agent]:
        rows = await self._database.rows(PROVISIONED, *zip(*asked, strict=True))
        return {
            asked[row.number - 1]: Agent(
                id=row.id, organization_id=row.organization_id, role=AgentRole(row.provisioned_role)
            )
            for row in rows
        }

    async def provision(self, subject: str, organization_id: UUID, role: AgentRole) -> Agent:
        async def work(transaction: AsyncConnection) -> Agent:
            one_at_a_time = sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(f"subject:{subject}", 0))
            await transaction.execute(sa.select(one_at_a_time))
            await transaction.execute(_unprovision(subject))
            agent_id = await _upsert(transaction, subject, organization_id, "provisioned_role", role)
            return Agent(id=agent_id, organization_id=organization_id, role=role)

        return await self._database.unit(work)

    async def remove(self, subject: str) -> bool:
        async def work(transaction: AsyncConnection) -> bool:
            return (await transaction.execute(_unprovision(subject))).rowcount > 0

        return await self._database.unit(work)


async def _upsert(
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
