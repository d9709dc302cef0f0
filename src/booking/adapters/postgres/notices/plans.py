"""Notice plans in PostgreSQL: settings of organizations and properties, and the plans that statements find of them."""

from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa

from booking.adapters.postgres import sql, versions
from booking.adapters.postgres.engine.database import Database, Transaction
from booking.adapters.postgres.engine.pool import Row
from booking.adapters.postgres.events import record
from booking.adapters.postgres.idempotency import keep
from booking.adapters.postgres.rights import granted
from booking.adapters.postgres.tables.notices import notice_plans as plans
from booking.domain.authority import AgentRight
from booking.domain.notices import events
from booking.domain.notices.plan import NoticePlan, PlanSettings, QuietHours, Release
from booking.domain.people.contact import Channel
from booking.domain.values import UNSET, UnsetType

T = TypeVar("T")

SWEEP_AGAIN = sql.query("notice_sweeps", "sweep_again", ("organization_id",))


class PostgresNoticePlans:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def settings(self, organization_id: UUID, property_id: UUID | None) -> PlanSettings:
        rows = await self._database.fetch(
            sa.select(plans).where(
                plans.c.organization_id == organization_id, plans.c.property_id.is_not_distinct_from(property_id)
            )
        )
        return _settings_from(rows[0]) if rows else PlanSettings()

    async def put(
        self,
        organization_id: UUID,
        property_id: UUID | None,
        settings: PlanSettings,
        expected: int | None,
        by: AgentRight,
    ) -> PlanSettings:
        values = _columns(settings)

        async def work(transaction: Transaction) -> PlanSettings:
            actor = await granted(transaction, by)
            row = await versions.put(
                transaction, plans, {"organization_id": organization_id, "property_id": property_id}, values, expected
            )
            kept = _settings_from(row)
            await transaction.execute(SWEEP_AGAIN, organization_id)
            await record(transaction, events.notice_plan_changed(organization_id, property_id, kept.version, actor))
            await keep(transaction, [(by, (kept,))])
            return kept

        return await self._database.unit(work)


def plan_of(row: Row) -> NoticePlan:
    """Read {plan}."""
    return NoticePlan(
        offsets=tuple(row.offsets),
        channels=tuple(map(Channel, row.channels)),
        quiet_hours=_quiet_hours(row) if row.quiet_since else None,
        release=_release(row) if row.release_before else None,
    )


def agency_plan_of(row: Row) -> NoticePlan:
    """Read {plan} of messages that are of no property."""
    quiet = QuietHours(since=row.agency_quiet_since, until=row.agency_quiet_until) if row.agency_quiet_since else None
    return NoticePlan(channels=tuple(map(Channel, row.agency_channels)), quiet_hours=quiet)


def _settings_from(row: Row) -> PlanSettings:
    return PlanSettings(
        offsets=UNSET if row.offsets is None else tuple(row.offsets),
        channels=UNSET if row.channels is None else tuple(map(Channel, row.channels)),
        quiet_hours=_said(row.quiet, _quiet_hours(row)),
        release=_said(row.releases, _release(row)),
        may_release=UNSET if row.may_release is None else row.may_release,
        version=row.version,
    )


def _columns(settings: PlanSettings) -> dict[str, Any]:
    quiet, release = settings.quiet_hours or None, settings.release or None
    return {
        "offsets": None if settings.offsets is UNSET else list(settings.offsets),
        "channels": None if settings.channels is UNSET else list(settings.channels),
        "quiet": None if settings.quiet_hours is UNSET else quiet is not None,
        "quiet_since": quiet and quiet.since,
        "quiet_until": quiet and quiet.until,
        "releases": None if settings.release is UNSET else release is not None,
        "release_before": release and release.before,
        "trust_sent": release and release.trust_sent,
        "may_release": None if settings.may_release is UNSET else settings.may_release,
    }


def _said(whether: bool | None, value: T) -> T | UnsetType | None:
    if whether is None:
        return UNSET
    return value if whether else None


def _quiet_hours(row: Row) -> QuietHours:
    return QuietHours(since=row.quiet_since, until=row.quiet_until)


def _release(row: Row) -> Release:
    return Release(before=row.release_before, trust_sent=row.trust_sent)
