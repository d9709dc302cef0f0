"""Agents in PostgreSQL: rows that follow signed claims, or an operator's word."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, NamedTuple
from uuid import UUID

from booking.adapters.ids import new_id
from booking.adapters.postgres import sql
from booking.adapters.postgres.departures import agent_left
from booking.adapters.postgres.engine.database import Database, Transaction
from booking.adapters.postgres.events import record
from booking.adapters.postgres.notices.unsubscriptions import forget_unsubscriptions
from booking.adapters.postgres.people.profiles import count_change_of_names, follow_token
from booking.adapters.postgres.planning.blocks import end_blocks
from booking.domain.events import OPERATOR, Actor
from booking.domain.people.agent import Agent, AgentEntry, AgentRole, role_of
from booking.domain.people.caller import Agency, Claims
from booking.domain.people.events import agent_became, agent_erased
from booking.domain.people.refusals import AgentNotFound
from booking.service.ports import Lost
from booking.service.retrying import retry_when_lost

Source = Literal["claimed_role", "provisioned_role"]
"""The column of a role: what a token claims, or what an operator says."""

_ROLES = ("claimed_role", "provisioned_role")
_SET = (*_ROLES, "claimed_at", "shut_out_at")


class Written(NamedTuple):
    """Agent whose role was written. Of one who is shut out, that makes nobody an agent."""

    id: UUID
    shut_out: bool


OF_SUBJECT = sql.query("agents", "of_subject", ("subject",))
ADD = sql.query("agents", "add", ("organization_id", "id", "subject", *_ROLES, "claimed_at"))
SET = sql.query("agents", "set", ("organization_id", "id", *_SET))
ONE_PROVISIONING = sql.query("agents", "one_provisioning", ("subject",))
HELD = sql.query("agents", "held", ("organization_id", "id"))
SHUT_OUT = sql.query("agents", "shut_out", ("organization_id", "id", "shut_out"))
FORGET_ANSWERS = sql.query("agents", "forget_answers", ("organization_id", "id"))
ENTRIES = sql.composed("agents", "entries")


class PostgresAgents:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def provision(self, subject: str, organization_id: UUID, role: AgentRole) -> Agent:
        now = await self._provision(subject, Agency(organization_id=organization_id, role=role))
        return Agent(id=now[organization_id].id, organization_id=organization_id, role=role)

    async def remove(self, subject: str) -> bool:
        return bool(await self._provision(subject, None))

    async def erase(self, organization_id: UUID, agent_id: UUID) -> None:
        key = organization_id, agent_id

        async def work(transaction: Transaction) -> None:
            row = await transaction.first(HELD, *key)
            if row is None:
                raise AgentNotFound("there is no such agent in that organization")
            await transaction.execute(SHUT_OUT, *key, True)
            await agent_left(transaction, key)
            await end_blocks(transaction, key)
            if event := agent_became(*key, _role(row), None, OPERATOR):
                await record(transaction, event)
            if await transaction.value("SELECT erase_agent($1, $2)", *key):
                await forget_unsubscriptions(transaction, key)
                await count_change_of_names(transaction, organization_id)
                await record(transaction, agent_erased(*key, OPERATOR))
            await transaction.execute(FORGET_ANSWERS, *key)

        await self._database.unit(work)

    async def entries(self, organization_id: UUID | None) -> Sequence[AgentEntry]:
        rows = await self._database.fetch(*ENTRIES.given(organization_id=organization_id))
        return [AgentEntry(**row) for row in rows]

    async def _provision(self, subject: str, agency: Agency | None) -> Mapping[UUID, Written]:
        async def work(transaction: Transaction) -> Mapping[UUID, Written]:
            await transaction.fetch(ONE_PROVISIONING, subject)
            return await set_role(transaction, "provisioned_role", subject, agency, lambda _: OPERATOR)

        return await retry_when_lost(lambda: self._database.unit(work))


async def set_role(
    transaction: Transaction,
    source: Source,
    subject: str,
    agency: Agency | None,
    by: Callable[[str], Actor],
    claims: Claims | None = None,
) -> Mapping[UUID, Written]:
    """Give the subject this role in this agency and in no other, and record the events of that.

    `claims`: of the token that says so, and fills in the agent's profile. An operator's word lets in again whoever is
    shut out. Returns the agents written, by organization: none if a later token holds. `by` makes the actor of a
    former or new role. Lost if another call has just made the same agent: of two first calls at once, one records it.
    """
    before = {row.organization_id: row for row in await transaction.fetch(OF_SUBJECT, subject)}
    issued_at = claims.issued_at if claims else None
    if issued_at is not None and any(row.claimed_at and row.claimed_at > issued_at for row in before.values()):
        return {}
    kept = agency and agency.organization_id
    roles: dict[UUID, str | None] = {
        organization_id: None
        for organization_id, row in before.items()
        if organization_id != kept and (row[source] or (claims and agency is None and row.provisioned_role))
    }
    if agency is not None:
        roles[agency.organization_id] = agency.role.value
    written = {}
    for organization_id, role in roles.items():
        row = before.get(organization_id)
        was = {name: row[name] if row else None for name in _SET}
        now = was | {source: role} | ({"claimed_at": issued_at} if issued_at else {})
        if claims is None and role is not None:
            now["shut_out_at"] = None
        agent_id = row.id if row else new_id()
        if row:
            await transaction.execute(SET, organization_id, agent_id, *now.values())
        elif await transaction.value(ADD, organization_id, agent_id, subject, *list(now.values())[:-1]) is None:
            raise Lost
        written[organization_id] = Written(agent_id, shut_out=now["shut_out_at"] is not None)
        had, has = map(_role, (was, now))
        if claims is not None and has is not None:
            await follow_token(transaction, (organization_id, agent_id), row, claims)
        if has is None:
            await agent_left(transaction, (organization_id, agent_id))
        if event := agent_became(organization_id, agent_id, had, has, by(has or had or "")):
            await record(transaction, event)
    return written


def _role(held: Any) -> str | None:
    return None if held["shut_out_at"] else role_of(*(held[name] for name in _ROLES))
