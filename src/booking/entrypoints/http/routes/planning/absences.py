"""Absences of agents over HTTP."""

from uuid import UUID

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import field

from booking.domain.fault import Fault, FaultCode
from booking.domain.people.caller import Caller
from booking.domain.people.refusals import AgentNotFound, WrongRole
from booking.domain.planning.absence import Absence, HandOver, Left
from booking.domain.planning.refusals import BlockEndsBeforeStart, BlockInPast, PlanStale
from booking.domain.refusals import InvalidRequest
from booking.entrypoints.http.change_plan_answer import DryRunQuery, PlanHash
from booking.entrypoints.http.guards import agents_only
from booking.entrypoints.http.inputs.decoding import Body, Query
from booking.entrypoints.http.inputs.reader import read_id
from booking.entrypoints.http.job_answer import PlannedResponse, shown_planned
from booking.entrypoints.http.wire import Input, Instant, Reason
from booking.service.planning.absences import AbsenceService
from booking.service.planning.jobs import Planned


class BeginAbsence(Input):
    start_time: Instant = field(name="from")
    end_time: Instant = field(name="to")
    hand_over: HandOver
    to_agent_id: UUID | None = None
    left: Left = Left.KEEP
    reason: Reason | None = None
    hash: PlanHash | None = None


@post(
    "/agents/{agent_id:str}/absences",
    operation_id="beginAbsence",
    status_code=202,
    guards=[agents_only],
    dependencies={"parameters": Query(DryRunQuery), "content": Body(BeginAbsence)},
    opt={
        "answers": (200,),
        "refuses": (WrongRole, AgentNotFound, BlockEndsBeforeStart, BlockInPast, PlanStale),
    },
)
async def begin_absence(
    agent_id: FromPath[str],
    parameters: NamedDependency[DryRunQuery],
    content: NamedDependency[BeginAbsence],
    caller: NamedDependency[Caller],
    absences: NamedDependency[AbsenceService],
) -> Response[PlannedResponse]:
    if (content.hand_over is HandOver.TO) != (content.to_agent_id is not None):
        code = FaultCode.REQUIRED if content.to_agent_id is None else FaultCode.NOT_ALLOWED
        detail = "is who takes the slots, and belongs to `hand_over` `to`"
        raise InvalidRequest([Fault(pointer="#/to_agent_id", code=code, detail=detail)])
    absence = Absence(
        agent_id=read_id(agent_id, AgentNotFound),
        start_time=content.start_time,
        end_time=content.end_time,
        hand_over=content.hand_over,
        to_agent_id=content.to_agent_id,
        left=content.left,
    )
    return _answer(
        await absences.begin(
            caller.showing(_answer), absence, content.reason, expected=content.hash, dry=parameters.dry_run
        )
    )


routes = (begin_absence,)


def _answer(planned: Planned) -> Response[PlannedResponse]:
    return Response(shown_planned(planned), status_code=202 if planned.job else 200)
