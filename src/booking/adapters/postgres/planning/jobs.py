"""Jobs in PostgreSQL."""

from collections.abc import Mapping, Sequence

import msgspec

from booking.adapters.postgres import sql
from booking.adapters.postgres.engine.database import Database, Transaction
from booking.adapters.postgres.engine.pool import Row
from booking.domain.keys import Key
from booking.domain.planning.job import Job, JobFailure, JobKind, JobState
from booking.domain.values import replace
from booking.service.planning.slot_changes import Overtaken

ADD = sql.query("jobs", "add", ("organization_id", "id", "kind", "total", "input", "subject", "role"))
GET = sql.query("jobs", "get", ("organization_id", "id"))
NEXT = sql.query("jobs", "next")
DUE = sql.query("jobs", "due")
ADVANCE = sql.query("jobs", "advance", ("organization_id", "id", "before", "done", "failures"))
END = sql.query("jobs", "end", ("organization_id", "id", "state"))


class PostgresJobs:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, key: Key) -> Job | None:
        rows = await self._database.fetch(GET, *key)
        return _job_from(rows[0]) if rows else None

    async def next(self) -> Job | None:
        rows = await self._database.fetch(NEXT)
        return _job_from(rows[0]) if rows else None

    async def due(self) -> Mapping[str, int]:
        """Return how many schedules and calendars are due, and how many jobs are under way."""
        (row,) = await self._database.fetch(DUE)
        return {kind: row[kind] for kind in ("schedules", "calendars", "jobs")}

    async def end(self, job: Job, state: JobState) -> None:
        async def work(transaction: Transaction) -> None:
            await transaction.execute(END, *job.key, state.value)

        await self._database.unit(work)


async def add_job(transaction: Transaction, job: Job) -> Job:
    """Save a job; return it as it reads from then on."""
    given = msgspec.json.encode(job.input).decode()
    row = await transaction.first(ADD, *job.key, job.kind.value, job.total, given, job.subject, job.role)
    assert row is not None
    return replace(job, created_at=row.created_at)


async def advance(transaction: Transaction, job: Job, done: int, failures: Sequence[JobFailure]) -> None:
    """Note how far a job is, in the transaction of its step; Overtaken if another step was done meanwhile."""
    noted = msgspec.json.encode(list(failures)).decode()
    if not await transaction.fetch(ADVANCE, *job.key, job.done, done, noted):
        raise Overtaken


def _job_from(row: Row) -> Job:
    return Job(
        organization_id=row.organization_id,
        id=row.id,
        kind=JobKind(row.kind),
        state=JobState(row.state),
        done=row.done,
        total=row.total,
        failures=msgspec.json.decode(row.failures, type=tuple[JobFailure, ...]),
        input=msgspec.json.decode(row.input),
        subject=row.subject,
        role=row.role,
        created_at=row.created_at,
        ended_at=row.ended_at,
    )
