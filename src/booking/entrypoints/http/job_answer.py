"""Job as it is answered."""

from typing import Annotated
from uuid import UUID

from msgspec import Meta

from booking.domain.planning import job as domain
from booking.domain.planning.job import JobKind, JobState
from booking.entrypoints.http.change_plan_answer import ChangePlan, shown_change
from booking.entrypoints.http.wire import Instant, Output
from booking.service.planning.jobs import Planned

Count = Annotated[int, Meta(ge=0)]


class JobFailure(Output):
    slot_id: UUID
    code: str


class Job(Output):
    id: UUID
    organization_id: UUID
    kind: JobKind
    state: JobState
    done: Count
    total: Count
    failures: list[JobFailure]
    created_at: Instant
    ended_at: Instant | None


class JobResponse(Output):
    job: Job


class PlannedResponse(Output):
    plan: ChangePlan
    job: Job | None


def shown_job(job: domain.Job) -> Job:
    return Job(
        id=job.id,
        organization_id=job.organization_id,
        kind=job.kind,
        state=job.state,
        done=job.done,
        total=job.total,
        failures=[JobFailure(slot_id=one.slot_id, code=one.code) for one in job.failures],
        created_at=job.created_at,
        ended_at=job.ended_at,
    )


def shown_planned(planned: Planned) -> PlannedResponse:
    return PlannedResponse(plan=shown_change(planned.plan), job=shown_job(planned.job) if planned.job else None)
