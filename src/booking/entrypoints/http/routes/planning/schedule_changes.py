"""Changes of schedules over HTTP: of one occurrence, of it and the following, or of all to come."""

from datetime import datetime
from functools import partial
from typing import Annotated
from uuid import UUID

from litestar import Response, delete
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Meta

from booking.domain.fault import Fault, FaultCode
from booking.domain.people.caller import Caller
from booking.domain.people.refusals import WrongRole
from booking.domain.planning.refusals import (
    OccurrenceNotFound,
    PlanStale,
    ScheduleChanging,
    ScheduleEnded,
    ScheduleNotFound,
)
from booking.domain.planning.schedule_change import Booked, ChangeScope, Target
from booking.domain.refusals import (
    InvalidHeader,
    InvalidRequest,
    NotYourSlot,
    PreconditionFailed,
    PreconditionRequired,
)
from booking.entrypoints.http.change_plan_answer import PlanHash, ScheduleChangePlan, shown_schedule_change
from booking.entrypoints.http.guards import agents_only
from booking.entrypoints.http.inputs.decoding import Query
from booking.entrypoints.http.inputs.reader import read_id
from booking.entrypoints.http.job_answer import Job, shown_job
from booking.entrypoints.http.preconditions import AnyRequest, seen, tag
from booking.entrypoints.http.routes.planning.schedule_terms import LOCAL_START
from booking.entrypoints.http.schedule_answer import Schedule, shown_schedule
from booking.entrypoints.http.wire import Input, Output, Reason
from booking.service.planning.schedule_changes import ScheduleChanged, ScheduleChangeService
from booking.service.planning.schedules import ScheduleService

LocalStart = Annotated[str, Meta(pattern=LOCAL_START)]


class ScheduleChangeQuery(Input):
    scope: ChangeScope
    occurrence: LocalStart | None = None
    booked: Booked = Booked.KEEP
    reason: Reason | None = None
    dry_run: bool = False


class DeleteScheduleQuery(ScheduleChangeQuery):
    hash: PlanHash | None = None


class ScheduleChangeResponse(Output):
    plan: ScheduleChangePlan
    schedule: Schedule | None
    job: Job | None


@delete(
    "/schedules/{schedule_id:str}",
    operation_id="deleteSchedule",
    status_code=200,
    guards=[agents_only],
    dependencies={"parameters": Query(DeleteScheduleQuery)},
    opt={
        "answers": (202,),
        "refuses": (
            WrongRole,
            NotYourSlot,
            ScheduleNotFound,
            OccurrenceNotFound,
            ScheduleEnded,
            ScheduleChanging,
            PlanStale,
            InvalidHeader,
            PreconditionFailed,
            PreconditionRequired,
        ),
    },
)
async def delete_schedule(
    request: AnyRequest,
    schedule_id: FromPath[str],
    parameters: NamedDependency[DeleteScheduleQuery],
    caller: NamedDependency[Caller],
    schedules: NamedDependency[ScheduleService],
    schedule_changes: NamedDependency[ScheduleChangeService],
) -> Response[ScheduleChangeResponse]:
    id = read_id(schedule_id, ScheduleNotFound)  # noqa: A001 - the schedule's own
    target = _target(parameters)
    version = await seen(request, partial(_version, caller, schedules, id))
    changed = await schedule_changes.delete(
        caller.showing(_answer),
        id,
        target,
        version=version,
        booked=parameters.booked,
        reason=parameters.reason,
        expected=parameters.hash,
        dry=parameters.dry_run,
    )
    return _answer(changed)


routes = (delete_schedule,)


def _target(parameters: ScheduleChangeQuery) -> Target:
    """Read which occurrences are meant; InvalidRequest if that is not said, or twice."""
    given = parameters.occurrence
    if (given is None) is not (parameters.scope is ChangeScope.ALL):
        refused = (
            (FaultCode.REQUIRED, "is required with the scopes this and following")
            if given is None
            else (FaultCode.NOT_ALLOWED, "is not allowed with the scope all")
        )
        raise _fault(*refused)
    try:
        return Target(scope=parameters.scope, occurrence=datetime.fromisoformat(given) if given else None)
    except ValueError:
        raise _fault(FaultCode.WRONG_FORMAT, "is no time of the calendar") from None


def _fault(code: FaultCode, detail: str) -> InvalidRequest:
    return InvalidRequest([Fault(pointer="#/occurrence", code=code, detail=detail, parameter="occurrence")])


async def _version(caller: Caller, schedules: ScheduleService, id: UUID) -> int:
    return (await schedules.get(caller, id)).version


def _answer(changed: ScheduleChanged) -> Response[ScheduleChangeResponse]:
    of, job = changed.schedule, changed.job
    shown = ScheduleChangeResponse(
        plan=shown_schedule_change(changed.plan),
        schedule=shown_schedule(of) if of else None,
        job=shown_job(job) if job else None,
    )
    return Response(shown, status_code=202 if job else 200, headers={"ETag": tag(of.version)} if of else {})
