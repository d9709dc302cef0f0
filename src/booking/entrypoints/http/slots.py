"""Slots over HTTP."""

from litestar import Response, Router, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import convert

from booking.domain.caller import Caller
from booking.domain.errors import (
    AgentNotFound,
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
from booking.domain.paging import Page
from booking.domain.slot import Slot
from booking.entrypoints.http import api
from booking.entrypoints.http.auth import agents_only
from booking.entrypoints.http.cursors import cursor_of, paging_of, window_of
from booking.entrypoints.http.inputs import Body, Query, no_parameters, read_id
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
    slot = await slots.offer(caller, content.property_id, content.start_time, content.end_time, content.agent_id)
    return Response(_shown(slot), status_code=201, headers={"Location": f"/api/v1/slots/{slot.id}"})


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
    return _page(page)


@get(
    "/slots/{slot_id:str}",
    operation_id="getSlot",
    guards=[no_parameters],
    opt={"refuses": (SlotNotFound,)},
)
async def get_slot(
    slot_id: FromPath[str],
    caller: NamedDependency[Caller],
    slots: NamedDependency[SlotService],
) -> api.SlotResponse:
    return _shown(await slots.get(caller, read_id(slot_id, SlotNotFound)))


@delete(
    "/slots/{slot_id:str}",
    operation_id="cancelSlot",
    guards=[agents_only, no_parameters],
    opt={"refuses": (WrongRole, SlotNotFound, NotYourSlot, VisitStarted, SlotCancelled)},
)
async def cancel_slot(
    slot_id: FromPath[str],
    caller: NamedDependency[Caller],
    slots: NamedDependency[SlotService],
) -> None:
    await slots.cancel(caller, read_id(slot_id, SlotNotFound))


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
    return _page(page)


routes = Router("/", route_handlers=[create_slot, list_slots, get_slot, cancel_slot, list_property_slots])


def _shown(slot: Slot) -> api.SlotResponse:
    return api.SlotResponse(slot=convert(slot, api.Slot, from_attributes=True))


def _page(page: Page[Slot]) -> api.SlotPage:
    return api.SlotPage(
        slots=convert(page.items, list[api.Slot], from_attributes=True), next_cursor=cursor_of(page.next)
    )
