"""Bookings over HTTP."""

from typing import Any

from litestar import Response, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import UNSET, DecodeError, convert, json

from booking.domain.allowed_actions import BookingView
from booking.domain.booking import UNMADE, BookingStatus
from booking.domain.caller import Caller
from booking.domain.refusals import (
    ApplicantNotFound,
    BookingNotConfirmed,
    BookingNotFound,
    BookingNotPending,
    CutoffPassed,
    FeedbackGiven,
    HoldExpired,
    HoldNotFound,
    InvalidCursor,
    InvalidRequest,
    NotAttended,
    NotYourSlot,
    OutcomeFinal,
    VisitNotStarted,
    VisitStarted,
    WrongRole,
)
from booking.entrypoints.http import api
from booking.entrypoints.http.auth import agents_only, applicants_only, side_first
from booking.entrypoints.http.cursors import cursor_of, paging_of, window_of
from booking.entrypoints.http.decoding import Body, Query, no_parameters, read_id
from booking.entrypoints.http.routes.holds import CLAIM_REFUSES
from booking.service.bookings import BookingService


def _role_first(caller: Caller, raw: bytes) -> None:
    """Who names an applicant books as an agent, everybody else as an applicant."""
    named = None
    if b"applicant_id" in raw:
        try:
            named = json.decode(raw, type=dict[str, Any]).get("applicant_id")
        except (DecodeError, UnicodeError, RecursionError):
            return  # which is told as a fault of the input
    if named is None:
        caller.as_applicants()
    else:
        caller.as_agent()


CREATE = Body(api.CreateBooking, first=_role_first)
_MADE = {status: convert(status.value, api.MadeStatus) for status in BookingStatus if status not in UNMADE}


@post(
    "/bookings",
    operation_id="createBooking",
    guards=[no_parameters],
    dependencies={"content": CREATE},
    opt={"refuses": (WrongRole, *CLAIM_REFUSES, HoldNotFound, HoldExpired, ApplicantNotFound, NotYourSlot)},
)
async def create_booking(
    content: NamedDependency[api.CreateBooking],
    caller: NamedDependency[Caller],
    bookings: NamedDependency[BookingService],
) -> Response[api.BookingResponse]:
    if content.hold_id is not None and content.applicant_id is not None:
        raise InvalidRequest([("#/hold_id", "is the applicant's own to use: an agent books without")])
    view = await bookings.book(
        caller, content.slot_id, content.notes, hold_id=content.hold_id, applicant_id=content.applicant_id
    )
    return Response(_answer(view), status_code=201, headers={"Location": f"/api/v1/bookings/{view.booking.id}"})


@get(
    "/bookings",
    operation_id="listBookings",
    guards=[side_first],
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
        status=None if parameters.status is None else BookingStatus(parameters.status),
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
    booking_id: FromPath[str], caller: NamedDependency[Caller], bookings: NamedDependency[BookingService]
) -> api.BookingResponse:
    return _answer(await bookings.get(caller, read_id(booking_id, BookingNotFound)))


@delete(
    "/bookings/{booking_id:str}",
    operation_id="cancelBooking",
    dependencies={"parameters": Query(api.CancelQuery)},
    opt={"refuses": (BookingNotFound, VisitStarted, BookingNotConfirmed, CutoffPassed)},
)
async def cancel_booking(
    booking_id: FromPath[str],
    parameters: NamedDependency[api.CancelQuery],
    caller: NamedDependency[Caller],
    bookings: NamedDependency[BookingService],
) -> None:
    await bookings.cancel(caller, read_id(booking_id, BookingNotFound), parameters.reason)


@post(
    "/bookings/{booking_id:str}/reschedule",
    operation_id="rescheduleBooking",
    guards=[no_parameters],
    dependencies={"content": Body(api.RescheduleBooking)},
    status_code=200,
    opt={"refuses": (*CLAIM_REFUSES, BookingNotFound, NotYourSlot, VisitStarted, BookingNotConfirmed, CutoffPassed)},
)
async def reschedule_booking(
    booking_id: FromPath[str],
    content: NamedDependency[api.RescheduleBooking],
    caller: NamedDependency[Caller],
    bookings: NamedDependency[BookingService],
) -> api.BookingResponse:
    return _answer(await bookings.reschedule(caller, read_id(booking_id, BookingNotFound), content.slot_id))


@post(
    "/bookings/{booking_id:str}/approve",
    operation_id="approveBooking",
    guards=[agents_only, no_parameters],
    status_code=200,
    opt={"refuses": (WrongRole, BookingNotFound, NotYourSlot, BookingNotPending)},
)
async def approve_booking(
    booking_id: FromPath[str], caller: NamedDependency[Caller], bookings: NamedDependency[BookingService]
) -> api.BookingResponse:
    return _answer(await bookings.approve(caller, read_id(booking_id, BookingNotFound)))


@post(
    "/bookings/{booking_id:str}/decline",
    operation_id="declineBooking",
    guards=[agents_only, no_parameters],
    dependencies={"content": Body(api.DeclineBooking, optional=True)},
    status_code=200,
    opt={"refuses": (WrongRole, BookingNotFound, NotYourSlot, BookingNotPending)},
)
async def decline_booking(
    booking_id: FromPath[str],
    content: NamedDependency[api.DeclineBooking],
    caller: NamedDependency[Caller],
    bookings: NamedDependency[BookingService],
) -> api.BookingResponse:
    return _answer(await bookings.decline(caller, read_id(booking_id, BookingNotFound), content.reason))


@post(
    "/bookings/{booking_id:str}/outcome",
    operation_id="recordOutcome",
    guards=[agents_only, no_parameters],
    dependencies={"content": Body(api.RecordOutcome)},
    status_code=200,
    opt={"refuses": (WrongRole, BookingNotFound, NotYourSlot, BookingNotConfirmed, VisitNotStarted, OutcomeFinal)},
)
async def record_outcome(
    booking_id: FromPath[str],
    content: NamedDependency[api.RecordOutcome],
    caller: NamedDependency[Caller],
    bookings: NamedDependency[BookingService],
) -> api.BookingResponse:
    return _answer(await bookings.record(caller, read_id(booking_id, BookingNotFound), content.outcome))


@post(
    "/bookings/{booking_id:str}/feedback",
    operation_id="giveFeedback",
    guards=[applicants_only, no_parameters],
    dependencies={"content": Body(api.GiveFeedback)},
    opt={"refuses": (WrongRole, BookingNotFound, NotAttended, FeedbackGiven)},
)
async def give_feedback(
    booking_id: FromPath[str],
    content: NamedDependency[api.GiveFeedback],
    caller: NamedDependency[Caller],
    bookings: NamedDependency[BookingService],
) -> api.BookingResponse:
    booking = read_id(booking_id, BookingNotFound)
    return _answer(await bookings.give_feedback(caller, booking, rating=content.rating, comment=content.comment))


routes = (
    create_booking,
    list_bookings,
    get_booking,
    cancel_booking,
    reschedule_booking,
    approve_booking,
    decline_booking,
    record_outcome,
    give_feedback,
)


def _answer(view: BookingView) -> api.BookingResponse:
    return api.BookingResponse(booking=_shown(view))


def _shown(view: BookingView) -> api.Booking:
    """Who comes is for agents: an applicant's answer has no such field at all."""
    booking = view.booking
    return api.Booking(
        id=booking.id,
        organization_id=booking.organization_id,
        slot_id=booking.slot_id,
        property_id=booking.property_id,
        applicant_id=booking.applicant_id,
        status=_MADE[booking.status],
        sequence=booking.sequence,
        notes=booking.notes,
        reason=booking.reason,
        approval_deadline=booking.deadline,
        needs_review=view.context.needs_review,
        outcome=booking.outcome,
        feedback=convert(booking.feedback, api.Feedback, from_attributes=True) if booking.feedback else None,
        created_at=booking.created_at,
        updated_at=booking.updated_at,
        start_time=booking.start_time,
        end_time=booking.end_time,
        available_actions=view.actions,
        applicant=convert(view.applicant, api.BookingApplicant, from_attributes=True) if view.applicant else UNSET,
    )
