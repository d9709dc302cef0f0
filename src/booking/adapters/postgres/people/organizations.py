"""Organizations in PostgreSQL."""

from uuid import UUID

import sqlalchemy as sa

from booking.adapters.postgres import versions
from booking.adapters.postgres.engine.database import Database, Transaction
from booking.adapters.postgres.engine.pool import Row
from booking.adapters.postgres.events import record
from booking.adapters.postgres.idempotency import keep
from booking.adapters.postgres.rights import granted
from booking.adapters.postgres.tables.people import organizations
from booking.domain.authority import AgentRight
from booking.domain.people import events
from booking.domain.people.organization import Organization

SET = ("name", "time_zone", "locale", "email", "phone", "website", "colour", "logo_url", "reply_to")


class PostgresOrganizations:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, organization_id: UUID) -> Organization:
        rows = await self._database.fetch(
            sa.select(organizations).where(organizations.c.organization_id == organization_id)
        )
        return _organization_from(rows[0]) if rows else Organization(id=organization_id)

    async def put(self, organization: Organization, expected: int | None, by: AgentRight) -> Organization:
        values = {name: getattr(organization, name) for name in SET}

        async def work(transaction: Transaction) -> Organization:
            actor = await granted(transaction, by)
            row = await versions.put(transaction, organizations, {"organization_id": organization.id}, values, expected)
            kept = _organization_from(row)
            await record(transaction, events.organization_changed(kept, actor))
            await keep(transaction, [(by, (kept,))])
            return kept

        return await self._database.unit(work)


def _organization_from(row: Row) -> Organization:
    """Read a row. One that was made for another reason, and never set, was never updated either."""
    return Organization(
        id=row.organization_id,
        version=row.version,
        updated_at=row.updated_at if row.version else None,
        **{name: row[name] for name in SET},
    )
