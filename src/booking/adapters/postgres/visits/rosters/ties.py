"""Ties of people to slots: their claims and waitlist entries, of many people in one statement."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from booking.adapters.postgres import sql
from booking.adapters.postgres.engine.batching import Batches
from booking.adapters.postgres.engine.database import Database
from booking.adapters.postgres.rows import by_number
from booking.domain.keys import Key
from booking.domain.people.applicant import Applicant

_Person = tuple[UUID, UUID]  # the organization's, and their own

TIES = sql.query("rosters", "ties", ("organization_id", "applicant_id"))


class Ties:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._ties = Batches(self._of_people, kind="ties")

    async def of(self, applicant: Applicant) -> Sequence[Key]:
        return await self._ties.ask((applicant.organization_id, applicant.id)) or ()

    async def _of_people(self, people: Sequence[_Person]) -> Mapping[_Person, Sequence[Key]]:
        found = by_number(await self._database.fetch(TIES, *zip(*people, strict=True)))
        return {
            people[number - 1]: [(people[number - 1][0], slot_id) for slot_id in {row.slot_id for row in rows}]
            for number, rows in found.items()
        }
