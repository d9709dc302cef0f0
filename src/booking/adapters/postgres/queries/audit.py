"""Record of all changes, for admins."""

from collections.abc import Sequence
from typing import TypeVar
from uuid import UUID

from booking.adapters.postgres import sql
from booking.adapters.postgres.engine.database import Database
from booking.adapters.postgres.queries import structs
from booking.domain.audit import AuditFilter
from booking.domain.people.caller import Scope

T = TypeVar("T")

PAGE = sql.composed("audit", "page")
ARRIVING = sql.query("audit", "arriving", ("administered", "request_id"))


class AuditQueries:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(
        self, scope: Scope, shown: type[T], chosen: AuditFilter, *, before: int | None, limit: int
    ) -> Sequence[T]:
        rows = await self._database.fetch(
            *PAGE.given(
                administered=scope.administered,
                before=before,
                type=chosen.type,
                subject=chosen.subject,
                booking_id=chosen.booking_id,
                applicant_id=chosen.applicant_id,
                request_id=chosen.request_id,
                slot_id=chosen.slot_id,
                since=chosen.since,
                until=chosen.until,
                most=limit,
            )
        )
        return structs(rows, shown)

    async def arriving(self, scope: Scope, request_id: str) -> Sequence[UUID]:
        return [row.id for row in await self._database.fetch(ARRIVING, scope.administered, request_id)]
