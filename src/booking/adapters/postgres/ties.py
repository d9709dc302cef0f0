"""Ties: the slots on which somebody has a claim, or for which they wait; of many people in one statement."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import sqlalchemy as sa

from booking.adapters.postgres.commitments import IS_LIVE, by_number
from booking.adapters.postgres.engine.batching import Batches
from booking.adapters.postgres.engine.database import Database
from booking.adapters.postgres.engine.statements import Prepared, asked, constants
from booking.adapters.postgres.tables import bookings, waitlist
from booking.domain.applicant import Applicant
from booking.domain.slot import Key

_Person = tuple[UUID, UUID]  # the organization's, and their own

_asked = asked(organization_id=sa.Uuid(), applicant_id=sa.Uuid())
_is_awaited = waitlist.c.status.in_(constants("waiting", "offered")).op("IS")(sa.true())  # for the reason of `IS_LIVE`


def _theirs(table: sa.Table, condition: sa.ColumnElement[bool]) -> sa.Select[tuple[UUID]]:
    return sa.select(table.c.slot_id).where(
        table.c.organization_id == _asked.c.organization_id, table.c.applicant_id == _asked.c.applicant_id, condition
    )


# All of them, for to have none twice PostgreSQL would go through those of all people in the order of the slots.
_ties = sa.union_all(_theirs(bookings, IS_LIVE), _theirs(waitlist, _is_awaited)).lateral("ties")
TIES = Prepared(
    sa.select(_asked.c.number, _ties.c.slot_id).select_from(_asked.join(_ties, sa.true())),
    ("organization_id", "applicant_id"),
)


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
