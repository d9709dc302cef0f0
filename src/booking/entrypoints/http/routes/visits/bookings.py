"""Bookings over HTTP."""

from collections.abc import Callable
from typing import Annotated, Any, Literal
from uuid import UUID

from litestar import Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import UNSET, DecodeError, UnsetType, field, json

from booking.domain.choices import BookingChoice, BookingOrder
from booking.domain.fault import Fault, FaultCode
from booking.domain.people.caller import Caller, Side
from booking.domain.people.refusals import ApplicantNotFound, WrongRole
from booking.domain.refusals import InvalidCursor, InvalidRequest, ListTooBroad, NotYourSlot
from booking.domain.visits.allowed_actions import BookingView
from booking.domain.visits.booking import BookingStatus, Outcome
from booking.domain.visits.refusals import (
    BookingNotConfirmed,
    BookingNotFound,
    CutoffPassed,
    HoldExpired,
    HoldNotFound,
    PartyTooLarge,
    VisitStarted,
)
from booking.entrypoints.http.booking_answer import TABLE, Booking, BookingResponse, MadeStatus, answer, shown
from booking.entrypoints.http.csv_tables import require_whole
from booking.entrypoints.http.cursors import cursor_of, paging_of, window_of
from booking.entrypoints.http.guards import csv_for_agents, side_first
from booking.entrypoints.http.inputs.decoding import Body, Query, no_parameters
from booking.entrypoints.http.inputs.reader import read_id
from booking.entrypoints.http.media_types import MediaType, Preferred
from booking.entrypoints.http.routes.visits.holds import CLAIM_REFUSES
from booking.entrypoints.http.wire import (
    CancelQuery,
    Distinct,
    Input,
    Notes,
    Output,
    PageQuery,
    PartySize,
    TimeZone,
)
from booking.service.delivery.exports import ExportService
from booking.service.visits.bookings import BookingService

BOOKING_REFUSES = (PartyTooLarge, HoldNotFound, HoldExpired, ApplicantNotFound, NotYourSlot)


class CreateBooking(Input):
    slot_id: UUID
    notes: Notes = ""
    party_size: PartySize = 1
    hold_id: UUID | None = None
    applicant_id: UUID | None = None
    may_release: bool | UnsetType = UNSET


class ChangeBooking(Input):
    notes: Notes | UnsetType = UNSET
    may_release: bool | UnsetType = UNSET


class BookingQuery(PageQuery):
    status: Annotated[tuple[MadeStatus, ...], Distinct] = ()
    slot_id: UUID | None = None
    property_id: UUID | None = None
    applicant_id: UUID | None = None
    agent_id: UUID | None = None
    needs_review: bool | None = None
    outcome: Outcome | None = None
    sort: BookingOrder = BookingOrder.START
    counted: Annotated[tuple[Literal["total"], ...], Distinct] = field(default=(), name="include")
    side: Side | None = field(default=None, name="as")
    time_zone: TimeZone | None = None


class Total(Output):
    count: int
    exact: bool


class BookingPage(Output):
    """`total` is there if it is asked for."""

    bookings: list[Booking]
    next_cursor: str | None
    total: Total | UnsetType = UNSET


def _role_first(member: str, *absent: object) -> Callable[[Caller, bytes], None]:
    """Return what asks for the role of an agent where the body has a member of theirs, else for an applicant's."""

    def ask(caller: Caller, raw: bytes) -> None:
        said: object = UNSET
        if member.encode() in raw:
            try:
                said = json.decode(raw, type=dict[str, Any]).get(member, UNSET)
            except (DecodeError, UnicodeError, RecursionError):
                return  # which is told as a fault of the input
        if said is UNSET or said in absent:
            caller.as_applicants()
        else:
            caller.as_agent()

    return ask


@post(
    "/bookings",
    operation_id="createBooking",
    guards=[no_parameters],
    dependencies={"content": Body(CreateBooking, first=_role_first("applicant_id", None))},
    opt={
        "hot": True,
        "refuses": (
            WrongRole,
            *CLAIM_REFUSES,
            PartyTooLarge,
            HoldNotFound,
            HoldExpired,
            ApplicantNotFound,
            NotYourSlot,
        ),
    },
)
async def create_booking(
    content: NamedDependency[CreateBooking],
    caller: NamedDependency[Caller],
    bookings: NamedDependency[BookingService],
) -> Response[BookingResponse]:
    if content.hold_id is not None and content.applicant_id is not None:
        own = "is the applicant's own to use: an agent books without"
        raise InvalidRequest([Fault(pointer="#/hold_id", code=FaultCode.NOT_ALLOWED, detail=own)])
    if content.may_release is not UNSET and content.applicant_id is None:
        own = "is an agent's to say, with `applicant_id`"
        raise InvalidRequest([Fault(pointer="#/may_release", code=FaultCode.NOT_ALLOWED, detail=own)])
    view = await bookings.book(
        caller.showing(_made),
        content.slot_id,
        content.notes,
        party_size=content.party_size,
        hold_id=content.hold_id,
        applicant_id=content.applicant_id,
        may_release=None if content.may_release is UNSET else content.may_release,
    )
    return _made(view)


@get(
    "/bookings",
    operation_id="listBookings",
    guards=[side_first, csv_for_agents],
    dependencies={"parameters": Query(BookingQuery), "media_type": Preferred()},
    opt={"hot": True, "refuses": (WrongRole, InvalidCursor, ListTooBroad)},
)
async def list_bookings(
    parameters: NamedDependency[BookingQuery],
    media_type: NamedDependency[MediaType],
    caller: NamedDependency[Caller],
    bookings: NamedDependency[BookingService],
    exports: NamedDependency[ExportService],
) -> BookingPage | Response[bytes]:
    if media_type is MediaType.CSV:
        require_whole(parameters)
        exported = exports.bookings(
            caller,
            _chosen(parameters),
            TABLE.write,
            side=parameters.side,
            window=window_of(parameters),
            time_zone=parameters.time_zone,
        )
        return TABLE.answer(await exported)
    page = await bookings.list(
        caller,
        _chosen(parameters),
        side=parameters.side,
        window=window_of(parameters),
        paging=paging_of(parameters, caller),
    )
    total = page.total and Total(count=page.total.count, exact=page.total.exact)
    return BookingPage(
        bookings=[shown(view) for view in page.items],
        next_cursor=cursor_of(page.next, parameters, caller),
        total=total or UNSET,
    )


@get(
    "/bookings/{booking_id:str}",
    operation_id="getBooking",
    guards=[no_parameters],
    opt={"hot": True, "etag": True, "refuses": (BookingNotFound,)},
)
async def get_booking(
    booking_id: FromPath[str], caller: NamedDependency[Caller], bookings: NamedDependency[BookingService]
) -> BookingResponse:
    return answer(await bookings.get(caller, read_id(booking_id, BookingNotFound)))


@patch(
    "/bookings/{booking_id:str}",
    operation_id="changeBooking",
    guards=[no_parameters],
    dependencies={"content": Body(ChangeBooking, first=_role_first("may_release"))},
    opt={"refuses": (WrongRole, BookingNotFound, NotYourSlot, VisitStarted, BookingNotConfirmed)},
)
async def change_booking(
    booking_id: FromPath[str],
    content: NamedDependency[ChangeBooking],
    caller: NamedDependency[Caller],
    bookings: NamedDependency[BookingService],
) -> BookingResponse:
    found, caller = read_id(booking_id, BookingNotFound), caller.showing(answer)
    if content.may_release is UNSET:
        notes = None if content.notes is UNSET else content.notes
        return answer(await bookings.change_notes(caller, found, notes))
    if content.notes is not UNSET:
        own = "is the applicant's own to change: an agent changes `may_release`"
        raise InvalidRequest([Fault(pointer="#/notes", code=FaultCode.NOT_ALLOWED, detail=own)])
    return answer(await bookings.change_may_release(caller, found, content.may_release))


@delete(
    "/bookings/{booking_id:str}",
    operation_id="cancelBooking",
    dependencies={"parameters": Query(CancelQuery)},
    opt={"hot": True, "refuses": (BookingNotFound, VisitStarted, BookingNotConfirmed, CutoffPassed)},
)
async def cancel_booking(
    booking_id: FromPath[str],
    parameters: NamedDependency[CancelQuery],
    caller: NamedDependency[Caller],
    bookings: NamedDependency[BookingService],
) -> None:
    await bookings.cancel(caller, read_id(booking_id, BookingNotFound), parameters.reason)


routes = (
    create_booking,
    list_bookings,
    get_booking,
    change_booking,
    cancel_booking,
)


def _chosen(parameters: BookingQuery) -> BookingChoice:
    return BookingChoice(
        slot_id=parameters.slot_id,
        property_id=parameters.property_id,
        applicant_id=parameters.applicant_id,
        agent_id=parameters.agent_id,
        statuses=tuple(BookingStatus(status) for status in parameters.status),
        needs_review=parameters.needs_review,
        outcome=parameters.outcome,
        order=parameters.sort,
        with_total="total" in parameters.counted,
    )


def _made(view: BookingView) -> Response[BookingResponse]:
    return Response(answer(view), status_code=201, headers={"Location": f"/api/v1/bookings/{view.booking.id}"})
