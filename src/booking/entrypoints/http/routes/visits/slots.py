"""Slots over HTTP."""

from typing import Annotated
from uuid import UUID

from litestar import Response, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath

from booking.domain.choices import SlotChoice, SlotOrder
from booking.domain.people.caller import Caller
from booking.domain.people.refusals import AgentNotFound, WrongRole
from booking.domain.properties.refusals import PropertyArchived, PropertyWithdrawn
from booking.domain.refusals import InvalidCursor, ListTooBroad, NotYourSlot, SlotNotFound
from booking.domain.visits.allowed_actions import SlotView
from booking.domain.visits.refusals import (
    AgentBlocked,
    CapacityTaken,
    SlotCancelled,
    SlotEndsBeforeStart,
    SlotInPast,
    SlotOverlap,
    SlotTooLong,
    VisitStarted,
)
from booking.domain.visits.slot import SlotStatus
from booking.domain.visits.slot_batch import LARGEST_BATCH
from booking.entrypoints.http.csv_tables import require_whole
from booking.entrypoints.http.cursors import cursor_of, paging_of, window_of
from booking.entrypoints.http.guards import agents_only
from booking.entrypoints.http.inputs.decoding import Body, Query, no_parameters
from booking.entrypoints.http.inputs.reader import read_id
from booking.entrypoints.http.media_types import MediaType, Preferred
from booking.entrypoints.http.slot_answer import TABLE, Capacity, Slot, SlotPage, calendar_answer, shown
from booking.entrypoints.http.wire import CancelQuery, Distinct, Input, Instant, Output, PageQuery, TimeZone
from booking.service.delivery.exports import ExportService
from booking.service.visits.slot_calendars import SlotCalendars
from booking.service.visits.slots import SlotService


class CreateSlot(Input):
    property_id: UUID
    start_time: Instant
    end_time: Instant
    agent_id: UUID | None = None
    capacity: Capacity = 1


class SetCapacity(Input):
    capacity: Capacity


class SlotQuery(PageQuery):
    status: Annotated[tuple[SlotStatus, ...], Distinct] = ()
    property_id: UUID | None = None
    agent_id: UUID | None = None
    sort: SlotOrder = SlotOrder.START
    time_zone: TimeZone | None = None


class SlotResponse(Output):
    slot: Slot


@post(
    "/slots",
    operation_id="createSlot",
    guards=[agents_only, no_parameters],
    dependencies={"content": Body(CreateSlot)},
    opt={
        "refuses": (
            WrongRole,
            AgentNotFound,
            SlotInPast,
            SlotEndsBeforeStart,
            SlotTooLong,
            SlotOverlap,
            AgentBlocked,
            PropertyArchived,
            PropertyWithdrawn,
        )
    },
)
async def create_slot(
    content: NamedDependency[CreateSlot],
    caller: NamedDependency[Caller],
    slots: NamedDependency[SlotService],
) -> Response[SlotResponse]:
    view = await slots.offer(
        caller.showing(_made),
        content.property_id,
        content.start_time,
        content.end_time,
        content.agent_id,
        content.capacity,
    )
    return _made(view)


@get(
    "/slots",
    operation_id="listSlots",
    guards=[agents_only],
    dependencies={"parameters": Query(SlotQuery), "media_type": Preferred(MediaType.CALENDAR)},
    opt={"hot": True, "etag": True, "refuses": (WrongRole, InvalidCursor, ListTooBroad)},
)
async def list_slots(
    parameters: NamedDependency[SlotQuery],
    media_type: NamedDependency[MediaType],
    caller: NamedDependency[Caller],
    slots: NamedDependency[SlotService],
    exports: NamedDependency[ExportService],
    slot_calendars: NamedDependency[SlotCalendars],
) -> SlotPage | Response[bytes]:
    chosen = SlotChoice(
        property_id=parameters.property_id,
        agent_id=parameters.agent_id,
        statuses=parameters.status,
        order=parameters.sort,
    )
    if media_type is MediaType.CSV:
        require_whole(parameters)
        exported = exports.slots(
            caller, chosen, TABLE.write, window=window_of(parameters), time_zone=parameters.time_zone
        )
        return TABLE.answer(await exported)
    if media_type is MediaType.CALENDAR:
        require_whole(parameters)
        parts = await exports.slots(
            caller, chosen, list, window=window_of(parameters), time_zone=parameters.time_zone, most=LARGEST_BATCH
        )
        return calendar_answer(await slot_calendars.write([row.item for part in parts for row in part]))
    page = await slots.list(caller, chosen, window=window_of(parameters), paging=paging_of(parameters, caller))
    return SlotPage(slots=list(map(shown, page.items)), next_cursor=cursor_of(page.next, parameters, caller))


@get(
    "/slots/{slot_id:str}",
    operation_id="getSlot",
    guards=[no_parameters],
    opt={"hot": True, "etag": True, "refuses": (SlotNotFound,)},
)
async def get_slot(
    slot_id: FromPath[str], caller: NamedDependency[Caller], slots: NamedDependency[SlotService]
) -> SlotResponse:
    return _answer(await slots.get(caller, read_id(slot_id, SlotNotFound)))


@put(
    "/slots/{slot_id:str}/capacity",
    operation_id="setCapacity",
    guards=[agents_only, no_parameters],
    dependencies={"content": Body(SetCapacity)},
    opt={"refuses": (WrongRole, SlotNotFound, NotYourSlot, VisitStarted, SlotCancelled, CapacityTaken)},
)
async def set_capacity(
    slot_id: FromPath[str],
    content: NamedDependency[SetCapacity],
    caller: NamedDependency[Caller],
    slots: NamedDependency[SlotService],
) -> SlotResponse:
    return _answer(await slots.resize(caller.showing(_answer), read_id(slot_id, SlotNotFound), content.capacity))


@delete(
    "/slots/{slot_id:str}",
    operation_id="cancelSlot",
    guards=[agents_only],
    dependencies={"parameters": Query(CancelQuery)},
    opt={"refuses": (WrongRole, SlotNotFound, NotYourSlot, VisitStarted, SlotCancelled)},
)
async def cancel_slot(
    slot_id: FromPath[str],
    parameters: NamedDependency[CancelQuery],
    caller: NamedDependency[Caller],
    slots: NamedDependency[SlotService],
) -> None:
    await slots.cancel(caller, read_id(slot_id, SlotNotFound), parameters.reason)


routes = (create_slot, list_slots, get_slot, set_capacity, cancel_slot)


def _made(view: SlotView) -> Response[SlotResponse]:
    return Response(_answer(view), status_code=201, headers={"Location": f"/api/v1/slots/{view.slot.id}"})


def _answer(view: SlotView) -> SlotResponse:
    return SlotResponse(slot=shown(view))
