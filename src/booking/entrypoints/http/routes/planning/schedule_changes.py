"""Changes of schedules over HTTP: of one occurrence, of it and the following, or of all to come."""

from collections.abc import Callable
from functools import partial
from typing import Annotated
from uuid import UUID

from litestar import Response, delete, patch
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import UNSET, Meta, UnsetType
from msgspec.structs import asdict

from booking.domain.fault import Fault, FaultCode
from booking.domain.people.caller import Caller
from booking.domain.people.refusals import AgentNotFound, WrongRole
from booking.domain.planning.refusals import (
    OccurrenceNotFound,
    PlanStale,
    ScheduleChanging,
    ScheduleEnded,
    ScheduleNotFound,
)
from booking.domain.planning.schedule import MOST_RULES
from booking.domain.planning.schedule_change import Booked, ChangeScope, Target
from booking.domain.planning.schedule_revision import Revision
from booking.domain.properties.refusals import PropertyArchived, PropertyWithdrawn
from booking.domain.refusals import (
    InvalidHeader,
    InvalidRequest,
    NotYourSlot,
    PreconditionFailed,
    PreconditionRequired,
)
from booking.domain.visits.refusals import AgentBlocked, SlotInPast, SlotOverlap
from booking.entrypoints.http.change_plan_answer import PlanHash, ScheduleChangePlan, shown_schedule_change
from booking.entrypoints.http.guards import agents_only
from booking.entrypoints.http.inputs.decoding import Body, Query
from booking.entrypoints.http.inputs.reader import read_id
from booking.entrypoints.http.job_answer import Job, shown_job
from booking.entrypoints.http.preconditions import AnyRequest, seen, tag
from booking.entrypoints.http.routes.planning.schedule_terms import (
    CreateScheduleRule,
    GapMinutes,
    HorizonDays,
    LocalStart,
    SlotMinutes,
    local_start,
    rules_of,
)
from booking.entrypoints.http.schedule_answer import Schedule, shown_schedule
from booking.entrypoints.http.slot_answer import Capacity
from booking.entrypoints.http.wire import Input, Output, Reason
from booking.service.planning.schedule_changes import Change, ScheduleChanged, ScheduleChangeService
from booking.service.planning.schedules import ScheduleService

_OF_MANY = ("rules", "gap_minutes", "horizon_days")
"""Terms that one occurrence does not have by itself."""
_REFUSES = (
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
)


class ScheduleChangeQuery(Input):
    scope: ChangeScope
    occurrence: LocalStart | None = None
    booked: Booked = Booked.KEEP
    reason: Reason | None = None
    dry_run: bool = False


class DeleteScheduleQuery(ScheduleChangeQuery):
    hash: PlanHash | None = None


class PatchSchedule(Input):
    """New terms of a schedule, each as it was where it is left out. `start` is of one occurrence alone."""

    rules: Annotated[tuple[CreateScheduleRule, ...], Meta(min_length=1, max_length=MOST_RULES)] | UnsetType = UNSET
    slot_minutes: SlotMinutes | UnsetType = UNSET
    gap_minutes: GapMinutes | UnsetType = UNSET
    capacity: Capacity | UnsetType = UNSET
    horizon_days: HorizonDays | UnsetType = UNSET
    start: LocalStart | UnsetType = UNSET
    hash: PlanHash | None = None


class ScheduleChangeResponse(Output):
    plan: ScheduleChangePlan
    schedule: Schedule | None
    following: Schedule | None
    job: Job | None


@delete(
    "/schedules/{schedule_id:str}",
    operation_id="deleteSchedule",
    status_code=200,
    guards=[agents_only],
    dependencies={"parameters": Query(DeleteScheduleQuery)},
    opt={
        "answers": (202,),
        "refuses": _REFUSES,
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
    asked = _asked(parameters, _target(parameters), parameters.hash)
    change = asked(await seen(request, partial(_version, caller, schedules, id)))
    return _answer(await schedule_changes.delete(caller.showing(_answer), id, change))


@patch(
    "/schedules/{schedule_id:str}",
    operation_id="patchSchedule",
    guards=[agents_only],
    dependencies={"parameters": Query(ScheduleChangeQuery), "content": Body(PatchSchedule)},
    opt={
        "answers": (202,),
        "refuses": (
            *_REFUSES,
            AgentNotFound,
            PropertyArchived,
            PropertyWithdrawn,
            SlotInPast,
            SlotOverlap,
            AgentBlocked,
        ),
    },
)
async def patch_schedule(
    request: AnyRequest,
    schedule_id: FromPath[str],
    parameters: NamedDependency[ScheduleChangeQuery],
    content: NamedDependency[PatchSchedule],
    caller: NamedDependency[Caller],
    schedules: NamedDependency[ScheduleService],
    schedule_changes: NamedDependency[ScheduleChangeService],
) -> Response[ScheduleChangeResponse]:
    id = read_id(schedule_id, ScheduleNotFound)  # noqa: A001 - the schedule's own
    target = _target(parameters)
    revision = _revision(content, target)
    asked = _asked(parameters, target, content.hash)
    change = asked(await seen(request, partial(_version, caller, schedules, id)))
    return _answer(await schedule_changes.revise(caller.showing(_answer), id, change, revision))


routes = (delete_schedule, patch_schedule)


def _asked(parameters: ScheduleChangeQuery, target: Target, expected: str | None) -> Callable[[int], Change]:
    return lambda version: Change(
        target=target,
        version=version,
        booked=parameters.booked,
        reason=parameters.reason,
        expected=expected,
        dry=parameters.dry_run,
    )


def _revision(content: PatchSchedule, target: Target) -> Revision:
    """Read the new terms; InvalidRequest for those that the scope does not have."""
    given = {name: value for name, value in asdict(content).items() if value is not UNSET and name != "hash"}
    alone = target.only is not None
    foreign = [name for name in given if name in (_OF_MANY if alone else ("start",))]
    if foreign:
        detail = "is not allowed with the scope this" if alone else "is allowed with the scope this alone"
        raise InvalidRequest(
            [Fault(pointer=f"#/{name}", code=FaultCode.NOT_ALLOWED, detail=detail) for name in foreign]
        )
    start = given.pop("start", None)
    if "rules" in given:
        given["rules"] = rules_of(content.rules or ())
    return Revision(terms=given, start=local_start(start, "#/start") if start else None)


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
    return Target(
        scope=parameters.scope, occurrence=local_start(given, "#/occurrence", "occurrence") if given else None
    )


def _fault(code: FaultCode, detail: str) -> InvalidRequest:
    return InvalidRequest([Fault(pointer="#/occurrence", code=code, detail=detail, parameter="occurrence")])


async def _version(caller: Caller, schedules: ScheduleService, id: UUID) -> int:
    return (await schedules.get(caller, id)).version


def _answer(changed: ScheduleChanged) -> Response[ScheduleChangeResponse]:
    of, job = changed.schedule, changed.job
    shown = ScheduleChangeResponse(
        plan=shown_schedule_change(changed.plan),
        schedule=shown_schedule(of) if of else None,
        following=shown_schedule(changed.following) if changed.following else None,
        job=shown_job(job) if job else None,
    )
    return Response(shown, status_code=202 if job else 200, headers={"ETag": tag(of.version)} if of else {})
