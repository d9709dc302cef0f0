"""`booking jobs watch`: how far a job is, until it has ended."""

import asyncio
import sys
from uuid import UUID

from booking.adapters.postgres.planning.jobs import PostgresJobs
from booking.cli.targets import database
from booking.domain.planning.job import Job, JobState

WIDTH = 40  # characters of the bar
PAUSE = 0.5  # seconds between looks


async def watch(organization: UUID, id: UUID) -> int:
    """Show the progress on standard error, and failures on standard output; return 1 unless all was done."""
    async with database() as opened:
        jobs = PostgresJobs(opened)
        while (job := await jobs.get((organization, id))) is not None:
            print(f"\r{bar(job)}", end="", file=sys.stderr, flush=True)
            if job.ended_at is not None:
                print(file=sys.stderr)
                return _told(job)
            await asyncio.sleep(PAUSE)
    print("that organization has no such job")
    return 1


def bar(job: Job) -> str:
    full = WIDTH * job.done // job.total if job.total else WIDTH
    return f"[{'#' * full}{'.' * (WIDTH - full)}] {job.done} of {job.total}"


def _told(job: Job) -> int:
    for failure in job.failures:
        print(f"slot {failure.slot_id}: {failure.code}")
    print(f"the job is {job.state}")
    return 0 if job.state is JobState.DONE and not job.failures else 1
