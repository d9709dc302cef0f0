"""Agents of an organization in PostgreSQL, as their colleagues see them."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from booking.adapters.postgres import sql
from booking.adapters.postgres.departures import agent_left
from booking.adapters.postgres.engine.database import Database, Transaction
from booking.adapters.postgres.engine.pool import Row
from booking.adapters.postgres.events import record
from booking.adapters.postgres.idempotency import keep
from booking.adapters.postgres.people.profiles import save_profile
from booking.adapters.postgres.rights import granted
from booking.domain.authority import AgentRight
from booking.domain.keys import Key
from booking.domain.paging import EPOCH, Page, Paging, Position
from booking.domain.people import events
from booking.domain.people.agent import AgentRole, Colleague, Profile
from booking.domain.people.applicant import folded
from booking.domain.people.refusals import AgentNotFound

OF_ORGANIZATION = sql.composed("agents", "of_organization")
LOCK = sql.query("agents", "lock", ("organization_id", "ids"))
SHUT_OUT = sql.query("agents", "shut_out", ("organization_id", "id", "shut_out"))

_PROFILE = Profile.__struct_fields__
_ROLES = frozenset(AgentRole)


class PostgresColleagues:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def of_organization(
        self, organization_id: UUID, *, q: str | None, inactive: bool, paging: Paging
    ) -> Page[Colleague]:
        asked = _asked(
            organization_id,
            q=None if q is None else folded(q),
            active=None if inactive else True,
            after_id=paging.after and paging.after.id,
            most=paging.limit + 1,
        )
        found = [colleague_from(row) for row in await self._database.fetch(*asked)]
        shown = found[: paging.limit]
        return Page(items=shown, next=Position(EPOCH, shown[-1].id) if len(found) > paging.limit else None)

    async def get(self, key: Key) -> Colleague | None:
        rows = await self._database.fetch(*_asked(key[0], id=key[1]))
        return colleague_from(rows[0]) if rows else None

    async def change_profile(self, said: Mapping[str, str | None], by: AgentRight) -> Profile:
        async def work(transaction: Transaction) -> Profile:
            actor = await granted(transaction, by)
            if said:
                await save_profile(transaction, by.key, said)
                await record(transaction, events.agent_profile_changed(*by.key, actor))
            profile = (await _read(transaction, by.key)).profile
            await keep(transaction, [(by, (profile,))])
            return profile

        return await self._database.unit(work)

    async def set_shut_out(self, key: Key, by: AgentRight, *, shut_out: bool) -> Colleague:
        organization_id, agent_id = key

        async def work(transaction: Transaction) -> Colleague:
            await transaction.fetch(LOCK, organization_id, [agent_id, by.key[1]])
            actor = await granted(transaction, by)
            before = await _read(transaction, key)
            await transaction.execute(SHUT_OUT, organization_id, agent_id, shut_out)
            if shut_out:
                await agent_left(transaction, key)
            after = await _read(transaction, key)
            if event := events.agent_became(organization_id, agent_id, before.granted_role, after.granted_role, actor):
                await record(transaction, event)
            await keep(transaction, [(by, (after,))])
            return after

        return await self._database.unit(work)


async def _read(transaction: Transaction, key: Key) -> Colleague:
    row = await transaction.first(*_asked(key[0], id=key[1]))
    if row is None:
        raise AgentNotFound
    return colleague_from(row)


def _asked(organization_id: UUID, **chosen: Any) -> tuple[Any, ...]:
    given = {"id": None, "active": None, "q": None, "after_id": None, "most": 1, **chosen}
    return OF_ORGANIZATION.given(organization_id=organization_id, **given)


def colleague_from(row: Row) -> Colleague:
    return Colleague(
        id=row.id,
        organization_id=row.organization_id,
        role=AgentRole(row.role) if row.role in _ROLES else None,
        shut_out=row.shut_out_at is not None,
        created_at=row.created_at,
        profile=Profile(**{name: row[name] for name in _PROFILE}),
    )
