"""Figures in PostgreSQL: sums of cells, and ratings from the bookings themselves."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from booking.adapters.postgres import sql
from booking.adapters.postgres.engine.database import Database, Transaction
from booking.adapters.postgres.engine.pool import Row
from booking.adapters.postgres.engine.sql_files import Composed
from booking.adapters.postgres.figures.rows import figures_from
from booking.domain.figures.figures import Figures, OfId
from booking.domain.figures.periods import Span
from booking.domain.figures.ratings import Rated
from booking.service.figures.figures import Chosen

BY_TIME = sql.composed("figures", "by_time")
BY_PROPERTY = sql.composed("figures", "by_property")
BY_AGENT = sql.composed("figures", "by_agent")
RATINGS = sql.query("figures", "ratings", ("organization_id", "starts", "until"))


class PostgresFigures:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def by_time(self, chosen: Chosen, spans: Sequence[Span]) -> Mapping[object, Figures]:
        keys = list({one.key: None for one in spans})
        numbers = {key: number for number, key in enumerate(keys)}
        labels, starts = [numbers[one.key] for one in spans], [one.since for one in spans]
        rows = await self._sums(BY_TIME, chosen, labels=labels, starts=starts)
        return {keys[row.label]: figures_from(row) for row in rows}

    async def by_property(self, chosen: Chosen, most: int) -> Sequence[OfId]:
        rows = await self._sums(BY_PROPERTY, chosen, most=most)
        return [OfId(id=row.property_id, name=row.label, area=row.area, figures=figures_from(row)) for row in rows]

    async def by_agent(self, chosen: Chosen, most: int) -> Sequence[OfId]:
        rows = await self._sums(BY_AGENT, chosen, most=most)
        return [OfId(id=row.agent_id, name=row.name, figures=figures_from(row)) for row in rows]

    async def ratings(self, organization_id: UUID, months: Sequence[datetime], until: datetime) -> Sequence[Rated]:
        rows = await self._database.fetch(RATINGS, organization_id, list(months), until)
        return [Rated(row.month, row.property_id, row.agent_id, row.raters, row.ratings, row.stars) for row in rows]

    async def _sums(self, statement: Composed, chosen: Chosen, **inputs: object) -> Sequence[Row]:
        """Plan for the time that is asked for: it may be a day, or a year of a million visits."""
        given = statement.given(
            organization_id=chosen.organization_id,
            since=chosen.period.since,
            until=chosen.period.until,
            agent_id=chosen.agent_id,
            property_id=chosen.property_id,
            **inputs,
        )

        async def read(transaction: Transaction) -> Sequence[Row]:
            await transaction.plan_freely()
            return await transaction.fetch(*given)

        return await self._database.unit(read)
