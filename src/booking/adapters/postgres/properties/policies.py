"""Policies in PostgreSQL: settings of organizations and properties."""

from collections.abc import Collection, Mapping
from uuid import UUID

import sqlalchemy as sa

from booking.adapters.postgres import versions
from booking.adapters.postgres.engine.database import Database, Transaction
from booking.adapters.postgres.events import record
from booking.adapters.postgres.idempotency import keep
from booking.adapters.postgres.properties.rows import RULE_NAMES, settings_from
from booking.adapters.postgres.rights import granted
from booking.adapters.postgres.tables.properties import policies
from booking.domain.authority import AgentRight
from booking.domain.properties import events
from booking.domain.properties.policy import Policy, Settings


class PostgresPolicies:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def settings(self, organization_id: UUID, property_id: UUID | None) -> Settings | None:
        rows = await self._database.fetch(
            sa.select(policies).where(
                policies.c.organization_id == organization_id, policies.c.property_id.is_not_distinct_from(property_id)
            )
        )
        return settings_from(rows[0]) if rows else None

    async def effective(self, organization_id: UUID, property_id: UUID) -> Policy:
        own = await self.settings(organization_id, property_id)
        return Policy().overridden_by(await self.settings(organization_id, None)).overridden_by(own)

    async def all_effective(self, organization_id: UUID, property_ids: Collection[UUID]) -> Mapping[UUID, Policy]:
        rows = await self._database.fetch(
            sa.select(policies).where(
                policies.c.organization_id == organization_id,
                policies.c.property_id.is_(None) | policies.c.property_id.in_(property_ids),
            )
        )
        found = {row.property_id: settings_from(row) for row in rows}
        usual = Policy().overridden_by(found.get(None))
        return {property_id: usual.overridden_by(found.get(property_id)) for property_id in property_ids}

    async def put(
        self,
        organization_id: UUID,
        property_id: UUID | None,
        settings: Settings,
        expected: int | None,
        by: AgentRight,
        *,
        unnamed: Collection[str] = (),
    ) -> Settings:
        values = {name: getattr(settings, name) for name in RULE_NAMES if name not in unnamed}
        if settings.approval_levels is not None:
            values["approval_levels"] = [level.value for level in settings.approval_levels]

        async def work(transaction: Transaction) -> Settings:
            actor = await granted(transaction, by)
            row = await versions.put(
                transaction,
                policies,
                {"organization_id": organization_id, "property_id": property_id},
                values,
                expected,
            )
            kept = settings_from(row)
            await record(transaction, events.policy_changed(organization_id, property_id, kept, actor))
            await keep(transaction, [(by, (kept,))])
            return kept

        return await self._database.unit(work)
