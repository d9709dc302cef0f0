"""Policies in PostgreSQL: what was set, and how it is read beside the slots that it rules."""

from functools import lru_cache
from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from booking.adapters.postgres.engine.database import Database, Transaction
from booking.adapters.postgres.engine.pool import Row
from booking.adapters.postgres.events import record
from booking.adapters.postgres.members import Members
from booking.adapters.postgres.rights import granted
from booking.adapters.postgres.tables import booking_now, policies, slots
from booking.domain import events
from booking.domain.applicant import RiskLevel
from booking.domain.authority import AgentRight
from booking.domain.policy import Policy, Settings
from booking.domain.refusals import PreconditionFailed

NAMES = Policy.__struct_fields__

of_property = policies.alias("of_property")
of_organization = policies.alias("of_organization")

_unset = sa.and_(of_property.c.organization_id.is_(None), of_organization.c.organization_id.is_(None))
_limits = ("max_live_bookings", "max_live_bookings_per_property")
LIMITED = sa.or_(*(sa.func.coalesce(of_property.c[name], of_organization.c[name]).is_not(None) for name in _limits))
"""Whether it matters how many bookings somebody has, wherever they are."""

_those = sa.func.json_build_array(*(sa.func.row_to_json(of.table_valued()) for of in (of_organization, of_property)))
RULES = sa.case((_unset, sa.null()), else_=sa.cast(_those, sa.Text)).label("rules")
"""What is set in an organization and for a property, beside `ruled(…)`; read it with `policy_from`."""


def ruled(source: sa.FromClause, of: sa.FromClause = slots) -> sa.FromClause:
    """A join that has slots in it, or others `of` a property, with what that and their organization have set."""
    return source.outerjoin(
        of_property,
        sa.and_(of_property.c.organization_id == of.c.organization_id, of_property.c.property_id == of.c.property_id),
    ).outerjoin(
        of_organization,
        sa.and_(of_organization.c.organization_id == of.c.organization_id, of_organization.c.property_id.is_(None)),
    )


def policy_from(row: Row) -> Policy:
    return policy_of(row["rules"])


@lru_cache(maxsize=1024)
def policy_of(rules: str | None) -> Policy:
    """Few are set, and every row of a list comes with the same."""
    policy = Policy()
    for of in msgspec.json.decode(rules) if rules else ():
        policy = policy.overridden_by(_settings(of) if of else None)
    return policy


class PostgresPolicies:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def settings(self, organization_id: UUID, property_id: UUID | None) -> Settings | None:
        rows = await self._database.fetch(
            sa.select(policies).where(
                policies.c.organization_id == organization_id, policies.c.property_id.is_not_distinct_from(property_id)
            )
        )
        return _settings(rows[0]) if rows else None

    async def effective(self, organization_id: UUID, property_id: UUID) -> Policy:
        own = await self.settings(organization_id, property_id)
        return Policy().overridden_by(await self.settings(organization_id, None)).overridden_by(own)

    async def put(
        self, organization_id: UUID, property_id: UUID | None, settings: Settings, expected: int | None, by: AgentRight
    ) -> Settings:
        """A first setting and a further one are the same statement, so that of two admins at once one is told."""
        values = {name: getattr(settings, name) for name in NAMES}
        if settings.approval_levels is not None:
            values["approval_levels"] = [level.value for level in settings.approval_levels]
        first = insert(policies).values(organization_id=organization_id, property_id=property_id, version=1, **values)
        put = first.on_conflict_do_update(
            index_elements=[policies.c.organization_id, policies.c.property_id],
            set_={**values, "version": policies.c.version + 1, "updated_at": booking_now()},
            where=sa.true() if expected is None else policies.c.version == expected,
        ).returning(policies)

        async def work(transaction: Transaction) -> Settings:
            actor = await granted(transaction, by)
            row = await transaction.first(put)
            if row is None or (row.version == 1 and expected not in (None, 0)):
                raise PreconditionFailed
            kept = _settings(row)
            await record(transaction, events.policy_changed(organization_id, property_id, kept, actor))
            return kept

        return await self._database.unit(work)


_LEVEL = Members(RiskLevel)


def _settings(row: Any) -> Settings:
    values = {name: row[name] for name in NAMES}
    if values["approval_levels"] is not None:
        values["approval_levels"] = tuple([_LEVEL[level] for level in values["approval_levels"]])
    return Settings(**values, version=row.get("version", 0))
