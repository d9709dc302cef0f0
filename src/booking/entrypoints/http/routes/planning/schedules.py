"""Schedules over HTTP: previewed, then made by the hash of the preview."""

from typing import Annotated
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Meta, convert

from booking.domain.people.caller import Caller
from booking.domain.people.refusals import AgentNotFound, WrongRole
from booking.domain.planning.agent_schedule import (
    AgentSchedule,
    Occurrence,
    OccurrenceState,
    ScheduleChoice,
)
from booking.domain.planning.refusals import PlanStale, ScheduleNotFound
from booking.domain.properties.refusals import PropertyArchived
from booking.domain.refusals import InvalidCursor
from booking.entrypoints.http.change_plan_answer import PlannedHour
from booking.entrypoints.http.cursors import cursor_of, paging_of, window_of
from booking.entrypoints.http.guards import agents_only
from booking.entrypoints.http.inputs.decoding import Body, Query, no_parameters
from booking.entrypoints.http.inputs.reader import read_id
from booking.entrypoints.http.plan_answer import SchedulePlan, local, shown_plan
from booking.entrypoints.http.preconditions import tag
from booking.entrypoints.http.routes.planning.schedule_terms import ScheduleTerms, schedule_of
from booking.entrypoints.http.schedule_answer import Schedule, shown_schedule
from booking.entrypoints.http.wire import Instant, Output, PageQuery, RowsQuery
from booking.service.planning.schedules import Asked, ScheduleService

HASH = r"^[0-9a-f]{64}(?!\n)$"
Hash = Annotated[str, Meta(pattern=HASH)]


class PreviewSchedule(ScheduleTerms, kw_only=True):
    property_id: UUID
    agent_id: UUID | None = None


class CreateSchedule(PreviewSchedule, kw_only=True):
    hash: Hash


class ScheduleQuery(RowsQuery):
    property_id: UUID | None = None
    agent_id: UUID | None = None
    slot_id: UUID | None = None


class ScheduleResponse(Output):
    schedule: Schedule


class ScheduleList(Output):
    schedules: list[Schedule]
    next_cursor: str | None


class ScheduleOccurrence(Output):
    occurrence: str
    start_time: Instant
    end_time: Instant
    state: OccurrenceState
    reason: str | None
    slot_id: UUID | None
    slot: PlannedHour | None


class OccurrenceList(Output):
    occurrences: list[ScheduleOccurrence]
    next_cursor: str | None


@post(
    "/schedules/preview",
    operation_id="previewSchedule",
    status_code=200,
    guards=[agents_only, no_parameters],
    dependencies={"content": Body(PreviewSchedule)},
    opt={"refuses": (WrongRole, AgentNotFound, PropertyArchived)},
)
async def preview_schedule(
    content: NamedDependency[PreviewSchedule],
    caller: NamedDependency[Caller],
    schedules: NamedDependency[ScheduleService],
) -> SchedulePlan:
    return shown_plan(await schedules.preview(caller, _asked(content)))


@post(
    "/schedules",
    operation_id="createSchedule",
    guards=[agents_only, no_parameters],
    dependencies={"content": Body(CreateSchedule)},
    opt={"refuses": (WrongRole, AgentNotFound, PropertyArchived, PlanStale)},
)
async def create_schedule(
    content: NamedDependency[CreateSchedule],
    caller: NamedDependency[Caller],
    schedules: NamedDependency[ScheduleService],
) -> Response[ScheduleResponse]:
    return _made(await schedules.create(caller.showing(_made), _asked(content), content.hash))


@get(
    "/schedules",
    operation_id="listSchedules",
    guards=[agents_only],
    dependencies={"parameters": Query(ScheduleQuery)},
    opt={"refuses": (WrongRole, InvalidCursor)},
)
async def list_schedules(
    parameters: NamedDependency[ScheduleQuery],
    caller: NamedDependency[Caller],
    schedules: NamedDependency[ScheduleService],
) -> ScheduleList:
    chosen = ScheduleChoice(
        property_id=parameters.property_id, agent_id=parameters.agent_id, slot_id=parameters.slot_id
    )
    page = await schedules.list(caller, chosen, paging_of(parameters, caller))
    return ScheduleList(
        schedules=list(map(shown_schedule, page.items)), next_cursor=cursor_of(page.next, parameters, caller)
    )


@get(
    "/schedules/{schedule_id:str}",
    operation_id="getSchedule",
    guards=[agents_only, no_parameters],
    opt={"etag": True, "refuses": (WrongRole, ScheduleNotFound)},
)
async def get_schedule(
    schedule_id: FromPath[str], caller: NamedDependency[Caller], schedules: NamedDependency[ScheduleService]
) -> Response[ScheduleResponse]:
    return _answer(await schedules.get(caller, read_id(schedule_id, ScheduleNotFound)))


@get(
    "/schedules/{schedule_id:str}/occurrences",
    operation_id="listOccurrences",
    guards=[agents_only],
    dependencies={"parameters": Query(PageQuery)},
    opt={"refuses": (WrongRole, ScheduleNotFound, InvalidCursor)},
)
async def list_occurrences(
    schedule_id: FromPath[str],
    parameters: NamedDependency[PageQuery],
    caller: NamedDependency[Caller],
    schedules: NamedDependency[ScheduleService],
) -> OccurrenceList:
    id = read_id(schedule_id, ScheduleNotFound)  # noqa: A001 - the schedule's own
    page = await schedules.occurrences(
        caller, id, window=window_of(parameters), paging=paging_of(parameters, caller, id)
    )
    return OccurrenceList(
        occurrences=list(map(_occurrence, page.items)), next_cursor=cursor_of(page.next, parameters, caller, id)
    )


routes = (preview_schedule, create_schedule, list_schedules, get_schedule, list_occurrences)


def _asked(content: PreviewSchedule) -> Asked:
    return Asked(property_id=content.property_id, agent_id=content.agent_id, schedule=schedule_of(content))


def _made(of: AgentSchedule) -> Response[ScheduleResponse]:
    made = _answer(of)
    made.status_code = 201
    made.headers["Location"] = f"/api/v1/schedules/{of.id}"
    return made


def _answer(of: AgentSchedule) -> Response[ScheduleResponse]:
    return Response(ScheduleResponse(schedule=shown_schedule(of)), headers={"ETag": tag(of.version)})


def _occurrence(one: Occurrence) -> ScheduleOccurrence:
    return ScheduleOccurrence(
        occurrence=local(one.occurrence),
        start_time=one.start_time,
        end_time=one.end_time,
        state=one.state,
        reason=one.reason,
        slot_id=one.slot_id,
        slot=convert(one.hour, PlannedHour | None, from_attributes=True),
    )
