"""Waitlists over HTTP."""

from litestar import Response, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import UNSET, convert

from booking.domain.caller import Caller
from booking.domain.refusals import (
    AlreadyBooked,
    ApplicantIneligible,
    BeyondHorizon,
    InvalidCursor,
    NoticeTooShort,
    SlotAvailable,
    SlotCancelled,
    SlotNotFound,
    SlotStarted,
    WaitlistCooldown,
    WaitlistEntryNotFound,
    WrongRole,
)
from booking.domain.waitlist import EntryView
from booking.entrypoints.http import api
from booking.entrypoints.http.auth import applicants_only, side_first
from booking.entrypoints.http.cursors import cursor_of, paging_of
from booking.entrypoints.http.decoding import Query, no_parameters, read_id
from booking.service.waitlists import WaitlistService


@post(
    "/slots/{slot_id:str}/waitlist",
    operation_id="joinWaitlist",
    guards=[applicants_only, no_parameters],
    opt={
        "refuses": (
            WrongRole,
            SlotNotFound,
            ApplicantIneligible,
            SlotStarted,
            SlotCancelled,
            AlreadyBooked,
            NoticeTooShort,
            BeyondHorizon,
            SlotAvailable,
            WaitlistCooldown,
        )
    },
)
async def join_waitlist(
    slot_id: FromPath[str], caller: NamedDependency[Caller], waitlists: NamedDependency[WaitlistService]
) -> Response[api.EntryResponse]:
    view = await waitlists.join(caller, read_id(slot_id, SlotNotFound))
    shown = api.EntryResponse(entry=_shown(view))
    return Response(shown, status_code=201, headers={"Location": f"/api/v1/waitlist/{view.entry.id}"})


@get(
    "/waitlist",
    operation_id="listWaitlist",
    guards=[side_first],
    dependencies={"parameters": Query(api.WaitlistQuery)},
    opt={"refuses": (WrongRole, InvalidCursor)},
)
async def list_waitlist(
    parameters: NamedDependency[api.WaitlistQuery],
    caller: NamedDependency[Caller],
    waitlists: NamedDependency[WaitlistService],
) -> api.EntryPage:
    page = await waitlists.list(
        caller,
        side=parameters.side,
        slot_id=parameters.slot_id,
        status=parameters.status,
        paging=paging_of(parameters),
    )
    return api.EntryPage(entries=[_shown(view) for view in page.items], next_cursor=cursor_of(page.next))


@delete(
    "/waitlist/{entry_id:str}",
    operation_id="leaveWaitlist",
    guards=[applicants_only, no_parameters],
    opt={"refuses": (WrongRole, WaitlistEntryNotFound)},
)
async def leave_waitlist(
    entry_id: FromPath[str], caller: NamedDependency[Caller], waitlists: NamedDependency[WaitlistService]
) -> None:
    await waitlists.leave(caller, read_id(entry_id, WaitlistEntryNotFound))


routes = (join_waitlist, list_waitlist, leave_waitlist)


def _shown(view: EntryView) -> api.Entry:
    entry = view.entry
    offer = None
    if view.offer_ends is not None and entry.offer_id is not None:
        offer = api.Hold(id=entry.offer_id, slot_id=entry.slot_id, expires_at=view.offer_ends)
    return api.Entry(
        id=entry.id,
        organization_id=entry.organization_id,
        slot_id=entry.slot_id,
        property_id=view.property_id,
        applicant_id=entry.applicant_id,
        status=entry.status,
        position=view.position,
        offer=offer,
        reason=entry.reason,
        created_at=entry.created_at,
        updated_at=entry.updated_at,
        start_time=view.start_time,
        end_time=view.end_time,
        applicant=convert(view.applicant, api.BookingApplicant, from_attributes=True) if view.applicant else UNSET,
    )
