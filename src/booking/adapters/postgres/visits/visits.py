"""Details of visits in PostgreSQL."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias
from uuid import UUID

from booking.adapters.postgres import sql
from booking.adapters.postgres.engine.batching import Batches
from booking.adapters.postgres.engine.database import Database, Transaction
from booking.adapters.postgres.events import record
from booking.adapters.postgres.people.grants import people_granting
from booking.domain.authority import ApplicantRight
from booking.domain.properties.visit_details import VisitDetails
from booking.domain.visits import events
from booking.domain.visits.booking_context import BookingContext
from booking.service.properties.visit_details import StoredDetails

_Host: TypeAlias = tuple[UUID, UUID, UUID]
"""(organization, property, agent)."""

DETAILS = sql.query("visits", "details", ("organization_id", "property_id", "agent_id"))


class PostgresVisits:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._details = Batches(self._of_hosts, kind="visits")

    async def details(self, organization_id: UUID, property_id: UUID, agent_id: UUID) -> StoredDetails:
        found = await self._details.ask((organization_id, property_id, agent_id))
        return found or StoredDetails(VisitDetails(), None)

    async def note_shown(self, context: BookingContext, by: ApplicantRight) -> None:
        async def work(transaction: Transaction) -> None:
            actor = (await people_granting(transaction, [by])).actor(by)
            await record(transaction, events.access_note_shown(context.booking, context.agent_id, actor))

        await self._database.unit(work)

    async def _of_hosts(self, asked: Sequence[_Host]) -> Mapping[_Host, StoredDetails]:
        rows = await self._database.fetch(DETAILS, *zip(*asked, strict=True))
        return {
            asked[row.number - 1]: StoredDetails(
                VisitDetails(
                    address=row.address,
                    directions=row.directions,
                    meeting_point=row.meeting_point,
                    phone=row.phone,
                ),
                row.access_note,
            )
            for row in rows
        }
