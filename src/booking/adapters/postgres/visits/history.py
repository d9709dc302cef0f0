"""History of bookings in PostgreSQL."""

from uuid import UUID

from booking.adapters.postgres import sql
from booking.adapters.postgres.engine.database import Database
from booking.adapters.postgres.engine.pool import Row
from booking.adapters.postgres.events import recorded_from
from booking.adapters.postgres.people.rows import keys_of
from booking.adapters.postgres.rows import page_from
from booking.domain.paging import Page, Paging, Position
from booking.domain.people.caller import Caller
from booking.domain.visits.history import Happening, NamedAgent
from booking.domain.visits.refusals import BookingNotFound

PAGE = sql.composed("history", "page")


class PostgresHistories:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(self, booking_id: UUID, caller: Caller, paging: Paging) -> Page[Happening]:
        agent = caller.agent
        rows = await self._database.fetch(
            *PAGE.given(
                in_view=caller.organizations,
                id=booking_id,
                **keys_of(caller.applicants),
                agency=agent and agent.organization_id,
                agent_id=agent and agent.id,
                admin=agent is not None and agent.is_admin,
                after_id=paging.after and paging.after.id,
                most=paging.limit + 1,
            )
        )
        if not rows:
            raise BookingNotFound
        happened = [row for row in rows if row.id is not None]
        return page_from(happened, paging, _happening, _position)


def _happening(row: Row) -> Happening:
    by_agent = NamedAgent(id=row.actor_id, name=row.actor_name) if row.actor_id else None
    return Happening(recorded=recorded_from(row), by_agent=by_agent)


def _position(row: Row) -> Position:
    return Position(row.occurred_at, row.id)
