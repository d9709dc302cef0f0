"""Moves of slots over HTTP."""

from uuid import UUID

from litestar import post
from litestar.di import NamedDependency
from litestar.params import FromPath

from booking.domain.people.caller import Caller
from booking.domain.people.refusals import AgentNotFound, WrongRole
from booking.domain.planning.refusals import PlanStale
from booking.domain.planning.slot_moves import Destination
from booking.domain.properties.refusals import PropertyWithdrawn
from booking.domain.refusals import NotYourSlot, SlotNotFound
from booking.domain.visits.refusals import (
    AgentBlocked,
    ApplicantBusy,
    SlotCancelled,
    SlotInPast,
    SlotOverlap,
    VisitStarted,
)
from booking.entrypoints.http.change_plan_answer import ChangePlan, DryRunQuery, PlanHash, shown_change
from booking.entrypoints.http.guards import agents_only
from booking.entrypoints.http.inputs.decoding import Body, Query
from booking.entrypoints.http.inputs.reader import read_id
from booking.entrypoints.http.slot_answer import Slot, shown
from booking.entrypoints.http.wire import Input, Instant, Output
from booking.service.planning.slot_moves import Moved, SlotMoveService


class MoveSlot(Input):
    start_time: Instant | None = None
    agent_id: UUID | None = None
    hash: PlanHash | None = None


class MoveResponse(Output):
    plan: ChangePlan
    slot: Slot | None


@post(
    "/slots/{slot_id:str}/move",
    operation_id="moveSlot",
    status_code=200,
    guards=[agents_only],
    dependencies={"parameters": Query(DryRunQuery), "content": Body(MoveSlot)},
    opt={
        "refuses": (
            WrongRole,
            SlotNotFound,
            NotYourSlot,
            AgentNotFound,
            PropertyWithdrawn,
            SlotInPast,
            VisitStarted,
            SlotCancelled,
            SlotOverlap,
            AgentBlocked,
            ApplicantBusy,
            PlanStale,
        )
    },
)
async def move_slot(
    slot_id: FromPath[str],
    parameters: NamedDependency[DryRunQuery],
    content: NamedDependency[MoveSlot],
    caller: NamedDependency[Caller],
    slot_moves: NamedDependency[SlotMoveService],
) -> MoveResponse:
    destination = Destination(start_time=content.start_time, agent_id=content.agent_id)
    moved = await slot_moves.move(
        caller.showing(_answer),
        read_id(slot_id, SlotNotFound),
        destination,
        expected=content.hash,
        dry=parameters.dry_run,
    )
    return _answer(moved)


routes = (move_slot,)


def _answer(moved: Moved) -> MoveResponse:
    return MoveResponse(plan=shown_change(moved.plan), slot=shown(moved.view) if moved.view else None)
