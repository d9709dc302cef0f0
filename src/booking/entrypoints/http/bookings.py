"""Bookings over HTTP."""

from litestar import Response, Router, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import convert

from booking.domain.booking import BookingView
from booking.domain.caller import Caller
from booking.domain.errors import (
    ApplicantIneligible,
    BookingNotConfirmed,
    BookingNotFound,
    InvalidCursor,
    SlotCancelled,
    SlotNotFound,
    SlotStarted,
    SlotTaken,
    VisitStarted,
    WrongRole,
)
from booking.entrypoints.http import api
from booking.entrypoints.http.auth import applicants_only
from booking.entrypoints.http.cursors import cursor_of, paging_of, window_of
from booking.entrypoints.http.inputs import Body, Query, no_parameters, read_id
from booking.service.bookings import BookingService


@post(
    "/bookings",
    operation_id="createBooking",
    guards=[applicants_only, no_parameters],
    dependencies={"content": Body(api.CreateBooking)},
    opt={"refuses": (WrongRole, SlotNotFound, ApplicantIneligible, SlotStarted, SlotCancelled, SlotTaken)},
)
async def create_booking(
    content: NamedDependency[api.CreateBooking],
    caller: NamedDependency[Caller],
    bookings: NamedDependency[BookingService],
) -> Response[api.BookingResponse]:
    booking = await bookings.book(caller, content.slot_id, content.notes)
    shown = api.BookingResponse(booking=_shown(BookingView(booking=booking, applicant=None)))
    return Response(shown, status_code=201, headers={"Location": f"/api/v1/bookings/{booking.id}"})


@get(
    "/bookings",
    operation_id="listBookings",
    dependencies={"parameters": Query(api.BookingQuery)},
    opt={"refuses": (WrongRole, InvalidCursor)},
)
async def list_bookings(
    parameters: NamedDependency[api.BookingQuery],
    caller: NamedDependency[Caller],
    bookings: NamedDependency[BookingService],
) -> api.BookingPage:
    page = await bookings.list(
        caller,
        side=parameters.side,
        status=parameters.status,
        window=window_of(parameters),
        paging=paging_of(parameters),
    )
    return api.BookingPage(bookings=[_shown(view) for view in page.items], next_cursor=cursor_of(page.next))


@get(
    "/bookings/{booking_id:str}",
    operation_id="getBooking",
    guards=[no_parameters],
    opt={"refuses": (BookingNotFound,)},
)
async def get_booking(
    booking_id: FromPath[str],
    caller: NamedDependency[Caller],
    bookings: NamedDependency[BookingService],
) -> api.BookingResponse:
    return api.BookingResponse(booking=_shown(await bookings.get(caller, read_id(booking_id, BookingNotFound))))


@delete(
    "/bookings/{booking_id:str}",
    operation_id="cancelBooking",
    guards=[applicants_only, no_parameters],
    opt={"refuses": (WrongRole, BookingNotFound, VisitStarted, BookingNotConfirmed)},
)
async def cancel_booking(
    booking_id: FromPath[str],
    caller: NamedDependency[Caller],
    bookings: NamedDependency[BookingService],
) -> None:
    await bookings.cancel(caller, read_id(booking_id, BookingNotFound))


routes = Router("/", route_handlers=[create_booking, list_bookings, get_booking, cancel_booking])


def _shown(view: BookingView) -> api.Booking:
    """Who comes is for agents: an applicant's answer has no such field at all."""
    booking = convert(view.booking, api.Booking, from_attributes=True)
    if view.applicant is None:
        return booking
    applicant = convert(view.applicant, api.BookingApplicant, from_attributes=True)
    return api.BookingForAgent(
        **{name: getattr(booking, name) for name in booking.__struct_fields__}, applicant=applicant
    )
