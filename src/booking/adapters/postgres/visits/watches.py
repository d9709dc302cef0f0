"""Watches of properties in PostgreSQL."""

from collections.abc import Collection, Sequence
from uuid import UUID

from booking.adapters.postgres import sql
from booking.adapters.postgres.engine.database import Database, Transaction
from booking.adapters.postgres.engine.pool import Row
from booking.adapters.postgres.engine.sql_files import Query
from booking.adapters.postgres.idempotency import keep
from booking.adapters.postgres.people.grants import people_granting
from booking.domain.authority import ApplicantRight
from booking.domain.keys import Key
from booking.domain.people.applicant import Applicant
from booking.domain.people.refusals import ApplicantIneligible
from booking.domain.visits.refusals import TooManyWatches, WatchNotFound
from booking.domain.visits.watch import MOST, Hours, Watch
from booking.domain.weekday import Weekday
from booking.service.ports import Lease

FORGET = 1000  # rows at a time

_KEY = ("organization_id", "property_id", "applicant_id")
_PEOPLE = ("organization_ids", "applicant_ids")
OF = sql.query("watches", "of", _PEOPLE)
END_OVER = sql.query("watches", "end_over", ("organization_id", "applicant_id"))
PUT = sql.query("watches", "put", (*_KEY, "since", "until", "weekdays"))
DISMISS = sql.query("watches", "dismiss", _KEY)
END = sql.query("watches", "end", _KEY)
END_ALL = sql.query("watches", "end_all", _PEOPLE)
FORGET_OVER = sql.query("watches", "forget", ("most", "lease", "token"))


class PostgresWatches:
    """Each write first locks the applicant's row, which grants it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, property_id: UUID, hours: Hours, by: ApplicantRight) -> Watch:
        organization_id, applicant_id = by.key

        async def work(transaction: Transaction) -> Watch:
            applicant = await _granted(transaction, by)
            if not applicant.eligible:
                raise ApplicantIneligible
            await transaction.execute(END_OVER, *by.key)
            watched = [row.property_id for row in await transaction.fetch(OF, [organization_id], [applicant_id])]
            if property_id not in watched and len(watched) >= MOST:
                raise TooManyWatches
            key = organization_id, property_id, applicant_id
            (row,) = await transaction.fetch(PUT, *key, hours.since, hours.until, hours.weekdays)
            put = watch_from(row)
            await keep(transaction, [(by, (put,))])
            return put

        return await self._database.unit(work)

    async def of(self, people: Sequence[Key]) -> Sequence[Watch]:
        return [watch_from(row) for row in await self._database.fetch(OF, *zip(*people, strict=True))]

    async def dismiss(self, property_id: UUID, by: ApplicantRight) -> None:
        await self._change(DISMISS, property_id, by)

    async def end(self, property_id: UUID, by: ApplicantRight) -> None:
        await self._change(END, property_id, by)

    async def _change(self, statement: Query, property_id: UUID, by: ApplicantRight) -> None:
        organization_id, applicant_id = by.key

        async def work(transaction: Transaction) -> None:
            await _granted(transaction, by)
            if not await transaction.execute(statement, organization_id, property_id, applicant_id):
                raise WatchNotFound
            await keep(transaction, [(by, ())])

        await self._database.unit(work)

    async def forget(self, lease: Lease) -> int:
        async def work(transaction: Transaction) -> int:
            return await transaction.execute(FORGET_OVER, FORGET, lease.name, lease.token)

        return await self._database.unit(work)


async def end_watches(transaction: Transaction, people: Collection[Key]) -> None:
    """End all watches of people, in the transaction that locked them."""
    if people:
        await transaction.execute(END_ALL, *zip(*people, strict=True))


async def _granted(transaction: Transaction, by: ApplicantRight) -> Applicant:
    """Return the applicant of a right that is granted still, whose row stays locked."""
    granting = await people_granting(transaction, [by])
    granting.actor(by)
    return granting.applicants[by.key]


def watch_from(row: Row) -> Watch:
    return Watch(
        organization_id=row.organization_id,
        property_id=row.property_id,
        applicant_id=row.applicant_id,
        hours=Hours(since=row.since, until=row.until, weekdays=tuple(map(Weekday, row.weekdays))),
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
