"""Names in PostgreSQL: of properties, agents and applicants, by their ids; many in one statement."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias
from uuid import UUID

from booking.adapters.postgres import sql
from booking.adapters.postgres.engine.batching import Batches
from booking.adapters.postgres.engine.database import Database
from booking.adapters.postgres.people.rows import applicant_from, names_from
from booking.domain.keys import Key
from booking.domain.people.applicant import Applicant
from booking.domain.people.names import NAMELESS, Names

_Host: TypeAlias = tuple[UUID, UUID, UUID | None]
"""(organization, property, agent)."""

OF_SLOTS = sql.query("names", "of_slots", ("organization_id", "property_id", "agent_id"))
OF_APPLICANTS = sql.query("names", "of_applicants", ("organization_id", "id"))


class PostgresDirectory:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._names = Batches(self._of_slots, kind="names")
        self._applicants = Batches(self._of_applicants, kind="applicants")

    async def names(self, organization_id: UUID, property_id: UUID, agent_id: UUID | None = None) -> Names:
        return await self._names.ask((organization_id, property_id, agent_id)) or NAMELESS

    async def applicant(self, organization_id: UUID, applicant_id: UUID) -> Applicant | None:
        return await self._applicants.ask((organization_id, applicant_id))

    async def _of_slots(self, asked: Sequence[_Host]) -> Mapping[_Host, Names]:
        rows = await self._database.fetch(OF_SLOTS, *zip(*asked, strict=True))
        return {asked[row.number - 1]: names_from(row) for row in rows}

    async def _of_applicants(self, asked: Sequence[Key]) -> Mapping[Key, Applicant]:
        rows = await self._database.fetch(OF_APPLICANTS, *zip(*asked, strict=True))
        return {asked[row.number - 1]: applicant_from(row) for row in rows}
