"""Holds over HTTP."""

from uuid import UUID

from litestar import Response, delete, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from booking.domain.booking import Booking
from booking.domain.caller import Caller
from booking.domain.refusals import (
    AlreadyBooked,
    ApplicantBusy,
    ApplicantIneligible,
    BeyondHorizon,
    BookingCooldown,
    BookingLimit,
    HoldCooldown,
    HoldExpired,
    HoldLimit,
    HoldNotFound,
    NoticeTooShort,
    SlotCancelled,
    SlotNotFound,
    SlotStarted,
    SlotTaken,
    WrongRole,
)
from booking.entrypoints.http.decoding import no_parameters, read_id
from booking.entrypoints.http.guards import applicants_only
from booking.entrypoints.http.wire import Instant, Output
from booking.service.holds import HoldService


class Hold(Output):
    id: UUID
    slot_id: UUID
    expires_at: Instant


class HoldResponse(Output):
    hold: Hold


CLAIM_REFUSES = (
    SlotNotFound,
    ApplicantIneligible,
    SlotStarted,
    SlotCancelled,
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
    held = await holds.hold(caller, read_id(slot_id, SlotNotFound))
    shown = HoldResponse(hold=_shown(held))
    return Response(shown, status_code=201, headers={"Location": f"/api/v1/holds/{held.id}"})


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


routes = (create_hold, release_hold)


def _shown(held: Booking) -> Hold:
    assert held.deadline is not None
    return Hold(id=held.id, slot_id=held.slot_id, expires_at=held.deadline)
