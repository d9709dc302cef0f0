"""Holds over HTTP."""

from uuid import UUID

from litestar import Response, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from booking.domain.people.caller import Caller
from booking.domain.people.refusals import ApplicantIneligible, WrongRole
from booking.domain.properties.refusals import PropertyWithdrawn
from booking.domain.refusals import InvalidCursor, SlotNotFound
from booking.domain.visits.booking import Booking
from booking.domain.visits.refusals import (
    AlreadyBooked,
    ApplicantBusy,
    BeyondHorizon,
    BookingCooldown,
    BookingLimit,
    HoldCooldown,
    HoldExpired,
    HoldLimit,
    HoldNotFound,
    NoticeTooShort,
    SlotCancelled,
    SlotStarted,
    SlotTaken,
)
from booking.entrypoints.http.cursors import cursor_of, paging_of
from booking.entrypoints.http.guards import applicants_only
from booking.entrypoints.http.inputs.decoding import Query, no_parameters
from booking.entrypoints.http.inputs.reader import read_id
from booking.entrypoints.http.wire import Instant, Output, RowsQuery
from booking.service.visits.holds import HoldService, LiveHold


class Hold(Output):
    id: UUID
    slot_id: UUID
    expires_at: Instant


class HoldResponse(Output):
    hold: Hold


class HoldPage(Output):
    holds: list[Hold]
    next_cursor: str | None


CLAIM_REFUSES = (
    SlotNotFound,
    ApplicantIneligible,
    SlotStarted,
    SlotCancelled,
    PropertyWithdrawn,
    NoticeTooShort,
    BeyondHorizon,
    SlotTaken,
    AlreadyBooked,
    BookingLimit,
    ApplicantBusy,
    BookingCooldown,
)
"""What stands in the way of a place, in the order in which it is told."""


@post(
    "/slots/{slot_id:str}/holds",
    operation_id="createHold",
    guards=[applicants_only, no_parameters],
    opt={"hot": True, "refuses": (WrongRole, *CLAIM_REFUSES, HoldLimit, HoldCooldown)},
)
async def create_hold(
    slot_id: FromPath[str], caller: NamedDependency[Caller], holds: NamedDependency[HoldService]
) -> Response[HoldResponse]:
    return _made(await holds.hold(caller.showing(_made), read_id(slot_id, SlotNotFound)))


@get(
    "/holds",
    operation_id="listHolds",
    guards=[applicants_only],
    dependencies={"parameters": Query(RowsQuery)},
    opt={"hot": True, "refuses": (WrongRole, InvalidCursor)},
)
async def list_holds(
    parameters: NamedDependency[RowsQuery], caller: NamedDependency[Caller], holds: NamedDependency[HoldService]
) -> HoldPage:
    page = await holds.list(caller, paging_of(parameters, caller))
    return HoldPage(holds=[_shown(one) for one in page.items], next_cursor=cursor_of(page.next, parameters, caller))


@delete(
    "/holds/{hold_id:str}",
    operation_id="releaseHold",
    guards=[applicants_only, no_parameters],
    opt={"hot": True, "refuses": (WrongRole, HoldNotFound, HoldExpired)},
)
async def release_hold(
    hold_id: FromPath[str], caller: NamedDependency[Caller], holds: NamedDependency[HoldService]
) -> None:
    await holds.release(caller, read_id(hold_id, HoldNotFound))


routes = (create_hold, list_holds, release_hold)


def _made(held: Booking) -> Response[HoldResponse]:
    shown = HoldResponse(hold=_shown(LiveHold.of(held)))
    return Response(shown, status_code=201, headers={"Location": f"/api/v1/holds/{held.id}"})


def _shown(held: LiveHold) -> Hold:
    return Hold(id=held.id, slot_id=held.slot_id, expires_at=held.deadline)
