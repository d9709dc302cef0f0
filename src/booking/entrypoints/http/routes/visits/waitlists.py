"""Waitlists over HTTP."""

from uuid import UUID

from litestar import Response, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import UNSET, UnsetType, convert, field

from booking.domain.people.caller import Caller, Side
from booking.domain.people.refusals import ApplicantIneligible, WrongRole
from booking.domain.properties.refusals import PropertyWithdrawn
from booking.domain.refusals import InvalidCursor, ListTooBroad, SlotNotFound
from booking.domain.visits.refusals import (
    AlreadyBooked,
    BeyondHorizon,
    NoticeTooShort,
    SlotAvailable,
    SlotCancelled,
    SlotStarted,
    WaitlistCooldown,
    WaitlistEntryNotFound,
)
from booking.domain.visits.waitlist import EntryStatus, EntryView
from booking.entrypoints.http.csv_tables import AT_PROPERTY, OF_APPLICANT, Table, require_whole
from booking.entrypoints.http.cursors import cursor_of, paging_of
from booking.entrypoints.http.guards import applicants_only, csv_for_agents, side_first
from booking.entrypoints.http.inputs.decoding import Query, no_parameters
from booking.entrypoints.http.inputs.reader import read_id
from booking.entrypoints.http.media_types import MediaType, Preferred
from booking.entrypoints.http.names import BookingApplicant, SlotAgent, SlotProperty, agent_of, property_of
from booking.entrypoints.http.routes.visits.holds import Hold
from booking.entrypoints.http.wire import Instant, Output, RowsQuery, TimeZone
from booking.service.delivery.exports import ExportService
from booking.service.visits.waitlists import WaitlistService


class WaitlistQuery(RowsQuery):
    slot_id: UUID | None = None
    status: EntryStatus | None = None
    side: Side | None = field(default=None, name="as")
    time_zone: TimeZone | None = None


class Entry(Output):
    """`applicant` for agents only."""

    id: UUID
    organization_id: UUID
    slot_id: UUID
    property_id: UUID
    applicant_id: UUID
    status: EntryStatus
    position: int | None
    offer: Hold | None
    reason: str | None
    created_at: Instant
    updated_at: Instant
    start_time: Instant
    end_time: Instant
    property: SlotProperty
    agent: SlotAgent
    applicant: BookingApplicant | UnsetType = UNSET


class EntryResponse(Output):
    entry: Entry


class EntryPage(Output):
    entries: list[Entry]
    next_cursor: str | None


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
            PropertyWithdrawn,
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
) -> Response[EntryResponse]:
    return _made(await waitlists.join(caller.showing(_made), read_id(slot_id, SlotNotFound)))


@get(
    "/waitlist",
    operation_id="listWaitlist",
    guards=[side_first, csv_for_agents],
    dependencies={"parameters": Query(WaitlistQuery), "media_type": Preferred()},
    opt={"hot": True, "refuses": (WrongRole, InvalidCursor, ListTooBroad)},
)
async def list_waitlist(
    parameters: NamedDependency[WaitlistQuery],
    media_type: NamedDependency[MediaType],
    caller: NamedDependency[Caller],
    waitlists: NamedDependency[WaitlistService],
    exports: NamedDependency[ExportService],
) -> EntryPage | Response[bytes]:
    if media_type is MediaType.CSV:
        require_whole(parameters)
        exported = exports.waitlist(
            caller,
            TABLE.write,
            side=parameters.side,
            slot_id=parameters.slot_id,
            status=parameters.status,
            time_zone=parameters.time_zone,
        )
        return TABLE.answer(await exported)
    page = await waitlists.list(
        caller,
        side=parameters.side,
        slot_id=parameters.slot_id,
        status=parameters.status,
        paging=paging_of(parameters, caller),
    )
    return EntryPage(
        entries=[_shown(view) for view in page.items], next_cursor=cursor_of(page.next, parameters, caller)
    )


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


def _made(view: EntryView) -> Response[EntryResponse]:
    shown = EntryResponse(entry=_shown(view))
    return Response(shown, status_code=201, headers={"Location": f"/api/v1/waitlist/{view.entry.id}"})


def _shown(view: EntryView) -> Entry:
    entry = view.entry
    offer = None
    if view.offer_ends is not None and entry.offer_id is not None:
        offer = Hold(id=entry.offer_id, slot_id=entry.slot_id, expires_at=view.offer_ends)
    return Entry(
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
        property=property_of(view.property_id, view.names),
        agent=agent_of(view.agent_id, view.names),
        applicant=convert(view.applicant, BookingApplicant, from_attributes=True) if view.applicant else UNSET,
    )


TABLE = Table(
    "waitlist",
    _shown,
    "id",
    "status",
    "position",
    *AT_PROPERTY,
    "agent.id",
    "agent.name",
    *OF_APPLICANT,
    "offer.expires_at",
    "reason",
    "slot_id",
    "organization_id",
    "created_at",
    "updated_at",
)
