"""Jobs: looked at by the people who started them, and worked off step by step."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple, Protocol
from uuid import UUID

from booking.domain.keys import Key
from booking.domain.people.caller import Caller
from booking.domain.planning.change_plan import ChangePlan
from booking.domain.planning.job import Job, JobKind, JobState
from booking.domain.planning.refusals import JobNotFound
from booking.domain.refusals import Unavailable
from booking.service.planning.slot_changes import Overtaken
from booking.service.ports import Lease


class Jobs(Protocol):
    async def get(self, key: Key) -> Job | None: ...

    async def next(self) -> Job | None:
        """Return the job under way whose last step is the longest ago, of any organization."""

    async def end(self, job: Job, state: JobState) -> None:
        """End a job; one that is done has gone through all."""


class Planned(NamedTuple):
    """Plan, and the job that carries it out; None after a dry run."""

    plan: ChangePlan
    job: Job | None


JobStep = Callable[[Job], Awaitable[int]]
"""Do some of a job, and return how much; 0 where nothing is left."""


@dataclass(frozen=True, slots=True)
class JobService:
    jobs: Jobs

    async def get(self, caller: Caller, job_id: UUID) -> Job:
        """Return an own job, or as an admin any of the organization."""
        agent = caller.as_agent()
        job = await self.jobs.get((agent.organization_id, job_id))
        if job is None or not (agent.is_admin or job.subject == caller.subject):
            raise JobNotFound
        return job


@dataclass(frozen=True, slots=True)
class JobWorker:
    """Worker of jobs: a step of one, then of another. What a step leaves is done by the next, in whichever process."""

    jobs: Jobs
    steps: Mapping[JobKind, JobStep]

    async def step(self, _: Lease) -> int:
        job = await self.jobs.next()
        if job is None:
            return 0
        try:
            if not await self.steps[job.kind](job):
                await self.jobs.end(job, JobState.DONE)
        except Overtaken:
            pass
        except Unavailable:
            raise
        except Exception:
            await self.jobs.end(job, JobState.FAILED)
            raise
        return 1
