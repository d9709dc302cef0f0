"""Bookings over HTTP."""

from typing import Annotated, Any, Literal
from uuid import UUID

from litestar import Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import UNSET, DecodeError, Meta, UnsetType, convert, field, json

from booking.domain.allowed_actions import BookingAction, BookingView
from booking.domain.booking import LONGEST_NOTES, UNMADE, BookingStatus, Outcome
from booking.domain.caller import Caller, Side
from booking.domain.choices import BookingChoice, BookingOrder
from booking.domain.fault import Fault, FaultCode
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
    ListTooBroad,
    NotAttended,
    NotYourSlot,
    OutcomeFinal,
    VisitNotStarted,
    VisitStarted,
    WrongRole,
)
from booking.entrypoints.http.csv_tables import Table, require_whole
from booking.entrypoints.http.cursors import cursor_of, paging_of, window_of
from booking.entrypoints.http.decoding import Body, Query, no_parameters, read_id
from booking.entrypoints.http.guards import agents_only, applicants_only, csv_for_agents, side_first
from booking.entrypoints.http.media_types import MediaType, Preferred
from booking.entrypoints.http.names import BookingApplicant, SlotAgent, SlotProperty
from booking.entrypoints.http.routes.holds import CLAIM_REFUSES
from booking.entrypoints.http.wire import (
    CancelQuery,
    Distinct,
    Input,
    Instant,
    Notes,
    Output,
    PageQuery,
    Reason,
    TimeZone,
)
from booking.service.bookings import BookingService
from booking.service.exports import ExportService

MadeStatus = Literal[
    "pending_approval",
    "confirmed",
    "declined",
    "expired",
    "cancelled_by_applicant",
    "cancelled_by_agent",
    "cancelled_by_screening",
]
"""Of what has become a booking; holds and offers are none yet."""


Rating = Annotated[int, Meta(ge=1, le=5)]


class CreateBooking(Input):
    slot_id: UUID
    notes: Notes = ""
    hold_id: UUID | None = None
    applicant_id: UUID | None = None


class ChangeBooking(Input):
    notes: Notes | UnsetType = UNSET


class DeclineBooking(Input):
    reason: Reason | None = None


class RescheduleBooking(Input):
    slot_id: UUID


class RecordOutcome(Input):
    outcome: Outcome


class GiveFeedback(Input):
    rating: Rating
    comment: Notes = ""


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


class Feedback(Output):
    rating: Rating
    comment: str
    created_at: Instant


class BookingProperty(SlotProperty):
    """Property of a visit; where to come is shown with one confirmed booking at a time."""

    address: str | UnsetType | None = UNSET
    directions: str | UnsetType | None = UNSET
    meeting_point: str | UnsetType | None = UNSET


class BookingAgent(SlotAgent):
    """Agent of a visit; the phone is shown where the address is."""

    phone: str | UnsetType | None = UNSET


class Booking(Output):
    """`applicant` for agents only; `access_note` with one confirmed booking, while its time has come."""

    id: UUID
    organization_id: UUID
    slot_id: UUID
    property_id: UUID
    applicant_id: UUID
    status: MadeStatus
    sequence: int
    notes: Annotated[str, Meta(max_length=LONGEST_NOTES)]
    reason: str | None
    approval_deadline: Instant | None
    needs_review: bool
    outcome: Outcome | None
    feedback: Feedback | None
    created_at: Instant
    updated_at: Instant
    start_time: Instant
    end_time: Instant
    bookable_from: Instant | None
    bookable_until: Instant
    cancel_until: Instant | None
    available_actions: tuple[BookingAction, ...]
    property: BookingProperty
    agent: BookingAgent
    access_note: str | UnsetType = UNSET
    applicant: BookingApplicant | UnsetType = UNSET


class BookingResponse(Output):
    booking: Booking


class Total(Output):
    count: int
    exact: bool


class BookingPage(Output):
    """`total` is there if it is asked for."""

    bookings: list[Booking]
    next_cursor: str | None
    total: Total | UnsetType = UNSET


def _role_first(caller: Caller, raw: bytes) -> None:
    """Ask for the role of an agent where the body names an applicant, else for an applicant's."""
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


_MADE = {status: convert(status.value, MadeStatus) for status in BookingStatus if status not in UNMADE}


@post(
    "/bookings",
    operation_id="createBooking",
    guards=[no_parameters],
    dependencies={"content": Body(CreateBooking, first=_role_first)},
    opt={
        "hot": True,
        "refuses": (WrongRole, *CLAIM_REFUSES, HoldNotFound, HoldExpired, ApplicantNotFound, NotYourSlot),
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
    view = await bookings.book(
        caller.showing(_made),
        content.slot_id,
        content.notes,
        hold_id=content.hold_id,
        applicant_id=content.applicant_id,
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
    return _answer(await bookings.get(caller, read_id(booking_id, BookingNotFound)))


@patch(
    "/bookings/{booking_id:str}",
    operation_id="changeBooking",
    guards=[applicants_only, no_parameters],
    dependencies={"content": Body(ChangeBooking)},
    opt={"refuses": (WrongRole, BookingNotFound, VisitStarted, BookingNotConfirmed)},
)
async def change_booking(
    booking_id: FromPath[str],
    content: NamedDependency[ChangeBooking],
    caller: NamedDependency[Caller],
    bookings: NamedDependency[BookingService],
) -> BookingResponse:
    notes = None if content.notes is UNSET else content.notes
    return _answer(await bookings.change_notes(caller.showing(_answer), read_id(booking_id, BookingNotFound), notes))


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


@post(
    "/bookings/{booking_id:str}/reschedule",
    operation_id="rescheduleBooking",
    guards=[no_parameters],
    dependencies={"content": Body(RescheduleBooking)},
    status_code=200,
    opt={"refuses": (*CLAIM_REFUSES, BookingNotFound, NotYourSlot, VisitStarted, BookingNotConfirmed, CutoffPassed)},
)
async def reschedule_booking(
    booking_id: FromPath[str],
    content: NamedDependency[RescheduleBooking],
    caller: NamedDependency[Caller],
    bookings: NamedDependency[BookingService],
) -> BookingResponse:
    return _answer(
        await bookings.reschedule(caller.showing(_answer), read_id(booking_id, BookingNotFound), content.slot_id)
    )


@post(
    "/bookings/{booking_id:str}/approve",
    operation_id="approveBooking",
    guards=[agents_only, no_parameters],
    status_code=200,
    opt={"refuses": (WrongRole, BookingNotFound, NotYourSlot, BookingNotPending)},
)
async def approve_booking(
    booking_id: FromPath[str], caller: NamedDependency[Caller], bookings: NamedDependency[BookingService]
) -> BookingResponse:
    return _answer(await bookings.approve(caller.showing(_answer), read_id(booking_id, BookingNotFound)))


@post(
    "/bookings/{booking_id:str}/decline",
    operation_id="declineBooking",
    guards=[agents_only, no_parameters],
    dependencies={"content": Body(DeclineBooking, optional=True)},
    status_code=200,
    opt={"refuses": (WrongRole, BookingNotFound, NotYourSlot, BookingNotPending)},
)
async def decline_booking(
    booking_id: FromPath[str],
    content: NamedDependency[DeclineBooking],
    caller: NamedDependency[Caller],
    bookings: NamedDependency[BookingService],
) -> BookingResponse:
    return _answer(
        await bookings.decline(caller.showing(_answer), read_id(booking_id, BookingNotFound), content.reason)
    )


@post(
    "/bookings/{booking_id:str}/outcome",
    operation_id="recordOutcome",
    guards=[agents_only, no_parameters],
    dependencies={"content": Body(RecordOutcome)},
    status_code=200,
    opt={"refuses": (WrongRole, BookingNotFound, NotYourSlot, BookingNotConfirmed, VisitNotStarted, OutcomeFinal)},
)
async def record_outcome(
    booking_id: FromPath[str],
    content: NamedDependency[RecordOutcome],
    caller: NamedDependency[Caller],
    bookings: NamedDependency[BookingService],
) -> BookingResponse:
    return _answer(
        await bookings.record(caller.showing(_answer), read_id(booking_id, BookingNotFound), content.outcome)
    )


@post(
    "/bookings/{booking_id:str}/feedback",
    operation_id="giveFeedback",
    guards=[applicants_only, no_parameters],
    dependencies={"content": Body(GiveFeedback)},
    opt={"refuses": (WrongRole, BookingNotFound, NotAttended, FeedbackGiven)},
)
async def give_feedback(
    booking_id: FromPath[str],
    content: NamedDependency[GiveFeedback],
    caller: NamedDependency[Caller],
    bookings: NamedDependency[BookingService],
) -> BookingResponse:
    booking = read_id(booking_id, BookingNotFound)
    view = await bookings.give_feedback(
        caller.showing(_answer), booking, rating=content.rating, comment=content.comment
    )
    return _answer(view)


routes = (
    create_booking,
    list_bookings,
    get_booking,
    change_booking,
    cancel_booking,
    reschedule_booking,
    approve_booking,
    decline_booking,
    record_outcome,
    give_feedback,
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
    return Response(_answer(view), status_code=201, headers={"Location": f"/api/v1/bookings/{view.booking.id}"})


def _answer(view: BookingView) -> BookingResponse:
    return BookingResponse(booking=shown(view))


def shown(view: BookingView) -> Booking:
    """Convert to the wire. `applicant` is there for agents only, details only where one booking is looked at."""
    booking, names, details = view.booking, view.context.names, view.details
    result = Booking(
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
        feedback=convert(booking.feedback, Feedback, from_attributes=True) if booking.feedback else None,
        created_at=booking.created_at,
        updated_at=booking.updated_at,
        start_time=booking.start_time,
        end_time=booking.end_time,
        bookable_from=view.context.policy.bookable_from(booking.start_time),
        bookable_until=view.context.policy.bookable_until(booking.start_time),
        cancel_until=view.context.cancel_until,
        available_actions=view.actions,
        property=BookingProperty(id=booking.property_id, label=names.label, area=names.area, time_zone=names.time_zone),
        agent=BookingAgent(id=view.context.agent_id, name=names.agent),
        applicant=convert(view.applicant, BookingApplicant, from_attributes=True) if view.applicant else UNSET,
    )
    if details is not None:
        result.property.address, result.property.directions = details.address, details.directions
        result.property.meeting_point, result.agent.phone = details.meeting_point, details.phone
        if details.access_note is not None:
            result.access_note = details.access_note
    return result


TABLE = Table(
    "bookings",
    shown,
    "id",
    "status",
    "start_time",
    "end_time",
    "time_zone",
    "property_id",
    "property.label",
    "property.area",
    "agent.id",
    "agent.name",
    "applicant_id",
    "applicant.name",
    "applicant.email",
    "applicant.risk_level",
    "notes",
    "reason",
    "needs_review",
    "outcome",
    "feedback.rating",
    "feedback.comment",
    "feedback.created_at",
    "approval_deadline",
    "bookable_from",
    "bookable_until",
    "cancel_until",
    "sequence",
    "slot_id",
    "organization_id",
    "created_at",
    "updated_at",
)
