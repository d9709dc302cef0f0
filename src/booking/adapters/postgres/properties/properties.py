"""Properties in PostgreSQL."""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from booking.adapters.postgres import sql, versions
from booking.adapters.postgres.engine.database import Database, Transaction
from booking.adapters.postgres.engine.pool import Row
from booking.adapters.postgres.events import record
from booking.adapters.postgres.idempotency import keep
from booking.adapters.postgres.rights import granted
from booking.adapters.postgres.rows import Words
from booking.adapters.postgres.tables.properties import properties
from booking.domain.authority import AgentRight
from booking.domain.events import Actor
from booking.domain.keys import Key
from booking.domain.paging import Page, Paging, Position
from booking.domain.people.applicant import folded
from booking.domain.properties import events
from booking.domain.properties.property import Property, PropertyFilter, PropertyNews, PropertyStatus

SET = ("label", "area", "address", "directions", "meeting_point", "time_zone", "image_url", "status")
READ = (*SET, "organization_id", "id", "access_note", "version", "withdrawn_from", "told_at", "updated_at")

GET = sql.query("properties", "get", ("organization_id", "id"))
KNOWN = sql.query("properties", "known", ("organization_id", "id"))
OF_ORGANIZATION = sql.composed("properties", "of_organization")
LAST_VISIT = sql.query("properties", "last_visit", ("organization_id", "id", "applicant_id"))
LOCK_ONE = sql.query("properties", "lock_one", ("organization_id", "id"))
LOCK = sql.query("properties", "lock", ("organization_id", "ids"))
ADD_NAMELESS = sql.query("properties", "add_nameless", ("organization_id", "ids"))

_STATUS = Words(PropertyStatus)


class PostgresProperties:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, key: Key) -> Property | None:
        rows = await self._database.fetch(GET, *key)
        return property_from(rows[0]) if rows else None

    async def known(self, key: Key) -> bool:
        (row,) = await self._database.fetch(KNOWN, *key)
        return bool(row[0])

    async def put(self, details: Property, expected: int | None, by: AgentRight, *, keep_note: bool) -> Property:
        values = {name: getattr(details, name) for name in SET} | {"status": details.status.value}
        if not keep_note:
            values["access_note"] = details.access_note

        async def work(transaction: Transaction) -> Property:
            actor = await granted(transaction, by)
            await versions.put(
                transaction,
                properties,
                {"organization_id": details.organization_id, "id": details.id},
                values,
                expected,
            )
            row = await transaction.first(GET, *details.key)
            assert row is not None
            kept = property_from(row)
            await record(transaction, events.property_changed(kept, actor))
            await keep(transaction, [(by, (kept,))])
            return kept

        return await self._database.unit(work)

    async def tell(self, news: PropertyNews, by: Actor) -> None:
        """The domain decides whether the news are the newest, on the locked row."""

        async def work(transaction: Transaction) -> None:
            row = await transaction.first(LOCK_ONE, *news.key)
            if row is None:
                await transaction.execute(ADD_NAMELESS, news.organization_id, [news.property_id])
                row = await transaction.first(LOCK_ONE, *news.key)
            assert row is not None  # no property is ever deleted
            before = property_from(row)
            after = before.after(news, at=row.at)
            if after != before:
                changed = (*SET, "version", "told_at", "updated_at")
                of = (properties.c.organization_id == news.organization_id, properties.c.id == news.property_id)
                values = {name: getattr(after, name) for name in changed} | {"status": str(after.status)}
                await transaction.execute(sa.update(properties).where(*of).values(values))
            if after.version > before.version:
                await record(transaction, events.property_changed(after, by))

        await self._database.unit(work)

    async def of_organization(self, organization_id: UUID, chosen: PropertyFilter, paging: Paging) -> Page[Property]:
        q = None if chosen.q is None else folded(chosen.q)
        rows = await self._database.fetch(
            *OF_ORGANIZATION.given(
                organization_id=organization_id,
                q=None if chosen.in_address else q,
                q_in_address=q if chosen.in_address else None,
                status=chosen.status and chosen.status.value,
                updated_after=chosen.updated_after,
                after_time=paging.after and paging.after.start_time,
                after_id=paging.after and paging.after.id,
                most=paging.limit + 1,
            )
        )
        found = [property_from(row) for row in rows]
        shown = found[: paging.limit]
        more = len(found) > paging.limit
        return Page(items=shown, next=Position(shown[-1].updated_at, shown[-1].id) if more else None)

    async def last_visit(self, key: Key, applicant_id: UUID) -> datetime | None:
        (row,) = await self._database.fetch(LAST_VISIT, *key, applicant_id)
        end: datetime | None = row[0]
        return end


async def lock_known(transaction: Transaction, organization_id: UUID, ids: Collection[UUID]) -> Mapping[UUID, str]:
    """Lock properties in the order of their ids; return the status of each that there is."""
    return {row.id: row.status for row in await transaction.fetch(LOCK, organization_id, sorted(set(ids)))}


async def lock_for_slots(transaction: Transaction, organization_id: UUID, ids: Collection[UUID]) -> Mapping[UUID, str]:
    """Lock the properties of slots to be offered, after the agents; an unknown one is made, without a name."""
    known = await lock_known(transaction, organization_id, ids)
    if not (unknown := set(ids) - known.keys()):
        return known
    await transaction.execute(ADD_NAMELESS, organization_id, sorted(unknown))
    return await lock_known(transaction, organization_id, ids)


def property_from(row: Row) -> Property:
    return Property(**{name: row[name] for name in READ} | {"status": _STATUS[row.status]})
