"""The audit trail in PostgreSQL."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from booking.adapters.postgres.database import Database
from booking.adapters.postgres.events import recorded_from
from booking.adapters.postgres.lines import AnyRow
from booking.adapters.postgres.prepared import Prepared
from booking.adapters.postgres.tables import events, seals
from booking.domain.audit import Audited, AuditFilter, Seal
from booking.service.ports import Lost

LAST = 2**63 - 1
PLACED = Prepared(
    sa.select(events)
    .where(
        events.c.position >= sa.bindparam("first", None, sa.BigInteger),
        events.c.position <= sa.bindparam("last", None, sa.BigInteger),
    )
    .order_by(events.c.position)
    .limit(sa.bindparam("most", None, sa.Integer)),
    ("first", "last", "most"),
)


class PostgresTrail:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def of_organization(
        self, organization_id: UUID, chosen: AuditFilter, *, before: int | None, limit: int
    ) -> Sequence[Audited]:
        statement = sa.select(events).where(
            events.c.organization_id == organization_id, events.c.position.is_not(None), *_conditions(chosen)
        )
        if before is not None:
            statement = statement.where(events.c.position < before)
        rows = await self._database.fetch(statement.order_by(events.c.position.desc()).limit(limit))
        return [_audited(row) for row in rows]

    async def placed(self, first: int, limit: int, *, last: int | None = None) -> Sequence[Audited]:
        rows = await self._database.rows(PLACED, first, LAST if last is None else last, limit)
        return [_audited(row) for row in rows]

    async def last_seal(self) -> Seal | None:
        rows = await self._database.fetch(sa.select(seals).order_by(seals.c.number.desc()).limit(1))
        return _seal(rows[0]) if rows else None

    async def add_seal(self, seal: Seal) -> None:
        async def work(transaction: AsyncConnection) -> None:
            added = insert(seals).values(
                number=seal.number,
                first=seal.first,
                last=seal.last,
                content=seal.content,
                digest=seal.digest,
                sealed_at=seal.sealed_at,
            )
            if (await transaction.execute(added.on_conflict_do_nothing())).rowcount != 1:
                raise Lost

        await self._database.unit(work)

    async def seals(self, first: int, limit: int) -> Sequence[Seal]:
        rows = await self._database.fetch(
            sa.select(seals).where(seals.c.number >= first).order_by(seals.c.number).limit(limit)
        )
        return [_seal(row) for row in rows]


def _audited(row: AnyRow) -> Audited:
    return Audited(position=row.position, recorded=recorded_from(row))


def _conditions(chosen: AuditFilter) -> list[sa.ColumnElement[bool]]:
    equal = {
        events.c.type: chosen.type,
        events.c.actor_subject: chosen.subject,
        events.c.booking_id: chosen.booking_id,
        events.c.applicant_id: chosen.applicant_id,
    }
    conditions = [column == value for column, value in equal.items() if value is not None]
    if chosen.slot_id is not None:
        conditions.append(sa.or_(events.c.slot_id == chosen.slot_id, events.c.from_slot_id == chosen.slot_id))
    if chosen.since is not None:
        conditions.append(events.c.occurred_at >= chosen.since)
    if chosen.until is not None:
        conditions.append(events.c.occurred_at < chosen.until)
    return conditions


def _seal(row: sa.Row[Any]) -> Seal:
    return Seal(
        number=row.number,
        first=row.first,
        last=row.last,
        content=row.content,
        digest=row.digest,
        sealed_at=row.sealed_at,
    )
