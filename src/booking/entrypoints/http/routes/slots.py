"""Slots over HTTP."""

from litestar import Response, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import convert

from booking.domain.allowed_actions import SlotView
from booking.domain.availability import Verdict
from booking.domain.caller import Caller
from booking.domain.refusals import (
    AgentNotFound,
    CapacityTaken,
    InvalidCursor,
    NotFound,
    NotYourSlot,
    SlotCancelled,
    SlotEndsBeforeStart,
    SlotInPast,
    SlotNotFound,
    SlotOverlap,
    SlotTooLong,
    VisitStarted,
    WrongRole,
)
from booking.entrypoints.http import api
from booking.entrypoints.http.auth import agents_only, applicants_only
from booking.entrypoints.http.cursors import cursor_of, paging_of, window_of
from booking.entrypoints.http.decoding import Body, Query, no_parameters, read_id
from booking.entrypoints.http.routes.listed import written
from booking.service.slots import SlotService


@post(
    "/slots",
    operation_id="createSlot",
    guards=[agents_only, no_parameters],
    dependencies={"content": Body(api.CreateSlot)},
    opt={"refuses": (WrongRole, AgentNotFound, SlotInPast, SlotEndsBeforeStart, SlotTooLong, SlotOverlap)},
)
async def create_slot(
    content: NamedDependency[api.CreateSlot],
    caller: NamedDependency[Caller],
    slots: NamedDependency[SlotService],
) -> Response[api.SlotResponse]:
    view = await slots.offer(
        caller, content.property_id, content.start_time, content.end_time, content.agent_id, content.capacity
    )
    shown = api.SlotResponse(slot=_shown(view))
    return Response(shown, status_code=201, headers={"Location": f"/api/v1/slots/{view.slot.id}"})


@get(
    "/slots",
    operation_id="listSlots",
    guards=[agents_only],
    dependencies={"parameters": Query(api.SlotQuery)},
    opt={"refuses": (WrongRole, InvalidCursor)},
)
async def list_slots(
    parameters: NamedDependency[api.SlotQuery], caller: NamedDependency[Caller], slots: NamedDependency[SlotService]
) -> api.SlotPage:
    page = await slots.list(
        caller,
        status=parameters.status,
        property_id=parameters.property_id,
        window=window_of(parameters),
        paging=paging_of(parameters),
    )
    return api.SlotPage(slots=list(map(_shown, page.items)), next_cursor=cursor_of(page.next))


@get("/slots/{slot_id:str}", operation_id="getSlot", guards=[no_parameters], opt={"refuses": (SlotNotFound,)})
async def get_slot(
    slot_id: FromPath[str], caller: NamedDependency[Caller], slots: NamedDependency[SlotService]
) -> api.SlotResponse:
    return api.SlotResponse(slot=_shown(await slots.get(caller, read_id(slot_id, SlotNotFound))))


@put(
    "/slots/{slot_id:str}/capacity",
    operation_id="setCapacity",
    guards=[agents_only, no_parameters],
    dependencies={"content": Body(api.SetCapacity)},
    opt={"refuses": (WrongRole, SlotNotFound, NotYourSlot, VisitStarted, SlotCancelled, CapacityTaken)},
)
async def set_capacity(
    slot_id: FromPath[str],
    content: NamedDependency[api.SetCapacity],
    caller: NamedDependency[Caller],
    slots: NamedDependency[SlotService],
) -> api.SlotResponse:
    view = await slots.resize(caller, read_id(slot_id, SlotNotFound), content.capacity)
    return api.SlotResponse(slot=_shown(view))


@delete(
    "/slots/{slot_id:str}",
    operation_id="cancelSlot",
    guards=[agents_only],
    dependencies={"parameters": Query(api.CancelQuery)},
    opt={"refuses": (WrongRole, SlotNotFound, NotYourSlot, VisitStarted, SlotCancelled)},
)
async def cancel_slot(
    slot_id: FromPath[str],
    parameters: NamedDependency[api.CancelQuery],
    caller: NamedDependency[Caller],
    slots: NamedDependency[SlotService],
) -> None:
    await slots.cancel(caller, read_id(slot_id, SlotNotFound), parameters.reason)


@get(
    "/slots/{slot_id:str}/eligibility",
    operation_id="getEligibility",
    guards=[applicants_only, no_parameters],
    opt={"refuses": (WrongRole, SlotNotFound)},
)
async def get_eligibility(
    slot_id: FromPath[str], caller: NamedDependency[Caller], slots: NamedDependency[SlotService]
) -> api.EligibilityResponse:
    id = read_id(slot_id, SlotNotFound)  # noqa: A001 - the slot's own
    verdicts = await slots.eligibility(caller, id)
    eligible = all(verdict.satisfied for verdict in verdicts)
    rules = [_rule(verdict) for verdict in verdicts]
    return api.EligibilityResponse(eligibility=api.Eligibility(slot_id=id, eligible=eligible, rules=rules))


@get(
    "/properties/{property_id:str}/slots",
    operation_id="listPropertySlots",
    dependencies={"parameters": Query(api.PageQuery)},
    opt={"refuses": (NotFound, InvalidCursor)},
)
async def list_property_slots(
    property_id: FromPath[str],
    parameters: NamedDependency[api.PageQuery],
    caller: NamedDependency[Caller],
    slots: NamedDependency[SlotService],
) -> api.SlotPage:
    page = await slots.bookable(
        caller, read_id(property_id, NotFound), window=window_of(parameters), paging=paging_of(parameters)
    )
    return written(page)


routes = (create_slot, list_slots, get_slot, set_capacity, cancel_slot, get_eligibility, list_property_slots)


def _shown(view: SlotView) -> api.Slot:
    slot = view.availability.slot
    return api.Slot(
        id=slot.id,
        organization_id=slot.organization_id,
        property_id=slot.property_id,
        agent_id=slot.agent_id,
        start_time=slot.start_time,
        end_time=slot.end_time,
        capacity=slot.capacity,
        places_left=view.availability.places_left,
        status=slot.status,
        reason=slot.reason,
        created_at=slot.created_at,
        updated_at=slot.updated_at,
        available_actions=view.actions,
    )


def _rule(verdict: Verdict) -> api.Verdict:
    refusal = verdict.refusal
    return api.Verdict(
        rule=convert(verdict.rule, api.RuleName),
        satisfied=verdict.satisfied,
        code=refusal.code if refusal else None,
        detail=refusal.detail if refusal else None,
        until=verdict.until,
    )
